//! A page that mutes its microphone hears and is not heard.

use crate::ear::{PHONE, SETTLE, Way, sounds_like};
use crate::scene::{STEP, Scene, answering};
use crate::stage::play;
use anyhow::{Context, Result, ensure};
use e2e::browser::MICROPHONE;
use e2e::port::Transport;
use e2e::wait;
use std::time::Duration;

/// What a packet holds.
const PACKET: Duration = Duration::from_millis(20);
/// Packets that were on their way when the page muted.
const UNDER_WAY_MAX: usize = 10;

/// Clicks on mute and waits until page and event stream say that `muted` is so.
async fn toggle(scene: &Scene, muted: &str) -> Result<()> {
    scene.tab.click("#mute").await?;
    let told = || {
        let events = scene.gateway.events();
        let last = events.iter().rfind(|event| event["type"] == "call.muted")?;
        (last["data"]["muted"].as_bool() == muted.parse().ok()).then_some(())
    };
    wait::until(&format!("call.muted {muted}"), STEP, told, || scene.gateway.story()).await?;
    scene.tab.becomes("html", "data-muted", muted, STEP).await
}

#[test]
fn the_phone_hears_nothing_until_it_is_taken_back() {
    play(|| async {
        let scene = Scene::usual().await?;
        let mut sipp = scene.phone_plays(answering(Transport::Udp)?).await?;
        scene.phone.speak(PHONE);
        scene.dial().await?;
        scene.becomes("open").await?;
        scene.phone.hear(SETTLE).await.with_context(|| scene.gateway.story())?;

        toggle(&scene, "true").await?;
        let before = scene.phone.packets();
        let in_page = scene.tab.hear(SETTLE * 2).await?;
        sounds_like(Way::ToPage, "the page, muted,", &in_page.tail(SETTLE), PHONE)?;
        let sent = scene.phone.packets() - before;
        ensure!(sent <= UNDER_WAY_MAX, "{sent} packets of a muted page");

        toggle(&scene, "false").await?;
        let so_far = PACKET * scene.phone.packets() as u32;
        let heard = scene.phone.hear(so_far + SETTLE * 2).await.with_context(|| scene.gateway.story())?;
        sounds_like(Way::ToPhone, "the phone, when the page is back,", &heard.tail(SETTLE), MICROPHONE)?;
        ensure!(scene.phone.sources() == 1, "{} RTP sources in one call", scene.phone.sources());
        scene.ends_by_hanging_up(&mut sipp).await
    });
}
