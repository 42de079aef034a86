//! A phone that takes no call without SRTP, behind a trunk that is to be encrypted.

use crate::ear::{LISTEN, PHONE, SETTLE, Way, sounds_like};
use crate::outcome::{Ending, ended};
use crate::scene::{CALLER, NUMBER, STEP, Scene};
use crate::stage::play;
use anyhow::Result;
use e2e::browser::MICROPHONE;
use e2e::gateway::{Setup, USER_NUMBER};
use e2e::phone::{Account, Baresip, Codec};

async fn called(mode: &str) -> Result<()> {
    let setup = Setup::new(Codec::Pcmu)?.srtp(mode);
    let account = Account::alone(NUMBER, setup.trunk_port()).encrypted();
    let mut baresip = Baresip::open(&account, setup.trunk_port(), Codec::Pcmu, PHONE).await?;
    let scene = Scene::set(setup, Codec::Pcmu).await?;
    scene.dial().await?;
    scene.becomes("open").await?;
    let in_page = scene.tab.hear(SETTLE + LISTEN).await?;
    sounds_like(Way::ToPage, "the page", &in_page.tail(LISTEN), PHONE)?;
    scene.hang_up().await?;
    baresip.event("CALL_CLOSED", STEP).await?;
    let at_phone = baresip.heard().await?.part(SETTLE, LISTEN);
    sounds_like(Way::ToPhone, "baresip", &at_phone, MICROPHONE)?;
    ended(&scene.tab, &scene.gateway, Ending::HUNG_UP_BY_CALLER).await
}

#[test]
fn the_phone_is_called() {
    play(|| called("mandatory"));
}

#[test]
fn the_phone_calls() {
    play(|| async {
        let setup = Setup::new(Codec::Pcma)?.srtp("optional");
        let account = Account::alone(CALLER, setup.trunk_port()).encrypted();
        let mut baresip = Baresip::open(&account, setup.trunk_port(), Codec::Pcma, PHONE).await?;
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
