//! The page's WebSocket is cut in the middle of things, for seconds, and comes back.

use crate::ear::{LISTEN, PHONE, SETTLE, Way, sounds_like};
use crate::outcome::{Ending, ended};
use crate::scene::{CALLER, STEP, Scene, answering};
use crate::stage::play;
use anyhow::{Context, Result, ensure};
use e2e::browser::MICROPHONE;
use e2e::cable::Cable;
use e2e::gateway::{Gateway, Setup};
use e2e::phone::{Codec, RtpPhone, Scenario};
use e2e::port::Transport;
use std::time::Duration;
use tokio::time::sleep;
use tokio::try_join;

/// How long the cable is cut.
const CUT: Duration = Duration::from_secs(5);

/// How long either side takes to count silence as death, and a little more.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// The usual scene, with a cable between page and gateway; sound goes past it.
async fn wired() -> Result<(Scene, Cable)> {
    let gateway = Gateway::start(Setup::new(Codec::Pcmu)?).await?;
    let cable = Cable::to(gateway.http_port()).await?;
    let tab = gateway.open_page_at(cable.port()).await?;
    let phone = RtpPhone::open(Codec::Pcmu).await?;
    Ok((Scene { gateway, tab, phone }, cable))
}

impl Scene {
    async fn connection_becomes(&self, state: &str) -> Result<()> {
        let becoming = self.tab.becomes("html", "data-connection", state, STEP).await;
        becoming.with_context(|| self.gateway.story())
    }

    /// Cuts the cable for a while; the page says so, and that its call goes on.
    async fn is_cut_off(&self, cable: &Cable) -> Result<()> {
        sleep(SETTLE).await;
        cable.cut();
        self.connection_becomes("reconnecting").await?;
        sleep(CUT).await;
        let state = self.tab.attribute("html", "data-call-state").await?;
        ensure!(state == "open", "the call is {state} while signalling is away");
        cable.mend();
        self.connection_becomes("online").await
    }
}

#[test]
fn both_sides_hear_each_other_all_along() {
    play(|| async {
        let (scene, cable) = wired().await?;
        let mut sipp = scene.phone_plays(answering(Transport::Udp)?).await?;
        scene.phone.speak(PHONE);
        scene.dial().await?;
        scene.becomes("open").await?;
        scene.phone.hear(SETTLE).await.with_context(|| scene.gateway.story())?;
        sipp.receives("ACK", STEP).await?;
        let before = sipp.received().len();
        let (at_phone, in_page, ()) = try_join!(
            scene.phone.hear(SETTLE * 2 + LISTEN),
            scene.tab.hear(SETTLE + LISTEN),
            scene.is_cut_off(&cable)
        )
        .with_context(|| scene.gateway.story())?;
        let said: Vec<_> = sipp.received().into_iter().skip(before).collect();
        ensure!(said.is_empty(), "the trunk is told of it: {said:?}");
        for event in ["leg.reconnecting", "leg.reconnected"] {
            let count = scene.gateway.events().iter().filter(|one| one["type"] == event).count();
            ensure!(count == 1, "{count} events {event}");
        }
        sounds_like(Way::ToPhone, "the phone", &at_phone.tail(LISTEN), MICROPHONE)?;
        sounds_like(Way::ToPage, "the page", &in_page.tail(LISTEN), PHONE)?;
        ensure!(scene.phone.sources() == 1, "{} RTP sources in one call", scene.phone.sources());
        scene.ends_by_hanging_up(&mut sipp).await
    });
}

#[test]
fn a_connection_that_only_falls_silent_is_replaced() {
    play(|| async {
        let (scene, cable) = wired().await?;
        let mut sipp = scene.phone_plays(answering(Transport::Udp)?).await?;
        scene.phone.speak(PHONE);
        scene.dial().await?;
        scene.becomes("open").await?;
        cable.freeze();
        let noticed = scene.tab.becomes("html", "data-connection", "reconnecting", SILENCE_MAX).await;
        noticed.with_context(|| scene.gateway.story())?;
        scene.connection_becomes("online").await?;
        let heard = scene.tab.hear(SETTLE * 2).await?;
        sounds_like(Way::ToPage, "the page", &heard.tail(SETTLE), PHONE)?;
        scene.ends_by_hanging_up(&mut sipp).await
    });
}

#[test]
fn a_call_that_is_placed_at_that_moment_is_placed_once() {
    play(|| async {
        let (scene, cable) = wired().await?;
        let mut sipp = scene.phone_plays(answering(Transport::Udp)?).await?;
        scene.phone.speak(PHONE);
        scene.dial().await?;
        cable.cut();
        scene.connection_becomes("reconnecting").await?;
        sleep(SETTLE).await;
        cable.mend();
        scene.becomes("open").await?;
        let heard = scene.tab.hear(SETTLE * 2).await.with_context(|| scene.gateway.story())?;
        sounds_like(Way::ToPage, "the page", &heard.tail(SETTLE), PHONE)?;
        let placed = scene.gateway.events().iter().filter(|one| one["type"] == "call.initiated").count();
        ensure!(placed == 1, "{placed} calls placed");
        scene.ends_by_hanging_up(&mut sipp).await
    });
}

#[test]
fn what_the_user_does_meanwhile_is_done_on_return() {
    play(|| async {
        let (scene, cable) = wired().await?;
        let mut sipp = scene.phone_plays(answering(Transport::Udp)?).await?;
        scene.dial().await?;
        scene.becomes("open").await?;
        cable.cut();
        scene.connection_becomes("reconnecting").await?;
        scene.hang_up().await?;
        scene.becomes("idle").await?;
        cable.mend();
        sipp.finishes(STEP).await?;
        let event = scene.gateway.event("call.ended").await?;
        ensure!(event["data"]["cause"] == "normal", "{event}");
        Ok(())
    });
}

#[test]
fn a_call_that_rings_meanwhile_is_shown_on_return() {
    play(|| async {
        let (scene, cable) = wired().await?;
        scene.phone.speak(PHONE);
        cable.cut();
        scene.connection_becomes("reconnecting").await?;
        let mut sipp = scene.phone_calls(Scenario::named("call")?)?;
        sipp.receives("SIP/2.0 180", STEP).await?;
        cable.mend();
        scene.tab.shows("#incoming-detail", CALLER, STEP).await.with_context(|| scene.gateway.story())?;
        scene.answer().await?;
        let heard = scene.tab.hear(SETTLE * 2).await.with_context(|| scene.gateway.story())?;
        sounds_like(Way::ToPage, "the page", &heard.tail(SETTLE), PHONE)?;
        scene.hang_up().await?;
        sipp.finishes(STEP).await?;
        ended(&scene.tab, &scene.gateway, Ending::HUNG_UP_BY_CALLEE).await
    });
}
