//! What a newcomer does first: opens the page and taps on the demo's numbers.

use crate::ear::{SETTLE, Way, content, sounds_like};
use crate::scene::STEP;
use crate::stage::play;
use crate::voice::says;
use anyhow::{Context, Result, anyhow, ensure};
use e2e::browser::{MICROPHONE, Tab};
use e2e::gateway::Demo;
use e2e::tone::{Sound, Tone};
use std::ops::Range;
use std::time::{Duration, Instant};
use tokio::try_join;

/// The steady tone of `601` (ITU-T O.6) and the ringing tone of `606` (ITU-T E.180).
const TEST_TONE_HZ: f64 = 1_004.0;
const RINGING_TONE_HZ: f64 = 425.0;
/// The steady tone and the tune behind it, note by note.
const TUNE_HZ: [f64; 7] = [TEST_TONE_HZ, 523.3, 659.3, 784.0, 1_046.5, 784.0, 1_046.5];
/// The tune is looked at in parts of this length: a quarter of its shortest note.
const NOTE_PART: Duration = Duration::from_millis(50);
/// How long a phone rings in this demo: longer than `606` plays before it answers.
const RING_S: u32 = 6;
const NOTE_PURITY_DB_MIN: f64 = 6.0;
/// How long after it hung up `603` rings: 3 s, and what signalling takes.
const CALL_BACK: Range<Duration> = Duration::from_millis(2_500)..Duration::from_millis(4_500);
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
    sounds_like(Way::Echo, "600: the page", &heard.tail(SETTLE * 2), MICROPHONE)?;
    hang_up(tab).await
}

/// The notes that are heard, each once however long.
fn notes(sound: &Sound) -> Vec<f64> {
    let parts = (0..).map(|index| sound.part(NOTE_PART * index, NOTE_PART));
    let parts = parts.take_while(|part| part.length() >= NOTE_PART);
    let note = |part: Sound| TUNE_HZ.into_iter().find(|hz| part.purity_db(*hz) > NOTE_PURITY_DB_MIN);
    let mut heard: Vec<_> = parts.map(note).collect();
    heard.dedup();
    heard.into_iter().flatten().collect()
}

/// Whether `heard` is the tune, from wherever it was in it on, at least once to its end.
fn is_tune(heard: &[f64]) -> bool {
    let from = |first: usize| TUNE_HZ.iter().cycle().skip(first).take(heard.len());
    heard.len() >= TUNE_HZ.len() && (0..TUNE_HZ.len()).any(|first| from(first).eq(heard))
}

async fn tune(tab: &Tab) -> Result<()> {
    tap(tab, 601).await?;
    is(tab, "open").await?;
    // Two seconds of tone come in every five: somewhere in seven there is one whole second of it.
    let heard = tab.hear(SETTLE * 7).await?;
    let tone = Tone { hz: TEST_TONE_HZ, peak_dbfs: DEMO_PEAK_DBFS };
    let seconds = (0..24).map(|quarter| heard.part(SETTLE * quarter / 4, SETTLE));
    let steadiest = seconds.min_by_key(|second| second.longest_gap(TEST_TONE_HZ)).unwrap_or_default();
    sounds_like(Way::Echo, "601: the page", &steadiest, tone)?;
    let played = notes(&heard);
    content(if is_tune(&played) { Ok(()) } else { Err(anyhow!("601 plays {played:?}")) })?;
    hang_up(tab).await
}

async fn read_back(tab: &Tab) -> Result<()> {
    const KEYS: &str = "5590*#";
    tap(tab, 602).await?;
    is(tab, "open").await?;
    let press = async {
        tab.click("#keypad").await?;
        for key in KEYS.chars() {
            tab.click(&format!("#call-pad [data-key='{key}']")).await?;
        }
        Ok(())
    };
    let (heard, ()) = try_join!(tab.hear(SETTLE * 8), press)?;
    content(says(&heard, KEYS))?;
    hang_up(tab).await
}

async fn call_back(tab: &Tab) -> Result<()> {
    tap(tab, 603).await?;
    is(tab, "open").await?;
    is(tab, "idle").await?;
    let left = Instant::now();
    let hint = tab.text("#notice-hint").await?;
    ensure!(hint.starts_with("The other side hung up"), "603: the page says {hint:?}");
    tab.becomes("html", "data-direction", "inbound", STEP).await?;
    let pause = left.elapsed();
    ensure!(CALL_BACK.contains(&pause), "603 calls back after {pause:?}");
    let caller = tab.text("#incoming-peer").await?;
    ensure!(caller == "Demo phone", "603 calls back as {caller:?}");
    tab.click("#answer").await?;
    is(tab, "open").await?;
    let heard = tab.hear(SETTLE * 2).await?;
    let silent = notes(&heard).is_empty();
    content(if silent { Err(anyhow!("603 calls back and plays nothing")) } else { Ok(()) })?;
    hang_up(tab).await
}

async fn busy(tab: &Tab) -> Result<()> {
    tap(tab, 604).await?;
    tab.becomes("html", "data-cause", "busy", STEP).await
}

async fn no_answer(tab: &Tab) -> Result<()> {
    tap(tab, 605).await?;
    is(tab, "ringing").await?;
    tab.becomes("html", "data-early", "false", STEP).await?;
    hang_up(tab).await?;
    tab.becomes("html", "data-cause", "canceled", STEP).await?;

    tap(tab, 605).await?;
    is(tab, "ringing").await?;
    tab.becomes("html", "data-cause", "ring-timeout", STEP).await?;
    let shown = tab.text("#notice-title").await?;
    ensure!(shown == "No answer", "605: the page says {shown:?}");
    Ok(())
}

async fn early_media(tab: &Tab) -> Result<()> {
    tap(tab, 606).await?;
    is(tab, "ringing").await?;
    tab.becomes("html", "data-early", "true", STEP).await?;
    // A second of tone, a second of silence: one half of a second is all tone.
    let heard = tab.hear(SETTLE * 2).await?;
    let state = tab.attribute("html", "data-call-state").await?;
    ensure!(state == "ringing", "606: the page is {state} while the phone still rings");
    let halves = (0..=6).map(|quarter| heard.part(SETTLE * quarter / 4, SETTLE / 2));
    let steadiest = halves.min_by_key(|half| half.longest_gap(RINGING_TONE_HZ)).unwrap_or_default();
    let tone = Tone { hz: RINGING_TONE_HZ, peak_dbfs: DEMO_PEAK_DBFS };
    sounds_like(Way::Echo, "606: the page, before the answer,", &steadiest, tone)?;
    is(tab, "open").await?;
    hang_up(tab).await
}

#[test]
fn every_number_does_what_the_page_says() {
    play(|| async {
        let demo = Demo::start(RING_S).await?;
        let tab = demo.open_page().await?;
        let strip = tab.text("#demo-strip").await?;
        ensure!(strip.starts_with("Demo mode."), "the page does not say that this is a demo: {strip:?}");
        let calls = async {
            echo(&tab).await?;
            tune(&tab).await?;
            read_back(&tab).await?;
            call_back(&tab).await?;
            busy(&tab).await?;
            no_answer(&tab).await?;
            early_media(&tab).await
        };
        calls.await.with_context(|| demo.story())
    });
}
