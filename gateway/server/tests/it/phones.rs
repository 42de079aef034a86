//! Phones that register at the gateway and call one another through it, on the wire.

use std::net::SocketAddr;

use sip_stack::auth::{Challenge, Login, Subject, answer};
use sip_stack::message::header::{Authorization, ProxyAuthorization, WwwAuthenticate};
use sip_stack::message::{Header, HeaderName, Message, Method, Response};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::gateway::{Gateway, WITHIN};

const USERS: &str = r#"
    [[users]]
    name = "bob"
    password = "bob's own"
    [[users]]
    name = "carol"
    password = "carol's own"
"#;

struct Phone {
    socket: UdpSocket,
    gateway: SocketAddr,
    user: &'static str,
    requests: u32,
}

impl Phone {
    async fn of(gateway: &Gateway, user: &'static str) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        Self { socket, gateway: gateway.sip(), user, requests: 0 }
    }

    fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    fn request(&mut self, method: &str, uri: &str, to: &str, more: &str) -> String {
        self.requests += 1;
        let (user, address, number) = (self.user, self.address(), self.requests);
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{user}{number};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{user}@phones.example>;tag={user}\r\nTo: <{to}>\r\n\
             Call-ID: {user}-{method}\r\nCSeq: {number} {method}\r\n\
             Contact: <sip:{user}@{address}>\r\n{more}Content-Length: 0\r\n\r\n"
        )
    }

    async fn send(&self, text: &str) {
        self.socket.send_to(text.as_bytes(), self.gateway).await.unwrap();
    }

    async fn hear(&self) -> String {
        let mut buffer = vec![0; 65_536];
        let (len, _) = timeout(WITHIN, self.socket.recv_from(&mut buffer)).await.unwrap().unwrap();
        String::from_utf8_lossy(&buffer[..len]).into_owned()
    }

    /// The final response to a request.
    async fn ask(&self, text: &str) -> Response {
        self.send(text).await;
        loop {
            let Message::Response(response) = Message::parse(self.hear().await.into()).unwrap() else {
                continue;
            };
            if response.code.as_u16() >= 200 {
                return response;
            }
        }
    }

    /// The same with the challenge answered.
    async fn ask_with(&mut self, password: &str, method: Method, uri: &str, to: &str) -> Response {
        let first = self.request(method.as_str(), uri, to, "");
        let refusal = self.ask(&first).await;
        if method == Method::Invite {
            self.acknowledge(&first, &refusal).await;
        }
        let asked = match refusal.code.as_u16() {
            401 => HeaderName::WwwAuthenticate,
            407 => HeaderName::ProxyAuthenticate,
            _ => return refusal,
        };
        let values =
            refusal.headers.get_all(&asked).map(|value| Header::new(HeaderName::WwwAuthenticate, value));
        let mut headers = sip_stack::message::Headers::new();
        headers.extend(values.collect::<Vec<_>>());
        let challenges: Vec<WwwAuthenticate> = headers.typed_all().unwrap();
        let challenge = Challenge::try_from(&challenges[0].0).unwrap();
        let subject = Subject { method: &method, uri, body: b"" };
        let value = answer(&challenge, Login { username: self.user, password }, &subject, 1, "abcdef");
        let value = match refusal.code.as_u16() {
            401 => Header::from_typed(&Authorization(value)),
            _ => Header::from_typed(&ProxyAuthorization(value)),
        };
        let again = self.request(method.as_str(), uri, to, &format!("{}: {}\r\n", value.name, value.value));
        self.ask(&again).await
    }

    async fn acknowledge(&self, invite: &str, refusal: &Response) {
        let to = refusal.headers.get(&HeaderName::To).unwrap();
        let lines = invite.replace("INVITE", "ACK");
        let lines = lines.lines().map(|line| match line.strip_prefix("To: ") {
            Some(_) => format!("To: {to}\r\n"),
            None => format!("{line}\r\n"),
        });
        self.send(&lines.collect::<String>()).await;
    }

    async fn register(&mut self, password: &str) -> Response {
        let aor = format!("sip:{}@phones.example", self.user);
        self.ask_with(password, Method::Register, "sip:phones.example", &aor).await
    }
}

