//! A phone calls a browser.

use crate::ear::{LISTEN, PHONE, SETTLE, Way, sounds_like};
use crate::outcome::{Ending, ended, known};
use crate::scene::{CALLER, STEP, Scene};
use crate::stage::play;
use anyhow::{Context, Result, ensure};
use e2e::browser::MICROPHONE;
use e2e::gateway::{Gateway, Setup, USER_NUMBER};
use e2e::phone::{Baresip, Codec, RtpPhone, Scenario};
use e2e::port::Transport;
use tokio::try_join;

async fn both_hear_each_other(codec: Codec, transport: Transport) -> Result<()> {
    let scene = Scene::set(Setup::new(codec)?.over(transport), codec).await?;
    scene.phone.speak(PHONE);
    let mut sipp = scene.phone_calls(Scenario::named("call")?.over(transport))?;
    scene.answer().await?;
    let incoming = scene.tab.receives("call.incoming", STEP).await?;
    let from = incoming["data"]["from"].as_str().unwrap_or_default();
    ensure!(from.contains(CALLER), "the page is called by {incoming}");
    let (at_phone, in_page) = try_join!(scene.phone.hear(SETTLE + LISTEN), scene.tab.hear(SETTLE + LISTEN))
        .with_context(|| scene.gateway.story())?;
    sounds_like(Way::ToPhone, "the phone", &at_phone.tail(LISTEN), MICROPHONE)?;
    sounds_like(Way::ToPage, "the page", &in_page.tail(LISTEN), PHONE)?;
    scene.hang_up().await?;
    sipp.finishes(STEP).await?;
    ended(&scene.tab, &scene.gateway, Ending::HUNG_UP_BY_CALLEE).await
}

#[test]
fn pcmu_over_udp() {
    play(|| both_hear_each_other(Codec::Pcmu, Transport::Udp));
}

#[test]
fn g722_over_tcp() {
    play(|| both_hear_each_other(Codec::G722, Transport::Tcp));
}

#[test]
fn a_whole_phone_calls() {
    play(|| async {
        let setup = Setup::new(Codec::Pcma)?;
        let mut baresip = Baresip::start(CALLER, setup.trunk_port(), Codec::Pcma, PHONE).await?;
        let scene = Scene::set(setup, Codec::Pcma).await?;
        baresip.dial(&format!("sip:{USER_NUMBER}@127.0.0.1:{}", scene.gateway.sip_port())).await?;
        scene.answer().await?;
        let in_page = scene.tab.hear(SETTLE * 3).await?;
        sounds_like(Way::ToPage, "the page", &in_page.tail(SETTLE), PHONE)?;
        baresip.hang_up().await?;
        let at_phone = baresip.heard().await?.part(SETTLE, SETTLE);
        sounds_like(Way::ToPhone, "baresip", &at_phone, MICROPHONE)?;
        ended(&scene.tab, &scene.gateway, Ending::HUNG_UP_BY_CALLER).await
    });
}

#[test]
fn an_offer_that_comes_late_is_answered_in_the_ack() {
    play(|| async {
        let scene = Scene::usual().await?;
        scene.phone.speak(PHONE);
        let mut sipp = scene.phone_calls(Scenario::named("call_late_offer")?)?;
        scene.answer().await?;
        let (at_phone, in_page) = try_join!(scene.phone.hear(SETTLE * 3), scene.tab.hear(SETTLE * 3))
            .with_context(|| scene.gateway.story())?;
        sounds_like(Way::ToPhone, "the phone", &at_phone.tail(SETTLE), MICROPHONE)?;
        sounds_like(Way::ToPage, "the page", &in_page.tail(SETTLE), PHONE)?;
        scene.hang_up().await?;
        sipp.finishes(STEP).await?;
        ended(&scene.tab, &scene.gateway, Ending::HUNG_UP_BY_CALLEE).await
    });
}

#[test]
fn the_caller_gives_up() {
    play(|| async {
        let scene = Scene::usual().await?;
        let scenario = Scenario::named("call_then_cancel")?.with("pause_ms", 1_000);
        let mut sipp = scene.phone_calls(scenario)?;
        scene.tab.receives("call.incoming", STEP).await.with_context(|| scene.gateway.story())?;
        sipp.finishes(STEP).await?;
        ended(&scene.tab, &scene.gateway, Ending { state: "canceled", cause: "canceled", by: "caller" }).await
    });
}

#[test]
fn the_caller_hangs_up() {
    play(|| async {
        let scene = Scene::usual().await?;
        let scenario = Scenario::named("call_then_hang_up")?.with("pause_ms", 1_000);
        let mut sipp = scene.phone_calls(scenario)?;
        scene.answer().await?;
        sipp.finishes(STEP).await?;
        ended(&scene.tab, &scene.gateway, Ending::HUNG_UP_BY_CALLER).await
    });
}

#[test]
fn the_user_declines() {
    play(|| async {
        let scene = Scene::usual().await?;
        let mut sipp = scene.phone_calls(Scenario::named("call_refused")?.with("code", 486))?;
        scene.tab.receives("call.incoming", STEP).await.with_context(|| scene.gateway.story())?;
        scene.tab.click("#decline").await?;
        sipp.finishes(STEP).await?;
        ended(&scene.tab, &scene.gateway, Ending { state: "failed", cause: "declined", by: "callee" }).await
    });
}

#[test]
fn nobody_is_there() {
    play(|| async {
        let gateway = Gateway::start(Setup::new(Codec::Pcmu)?).await?;
        let phone = RtpPhone::open(Codec::Pcmu).await?;
        let scenario =
            Scenario::named("call_refused")?.media(&phone).with("caller", CALLER).with("code", 480);
        let mut sipp = scenario.call(USER_NUMBER, gateway.sip_port(), gateway.trunk_port())?;
        sipp.finishes(STEP).await?;
        known(&gateway, Ending { state: "failed", cause: "unavailable", by: "system" }).await
    });
}

#[test]
fn a_number_that_nobody_has_is_not_found() {
    play(|| async {
        let gateway = Gateway::start(Setup::new(Codec::Pcmu)?).await?;
        let phone = RtpPhone::open(Codec::Pcmu).await?;
        let scenario =
            Scenario::named("call_refused")?.media(&phone).with("caller", CALLER).with("code", 404);
        let mut sipp = scenario.call("+4930999", gateway.sip_port(), gateway.trunk_port())?;
        sipp.finishes(STEP).await
    });
}
