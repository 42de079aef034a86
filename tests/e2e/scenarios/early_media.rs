//! Sound before the answer.

use crate::ear::{PHONE, SETTLE, Way, sounds_like};
use crate::scene::{STEP, Scene};
use crate::stage::play;
use anyhow::{Context, ensure};
use e2e::browser::MICROPHONE;
use e2e::phone::Scenario;

#[test]
fn the_page_hears_the_phone_before_it_answers() {
    play(|| async {
        let scene = Scene::usual().await?;
        scene.phone.speak(PHONE);
        let mut sipp = scene.phone_plays(Scenario::named("early_media")?.with("pause_ms", 4_000)).await?;
        scene.dial().await?;
        // Nothing has come from the gateway yet that would tell the phone where to send.
        scene.phone.aim(&sipp.offer().await?);
        let ringing =
            scene.tab.receives("call.ringing", STEP).await.with_context(|| scene.gateway.story())?;
        ensure!(ringing["data"]["early_media"] == true, "the page is told {ringing}");
        scene.tab.becomes("html", "data-early", "true", STEP).await?;
        let before = scene.tab.hear(SETTLE * 2).await.with_context(|| scene.gateway.story())?;
        let state = scene.tab.attribute("html", "data-call-state").await?;
        ensure!(state == "ringing", "the page is {state} while the phone still rings");
        sounds_like(Way::ToPage, "the page, before the answer,", &before.tail(SETTLE), PHONE)?;
        scene.gateway.event("call.early_media").await?;

        scene.becomes("open").await?;
        let after = scene.phone.hear(SETTLE * 3).await.with_context(|| scene.gateway.story())?;
        sounds_like(Way::ToPhone, "the phone, after the answer,", &after.tail(SETTLE), MICROPHONE)?;
        scene.ends_by_hanging_up(&mut sipp).await
    });
}
