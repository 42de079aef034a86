//! A page with a SIP library of others' in it, unchanged: a phone over WebSocket (RFC 7118).

use super::Tab;
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How long a step of the page may take.
const STEP: Duration = Duration::from_secs(10);

/// Which library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    /// `jssip` of npm.
    JsSip,
    /// `sip.js` of npm.
    SipJs,
}

/// Who the page is and where it registers.
#[derive(Debug, Clone, Copy)]
pub struct Subscriber<'a> {
    /// Its name in the domain.
    pub user: &'a str,
    /// The domain of its SIP URI.
    pub domain: &'a str,
    /// Its password.
    pub password: &'a str,
    /// What it speaks, at the level of every instrument.
    pub hz: f64,
}

/// An open page that is such a phone. It answers every call and follows every REFER.
pub struct SipPage {
    tab: Tab,
}

impl SipPage {
    /// Opens a page of the site at `http_port` and registers over the WebSocket at `/sip` there.
    ///
    /// # Errors
    /// The libraries are not installed, or the registration fails.
    pub async fn register(library: Library, http_port: u16, who: Subscriber<'_>) -> Result<Self> {
        // Any document of this origin will do, without scripts of its own.
        let site = format!("http://127.0.0.1:{http_port}/v1/nothing");
        let tab = Tab::open(&site, &bundle(library)?).await?;
        let Subscriber { user, domain, password, hz } = who;
        let server = format!("ws://127.0.0.1:{http_port}/sip");
        let order = json!({"server": server, "user": user, "domain": domain, "password": password, "hz": hz});
        let page = Self { tab };
        page.does(&format!("start({order})")).await?;
        page.becomes("registered", "yes").await?;
        Ok(page)
    }

    /// Calls a user of its domain.
    ///
    /// # Errors
    /// The library throws.
    pub async fn call(&self, user: &str) -> Result<()> {
        self.does(&format!("call({})", json!(user))).await
    }

    /// Transfers its call to another user (RFC 3515).
    ///
    /// # Errors
    /// The library throws.
    pub async fn refer(&self, user: &str) -> Result<()> {
        self.does(&format!("refer({})", json!(user))).await
    }

    /// Holds its call, and hears that this is done.
    ///
    /// # Errors
    /// The library throws, or the hold is refused.
    pub async fn hold(&self) -> Result<()> {
        self.does("hold()").await?;
        self.becomes("call", "held by local").await
    }

    /// Takes the held call back, and hears that this is done.
    ///
    /// # Errors
    /// The library throws, or is refused.
    pub async fn resume(&self) -> Result<()> {
        self.does("resume()").await?;
        self.becomes("call", "open").await
    }

    /// Ends its call.
    ///
    /// # Errors
    /// The library throws.
    pub async fn hang_up(&self) -> Result<()> {
        self.does("hangUp()").await
    }

    /// Withdraws its registration, and hears that this is done.
    ///
    /// # Errors
    /// The library throws, or is refused.
    pub async fn unregister(&self) -> Result<()> {
        self.does("unregister()").await?;
        self.becomes("registered", "no").await
    }

    /// The level (RMS, full scale is 1) of what it hears in the next while.
    ///
    /// # Errors
    /// It has no call.
    pub async fn level(&self, length: Duration) -> Result<f64> {
        self.tab.evaluate(&format!("() => phone.level({})", length.as_millis())).await
    }

    /// Waits until its state (`registered`, `call` or `transfer`) is `value`.
    ///
    /// # Errors
    /// It is another one after ten seconds.
    pub async fn becomes(&self, state: &str, value: &str) -> Result<()> {
        self.tab.becomes("html", &format!("data-{state}"), value, STEP).await
    }

    /// Waits until its call has ended.
    ///
    /// # Errors
    /// It has not after ten seconds.
    pub async fn ends(&self) -> Result<()> {
        self.becomes("call", "ended").await
    }

    /// The page.
    #[must_use]
    pub const fn tab(&self) -> &Tab {
        &self.tab
    }

    async fn does(&self, act: &str) -> Result<()> {
        let done: bool =
            self.tab.evaluate(&format!("async () => {{ await phone.{act}; return true; }}")).await?;
        ensure!(done, "phone.{act}");
        Ok(())
    }
}

/// The page's one script.
fn bundle(library: Library) -> Result<String> {
    let source = match library {
        Library::JsSip => "jssip.js",
        Library::SipJs => "sipjs.js",
    };
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut esbuild = Command::new(here.join("node_modules/.bin/esbuild"));
    esbuild.args(["--bundle", "--format=iife", "--log-level=warning"]).arg(here.join("pages").join(source));
    let built = esbuild.output().context("bundle a page: scripts/install-test-deps.sh installs esbuild")?;
    ensure!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Ok(String::from_utf8(built.stdout)?)
}
