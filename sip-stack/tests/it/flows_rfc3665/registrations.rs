//! RFC 3665 §2: Bob's phone and the registrar that asks who he is.

use std::time::Duration;

use sip_stack::auth::{Account, Authenticator, Nonces, Subject, User, Verdict};
use sip_stack::message::header::{Authorization, Contact, WwwAuthenticate};
use sip_stack::message::{Header, HeaderName, Method, Request, TypedHeader};
use sip_stack::{
    Credentials, Outgoing, OutgoingId, Register, RegistrationId, Reply, Target, Transport, UaEvent,
};

use crate::call::ms;
use crate::ladder::assert_ladder;
use crate::net::{Net, Owner, shared_registrar};

const DOMAIN: &str = "biloxi.example";
const PHONE: RegistrationId = RegistrationId(1);
const OTHER: RegistrationId = RegistrationId(2);

/// What a registrar does that takes the word of nobody.
fn registrar() -> Owner {
    let mut authenticator = Authenticator::new(DOMAIN, Nonces::new([8; 32], Duration::from_secs(60)));
    let registrar = shared_registrar(DOMAIN);
    Box::new(move |endpoint, now, event| {
        let UaEvent::Requested { id, request, source } = event else { return Some(event) };
        let verdict = judge(&mut authenticator, &request);
        let reply = if matches!(verdict, Verdict::Accepted { .. }) {
            Reply::from(registrar.borrow_mut().register(now, source, &request))
        } else {
            let challenges = authenticator.challenges(Duration::ZERO, b"", &verdict);
            let headers = challenges.into_iter().map(|it| Header::from_typed(&WwwAuthenticate(it)));
            Reply { headers: headers.collect(), ..Reply::new(401) }
        };
        endpoint.reply(now, id, reply).unwrap();
        None
    })
}

fn judge(authenticator: &mut Authenticator, request: &Request) -> Verdict {
    let answers: Vec<Authorization> = request.headers.typed_all().unwrap();
    let uri = request.uri.to_string();
    let subject = Subject { method: &request.method, uri: &uri, body: &request.body };
    let account = |_: User<'_>| Some(Account { username: "bob".to_owned(), password: "secret".to_owned() });
    authenticator.verify(Duration::ZERO, b"", answers.iter().map(|answer| &answer.0), &subject, account)
}

fn network() -> Net {
    let mut net = Net::new();
    net.phone("bob", "192.0.2.2:5060");
    net.proxy("server", "192.0.2.20:5060", DOMAIN, registrar());
    net
}

fn credentials(password: &str) -> Option<Credentials> {
    Some(Credentials::password(None, "bob", password))
}

fn register(net: &mut Net, id: RegistrationId, contact_user: &str, password: &str) -> UaEvent {
    let register = Register {
        registrar: format!("sip:{DOMAIN}").parse().unwrap(),
        target: Target::new(Transport::Udp, net.address("server")).into(),
        aor: format!("<sip:bob@{DOMAIN}>").parse().unwrap(),
        contact_user: contact_user.to_owned(),
        expires_s: 3600,
        credentials: credentials(password),
        outbound: None,
    };
    let now = net.now;
    net.endpoint("bob").register(now, id, register).unwrap();
    net.run(ms(100));
    net.take_events("bob").pop().unwrap()
}

/// The users of the contacts that the registrar told last.
fn contacts(net: &Net) -> Vec<String> {
    let user =
        |value| Contact::parse(value).unwrap().address().unwrap().uri.user.as_deref().unwrap().to_owned();
    net.last("server", "bob", "200").headers("Contact").into_iter().map(user).collect()
}

/// §2.1
#[test]
fn a_new_registration() {
    let mut net = network();
    let event = register(&mut net, PHONE, "desk", "secret");
    assert!(matches!(event, UaEvent::Registered { id: PHONE, expires_s: 3600 }), "{event:?}");
    assert_eq!(contacts(&net), ["desk"]);
    assert_ladder(&mut net, &["bob server: REGISTER <401 REGISTER <200"]);
}

/// §2.2: one more contact.
#[test]
fn an_update_of_the_contact_list() {
    let mut net = network();
    register(&mut net, PHONE, "desk", "secret");
    let event = register(&mut net, OTHER, "cell", "secret");
    assert!(matches!(event, UaEvent::Registered { id: OTHER, .. }), "{event:?}");
    assert_eq!(contacts(&net), ["desk", "cell"]);
}

/// §2.3: "containing no Contact headers".
#[test]
fn a_request_for_the_contact_list() {
    let mut net = network();
    register(&mut net, PHONE, "desk", "secret");
    register(&mut net, OTHER, "cell", "secret");
    net.take_ladder();
    send(&mut net, Vec::new());
    assert!(net.last("bob", "server", "REGISTER").headers("Contact").is_empty());
    assert_eq!(contacts(&net), ["desk", "cell"]);
}

/// A REGISTER of the owner's own gets its 200.
fn send(net: &mut Net, headers: Vec<Header>) {
    let register = Outgoing {
        method: Method::Register,
        uri: format!("sip:{DOMAIN}").parse().unwrap(),
        target: Target::new(Transport::Udp, net.address("server")).into(),
        route: Vec::new(),
        from: format!("<sip:bob@{DOMAIN}>").parse().unwrap(),
        to: format!("<sip:bob@{DOMAIN}>").parse().unwrap(),
        headers,
        body: None,
        credentials: credentials("secret"),
    };
    let now = net.now;
    net.endpoint("bob").send(now, OutgoingId(1), register).unwrap();
    net.run(ms(100));
    let events = net.take_events("bob");
    let [UaEvent::Replied { response, .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(response.code.as_u16(), 200);
}

/// §2.4: "applies to all existing contact locations".
#[test]
fn a_cancellation_of_all() {
    let mut net = network();
    register(&mut net, PHONE, "desk", "secret");
    register(&mut net, OTHER, "cell", "secret");
    send(&mut net, vec![Header::new(HeaderName::Contact, "*"), Header::new(HeaderName::Expires, "0")]);
    assert!(contacts(&net).is_empty());
}

/// §2.4: the nonce of the first registration still serves, so that nobody is asked again.
#[test]
fn a_cancellation_of_one() {
    let mut net = network();
    register(&mut net, PHONE, "desk", "secret");
    net.take_ladder();
    let now = net.now;
    net.endpoint("bob").unregister(now, PHONE).unwrap();
    net.run(ms(100));
    assert_eq!(net.last("bob", "server", "REGISTER").headers("Expires"), ["0"]);
    assert!(contacts(&net).is_empty());
    assert_ladder(&mut net, &["bob server: REGISTER <200"]);
}

/// §2.5
#[test]
fn a_wrong_password() {
    let mut net = network();
    let event = register(&mut net, PHONE, "desk", "guess");
    assert!(matches!(event, UaEvent::RegistrationFailed { id: PHONE, code: 401, .. }), "{event:?}");
    assert_ladder(&mut net, &["bob server: REGISTER <401 REGISTER <401"]);
}
