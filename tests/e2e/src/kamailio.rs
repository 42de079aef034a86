//! Kamailio, as Debian ships it: the registrar and proxy of a domain of its own.

use crate::gateway::DOMAIN;
use crate::port::{self, Transport};
use crate::process::Program;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process;
use tempfile::TempDir;
use tokio::process::Command;

const KAMAILIO: &str = "/usr/sbin/kamailio";
/// The password of every user of it.
pub const PASSWORD: &str = "open-sesame";
/// Shared and each process's own memory, in MB: a few calls need no more.
const MEMORY: [&str; 4] = ["-m", "16", "-M", "4"];

/// A running Kamailio; ends with the value.
#[derive(Debug)]
pub struct Kamailio {
    program: Program,
    folder: TempDir,
    port: u16,
}

impl Kamailio {
    /// Starts it for the domain `127.0.0.1` on a port, over UDP and TCP, beside a gateway on another.
    ///
    /// # Errors
    /// It is missing, or does not open its port.
    pub async fn start(port: u16, gateway: u16) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("kamailio/proxy.cfg");
        let file = folder.path().join("kamailio.cfg");
        let blanks = [("PASSWORD", PASSWORD), ("DOMAIN", DOMAIN), ("GATEWAY", &gateway.to_string())];
        let text = fs::read_to_string(own)?;
        let filled = blanks.iter().fold(text, |text, (blank, value)| text.replace(blank, value));
        fs::write(&file, filled)?;
        // It forks: its children end with it, and it ends with us, however that comes.
        let mut command = Command::new("setpriv");
        command.process_group(0).args(["--pdeathsig", "TERM", KAMAILIO, "-DD", "-E"]).args(MEMORY);
        command.arg("-f").arg(&file);
        command.arg("-w").arg(folder.path()).arg("-Y").arg(folder.path());
        for transport in ["udp", "tcp"] {
            command.args(["-l", &format!("{transport}:127.0.0.1:{port}")]);
        }
        let kamailio = Self { program: Program::start("kamailio", folder.path(), command)?, folder, port };
        for transport in [Transport::Udp, Transport::Tcp] {
            port::opened(port, transport).await.with_context(|| kamailio.story())?;
        }
        Ok(kamailio)
    }

    /// The address of record of one of its users.
    #[must_use]
    pub fn aor(&self, user: &str) -> String {
        format!("sip:{user}@127.0.0.1:{}", self.port)
    }

    /// What it said lately, for a failure's message.
    #[must_use]
    pub fn story(&self) -> String {
        format!("Kamailio ({}) says:\n{}", self.folder.path().display(), self.program.output())
    }
}

impl Drop for Kamailio {
    fn drop(&mut self) {
        if let Some(id) = self.program.id() {
            // Its whole group; one that has ended by itself is no fault.
            let _ = process::Command::new("sh").args(["-c", &format!("kill -9 -{id}")]).status();
        }
    }
}
