//! A user with two calls: one is talked in, the other waits.

use crate::ear::{SETTLE, Way, sounds_like};
use crate::scene::STEP;
use crate::stage::play;
use anyhow::{Context, Result, ensure};
use e2e::browser::{MICROPHONE, Tab};
use e2e::gateway::Demo;
use e2e::tone::Tone;

const RING_S: u32 = 20;
/// The steady tone of `601` (ITU-T O.6): two seconds of every five.
const STEADY: Tone = Tone { hz: 1_004.0, peak_dbfs: -13.15 };

async fn call(tab: &Tab, number: u16) -> Result<()> {
    tab.click(&format!("#demo-list [data-number='{number}']")).await?;
    tab.shows("#peer", &number.to_string(), STEP).await?;
    tab.becomes("html", "data-call-state", "open", STEP).await
}

async fn hears_itself(tab: &Tab) -> Result<()> {
    let heard = tab.hear(SETTLE * 4).await?;
    sounds_like(Way::Echo, "600: the page", &heard.tail(SETTLE * 2), MICROPHONE)
}

async fn hears_the_tone(tab: &Tab) -> Result<()> {
    let heard = tab.hear(SETTLE * 7).await?;
    let seconds = (0..24).map(|quarter| heard.part(SETTLE * quarter / 4, SETTLE));
    let steadiest = seconds.min_by_key(|second| second.longest_gap(STEADY.hz)).unwrap_or_default();
    sounds_like(Way::Echo, "601: the page", &steadiest, STEADY)
}

#[test]
fn a_call_that_waits_comes_back_with_its_sound() {
    play(|| async {
        let demo = Demo::start(RING_S).await?;
        let tab = demo.open_page().await?;
        let calls = async {
            call(&tab, 600).await?;
            hears_itself(&tab).await?;
            tab.click("#add-call").await?;
            call(&tab, 601).await?;
            hears_the_tone(&tab).await?;
            let waiting = tab.text("#lines [data-state='held']").await?;
            ensure!(waiting.contains("600") && waiting.contains("On hold"), "the page says {waiting:?}");
            tab.click("#hangup").await?;
            tab.shows("#peer", "600", STEP).await?;
            tab.becomes("#hold", "aria-pressed", "true", STEP).await?;
            tab.click("#hold").await?;
            tab.becomes("#hold", "aria-pressed", "false", STEP).await?;
            hears_itself(&tab).await?;
            tab.click("#hangup").await?;
            tab.becomes("html", "data-call-state", "idle", STEP).await
        };
        calls.await.with_context(|| demo.story())
    });
}
