//! A user with two tabs: both ring, one wins, and each is busy for itself.

use crate::ear::{PHONE, SETTLE, Way, sounds_like};
use crate::outcome::{Ending, known_with};
use crate::scene::STEP;
use crate::stage::play;
use anyhow::{Context, Result, ensure};
use e2e::browser::Tab;
use e2e::gateway::{Gateway, Setup, USER_NUMBER};
use e2e::phone::{Codec, RtpPhone, Scenario, Sipp};
use e2e::port;
use serde_json::json;

const FIRST: &str = "+4930001";
const SECOND: &str = "+4930002";
const THIRD: &str = "+4930003";

/// A phone of the trunk's, on a port of its own.
struct Caller {
    phone: RtpPhone,
    sipp: Sipp,
}

impl Caller {
    async fn calls(gateway: &Gateway, number: &str, scenario: Scenario) -> Result<Self> {
        let phone = RtpPhone::open(Codec::Pcmu).await?;
        phone.speak(PHONE);
        let scenario = scenario.media(&phone).with("caller", number);
        let sipp = scenario.call(USER_NUMBER, gateway.sip_port(), port::free(2)?)?;
        Ok(Self { phone, sipp })
    }
}

/// Waits until the tab shows that `number` calls.
async fn rings(gateway: &Gateway, tab: &Tab, number: &str) -> Result<()> {
    let shown = tab.shows("#incoming-detail", number, STEP).await;
    shown.with_context(|| gateway.story())
}

async fn answers(gateway: &Gateway, tab: &Tab) -> Result<()> {
    tab.click("#answer").await?;
    let open = tab.becomes("html", "data-call-state", "open", STEP).await;
    open.with_context(|| gateway.story())
}

/// Lets a tab be busy to others while it is in a call.
async fn takes_one_call_at_a_time(tab: &Tab) -> Result<()> {
    tab.click("#tabs [href='#/settings']").await?;
    tab.click("#one-call").await?;
    tab.click("#tabs [href='#/phone']").await
}

/// Sends the accept that the page would have sent a moment earlier; it changes nothing.
async fn cannot_win(tab: &Tab) -> Result<()> {
    let incoming = tab.receives("call.incoming", STEP).await?;
    let call = &incoming["call"];
    tab.send(&json!({"type": "call.accept", "id": "late", "call": call, "data": {"sdp": "v=0"}})).await?;
    let refused = tab.receives("error", STEP).await?;
    let as_expected = refused["id"] == "late" && refused["data"]["code"] == "wrong-state";
    ensure!(as_expected, "a late accept is answered by {refused}");
    Ok(())
}

#[test]
fn both_ring_and_the_first_to_answer_wins() {
    play(|| async {
        let gateway = Gateway::start(Setup::new(Codec::Pcmu)?).await?;
        let (winner, loser) = (gateway.open_page().await?, gateway.open_page().await?);
        let mut caller = Caller::calls(&gateway, FIRST, Scenario::named("call")?).await?;
        rings(&gateway, &winner, FIRST).await?;
        rings(&gateway, &loser, FIRST).await?;
        answers(&gateway, &winner).await?;
        loser.becomes("html", "data-cause", "answered-elsewhere", STEP).await?;
        loser.becomes("html", "data-call-state", "idle", STEP).await?;
        let told = loser.receives("call.ended", STEP).await?;
        ensure!(told["data"]["by"] == "callee", "the other tab was told {told}");
        let shown = loser.text("#notice-title").await?;
        ensure!(shown == "Answered on another phone", "the other tab says {shown:?}");
        cannot_win(&loser).await?;

        let heard = winner.hear(SETTLE * 2).await.with_context(|| gateway.story())?;
        sounds_like(Way::ToPage, "the winner", &heard.tail(SETTLE), PHONE)?;
        winner.click("#hangup").await?;
        caller.sipp.finishes(STEP).await?;
        known_with(&gateway, FIRST, Ending::HUNG_UP_BY_CALLEE).await
    });
}

#[test]
fn a_busy_tab_leaves_the_other_ringing_and_two_make_the_line_busy() {
    play(|| async {
        let gateway = Gateway::start(Setup::new(Codec::Pcmu)?).await?;
        let (one, other) = (gateway.open_page().await?, gateway.open_page().await?);
        takes_one_call_at_a_time(&one).await?;
        takes_one_call_at_a_time(&other).await?;
        let mut first = Caller::calls(&gateway, FIRST, Scenario::named("call")?).await?;
        rings(&gateway, &one, FIRST).await?;
        answers(&gateway, &one).await?;
        other.becomes("html", "data-cause", "answered-elsewhere", STEP).await?;

        let mut second = Caller::calls(&gateway, SECOND, Scenario::named("call")?).await?;
        rings(&gateway, &other, SECOND).await?;
        answers(&gateway, &other).await?;

        let refused = Scenario::named("call_refused")?.with("code", 486);
        let mut third = Caller::calls(&gateway, THIRD, refused).await?;
        third.sipp.finishes(STEP).await.with_context(|| gateway.story())?;
        known_with(&gateway, THIRD, Ending { state: "busy", cause: "busy", by: "callee" }).await?;
        ensure!(third.phone.packets() == 0, "sound came to a caller who was refused");

        let heard = one.hear(SETTLE * 2).await?;
        sounds_like(Way::ToPage, "the page, in the first call,", &heard.tail(SETTLE), PHONE)?;
        for (tab, caller, number) in [(&one, &mut first, FIRST), (&other, &mut second, SECOND)] {
            tab.click("#hangup").await?;
            caller.sipp.finishes(STEP).await?;
            known_with(&gateway, number, Ending::HUNG_UP_BY_CALLEE).await?;
        }
        Ok(())
    });
}
