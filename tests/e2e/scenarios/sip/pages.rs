//! `JsSIP` and `SIP.js`: phones in pages, joined by our registrar and proxy. Their sound goes from page to page.

use crate::ear::{SETTLE, Way, sounds_like};
use crate::stage::play;
use anyhow::{Context, Result, bail};
use e2e::browser::{Library, SipPage, Subscriber};
use e2e::gateway::{DOMAIN, Gateway, PHONE_PASSWORD, Setup};
use e2e::phone::Codec;
use e2e::tone::Tone;
use std::time::Duration;

/// Quieter than this is silence: a thousandth of the tone's power.
const SILENCE: f64 = 0.006;
/// A tone at a quarter of full scale has three times this.
const SOUND: f64 = 0.06;
const MOMENT: Duration = Duration::from_millis(400);
/// How many moments a change may take.
const MOMENTS_MAX: usize = 10;

#[derive(Debug, Clone, Copy)]
enum Loudness {
    Silent,
    Loud,
}

const ANN: Subscriber<'_> = Subscriber { user: "ann", domain: DOMAIN, password: PHONE_PASSWORD, hz: 500.0 };
const BOB: Subscriber<'_> = Subscriber { user: "bob", hz: 800.0, ..ANN };
const CAROL: Subscriber<'_> = Subscriber { user: "carol", hz: 1_100.0, ..ANN };

/// Each hears the other's tone.
async fn talk(one: (&SipPage, f64), other: (&SipPage, f64)) -> Result<()> {
    for page in [one.0, other.0] {
        page.becomes("call", "open").await?;
    }
    let (heard, said) = tokio::try_join!(one.0.tab().hear(SETTLE * 2), other.0.tab().hear(SETTLE * 2))?;
    sounds_like(Way::ToPhone, "one page", &heard.tail(SETTLE), Tone::at(other.1))?;
    sounds_like(Way::ToPhone, "the other page", &said.tail(SETTLE), Tone::at(one.1))
}

/// Waits until the page's call is silent, or is not.
async fn becomes(page: &SipPage, loud: Loudness) -> Result<()> {
    let mut level = 0.0;
    for _ in 0..MOMENTS_MAX {
        level = page.level(MOMENT).await?;
        let as_wanted = match loud {
            Loudness::Silent => level < SILENCE,
            Loudness::Loud => level > SOUND,
        };
        if as_wanted {
            return Ok(());
        }
    }
    bail!("the call still sounds at {level:.3}: it should be {loud:?}")
}

/// The holder hears nothing while it holds. Whether the held does is for its library to say (RFC 3264 §8.4).
async fn hold_and_resume(holder: &SipPage, held: &SipPage) -> Result<()> {
    holder.hold().await?;
    becomes(holder, Loudness::Silent).await?;
    holder.resume().await?;
    becomes(holder, Loudness::Loud).await.context("the holder")?;
    becomes(held, Loudness::Loud).await.context("the held")
}

async fn a_whole_day(one: Library, other: Library) -> Result<()> {
    let gateway = Gateway::start(Setup::new(Codec::Pcmu)?.phones(&[ANN.user, BOB.user, CAROL.user])).await?;
    let day = async {
        let site = gateway.http_port();
        let ann = SipPage::register(one, site, ANN).await?;
        let bob = SipPage::register(other, site, BOB).await?;
        let carol = SipPage::register(one, site, CAROL).await?;
        ann.call(BOB.user).await?;
        talk((&ann, ANN.hz), (&bob, BOB.hz)).await?;
        hold_and_resume(&ann, &bob).await.context("ann holds")?;

        ann.refer(CAROL.user).await?;
        ann.becomes("transfer", "accepted").await.context("ann transfers")?;
        ann.hang_up().await?;
        ann.ends().await?;
        talk((&carol, CAROL.hz), (&bob, BOB.hz)).await.context("bob follows to carol")?;
        carol.hang_up().await?;
        bob.ends().await?;

        carol.unregister().await?;
        ann.call(CAROL.user).await?;
        ann.ends().await.context("carol is gone")
    };
    day.await.with_context(|| gateway.story())
}

#[test]
fn jssip_calls_sipjs() {
    play(|| a_whole_day(Library::JsSip, Library::SipJs));
}

#[test]
fn sipjs_calls_jssip() {
    play(|| a_whole_day(Library::SipJs, Library::JsSip));
}
