//! The peer: Debian's rtpengine in user space, steered by its NG protocol (JSON over UDP).

use std::io;
use std::net::UdpSocket;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::load::Work;
use crate::process::Process;

const NG: &str = "127.0.0.1:22222";

/// A running rtpengine.
pub(crate) struct Rtpengine {
    pub(crate) process: Process,
    control: UdpSocket,
    cookie: u64,
}

impl Rtpengine {
    /// Starts it on loopback and waits until it answers.
    pub(crate) fn start() -> io::Result<Self> {
        let process = Process::start(Command::new("rtpengine").args([
            "--config-file=none",
            "--interface=127.0.0.1",
            &format!("--listen-ng={NG}"),
            "--port-min=50000",
            "--port-max=59999",
            "--table=-1",
            "--foreground",
            "--log-stderr",
            "--log-level=3",
        ]))?;
        let control = UdpSocket::bind("127.0.0.1:0")?;
        control.connect(NG)?;
        control.set_read_timeout(Some(Duration::from_millis(500)))?;
        let mut engine = Self { process, control, cookie: 0 };
        for _ in 0..20 {
            if engine.ask(json!({"command": "ping"})).is_ok() {
                return Ok(engine);
            }
        }
        Err(io::Error::other("rtpengine does not answer on its NG port"))
    }

    /// Describes the browser's side; returns the description for the phone, which gets PCMU only.
    pub(crate) fn offer(&mut self, call: &str, sdp: &str, work: Work) -> io::Result<String> {
        let mut question = json!({
            "command": "offer", "call-id": call, "from-tag": "browser", "sdp": sdp,
            "transport-protocol": "RTP/AVP", "ICE": "remove", "DTLS": "off", "SDES": "off",
            "rtcp-mux": ["demux"], "replace": ["origin"],
        });
        if work != Work::Relay {
            question["codec"] = json!({"mask": ["opus"], "transcode": ["PCMU"]});
        }
        description(&self.ask(question)?)
    }

    /// Describes the phone's side; returns the answer for the browser.
    pub(crate) fn answer(&mut self, call: &str, sdp: &str, mid: &str) -> io::Result<String> {
        let answer = self.ask(json!({
            "command": "answer", "call-id": call, "from-tag": "browser", "to-tag": "phone", "sdp": sdp,
            "transport-protocol": "UDP/TLS/RTP/SAVPF", "ICE": "force", "DTLS": "passive",
            "rtcp-mux": ["accept"], "replace": ["origin"],
        }))?;
        description(&answer).map(|sdp| bundled(&sdp, mid))
    }

    fn ask(&mut self, question: Value) -> io::Result<Value> {
        self.cookie += 1;
        let cookie = self.cookie.to_string();
        self.control.send(format!("{cookie} {question}").as_bytes())?;
        let mut buffer = [0; 16_384];
        loop {
            let len = match self.control.recv(&mut buffer) {
                Ok(len) => len,
                Err(error) => {
                    if error.kind() == io::ErrorKind::ConnectionRefused {
                        std::thread::sleep(Duration::from_millis(200));
                    }
                    return Err(error);
                }
            };
            let text = String::from_utf8_lossy(&buffer[..len]);
            if let Some((_, body)) = text.split_once(' ').filter(|(echoed, _)| *echoed == cookie) {
                return Ok(serde_json::from_str(body)?);
            }
        }
    }
}

/// It answers without `a=group`, and without `a=mid` where the phone gave none; a browser takes that, str0m does not.
fn bundled(sdp: &str, mid: &str) -> String {
    let mut lines: Vec<String> = sdp.lines().map(str::to_owned).collect();
    if !sdp.contains("a=group:") {
        let media = lines.iter().position(|line| line.starts_with("m=")).unwrap_or(lines.len());
        lines.insert(media, format!("a=group:BUNDLE {mid}"));
    }
    if !sdp.contains("a=mid:") {
        lines.push(format!("a=mid:{mid}"));
    }
    lines.join("\r\n") + "\r\n"
}

fn description(answer: &Value) -> io::Result<String> {
    let sdp = answer.get("sdp").and_then(Value::as_str).map(str::to_owned);
    sdp.ok_or_else(|| io::Error::other(format!("rtpengine refused: {answer}")))
}
