//! The binary in a process of its own, with a folder that outlives it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use uuid::Uuid;

use crate::gateway::{Gateway, Setup, text};

/// A folder that goes with the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(Uuid::new_v4().to_string());
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn start(&self, more: &str) -> Process {
        let file = self.0.join("offhook.toml");
        let more = format!("[storage]\ndata_dir = \"{}\"\n{more}", self.0.display());
        std::fs::write(&file, text(&Setup { more: &more, ..Setup::default() })).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_offhook"))
            .args(["--config", file.to_str().unwrap()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let port = ready.trim().trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok());
        let port: u16 = port.unwrap_or_else(|| panic!("it does not start: {ready}"));
        Process { child, gateway: Gateway::elsewhere(SocketAddr::from(([127, 0, 0, 1], port))) }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) struct Process {
    child: Child,
    pub(crate) gateway: Gateway,
}

impl Process {
    /// Tells it to stop and waits until it has.
    pub(crate) async fn stop(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        assert!(status.success(), "{status}");
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
