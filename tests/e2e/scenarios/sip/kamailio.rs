//! Kamailio: a carrier's registrar and proxy in front of us, and another domain's behind us.

use crate::ear::{PHONE, SETTLE, Way, sounds_like};
use crate::scene::{NUMBER, STEP};
use crate::sip::two_phones;
use crate::stage::play;
use anyhow::{Context, Result};
use e2e::browser::{MICROPHONE, Tab};
use e2e::gateway::{DOMAIN, Gateway, PHONE_PASSWORD, Setup, USER_NUMBER};
use e2e::kamailio::{Kamailio, PASSWORD};
use e2e::phone::{Account, Baresip, Codec};
use e2e::port;

/// Both hear each other, then the phone hangs up.
async fn both_talk(gateway: &Gateway, tab: &Tab, phone: &mut Baresip) -> Result<()> {
    let open = tab.becomes("html", "data-call-state", "open", STEP).await;
    open.with_context(|| gateway.story())?;
    let in_page = tab.hear(SETTLE * 3).await.with_context(|| gateway.story())?;
    sounds_like(Way::ToPage, "the page", &in_page.tail(SETTLE), PHONE)?;
    phone.hang_up().await?;
    let at_phone = phone.heard().await?.part(SETTLE, SETTLE);
    sounds_like(Way::ToPhone, "the phone", &at_phone, MICROPHONE)?;
    tab.becomes("html", "data-call-state", "idle", STEP).await
}

#[test]
fn in_front_of_us_as_registrar_and_proxy() {
    play(|| async {
        let setup = Setup::new(Codec::Pcma)?.credentials(USER_NUMBER, PASSWORD).registers();
        let kamailio = Kamailio::start(setup.trunk_port(), setup.sip_port()).await?;
        let account = Account::registered(NUMBER, PASSWORD, setup.trunk_port(), "udp");
        let mut phone = Baresip::open(&account, port::free(2)?, Codec::Pcma, PHONE).await?;
        let gateway = Gateway::start(setup).await?;
        gateway.says("registered with the trunk").await?;
        let tab = gateway.open_page().await?;
        let calls = async {
            tab.fill("#number", NUMBER).await?;
            tab.click("#call").await?;
            both_talk(&gateway, &tab, &mut phone).await.context("called by the page")?;

            phone.dial(&kamailio.aor(USER_NUMBER)).await?;
            tab.becomes("html", "data-direction", "inbound", STEP).await.with_context(|| gateway.story())?;
            tab.click("#answer").await?;
            both_talk(&gateway, &tab, &mut phone).await.context("calls the page")
        };
        calls.await.with_context(|| kamailio.story())
    });
}

/// A phone of ours and one of Kamailio's call each other through both proxies.
#[test]
fn behind_us_with_users_of_its_own() {
    play(|| async {
        let setup = Setup::new(Codec::Pcma)?.phones(&["ann"]).md5_only();
        let kamailio = Kamailio::start(setup.trunk_port(), setup.sip_port()).await?;
        let own_domain = format!("127.0.0.1:{}", setup.trunk_port());
        let account = Account::registered("dan", PASSWORD, setup.trunk_port(), "udp").in_domain(&own_domain);
        let mut dan = Baresip::open(&account, port::free(2)?, Codec::Pcma, PHONE).await?;
        let gateway = Gateway::start(setup).await?;
        let account = Account::registered("ann", PHONE_PASSWORD, gateway.sip_port(), "udp").in_domain(DOMAIN);
        let calls = async {
            let mut ann = Baresip::open(&account, port::free(2)?, Codec::Pcma, MICROPHONE).await?;
            ann.dial(&kamailio.aor("dan")).await?;
            two_phones::talk((&mut ann, PHONE), (&mut dan, MICROPHONE)).await.context("ann calls dan")?;
            dan.dial(&format!("sip:ann@{DOMAIN}")).await?;
            two_phones::talk((&mut dan, MICROPHONE), (&mut ann, PHONE)).await.context("dan calls ann")
        };
        calls.await.with_context(|| format!("{}\n{}", gateway.story(), kamailio.story()))
    });
}
