//! baresip: a whole phone, with a microphone (a WAV file) and an ear (a recording) of its own.

use super::account::Account;
use super::codec::Codec;
use crate::port::{self, Transport};
use crate::process::Program;
use crate::tone::{Sound, Tone};
use crate::wait;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

/// Length of the microphone's file: longer than any call.
const MICROPHONE: Duration = Duration::from_secs(60);
const MODULES: &str = "/usr/lib/baresip/modules";
const REPLY_WITHIN: Duration = Duration::from_secs(5);
/// What it prints of a registration that is accepted.
const REGISTERED: &str = " 200 OK (";
const REGISTERED_WITHIN: Duration = Duration::from_secs(5);

/// A running baresip that answers every call by itself.
#[derive(Debug)]
pub struct Baresip {
    program: Program,
    folder: TempDir,
    control: TcpStream,
    pending: Vec<u8>,
    events: Vec<Value>,
}

impl Baresip {
    /// Starts baresip as `user` on a SIP port of 127.0.0.1 with one codec; it speaks `tone`.
    ///
    /// It knows no other user: calls to anyone else it answers with 404.
    ///
    /// # Errors
    /// baresip is missing or cannot open its ports.
    pub async fn start(user: &str, sip_port: u16, codec: Codec, tone: Tone) -> Result<Self> {
        Self::open(&Account::alone(user, sip_port), sip_port, codec, tone).await
    }

