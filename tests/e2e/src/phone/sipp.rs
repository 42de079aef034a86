//! SIPp: any SIP behaviour, written as a scenario of `sipp/`.

use super::rtp::{EVENT_PAYLOAD_TYPE, RtpPhone};
use super::sdp::MediaAddress;
use crate::port::{self, Transport};
use crate::process::Program;
use crate::wait;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;

/// SIPp gives up by itself after this; a test's own waits are shorter.
const LIFETIME_S: &str = "60";

/// A scenario with its blanks filled in.
#[derive(Debug, Clone)]
pub struct Scenario {
    text: String,
    transport: Transport,
    proof_uri: Option<String>,
}

impl Scenario {
    /// The scenario `sipp/<name>.xml`.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn named(name: &str) -> Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("sipp/{name}.xml"));
        let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let transport = Transport::Udp;
        Ok(Self { text, transport, proof_uri: None })
    }

    /// Fills in the blank `{key}`.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.text = self.text.replace(&format!("{{{key}}}"), &value.to_string());
        self
    }

    /// Fills in the codec and the port of a phone's media.
    #[must_use]
    pub fn media(self, phone: &RtpPhone) -> Self {
        let codec = phone.codec();
        self.with("rtp_port", phone.port())
            .with("payload_type", codec.payload_type())
            .with("codec", codec.name())
            .with("event_type", EVENT_PAYLOAD_TYPE)
    }

    /// Speaks SIP over this transport instead of UDP.
    #[must_use]
    pub const fn over(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Answers challenges for this URI (without `sip:`), not for the address that it sends to.
    #[must_use]
    pub fn proves_for(mut self, uri: &str) -> Self {
        self.proof_uri = Some(uri.to_owned());
        self
    }

    /// Waits for one call on `port`.
    ///
    /// # Errors
    /// SIPp is missing or cannot open the port.
    pub async fn listen(self, port: u16) -> Result<Sipp> {
        let sipp = Sipp::start(&self, port, None)?;
        port::opened(port, self.transport).await.with_context(|| sipp.program.output())?;
        Ok(sipp)
    }

    /// Calls `user` at the gateway's SIP port from `port`.
    ///
    /// # Errors
    /// SIPp is missing.
    pub fn call(self, user: &str, gateway: u16, port: u16) -> Result<Sipp> {
        let filled = self.with("user", user);
        Sipp::start(&filled, port, Some(gateway))
    }
}

/// A running SIPp with one call.
#[derive(Debug)]
pub struct Sipp {
    program: Program,
    folder: TempDir,
}

impl Sipp {
    fn start(scenario: &Scenario, port: u16, target: Option<u16>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("scenario.xml");
        fs::write(&file, &scenario.text)?;
        let control = port::free(2)?;
        let mut command = Command::new("sipp");
        command.current_dir(folder.path()).arg("-sf").arg(&file);
        command.args(["-i", "127.0.0.1", "-m", "1", "-l", "1", "-nostdin", "-skip_rlimit"]);
        command.args(["-p", &port.to_string(), "-cp", &control.to_string()]);
        command.args(["-trace_msg", "-message_file", "messages.log"]);
        command.args(["-trace_err", "-error_file", "errors.log"]);
        command.args(["-timeout", LIFETIME_S, "-timeout_error"]);
        command.args(match scenario.transport {
            Transport::Udp => ["-t", "u1"],
            Transport::Tcp => ["-t", "t1"],
        });
        command.args(scenario.proof_uri.iter().flat_map(|uri| ["-auth_uri", uri]));
        command.args(target.map(|gateway| format!("127.0.0.1:{gateway}")));
        let program = Program::start("sipp", folder.path(), command)?;
        Ok(Self { program, folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn trace(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.path("messages.log")).unwrap_or_default()).into_owned()
    }

    fn errors(&self) -> String {
        fs::read_to_string(self.path("errors.log")).unwrap_or_default()
    }

    /// The messages received so far, oldest first, retransmissions included.
    #[must_use]
    pub fn received(&self) -> Vec<String> {
        self.messages("received")
    }

    fn messages(&self, direction: &str) -> Vec<String> {
        let trace = self.trace();
        // Each entry: a rule with the time, "UDP message received [n] bytes :", an empty line, the message.
        let entries = trace.split("-----------------------------------------------");
        let wanted = entries.filter(|entry| {
            let head = entry.lines().nth(1).unwrap_or_default();
            head.contains(&format!("message {direction}"))
        });
        let text = wanted.filter_map(|entry| entry.split_once("\n\n").map(|(_, text)| text));
        text.map(|text| text.replace('\r', "")).collect()
    }

    /// Waits for a message whose first line starts with `start` (`INVITE `, `SIP/2.0 200`).
    ///
    /// # Errors
    /// None came within `limit`; the message shows the trace.
    pub async fn receives(&self, start: &str, limit: Duration) -> Result<String> {
        let found = || self.received().into_iter().find(|message| message.starts_with(start));
        let state = || format!("SIPp says:\n{}\nand saw:\n{}", self.errors(), self.trace());
        wait::until(&format!("{start} at the phone"), limit, found, state).await
    }

    /// Waits for the gateway's INVITE and reads where it wants its audio.
    ///
    /// # Errors
    /// No INVITE with an SDP offer came within ten seconds.
    pub async fn offer(&self) -> Result<MediaAddress> {
        MediaAddress::of(&self.receives("INVITE ", Duration::from_secs(10)).await?)
    }

    /// Waits for the scenario to be played to its end, as written.
    ///
    /// # Errors
    /// It went differently or is not through after `limit`; the message shows the trace.
    pub async fn finishes(&mut self, limit: Duration) -> Result<()> {
        let ended = self.program.ended(limit).await;
        let story = || format!("SIPp says:\n{}\nand saw:\n{}", self.errors(), self.trace());
        let status = ended.with_context(story)?;
        ensure!(status.success(), "the call did not go as the scenario says ({status}); {}", story());
        Ok(())
    }
}
