//! The trunk changes the session in the middle of a call.

use crate::ear::{PHONE, SETTLE, Way, sounds_like};
use crate::scene::Scene;
use crate::stage::play;
use anyhow::{Context, ensure};
use e2e::browser::MICROPHONE;
use e2e::phone::{MediaAddress, Scenario};

#[test]
fn the_phone_holds_and_takes_the_call_back() {
    play(|| async {
        let scene = Scene::usual().await?;
        scene.phone.speak(PHONE);
        let mut sipp = scene.phone_plays(Scenario::named("hold")?.with("pause_ms", 2_000)).await?;
        scene.dial().await?;
        scene.becomes("open").await?;
        scene.phone.hear(SETTLE).await.with_context(|| scene.gateway.story())?;
        scene.gateway.event("call.held").await?;
        let held_from = scene.phone.packets();
        scene.gateway.event("call.unheld").await?;
        let answers: Vec<_> =
            sipp.received().into_iter().filter(|text| text.contains("CSeq: 1 INVITE")).collect();
        let answer =
            answers.iter().rfind(|text| text.starts_with("SIP/2.0 200")).context("no answer to the hold")?;
        let direction = MediaAddress::of(answer)?.direction;
        ensure!(direction == "recvonly", "sendonly was answered with {direction} (RFC 3264 §6.1)");
        let sent = scene.phone.packets() - held_from;
        ensure!(sent <= 10, "{sent} packets to a phone that holds");

        let in_page = scene.tab.hear(SETTLE * 3).await?;
        sounds_like(Way::ToPage, "the page, after the hold,", &in_page.tail(SETTLE), PHONE)?;
        sounds_like(
            Way::ToPhone,
            "the phone, after the hold,",
            &scene.phone.heard()?.tail(SETTLE),
            MICROPHONE,
        )?;
        let sources = scene.phone.sources();
        ensure!(sources == 1, "the hold made {sources} RTP sources out of one");
        scene.ends_by_hanging_up(&mut sipp).await
    });
}
