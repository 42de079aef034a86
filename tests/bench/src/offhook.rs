//! Ourselves: the release binary, steered as a browser and a trunk would.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::{SinkExt, StreamExt};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

use crate::process::Process;

pub(crate) const HTTP: &str = "127.0.0.1:18080";
pub(crate) const SIP: &str = "127.0.0.1:15060";
pub(crate) const TRUNK: &str = "127.0.0.1:15070";
const PATIENCE: Duration = Duration::from_secs(10);

fn broken(what: impl std::fmt::Display) -> io::Error {
    io::Error::other(what.to_string())
}

/// Signs the measurement's tokens; nothing outside this machine reaches the gateway under test.
const SECRET: &str = "a secret for measurements on loopback only";

fn config(data: &Path) -> String {
    let data = data.display();
    format!(
        r#"
[http]
listen = ["{HTTP}"]
[sip]
listen = ["udp:{SIP}"]
[media]
addresses = ["127.0.0.1"]
trunk_address = "127.0.0.1"
rtp_ports = "20000-29999"
[calls]
codecs = ["opus", "pcmu"]
[limits]
calls_per_user = 1000
sessions_per_user = 1000
messages_per_s = 10000
[storage]
data_dir = "{data}"
[auth]
hs256_secret = "{SECRET}"
[[users]]
name = "bench"
[[trunks]]
name = "bench"
address = "{TRUNK}"
codecs = ["pcmu"]
[[routes]]
any = true
trunks = ["bench"]
"#
    )
}

fn token() -> io::Result<String> {
    let in_an_hour = SystemTime::now() + Duration::from_secs(3600);
    let expires = in_an_hour.duration_since(UNIX_EPOCH).map_err(broken)?.as_secs();
    let claims = json!({"sub": "bench", "exp": expires});
    jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET.as_bytes()))
        .map_err(broken)
}

/// A running gateway with one trunk and one user.
pub(crate) struct Offhook {
    pub(crate) process: Process,
    folder: PathBuf,
    token: String,
}

impl Offhook {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start(binary: &Path) -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("offhook-bench-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let file = folder.join("offhook.toml");
        fs::write(&file, config(&folder.join("data")))?;
        let mut process =
            Process::start(Command::new(binary).arg("--config").arg(&file).env("RUST_LOG", "warn"))?;
        for _ in 0..100 {
            if process.has_ended() {
                return Err(broken(format!("offhook ended by itself: does another one have {HTTP}?")));
            }
            if TcpStream::connect(HTTP).await.is_ok() {
                return Ok(Self { process, folder, token: token()? });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(broken("offhook does not listen"))
    }

    /// Opens a browser's signalling connection.
    pub(crate) async fn session(&self) -> io::Result<Session> {
        let mut request = format!("ws://{HTTP}/v1/rtc").into_client_request().map_err(broken)?;
        request.headers_mut().insert("sec-websocket-protocol", "offhook.v1".parse().map_err(broken)?);
        let (socket, _) = connect_async(request).await.map_err(broken)?;
        let mut session = Session { socket, waiting: HashMap::new(), requests: 0 };
        let client = json!({"name": "bench", "version": "1"});
        session.request("hello", None, json!({"token": self.token, "client": client})).await?;
        session.wait("welcome", None).await?;
        Ok(session)
    }
}

impl Drop for Offhook {
    fn drop(&mut self) {
        // A leftover file in the temporary folder harms nothing.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// One browser's WebSocket.
pub(crate) struct Session {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    waiting: HashMap<(String, Option<String>), Value>,
    requests: u64,
}

/// A call as its signalling saw it.
pub(crate) struct Placed {
    pub(crate) id: String,
    pub(crate) answer: String,
    pub(crate) setup: Duration,
}

impl Session {
    /// Calls a number; returns when the far side has answered.
    pub(crate) async fn call(&mut self, to: &str, sdp: &str) -> io::Result<Placed> {
        let id = format!("call_{}", Uuid::now_v7());
        let start = Instant::now();
        self.request("call.start", Some(&id), json!({"to": to, "sdp": sdp})).await?;
        let description = self.wait("call.description", Some(&id)).await?;
        self.wait("call.answered", Some(&id)).await?;
        let answer =
            description["data"]["sdp"].as_str().ok_or_else(|| broken("no answer in the description"))?;
        Ok(Placed { id, answer: answer.to_owned(), setup: start.elapsed() })
    }

    /// Ends a call; returns when it has ended.
    pub(crate) async fn hangup(&mut self, call: &str) -> io::Result<()> {
        self.request("call.hangup", Some(call), json!({})).await?;
        self.wait("call.ended", Some(call)).await.map(drop)
    }

    async fn request(&mut self, kind: &str, call: Option<&str>, data: Value) -> io::Result<()> {
        self.requests += 1;
        let mut message = json!({"type": kind, "id": self.requests.to_string(), "data": data});
        if let Some(call) = call {
            message["call"] = json!(call);
        }
        self.socket.send(Message::text(message.to_string())).await.map_err(broken)
    }

    /// Waits for one message; others that come first are kept for their own wait.
    async fn wait(&mut self, kind: &str, call: Option<&str>) -> io::Result<Value> {
        let key = (kind.to_owned(), call.map(str::to_owned));
        loop {
            if let Some(found) = self.waiting.remove(&key) {
                return Ok(found);
            }
            let frame =
                timeout(PATIENCE, self.socket.next()).await.map_err(|_| broken(format!("no {kind}")))?;
            let Message::Text(text) = frame.ok_or_else(|| broken("closed"))?.map_err(broken)? else {
                continue;
            };
            let message: Value = serde_json::from_str(&text)?;
            let of = |field: &str| message[field].as_str().map(str::to_owned);
            let came = of("type").unwrap_or_default();
            if came == "error" || (came == "call.ended" && kind != "call.ended") {
                return Err(broken(format!("while waiting for {kind}: {message}")));
            }
            if matches!(came.as_str(), "welcome" | "call.description" | "call.answered" | "call.ended") {
                self.waiting.insert((came, of("call")), message);
            }
        }
    }
}
