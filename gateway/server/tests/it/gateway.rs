//! A gateway in this process, on ports of its own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use server::app::{self, Running};
use server::config::Config;
use server::node::Mode;
use sip_stack::Transport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const WITHIN: Duration = Duration::from_secs(10);
pub(crate) const SCOPES: [&str; 5] =
    ["calls:read", "calls:write", "tokens:mint", "events:read", "config:write"];

/// A trunk that does not answer.
const NOBODY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9);

pub(crate) struct Gateway {
    /// None where it runs in a process of its own.
    running: Option<Running>,
    pub(crate) http: SocketAddr,
}

/// What is unlike in the configurations of tests.
pub(crate) struct Setup<'a> {
    /// Where the trunk is.
    pub(crate) trunk: SocketAddr,
    /// The URI that stands there instead of an address.
    pub(crate) trunk_uri: Option<&'a str>,
    /// More fields of `[http]`, of `[[trunks]]`, and more sections.
    pub(crate) http: &'a str,
    pub(crate) trunk_fields: &'a str,
    pub(crate) more: &'a str,
    /// The whole of `[sip]`.
    pub(crate) sip: &'a str,
}

impl Default for Setup<'_> {
    fn default() -> Self {
        let sip = r#"listen = "udp:127.0.0.1:0""#;
        Self { trunk: NOBODY, trunk_uri: None, http: "", trunk_fields: "", more: "", sip }
    }
}

impl Gateway {
    /// One user, `alice`, and one trunk.
    pub(crate) async fn start(trunk: SocketAddr, more: &str) -> Self {
        Self::set_up(Setup { trunk, more, ..Setup::default() }).await
    }

    /// With more fields of `[sip]`.
    pub(crate) async fn start_sip(trunk: SocketAddr, sip: &str, more: &str) -> Self {
        let sip = format!("listen = \"udp:127.0.0.1:0\"\n{sip}");
        Self::set_up(Setup { trunk, more, sip: &sip, ..Setup::default() }).await
    }

    /// With more fields of `[http]`.
    pub(crate) async fn start_with(http: &str) -> Self {
        Self::set_up(Setup { http, ..Setup::default() }).await
    }

    pub(crate) async fn set_up(setup: Setup<'_>) -> Self {
        let text = text(&setup);
        let config = Config::parse("test", &text, std::iter::empty()).unwrap();
        let running = app::start(config, Mode::Configured).await.unwrap();
        let http = running.at.http[0];
        Self { running: Some(running), http }
    }

    /// One in another process.
    pub(crate) fn elsewhere(http: SocketAddr) -> Self {
        Self { running: None, http }
    }

    /// With a trunk that does not answer.
    pub(crate) async fn alone() -> Self {
        Self::start(NOBODY, "").await
    }

    pub(crate) fn url(&self) -> String {
        self.running.as_ref().unwrap().url()
    }

    pub(crate) fn sip(&self) -> SocketAddr {
        self.running.as_ref().unwrap().at.sip[0].local
    }

    /// Where SIP listens over a transport.
    pub(crate) fn sip_over(&self, transport: Transport) -> SocketAddr {
        self.running.as_ref().unwrap().at.sip.iter().find(|at| at.transport == transport).unwrap().local
    }

    pub(crate) async fn stop(self) {
        self.running.unwrap().stop().await;
    }

