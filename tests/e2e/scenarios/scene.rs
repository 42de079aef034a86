//! The usual scene: a page, the gateway, and a SIPp phone behind its trunk.

use crate::outcome::{Ending, ended};
use anyhow::{Context, Result};
use e2e::browser::Tab;
use e2e::gateway::{Gateway, Setup, USER_NUMBER};
use e2e::phone::{Codec, RtpPhone, Scenario, Sipp};
use e2e::port::Transport;
use std::time::Duration;

/// The number that pages dial. The trunk's one route takes any.
pub(crate) const NUMBER: &str = "+4930600";
/// The number that phones call from.
pub(crate) const CALLER: &str = "+4930777";

/// How long a step of a call's set-up may take.
pub(crate) const STEP: Duration = Duration::from_secs(10);

/// A page online at a gateway whose trunk leads to a SIPp phone.
pub(crate) struct Scene {
    pub(crate) gateway: Gateway,
    pub(crate) tab: Tab,
    pub(crate) phone: RtpPhone,
}

impl Scene {
    /// A gateway and its page, without a call yet.
    pub(crate) async fn set(setup: Setup, codec: Codec) -> Result<Self> {
        let gateway = Gateway::start(setup).await?;
        let tab = gateway.open_page().await?;
        let phone = RtpPhone::open(codec).await?;
        Ok(Self { gateway, tab, phone })
    }

    /// The usual one: PCMU over UDP.
    pub(crate) async fn usual() -> Result<Self> {
        Self::set(Setup::new(Codec::Pcmu)?, Codec::Pcmu).await
    }

    /// Puts a phone that plays `scenario` behind the trunk.
    pub(crate) async fn phone_plays(&self, scenario: Scenario) -> Result<Sipp> {
        scenario.media(&self.phone).listen(self.gateway.trunk_port()).await
    }

    /// Lets the phone call the page's user.
    pub(crate) fn phone_calls(&self, scenario: Scenario) -> Result<Sipp> {
        let filled = scenario.media(&self.phone).with("caller", CALLER);
        filled.call(USER_NUMBER, self.gateway.sip_port(), self.gateway.trunk_port())
    }

    /// Dials in the page.
    pub(crate) async fn dial(&self) -> Result<()> {
        self.tab.fill("#number", NUMBER).await?;
        self.tab.click("#call").await
    }

    /// Waits until the page says that the call is in this state.
    pub(crate) async fn becomes(&self, state: &str) -> Result<()> {
        let becoming = self.tab.becomes("html", "data-call-state", state, STEP).await;
        becoming.with_context(|| self.gateway.story())
    }

    /// Answers the incoming call in the page.
    pub(crate) async fn answer(&self) -> Result<()> {
        let shown = self.tab.receives("call.incoming", STEP).await;
        shown.with_context(|| self.gateway.story())?;
        self.tab.click("#answer").await?;
        self.becomes("open").await
    }

    /// Hangs up in the page; the phone is told, and the call has ended so for everyone.
    pub(crate) async fn ends_by_hanging_up(&self, sipp: &mut Sipp) -> Result<()> {
        self.hang_up().await?;
        sipp.finishes(STEP).await?;
        ended(&self.tab, &self.gateway, Ending::HUNG_UP_BY_CALLER).await
    }

    /// Hangs up, or gives up, in the page.
    pub(crate) async fn hang_up(&self) -> Result<()> {
        self.tab.click("#hangup").await
    }
}

/// A phone that answers, over a transport.
pub(crate) fn answering(transport: Transport) -> Result<Scenario> {
    Ok(Scenario::named("answer")?.over(transport))
}