    /// Starts baresip with an account, registered where that has a registrar, on a SIP port of 127.0.0.1 with one codec;
    /// it speaks `tone`.
    ///
    /// # Errors
    /// baresip is missing, cannot open its ports or is refused by its registrar.
    pub async fn open(account: &Account, sip_port: u16, codec: Codec, tone: Tone) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let microphone = folder.path().join("microphone.wav");
        tone.sound(codec.rate(), MICROPHONE).write_wav(&microphone)?;
        let control_port = port::free(2)?;
        fs::write(folder.path().join("config"), config(folder.path(), sip_port, control_port)?)?;
        fs::write(folder.path().join("accounts"), account.line(codec))?;
        fs::write(folder.path().join("contacts"), "")?;
        let mut command = Command::new("baresip");
        command.current_dir(folder.path()).arg("-f").arg(folder.path());
        let program = Program::start("baresip", folder.path(), command)?;
        let story = || program.output();
        port::opened(sip_port, Transport::Udp).await.with_context(story)?;
        port::opened(control_port, Transport::Tcp).await.with_context(story)?;
        let control = TcpStream::connect(("127.0.0.1", control_port)).await?;
        if account.registers() {
            // Its event may have been before anyone listened to events.
            let registered = || program.whole_output().contains(REGISTERED).then_some(());
            wait::until("registration of baresip", REGISTERED_WITHIN, registered, story).await?;
        }
        Ok(Self { program, folder, control, pending: Vec::new(), events: Vec::new() })
    }

    /// Calls a SIP URI.
    ///
    /// # Errors
    /// baresip refuses.
    pub async fn dial(&mut self, uri: &str) -> Result<()> {
        self.command("dial", uri).await
    }

    /// Ends the call.
    ///
    /// # Errors
    /// baresip refuses.
    pub async fn hang_up(&mut self) -> Result<()> {
        self.command("hangup", "").await
    }

    /// Waits for an event of a type, such as `CALL_ESTABLISHED` or `CALL_CLOSED`.
    ///
    /// # Errors
    /// None came within `limit`; the message shows baresip's output.
    pub async fn event(&mut self, kind: &str, limit: Duration) -> Result<Value> {
        let wanted = |event: &Value| event["type"] == kind;
        let reading = async {
            loop {
                if let Some(event) = self.events.iter().find(|event| wanted(event)) {
                    return Ok::<_, anyhow::Error>(event.clone());
                }
                let message = self.read().await?;
                self.events.push(message);
            }
        };
        let Ok(event) = timeout(limit, reading).await else {
            bail!("no {kind} of baresip within {limit:?}; it says:\n{}", self.program.output());
        };
        event
    }

    /// Waits for an event of a type that no earlier call of this has returned.
    ///
    /// # Errors
    /// None came within `limit`; the message shows baresip's output.
    pub async fn next_event(&mut self, kind: &str, limit: Duration) -> Result<Value> {
        let event = self.event(kind, limit).await?;
        if let Some(at) = self.events.iter().position(|seen| seen["type"] == kind) {
            self.events.remove(at);
        }
        Ok(event)
    }

    /// What baresip heard in its latest call, once that has ended.
    ///
    /// # Errors
    /// It recorded nothing.
    pub async fn heard(&self) -> Result<Sound> {
        let recording = || {
            let files = fs::read_dir(self.folder.path()).ok()?.filter_map(Result::ok);
            let paths = files.map(|file| file.path());
            let heard = paths.filter(|path| path.to_string_lossy().ends_with("-dec.wav"));
            heard.max_by_key(|path| fs::metadata(path).and_then(|file| file.modified()).ok())
        };
        let story = || self.program.output();
        let path = wait::until("recording of baresip", REPLY_WITHIN, recording, story).await?;
        Sound::read_wav(&path)
    }

    async fn command(&mut self, command: &str, params: &str) -> Result<()> {
        let text = json!({"command": command, "params": params, "token": command}).to_string();
        let netstring = format!("{}:{text},", text.len());
        self.control.write_all(netstring.as_bytes()).await?;
        let reading = async {
            loop {
                let message = self.read().await?;
                if message["response"] == true {
                    return Ok::<_, anyhow::Error>(message);
                }
                self.events.push(message);
            }
        };
        let reply = timeout(REPLY_WITHIN, reading).await.context("baresip does not reply")??;
        anyhow::ensure!(reply["ok"] == true, "baresip refuses {command} {params}: {reply}");
        Ok(())
    }

    /// The next message of the control connection, a JSON object in a netstring.
    async fn read(&mut self) -> Result<Value> {
        loop {
            if let Some(message) = take_netstring(&mut self.pending) {
                return Ok(serde_json::from_slice(&message)?);
            }
            let mut buffer = [0; 2_048];
            let length = self.control.read(&mut buffer).await?;
            anyhow::ensure!(length > 0, "baresip is gone; it said:\n{}", self.program.output());
            self.pending.extend_from_slice(&buffer[..length]);
        }
    }
}

fn take_netstring(pending: &mut Vec<u8>) -> Option<Vec<u8>> {
    let colon = pending.iter().position(|byte| *byte == b':')?;
    let length: usize = std::str::from_utf8(&pending[..colon]).ok()?.parse().ok()?;
    let end = colon + 1 + length;
    if pending.len() <= end {
        return None;
    }
    let message = pending[colon + 1..end].to_vec();
    pending.drain(..=end);
    Some(message)
}

fn config(folder: &Path, sip_port: u16, control_port: u16) -> Result<String> {
    let folder = folder.display();
    let rtp_port = port::free(4)?;
    let last_rtp_port = rtp_port + 3;
    Ok(format!(
        "sip_listen 127.0.0.1:{sip_port}\n\
         net_interface 127.0.0.1\n\
         rtp_ports {rtp_port}-{last_rtp_port}\n\
         audio_source aufile,{folder}/microphone.wav\n\
         audio_level no\n\
         jitter_buffer_delay 2-10\n\
         snd_path {folder}\n\
         ctrl_tcp_listen 127.0.0.1:{control_port}\n\
         module_path {MODULES}\n\
         module g711.so\n\
         module g722.so\n\
         module srtp.so\n\
         module aufile.so\n\
         module sndfile.so\n\
         module_tmp account.so\n\
         module_app menu.so\n\
         module_app ctrl_tcp.so\n"
    ))
}
