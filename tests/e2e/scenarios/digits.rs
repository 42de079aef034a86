//! Digits arrive once, right, in order, both ways.

use crate::ear::SETTLE;
use crate::scene::{STEP, Scene, answering};
use crate::stage::play;
use anyhow::{Context, Result, ensure};
use e2e::phone::Scenario;
use e2e::port::Transport;
use e2e::wait;
use std::time::Duration;
use tokio::time::sleep;

/// Shortest key press that every receiver takes (40 ms, ITU-T Q.24).
const HELD_MIN: Duration = Duration::from_millis(40);

/// The digits that the page was told of, and those of the event stream from the callee.
fn told(scene: &Scene) -> (String, String) {
    let digit = |value: &serde_json::Value| value["data"]["digit"].as_str().unwrap_or("?").to_owned();
    let frames = scene.tab.frames();
    let events = scene.gateway.events();
    let page = frames.iter().filter(|frame| frame["type"] == "call.digit").map(digit);
    let event =
        events.iter().filter(|event| event["type"] == "call.dtmf" && event["data"]["from"] == "callee");
    (page.collect(), event.map(digit).collect())
}

async fn page_is_told(scene: &Scene, keys: &str) -> Result<()> {
    let enough = || (told(scene).0.len() >= keys.len()).then_some(());
    let seen = || format!("the page was told {:?}; {}", told(scene), scene.gateway.story());
    wait::until(&format!("digits {keys} in the page"), STEP, enough, seen).await?;
    // A digit told twice would come within this.
    sleep(SETTLE / 2).await;
    let (page, events) = told(scene);
    ensure!(page == keys, "pressed {keys}, the page was told {page}");
    ensure!(events == keys, "pressed {keys}, the event stream says {events}");
    let last = &keys[keys.len() - 1..];
    scene.tab.becomes("html", "data-last-digit", last, STEP).await
}

async fn page_presses(scene: &Scene, keys: &str) -> Result<()> {
    scene.tab.click("#keypad").await?;
    for key in keys.chars() {
        scene.tab.click(&format!("#call-pad [data-key='{key}']")).await?;
    }
    Ok(())
}

#[test]
fn as_telephone_events() {
    play(|| async {
        let scene = Scene::usual().await?;
        let mut sipp = scene.phone_plays(answering(Transport::Udp)?).await?;
        scene.phone.speak(crate::ear::PHONE);
        scene.dial().await?;
        scene.becomes("open").await?;
        scene.phone.aim(&sipp.offer().await?);
        scene.phone.hear(SETTLE).await.with_context(|| scene.gateway.story())?;

        page_presses(&scene, "15*0#").await?;
        let digits = scene.phone.hear_digits("15*0#").await.with_context(|| scene.gateway.story())?;
        let right = digits.iter().all(|digit| digit.held >= HELD_MIN && digit.ends == 3);
        ensure!(right, "the phone heard {digits:?}, expected three end packets each (RFC 4733 §2.5.1.4)");

        scene.phone.press("93#3")?;
        page_is_told(&scene, "93#3").await?;

        scene.ends_by_hanging_up(&mut sipp).await
    });
}

#[test]
fn from_the_phone_as_info() {
    play(|| async {
        let scene = Scene::usual().await?;
        let scenario = Scenario::named("info_digits")?.with("pause_ms", 500).with("digit", 7);
        let mut sipp = scene.phone_plays(scenario).await?;
        scene.dial().await?;
        scene.becomes("open").await?;
        page_is_told(&scene, "7").await?;
        scene.hang_up().await?;
        sipp.finishes(STEP).await
    });
}

#[test]
fn to_a_phone_without_telephone_events_as_info() {
    play(|| async {
        let scene = Scene::usual().await?;
        let mut sipp = scene.phone_plays(Scenario::named("take_info_digits")?).await?;
        scene.dial().await?;
        scene.becomes("open").await?;
        page_presses(&scene, "4#").await?;
        let second = || sipp.received().into_iter().filter(|message| message.starts_with("INFO ")).nth(1);
        wait::until("second INFO at the phone", STEP, second, || scene.gateway.story()).await?;
        scene.hang_up().await?;
        sipp.finishes(STEP).await?;
        let received = sipp.received();
        let signals = received.iter().filter(|message| message.starts_with("INFO "));
        let signals =
            signals.filter_map(|message| message.lines().find_map(|line| line.strip_prefix("Signal=")));
        let signals: String = signals.map(str::trim).collect();
        ensure!(signals == "4#", "pressed 4#, the phone was told {signals}");
        Ok(())
    });
}
