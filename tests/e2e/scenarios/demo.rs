//! What a newcomer does first: opens the page and taps on the demo's numbers.

use crate::ear::{SETTLE, sounds_like};
use crate::scene::STEP;
use crate::stage::play;
use anyhow::{Context, Result, ensure};
use e2e::browser::{MICROPHONE, Tab};
use e2e::gateway::Demo;
use e2e::tone::Tone;

/// The steady tone of `601` (ITU-T O.6) and the ringing tone of `606` (ITU-T E.180).
const TEST_TONE_HZ: f64 = 1_004.0;
const RINGING_TONE_HZ: f64 = 425.0;
/// The demo phone's tones are 13 dB under full scale.
const DEMO_PEAK_DBFS: f64 = -13.15;

async fn tap(tab: &Tab, number: u16) -> Result<()> {
    tab.click(&format!("#demo-list [data-number='{number}']")).await
}

async fn is(tab: &Tab, state: &str) -> Result<()> {
    tab.becomes("html", "data-call-state", state, STEP).await
}

async fn hang_up(tab: &Tab) -> Result<()> {
    tab.click("#hangup").await?;
    is(tab, "idle").await
}

async fn echo(tab: &Tab) -> Result<()> {
    tap(tab, 600).await?;
    is(tab, "open").await?;
    let heard = tab.hear(SETTLE * 4).await?;
    sounds_like("600: the page", &heard.tail(SETTLE * 2), MICROPHONE)?;
    hang_up(tab).await
}

async fn tune(tab: &Tab) -> Result<()> {
    tap(tab, 601).await?;
    is(tab, "open").await?;
    // Two seconds of tone come in every five: somewhere in seven there is one whole second of it.
    let heard = tab.hear(SETTLE * 7).await?;
    let tone = Tone { hz: TEST_TONE_HZ, peak_dbfs: DEMO_PEAK_DBFS };
    let seconds = (0..24).map(|quarter| heard.part(SETTLE * quarter / 4, SETTLE));
    let steadiest = seconds.min_by_key(|second| second.longest_gap(TEST_TONE_HZ)).unwrap_or_default();
    sounds_like("601: the page", &steadiest, tone)?;
    hang_up(tab).await
}

async fn call_back(tab: &Tab) -> Result<()> {
    tap(tab, 603).await?;
    is(tab, "open").await?;
    is(tab, "idle").await?;
    tab.becomes("html", "data-direction", "inbound", STEP).await?;
    tab.click("#answer").await?;
    is(tab, "open").await?;
    hang_up(tab).await
}

async fn busy(tab: &Tab) -> Result<()> {
    tap(tab, 604).await?;
    tab.becomes("html", "data-cause", "busy", STEP).await
}

async fn no_answer(tab: &Tab) -> Result<()> {
    tap(tab, 605).await?;
    is(tab, "ringing").await?;
    hang_up(tab).await?;
    tab.becomes("html", "data-cause", "canceled", STEP).await
}

async fn early_media(tab: &Tab) -> Result<()> {
    tap(tab, 606).await?;
    is(tab, "ringing").await?;
    tab.becomes("html", "data-early", "true", STEP).await?;
    // A second of tone, a second of silence: one half of a second is all tone.
    let heard = tab.hear(SETTLE * 2).await?;
    let halves = (0..4).map(|half| heard.part(SETTLE * half / 2, SETTLE / 2).tone_dbfs(RINGING_TONE_HZ));
    let level = halves.fold(f64::NEG_INFINITY, f64::max);
    ensure!(level > -20.0, "606: the ringing tone is at {level:.1} dBFS");
    is(tab, "open").await?;
    hang_up(tab).await
}

#[test]
fn every_number_does_what_the_page_says() {
    play(|| async {
        let demo = Demo::start().await?;
        let tab = demo.open_page().await?;
        let strip = tab.text("#demo-strip").await?;
        ensure!(strip.starts_with("Demo mode."), "the page does not say that this is a demo: {strip:?}");
        let calls = async {
            echo(&tab).await?;
            tune(&tab).await?;
            call_back(&tab).await?;
            busy(&tab).await?;
            no_answer(&tab).await?;
            early_media(&tab).await
        };
        calls.await.with_context(|| demo.story())
    });
}
