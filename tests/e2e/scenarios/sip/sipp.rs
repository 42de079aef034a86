//! SIPp: phones that say exactly what their scenarios say, over UDP and TCP, at our registrar and proxy.

use crate::scene::STEP;
use crate::stage::play;
use anyhow::{Context, Result, ensure};
use e2e::gateway::{DOMAIN, Gateway, PHONE_PASSWORD, Setup};
use e2e::phone::{Codec, RtpPhone, Scenario};
use e2e::port::{self, Transport};

/// A scenario with who plays it filled in.
fn phone(name: &str, user: &str, transport: Transport) -> Result<Scenario> {
    let filled = Scenario::named(name)?.over(transport).with("user", user).with("domain", DOMAIN);
    Ok(filled.with("password", PHONE_PASSWORD))
}

/// Registers for so many seconds, or withdraws with 0, at the port where the phone is to be called.
async fn register(
    gateway: &Gateway,
    (user, transport): (&str, Transport),
    port: u16,
    expires: u32,
) -> Result<()> {
    let scenario = phone("phone_register", user, transport)?.with("expires", expires).proves_for(DOMAIN);
    let mut registering = scenario.call(user, gateway.sip_port(), port)?;
    registering.finishes(STEP).await.context("REGISTER")
}

/// The callee is reached over UDP in each case: a stream's binding ends with the stream, and SIPp's ends with its scenario.
async fn registers_calls_and_cancels(transport: Transport) -> Result<()> {
    let gateway = Gateway::start(Setup::new(Codec::Pcmu)?.phones(&["ann", "bob"]).md5_only()).await?;
    let (ann, bob) = (port::free(2)?, port::free(2)?);
    let at_bob = format!("bob@{DOMAIN}");
    let media = RtpPhone::open(Codec::Pcmu).await?;
    let day = async {
        register(&gateway, ("ann", transport), ann, 60).await?;
        register(&gateway, ("bob", Transport::Udp), bob, 60).await?;
        let mut callee = phone("phone_answer", "bob", Transport::Udp)?.media(&media).listen(bob).await?;
        let caller = phone("phone_call", "ann", transport)?.media(&media).with("callee", "bob");
        let caller = caller.proves_for(&at_bob);
        let mut caller = caller.with("pause_ms", 300).call("ann", gateway.sip_port(), ann)?;
        caller.finishes(STEP).await.context("a call with two offers, the caller")?;
        callee.finishes(STEP).await.context("a call with two offers, the callee")?;

        let mut callee = phone("ring", "bob", Transport::Udp)?.listen(bob).await?;
        let caller = phone("phone_cancel", "ann", transport)?.media(&media).with("callee", "bob");
        let mut caller = caller.proves_for(&at_bob).call("ann", gateway.sip_port(), ann)?;
        caller.finishes(STEP).await.context("a call given up, the caller")?;
        callee.finishes(STEP).await.context("a call given up, the callee")?;

        register(&gateway, ("bob", Transport::Udp), bob, 0).await?;
        let refused = phone("phone_call", "ann", transport)?.media(&media).with("callee", "bob");
        let refused = refused.proves_for(&at_bob);
        let mut refused = refused.with("pause_ms", 0).call("ann", gateway.sip_port(), ann)?;
        ensure!(refused.finishes(STEP).await.is_err(), "a phone that has withdrawn is called");
        refused.receives("SIP/2.0 480", STEP).await.map(drop)
    };
    day.await.with_context(|| gateway.story())
}

#[test]
fn over_udp() {
    play(|| registers_calls_and_cancels(Transport::Udp));
}

#[test]
fn over_tcp() {
    play(|| registers_calls_and_cancels(Transport::Tcp));
}
