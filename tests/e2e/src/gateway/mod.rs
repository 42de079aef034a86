//! The gateway under test: one process with ports and a configuration of its own.

mod demo;
mod events;
mod rest;
mod setup;

pub use demo::Demo;
pub use rest::Rest;
pub use setup::{DOMAIN, PHONE_PASSWORD, Setup, USER, USER_NUMBER};

use crate::browser::Tab;
use crate::port::{self, Transport};
use crate::process::Program;
use crate::wait;
use anyhow::{Context, Result, bail};
use events::Events;
use serde_json::{Value, json};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{Instant, sleep};

/// How long the gateway may take to say that it is ready.
const READY_WITHIN: Duration = Duration::from_secs(15);
/// How long it may take to answer about itself.
const FACT_WITHIN: Duration = Duration::from_secs(10);

/// A running gateway; ends with the value.
#[derive(Debug)]
pub struct Gateway {
    program: Program,
    _folder: TempDir,
    setup: Setup,
    rest: Rest,
    events: Events,
}

impl Gateway {
    /// Starts the gateway with `setup` and waits until it is ready.
    ///
    /// # Errors
    /// The binary is not built, or does not get ready within 15 seconds.
    pub async fn start(setup: Setup) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("offhook.toml");
        fs::write(&file, setup.file())?;
        let mut command = command()?;
        command.current_dir(folder.path()).arg("--config").arg(&file);
        let mut program = Program::start("offhook", folder.path(), command)?;
        ready(&mut program, setup.http_port).await?;
        let rest = Rest::new(setup.http_port, &setup.secret)?;
        let events = Events::subscribe(setup.http_port, rest.token()).await;
        let events =
            events.with_context(|| format!("subscribe to events; it says:\n{}", program.output()))?;
        Ok(Self { program, _folder: folder, setup, rest, events })
    }

    /// The SIP port, for UDP and TCP.
    #[must_use]
    pub const fn sip_port(&self) -> u16 {
        self.setup.sip_port
    }

    /// The port where the gateway looks for its trunk.
    #[must_use]
    pub const fn trunk_port(&self) -> u16 {
        self.setup.trunk_port
    }

    /// The port of HTTP and of browsers' signalling.
    #[must_use]
    pub const fn http_port(&self) -> u16 {
        self.setup.http_port
    }

    /// Opens the phone page for the user and waits until it is registered.
    ///
    /// # Errors
    /// The page does not get online.
    pub async fn open_page(&self) -> Result<Tab> {
        self.open_page_at(self.setup.http_port).await
    }

    /// Opens the phone page through another port that leads to the gateway's.
    ///
    /// # Errors
    /// The page does not get online.
    pub async fn open_page_at(&self, port: u16) -> Result<Tab> {
        let token = self.rest.post("/v1/tokens", &json!({"user": USER})).await?;
        let token = token["token"].as_str().context("a token without a token")?;
        let before = format!("sessionStorage.setItem('offhook.token', {})", json!(token));
        let tab = Tab::open(&format!("http://127.0.0.1:{port}/"), &before).await?;
        let online = tab.becomes("html", "data-connection", "online", FACT_WITHIN).await;
        online.with_context(|| self.story())?;
        Ok(tab)
    }

    /// Waits for an event of a type.
    ///
    /// # Errors
    /// None came within ten seconds; the message shows the ones that came and the log.
    pub async fn event(&self, kind: &str) -> Result<Value> {
        let event = self.events.first(kind, FACT_WITHIN).await;
        event.with_context(|| self.story())
    }

    /// Waits for an event of a type that carries the call, of a call from or to `number`.
    ///
    /// # Errors
    /// None came within ten seconds; the message shows the ones that came and the log.
    pub async fn event_of(&self, kind: &str, number: &str) -> Result<Value> {
        let of = |event: &Value| {
            let call = &event["data"]["call"];
            call["from"] == number || call["to"] == number
        };
        let event = self.events.first_that(kind, FACT_WITHIN, of).await;
        event.with_context(|| self.story())
    }

    /// All events so far.
    #[must_use]
    pub fn events(&self) -> Vec<Value> {
        self.events.so_far()
    }

    /// The REST face.
    #[must_use]
    pub const fn rest(&self) -> &Rest {
        &self.rest
    }

    /// Waits until the gateway has logged something.
    ///
    /// # Errors
    /// It did not within ten seconds.
    pub async fn says(&self, text: &str) -> Result<()> {
        let said = || self.program.whole_output().contains(text).then_some(());
        wait::until(&format!("{text:?} in the log"), FACT_WITHIN, said, || self.story()).await
    }

    /// What the gateway logged lately, for a failure's message.
    #[must_use]
    pub fn story(&self) -> String {
        format!("the gateway says:\n{}", self.program.output())
    }
}

/// Names another binary than the one built beside this test.
const BINARY: &str = "OFFHOOK_BIN";

fn command() -> Result<Command> {
    let mut command = Command::new(binary()?);
    // The gateway would take it for a setting.
    command.env_remove(BINARY);
    Ok(command)
}

fn binary() -> Result<PathBuf> {
    if let Some(path) = env::var_os(BINARY) {
        return Ok(PathBuf::from(path));
    }
    let test = env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).context("a test outside of target/")?;
    let path = folder.join("offhook");
    if !path.exists() {
        bail!("{} is missing: run `make test`, or build it with `cargo build -p server`", path.display());
    }
    Ok(path)
}

async fn ready(program: &mut Program, http_port: u16) -> Result<()> {
    let url = format!("http://127.0.0.1:{http_port}/v1/health/ready");
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        let answer = reqwest::get(&url).await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return port::opened(http_port, Transport::Tcp).await;
        }
        if let Some(status) = program.exit() {
            bail!("the gateway ended with {status}:\n{}", program.output());
        }
        if Instant::now() >= deadline {
            bail!("the gateway is not ready after {READY_WITHIN:?}:\n{}", program.output());
        }
        sleep(Duration::from_millis(20)).await;
    }
}
