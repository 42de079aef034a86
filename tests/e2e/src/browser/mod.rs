//! Chromium with a microphone that plays a tone, driven through playwright-core.

mod sip_page;
mod tab;

pub use sip_page::{Library, SipPage, Subscriber};
pub use tab::Tab;

use crate::tone::Tone;
use anyhow::{Context, Result};
use playwright_rs::{Browser, LaunchOptions, Playwright};
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs, process};
use tokio::sync::OnceCell;

/// Debian's Chromium: the full browser, as the headless shell refuses a microphone.
const CHROMIUM: &str = "/usr/bin/chromium";
/// What every browser's microphone hears.
pub const MICROPHONE: Tone = Tone::at(440.0);
/// Length of the microphone's file, which Chromium repeats: whole periods at 48 kHz, so without a seam.
const MICROPHONE_LENGTH: Duration = Duration::from_secs(60);
const MICROPHONE_RATE: u32 = 48_000;
const LAUNCH_LIMIT_MS: f64 = 30_000.0;

struct Chromium {
    browser: Browser,
    // Ends with the process, and the browser with it.
    _playwright: Playwright,
}

impl Chromium {
    async fn launch() -> Result<Self> {
        let wav = microphone()?;
        let args = [
            "--no-sandbox".to_owned(),
            "--use-fake-ui-for-media-stream".to_owned(),
            "--use-fake-device-for-media-stream".to_owned(),
            format!("--use-file-for-fake-audio-capture={}", wav.display()),
            "--autoplay-policy=no-user-gesture-required".to_owned(),
        ];
        let options = LaunchOptions::new()
            .executable_path(CHROMIUM.to_owned())
            .headless(true)
            .args(args.to_vec())
            .timeout(LAUNCH_LIMIT_MS);
        let hint = "start Chromium; scripts/install-test-deps.sh installs it and its driver";
        let playwright = Playwright::launch().await.context(hint)?;
        let browser = playwright.chromium().launch_with_options(options).await.context(hint)?;
        Ok(Self { browser, _playwright: playwright })
    }
}

/// The microphone's file: one for all runs, as the browser reads it until the process has ended.
fn microphone() -> Result<PathBuf> {
    let folder = env::temp_dir();
    let (mine, wav) =
        (folder.join(format!("offhook-{}.wav", process::id())), folder.join("offhook-microphone.wav"));
    MICROPHONE.sound(MICROPHONE_RATE, MICROPHONE_LENGTH).write_wav(&mine)?;
    fs::rename(&mine, &wav)?;
    Ok(wav)
}

/// The one browser of a test run; every tab has a profile of its own in it.
async fn shared() -> Result<&'static Browser> {
    static CHROMIUM: OnceCell<Chromium> = OnceCell::const_new();
    Ok(&CHROMIUM.get_or_try_init(Chromium::launch).await?.browser)
}
