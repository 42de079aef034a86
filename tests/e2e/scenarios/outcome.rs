//! How a call ended, as each face of the gateway tells it.

use anyhow::{Context, Result, ensure};
use e2e::browser::Tab;
use e2e::gateway::Gateway;
use serde_json::Value;
use std::time::Duration;

/// How long an ending may take to reach the page, above what the scenario itself waits for.
const REACHES_WITHIN: Duration = Duration::from_secs(10);

/// The ending of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    pub(crate) state: &'static str,
    pub(crate) cause: &'static str,
    pub(crate) by: &'static str,
}

impl Ending {
    pub(crate) const HUNG_UP_BY_CALLER: Self = Self { state: "completed", cause: "normal", by: "caller" };
    pub(crate) const HUNG_UP_BY_CALLEE: Self = Self { state: "completed", cause: "normal", by: "callee" };
}

/// Checks that the page, the event stream and REST all say that the call ended so.
pub(crate) async fn ended(tab: &Tab, gateway: &Gateway, ending: Ending) -> Result<()> {
    let shown = tab.becomes("html", "data-cause", ending.cause, REACHES_WITHIN).await;
    shown.with_context(|| gateway.story())?;
    let told = tab.receives("call.ended", REACHES_WITHIN).await?;
    ensure!(told["data"]["by"] == ending.by, "the page was told {told}, expected {ending:?}");
    known(gateway, ending).await
}

/// Checks that the event stream and REST say that the call ended so.
pub(crate) async fn known(gateway: &Gateway, ending: Ending) -> Result<()> {
    let event = gateway.event("call.ended").await?;
    as_told(gateway, &event, ending).await
}

/// Checks that the event stream and REST say that the call to or from `number` ended so.
pub(crate) async fn known_with(gateway: &Gateway, number: &str, ending: Ending) -> Result<()> {
    let event = gateway.event_of("call.ended", number).await?;
    as_told(gateway, &event, ending).await
}

async fn as_told(gateway: &Gateway, event: &Value, ending: Ending) -> Result<()> {
    let data = &event["data"];
    let as_expected = data["cause"] == ending.cause && data["by"] == ending.by;
    ensure!(as_expected, "event {event}, expected {ending:?}; {}", gateway.story());
    let id = event["call"].as_str().context("an event without its call")?;
    let call = gateway.rest().get(&format!("/v1/calls/{id}")).await?;
    let same = call["cause"] == ending.cause && call["ended_by"] == ending.by;
    ensure!(same && call["state"] == ending.state, "REST says {call}, expected {ending:?}");
    one_ending(gateway, id)
}

/// Checks that the call's events count up from 1 and that the one ending is the last.
fn one_ending(gateway: &Gateway, id: &str) -> Result<()> {
    let events: Vec<Value> = gateway.events().into_iter().filter(|event| event["call"] == id).collect();
    let numbers: Vec<_> = events.iter().filter_map(|event| event["seq"].as_u64()).collect();
    let counted: Vec<_> = (1..=events.len() as u64).collect();
    ensure!(numbers == counted, "events are numbered {numbers:?}");
    let endings = events.iter().filter(|event| event["type"] == "call.ended").count();
    ensure!(endings == 1, "{endings} endings in {events:?}");
    Ok(())
}
