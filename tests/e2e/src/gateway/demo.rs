//! The gateway as a newcomer meets it: without a configuration file, with its demo phone.

use super::{FACT_WITHIN, command, ready};
use crate::browser::Tab;
use crate::port;
use crate::process::Program;
use anyhow::{Context, Result};
use tempfile::TempDir;

/// RTP ports of gateway and demo phone.
const RTP_PORTS: u16 = 16;

/// A gateway in demo mode. Its ports are moved, by environment, so that tests can run beside it, and its patience is shorter.
#[derive(Debug)]
pub struct Demo {
    program: Program,
    _folder: TempDir,
    http_port: u16,
}

impl Demo {
    /// Starts it, with calls that ring for `ring_s`, and waits until it is ready.
    ///
    /// # Errors
    /// The binary is not built, or does not get ready within 15 seconds.
    pub async fn start(ring_s: u32) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let http_port = port::free(6 + RTP_PORTS)?;
        let (sip_port, phone_port) = (http_port + 1, http_port + 2);
        let (rtp_first, rtp_last) = (http_port + 6, http_port + 5 + RTP_PORTS);
        let mut command = command()?;
        command
            .current_dir(folder.path())
            .env("OFFHOOK_HTTP__LISTEN", format!("[\"127.0.0.1:{http_port}\"]"))
            .env("OFFHOOK_SIP__LISTEN", format!("[\"udp:127.0.0.1:{sip_port}\"]"))
            .env("OFFHOOK_MEDIA__PORT", (http_port + 4).to_string())
            .env("OFFHOOK_MEDIA__WORKERS", "1")
            .env("OFFHOOK_CALLS__RING_TIMEOUT_S", ring_s.to_string())
            .env("OFFHOOK_MEDIA__RTP_PORTS", format!("{rtp_first}-{rtp_last}"))
            .env("OFFHOOK_TRUNKS__0__ADDRESS", format!("127.0.0.1:{phone_port}"));
        let mut program = Program::start("offhook", folder.path(), command)?;
        ready(&mut program, http_port).await?;
        Ok(Self { program, _folder: folder, http_port })
    }

    /// Opens the phone page and waits until it is registered.
    ///
    /// # Errors
    /// The page does not get online.
    pub async fn open_page(&self) -> Result<Tab> {
        let tab = Tab::open(&format!("http://127.0.0.1:{}/", self.http_port), "").await?;
        let online = tab.becomes("html", "data-connection", "online", FACT_WITHIN).await;
        online.with_context(|| self.story())?;
        Ok(tab)
    }

    /// What the gateway logged, for a failure's message.
    #[must_use]
    pub fn story(&self) -> String {
        format!("the gateway says:\n{}", self.program.output())
    }
}
