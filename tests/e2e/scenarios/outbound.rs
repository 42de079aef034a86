//! A browser calls a phone.

use crate::ear::{LISTEN, PHONE, SETTLE, Way, sounds_like};
use crate::outcome::{Ending, ended};
use crate::scene::{CALLER, NUMBER, STEP, Scene, answering};
use crate::stage::play;
use anyhow::{Context, Result, ensure};
use e2e::browser::MICROPHONE;
use e2e::gateway::{Setup, USER};
use e2e::phone::{Baresip, Codec, Scenario};
use e2e::port::Transport;
use serde_json::json;
use tokio::try_join;

async fn both_hear_each_other(codec: Codec, transport: Transport) -> Result<()> {
    let scene = Scene::set(Setup::new(codec)?.over(transport), codec).await?;
    let mut sipp = scene.phone_plays(answering(transport)?).await?;
    scene.phone.speak(PHONE);
    scene.dial().await?;
    scene.becomes("open").await?;
    let (at_phone, in_page) = try_join!(scene.phone.hear(SETTLE + LISTEN), scene.tab.hear(SETTLE + LISTEN))
        .with_context(|| scene.gateway.story())?;
    sounds_like(Way::ToPhone, "the phone", &at_phone.tail(LISTEN), MICROPHONE)?;
    sounds_like(Way::ToPage, "the page", &in_page.tail(LISTEN), PHONE)?;
    ensure!(scene.phone.sources() == 1, "{} RTP sources in one call", scene.phone.sources());
    scene.ends_by_hanging_up(&mut sipp).await
}

#[test]
fn pcmu_over_udp() {
    play(|| both_hear_each_other(Codec::Pcmu, Transport::Udp));
}

#[test]
fn pcma_over_udp() {
    play(|| both_hear_each_other(Codec::Pcma, Transport::Udp));
}

#[test]
fn g722_over_udp() {
    play(|| both_hear_each_other(Codec::G722, Transport::Udp));
}

#[test]
fn pcmu_over_tcp() {
    play(|| both_hear_each_other(Codec::Pcmu, Transport::Tcp));
}

#[test]
fn a_whole_phone_answers() {
    play(|| async {
        let setup = Setup::new(Codec::G722)?;
        let mut baresip = Baresip::start(NUMBER, setup.trunk_port(), Codec::G722, PHONE).await?;
        let scene = Scene::set(setup, Codec::G722).await?;
        scene.dial().await?;
        scene.becomes("open").await?;
        let in_page = scene.tab.hear(SETTLE + LISTEN).await?;
        sounds_like(Way::ToPage, "the page", &in_page.tail(LISTEN), PHONE)?;
        scene.hang_up().await?;
        baresip.event("CALL_CLOSED", STEP).await?;
        let at_phone = baresip.heard().await?.part(SETTLE, LISTEN);
        sounds_like(Way::ToPhone, "baresip", &at_phone, MICROPHONE)?;
        ended(&scene.tab, &scene.gateway, Ending::HUNG_UP_BY_CALLER).await
    });
}

#[test]
fn the_trunk_asks_for_a_digest() {
    play(|| async {
        let setup = Setup::new(Codec::Pcmu)?.credentials("offhook", "open sesame");
        let scene = Scene::set(setup, Codec::Pcmu).await?;
        let scenario = Scenario::named("challenge")?;
        let scenario = scenario.with("username", "offhook").with("password", "open sesame");
        let mut sipp = scene.phone_plays(scenario).await?;
        scene.dial().await?;
        scene.becomes("open").await?;
        scene.ends_by_hanging_up(&mut sipp).await
    });
}

#[test]
fn rest_rings_the_browser_and_then_the_phone() {
    play(|| async {
        let scene = Scene::usual().await?;
        let mut sipp = scene.phone_plays(answering(Transport::Udp)?).await?;
        let order = json!({"from_user": USER, "to": CALLER});
        let call = scene.gateway.rest().post("/v1/calls", &order).await?;
        let id = call["id"].as_str().context("a call without an id")?.to_owned();
        scene.answer().await?;
        let heard = scene.phone.hear(SETTLE * 3).await.with_context(|| scene.gateway.story())?;
        sounds_like(Way::ToPhone, "the phone", &heard.tail(SETTLE), MICROPHONE)?;
        let now = scene.gateway.rest().get(&format!("/v1/calls/{id}")).await?;
        ensure!(now["state"] == "in-progress", "REST says {now}");
        scene.gateway.rest().post(&format!("/v1/calls/{id}/actions/hangup"), &json!({})).await?;
        sipp.finishes(STEP).await?;
        ended(&scene.tab, &scene.gateway, Ending { by: "system", ..Ending::HUNG_UP_BY_CALLER }).await
    });
}