async fn gateway() -> Gateway {
    // No phone of the test shares an address with the trunk.
    Gateway::start_sip("192.0.2.9:5060".parse().unwrap(), "domains = [\"phones.example\"]", USERS).await
}

#[tokio::test]
async fn a_phone_registers_with_its_password_and_lists_its_contact() {
    let gateway = gateway().await;
    let mut bob = Phone::of(&gateway, "bob").await;
    let registered = bob.register("bob's own").await;
    assert_eq!(registered.code.as_u16(), 200);
    let contact = registered.headers.get(&HeaderName::Contact).unwrap();
    assert!(contact.contains(&bob.address().to_string()) && contact.contains("expires="), "{contact}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_hear_the_same() {
    let gateway = gateway().await;
    let mut answers = Vec::new();
    for user in ["bob", "nobody"] {
        let refusal = Phone::of(&gateway, user).await.register("guessed").await;
        assert!(refusal.headers.get(&HeaderName::WwwAuthenticate).is_some());
        answers.push((refusal.code, refusal.headers.get_all(&HeaderName::WwwAuthenticate).count()));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0.as_u16(), 401);
    gateway.stop().await;
}

#[tokio::test]
async fn one_user_does_not_register_for_another() {
    let gateway = gateway().await;
    let mut carol = Phone::of(&gateway, "carol").await;
    let bob = "sip:bob@phones.example";
    let refused = carol.ask_with("carol's own", Method::Register, "sip:phones.example", bob).await;
    assert_eq!(refused.code.as_u16(), 403);
    gateway.stop().await;
}

#[tokio::test]
async fn a_call_reaches_the_phone_and_its_answer_comes_back() {
    let gateway = gateway().await;
    let (mut bob, mut carol) = (Phone::of(&gateway, "bob").await, Phone::of(&gateway, "carol").await);
    assert_eq!(bob.register("bob's own").await.code.as_u16(), 200);
    let uri = "sip:bob@phones.example";
    let ringing = async {
        let invite = bob.hear().await;
        assert!(invite.starts_with(&format!("INVITE sip:bob@{}", bob.address())), "{invite}");
        assert!(invite.contains("Record-Route: <sip:"), "{invite}");
        assert!(!invite.contains("Proxy-Authorization"), "the password's proof stays here: {invite}");
        let mut answer = "SIP/2.0 200 OK\r\n".to_owned();
        for line in invite.lines() {
            let name = line.split(':').next().unwrap_or_default();
            match name {
                "Via" | "From" | "Call-ID" | "CSeq" | "Record-Route" => answer += &format!("{line}\r\n"),
                "To" => answer += &format!("{line};tag=bob\r\n"),
                _ => {}
            }
        }
        answer += &format!("Contact: <sip:bob@{}>\r\nContent-Length: 0\r\n\r\n", bob.address());
        bob.send(&answer).await;
    };
    let (answered, ()) = tokio::join!(carol.ask_with("carol's own", Method::Invite, uri, uri), ringing);
    assert_eq!(answered.code.as_u16(), 200);
    assert_eq!(answered.headers.get_all(&HeaderName::Via).count(), 1);
    gateway.stop().await;
}

#[tokio::test]
async fn nobody_home_is_480_nobody_known_404_and_strangers_stay_out() {
    let gateway = gateway().await;
    let mut carol = Phone::of(&gateway, "carol").await;
    for (user, code) in [("bob", 480), ("nobody", 404)] {
        let uri = format!("sip:{user}@phones.example");
        let refused = carol.ask_with("carol's own", Method::Message, &uri, &uri).await;
        assert_eq!(refused.code.as_u16(), code, "{user}");
    }
    let uri = "sip:bob@phones.example";
    let text =
        carol.request("MESSAGE", uri, uri, "").replace("From: <sip:carol@phones", "From: <sip:eve@else");
    assert_eq!(carol.ask(&text).await.code.as_u16(), 403);
    let text =
        carol.request("MESSAGE", uri, uri, "").replace("From: <sip:carol@phones", "From: <sip:eve@else");
    let text = text.replace("To: <sip:bob@phones.example>", "To: <sip:bob@phones.example>;tag=made-up");
    assert_eq!(carol.ask(&text).await.code.as_u16(), 403, "a dialog that nobody began opens no door");
    gateway.stop().await;
}
