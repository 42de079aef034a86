//! One page with a profile of its own.

use super::shared;
use crate::tone::Sound;
use crate::wait;
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use playwright_rs::{BrowserContext, Page};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

const INSTRUMENT: &str = include_str!("instrument.js");
/// How long a click may wait for its target.
const ACT_WITHIN_MS: f64 = 10_000.0;
/// How long a peer connection may take to connect.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(50);

type Frames = Arc<Mutex<Vec<Value>>>;

/// An open page.
pub struct Tab {
    context: BrowserContext,
    page: Page,
    frames: Frames,
}

#[derive(Deserialize)]
struct Recording {
    rate: u32,
    samples: String,
}

impl Tab {
    /// Opens `url` in a fresh profile; `before` is a script that runs before the page's own.
    ///
    /// # Errors
    /// Chromium cannot be started or the page not be loaded.
    pub async fn open(url: &str, before: &str) -> Result<Self> {
        let context = shared().await?.new_context().await?;
        context.add_init_script(INSTRUMENT).await?;
        context.add_init_script(before).await?;
        let page = context.new_page().await?;
        page.set_default_timeout(ACT_WITHIN_MS).await;
        let frames = Arc::default();
        watch_frames(&page, &frames).await?;
        page.goto(url, None).await.with_context(|| format!("open {url}"))?;
        Ok(Self { context, page, frames })
    }

    /// Evaluates a JavaScript function in the page.
    ///
    /// # Errors
    /// It throws, or answers something else than `T`.
    pub async fn evaluate<T: DeserializeOwned>(&self, function: &str) -> Result<T> {
        self.page.evaluate(function, None::<&()>).await.with_context(|| format!("evaluate {function}"))
    }

    /// Clicks the element, once it can be clicked.
    ///
    /// # Errors
    /// There is no such element within ten seconds.
    pub async fn click(&self, selector: &str) -> Result<()> {
        let clicking = self.page.locator(selector).click(None).await;
        clicking.with_context(|| format!("click {selector}"))
    }

    /// Writes into a field.
    ///
    /// # Errors
    /// There is no such field within ten seconds.
    pub async fn fill(&self, selector: &str, text: &str) -> Result<()> {
        let filling = self.page.locator(selector).fill(text, None).await;
        filling.with_context(|| format!("fill {selector}"))
    }

    /// Presses a key of the keyboard.
    ///
    /// # Errors
    /// There is no such key.
    pub async fn press(&self, key: &str) -> Result<()> {
        Ok(self.page.keyboard().press(key, None).await?)
    }

    /// The text of an element.
    ///
    /// # Errors
    /// There is no such element.
    pub async fn text(&self, selector: &str) -> Result<String> {
        let text = self.page.locator(selector).inner_text().await;
        text.with_context(|| format!("text of {selector}"))
    }

    /// An attribute of an element; empty where it is not set.
    ///
    /// # Errors
    /// There is no such element.
    pub async fn attribute(&self, selector: &str, name: &str) -> Result<String> {
        let value = self.page.locator(selector).get_attribute(name).await?;
        Ok(value.unwrap_or_default())
    }

    /// Waits until an attribute has a value.
    ///
    /// # Errors
    /// It has another one after `limit`; the message shows the page's state.
    pub async fn becomes(&self, selector: &str, name: &str, value: &str, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        loop {
            let now = self.attribute(selector, name).await?;
            if now == value {
                return Ok(());
            }
            if Instant::now() >= deadline {
                bail!(
                    "{selector} has {name}={now:?}, not {value:?}, after {limit:?}; {}",
                    self.story().await
                );
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until an element's text is `text`.
    ///
    /// # Errors
    /// It is another one after `limit`; the message shows the page's state.
    pub async fn shows(&self, selector: &str, text: &str, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        loop {
            let now = self.text(selector).await?;
            if now == text {
                return Ok(());
            }
            if Instant::now() >= deadline {
                bail!("{selector} shows {now:?}, not {text:?}, after {limit:?}; {}", self.story().await);
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Sends a signalling message past the page's own client.
    ///
    /// # Errors
    /// The page has no open WebSocket.
    pub async fn send(&self, frame: &Value) -> Result<()> {
        let sending = self.page.evaluate("(frame) => window.offhookEar.send(frame)", Some(frame));
        let _: Value = sending.await.with_context(|| format!("send {frame}"))?;
        Ok(())
    }

    /// Records what the call's remote track plays.
    ///
    /// # Errors
    /// No peer connection is connected within ten seconds, or its track plays nothing.
    pub async fn hear(&self, length: Duration) -> Result<Sound> {
        let order = json!({"ms": length.as_millis() as u64, "limit": CONNECT_WITHIN.as_millis() as u64});
        let hearing = self.page.evaluate("(order) => window.offhookEar.hear(order)", Some(&order));
        let recording: Recording = match hearing.await {
            Ok(recording) => recording,
            Err(error) => bail!("nothing to hear in the page: {error}; {}", self.story().await),
        };
        let bytes = STANDARD.decode(recording.samples)?;
        let samples = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
        Ok(Sound { rate: recording.rate, samples: samples.collect() })
    }

    /// The JSON messages that the page received on its WebSockets so far.
    #[must_use]
    pub fn frames(&self) -> Vec<Value> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a signalling message of a type.
    ///
    /// # Errors
    /// None came within `limit`.
    pub async fn receives(&self, kind: &str, limit: Duration) -> Result<Value> {
        let found = || self.frames().into_iter().find(|frame| frame["type"] == kind);
        let state = || format!("received {:?}", self.kinds());
        wait::until(&format!("{kind} in the page"), limit, found, state).await
    }

    fn kinds(&self) -> Vec<String> {
        self.frames().iter().map(|frame| frame["type"].to_string()).collect()
    }

    /// What the page said and got, for a failure's message.
    pub async fn story(&self) -> String {
        let lines = self.page.console_messages();
        let console: Vec<_> = lines.iter().map(|line| line.text().to_owned()).collect();
        let errors = self.page.page_errors();
        let body = self.page.locator("body").inner_text().await.unwrap_or_default();
        format!(
            "the page received {:?}, logged {console:?}, threw {errors:?} and shows:\n{body}",
            self.kinds()
        )
    }

    /// Closes the tab as a user does, with whatever is going on in it.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn close(self) -> Result<()> {
        self.page.close().await?;
        Ok(self.context.close().await?)
    }
}

/// Pages that stay open go on drawing and playing, and spoil the sound of the scenarios behind.
impl Drop for Tab {
    fn drop(&mut self) {
        let context = self.context.clone();
        if let Ok(runtime) = Handle::try_current() {
            // One that was closed has nothing left to close.
            drop(runtime.spawn(async move { context.close().await }));
        }
    }
}

async fn watch_frames(page: &Page, frames: &Frames) -> Result<()> {
    let frames = frames.clone();
    page.on_websocket(move |socket| {
        let frames = frames.clone();
        async move { socket.on_frame_received(move |text| keep(&frames, &text)).await }
    })
    .await?;
    Ok(())
}

fn keep(frames: &Frames, text: &str) -> BoxFuture<'static, playwright_rs::Result<()>> {
    if let Ok(frame) = serde_json::from_str(text) {
        frames.lock().unwrap_or_else(PoisonError::into_inner).push(frame);
    }
    Box::pin(async { Ok(()) })
}