    /// One HTTP request: status, headers in lower case, body.
    pub(crate) async fn http(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let mut stream = TcpStream::connect(self.http).await.unwrap();
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "host") {
            request += &format!("host: {}\r\n", self.http);
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{request}\r\n{body}").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        timeout(WITHIN, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Response { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Response {
        self.http("GET", path, &[("authorization", &format!("Bearer {token}"))], "").await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Response {
        self.http("POST", path, &[("authorization", &format!("Bearer {token}"))], &body.to_string()).await
    }

    pub(crate) async fn socket(&self, path: &str, headers: &[(&'static str, &str)]) -> Socket {
        let mut request = format!("ws://{}{path}", self.http).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Socket(connect_async(request).await.unwrap().0)
    }

    /// A socket of the signalling protocol.
    pub(crate) async fn signalling(&self) -> Socket {
        self.socket("/v1/rtc", &[("sec-websocket-protocol", "offhook.v1")]).await
    }

    /// A browser of `alice` that was welcomed.
    pub(crate) async fn browser(&self) -> Socket {
        let mut socket = self.signalling().await;
        socket.hello(&token(&json!({}))).await;
        assert_eq!(socket.frame().await["type"], "welcome");
        socket
    }
}

/// The configuration of a test.
pub(crate) fn text(setup: &Setup<'_>) -> String {
    let Setup { trunk, trunk_uri, http, trunk_fields, more, sip } = setup;
    let trunk = trunk_uri.map_or_else(|| trunk.to_string(), str::to_owned);
    format!(
        r#"
            [http]
            listen = "127.0.0.1:0"
            {http}
            [sip]
            {sip}
            [media]
            addresses = "127.0.0.1"
            port = 0
            workers = 1
            trunk_address = "127.0.0.1"
            [auth]
            hs256_secret = "{SECRET}"
            [[users]]
            name = "alice"
            [[trunks]]
            name = "carrier"
            address = "{trunk}"
            {trunk_fields}
            [[routes]]
            any = true
            trunks = ["carrier"]
            {more}
            "#
    )
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        // A body of unknown length comes in chunks; JSON of ours is one object.
        let (start, end) = (self.body.find('{').unwrap(), self.body.rfind('}').unwrap());
        serde_json::from_str(&self.body[start..=end]).unwrap()
    }
}

/// A token of `alice` with more claims.
pub(crate) fn token(more: &Value) -> String {
    let exp = std::time::SystemTime::now() + Duration::from_secs(600);
    let exp = exp.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let mut claims = json!({"sub": "alice", "exp": exp});
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
}

/// A token for REST.
pub(crate) fn program() -> String {
    token(&json!({"sub": "program", "scopes": SCOPES}))
}

pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn send(&mut self, frame: Value) {
        self.text(&frame.to_string()).await;
    }

    pub(crate) async fn text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn hello(&mut self, token: &str) {
        let data = json!({"token": token, "client": {"name": "test", "version": "1"}});
        self.send(json!({"type": "hello", "id": "h", "data": data})).await;
    }

    /// Says hello and wants to go on with a session; returns the welcome.
    pub(crate) async fn resume(&mut self, session: &Value, last_seq: u64) -> Value {
        let resume = json!({"session": session["session"], "resume_token": session["resume_token"], "last_seq": last_seq});
        self.resume_as(&token(&json!({})), resume).await
    }

    pub(crate) async fn resume_as(&mut self, token: &str, resume: Value) -> Value {
        let data = json!({"token": token, "client": {"name": "test", "version": "1"}, "resume": resume});
        self.send(json!({"type": "hello", "id": "h", "data": data})).await;
        let welcome = self.frame().await;
        assert_eq!((&welcome["type"], &welcome["id"]), (&json!("welcome"), &json!("h")), "{welcome}");
        welcome
    }

    /// Closes with a code, as a browser does.
    pub(crate) async fn leave(mut self, code: u16) {
        let close = CloseFrame { code: code.into(), reason: "".into() };
        self.0.close(Some(close)).await.unwrap();
        while let Some(Ok(_)) = self.message().await {}
    }

    async fn message(&mut self) -> Option<Result<Message, tungstenite::Error>> {
        timeout(WITHIN, self.0.next()).await.expect("nothing came in time")
    }

    /// The next frame; pings may come in between.
    pub(crate) async fn frame(&mut self) -> Value {
        loop {
            match self.message().await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_))) => {}
                other => panic!("no frame but {other:?}"),
            }
        }
    }

    /// The next frame of a type; others are passed over.
    pub(crate) async fn frame_of(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.frame().await;
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// Waits for a ping.
    pub(crate) async fn ping(&mut self) {
        let message = self.message().await;
        assert!(matches!(message, Some(Ok(Message::Ping(_)))), "no ping but {message:?}");
    }

    /// The close code; frames before it are passed over.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            match self.message().await {
                Some(Ok(Message::Close(Some(close)))) => return close.code.into(),
                Some(Ok(_)) => {}
                other => panic!("no close but {other:?}"),
            }
        }
    }
}
