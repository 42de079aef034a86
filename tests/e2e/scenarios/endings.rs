//! Every way in which a browser's call does not go on, told alike by page, events and REST.

use crate::outcome::{Ending, ended, known};
use crate::scene::{NUMBER, STEP, Scene, answering};
use crate::stage::play;
use anyhow::{Context, Result, ensure};
use e2e::gateway::Setup;
use e2e::phone::{Codec, Scenario};
use e2e::port::Transport;
use std::time::Duration;
use tokio::net::{TcpListener, UdpSocket};

/// The page dials and the phone refuses; the page says so in words.
async fn refused(code: u16, reason: &str, ending: Ending, words: &str) -> Result<()> {
    let scene = Scene::usual().await?;
    let scenario = Scenario::named("refuse")?.with("code", code).with("reason", reason);
    let mut sipp = scene.phone_plays(scenario).await?;
    scene.dial().await?;
    sipp.finishes(STEP).await.with_context(|| scene.gateway.story())?;
    ended(&scene.tab, &scene.gateway, ending).await?;
    let shown = scene.tab.text("#notice-title").await?;
    ensure!(shown == words, "the page says {shown:?}, not {words:?}");
    let told = scene.tab.receives("call.ended", STEP).await?;
    ensure!(told["data"]["sip_code"] == code, "the page is told {told}");
    Ok(())
}

#[test]
fn busy() {
    let ending = Ending { state: "busy", cause: "busy", by: "callee" };
    play(|| refused(486, "Busy Here", ending, "Busy"));
}

#[test]
fn rejected() {
    let ending = Ending { state: "failed", cause: "declined", by: "callee" };
    play(|| refused(603, "Decline", ending, "Call declined"));
}

#[test]
fn not_found() {
    let ending = Ending { state: "failed", cause: "not-found", by: "callee" };
    play(|| refused(404, "Not Found", ending, "No such number"));
}

#[test]
fn switched_off() {
    let ending = Ending { state: "failed", cause: "unavailable", by: "callee" };
    play(|| refused(480, "Temporarily Unavailable", ending, "Not reachable"));
}

#[test]
fn nobody_answers() {
    play(|| async {
        let scene = Scene::set(Setup::new(Codec::Pcmu)?.ring_timeout_s(3), Codec::Pcmu).await?;
        let mut sipp = scene.phone_plays(Scenario::named("ring")?).await?;
        scene.dial().await?;
        scene.becomes("ringing").await?;
        sipp.finishes(STEP).await.with_context(|| scene.gateway.story())?;
        let ending = Ending { state: "no-answer", cause: "ring-timeout", by: "system" };
        ended(&scene.tab, &scene.gateway, ending).await?;
        let shown = scene.tab.text("#notice-title").await?;
        ensure!(shown == "No answer", "the page says {shown:?}");
        Ok(())
    });
}

#[test]
fn the_caller_gives_up() {
    play(|| async {
        let scene = Scene::usual().await?;
        let mut sipp = scene.phone_plays(Scenario::named("ring")?).await?;
        scene.dial().await?;
        scene.becomes("ringing").await?;
        scene.hang_up().await?;
        sipp.finishes(STEP).await.with_context(|| scene.gateway.story())?;
        ended(&scene.tab, &scene.gateway, Ending { state: "canceled", cause: "canceled", by: "caller" }).await
    });
}

#[test]
fn the_phone_hangs_up() {
    play(|| async {
        let scene = Scene::usual().await?;
        let scenario = Scenario::named("answer_then_hang_up")?.with("pause_ms", 1_000);
        let mut sipp = scene.phone_plays(scenario).await?;
        scene.dial().await?;
        scene.becomes("open").await?;
        sipp.finishes(STEP).await.with_context(|| scene.gateway.story())?;
        ended(&scene.tab, &scene.gateway, Ending::HUNG_UP_BY_CALLEE).await?;
        let hint = scene.tab.text("#notice-hint").await?;
        ensure!(hint.starts_with("The other side hung up"), "the page says {hint:?}");
        Ok(())
    });
}

#[test]
fn the_tab_is_closed() {
    play(|| async {
        let Scene { gateway, tab, phone } = Scene::usual().await?;
        let scenario = answering(Transport::Udp)?.media(&phone);
        let mut sipp = scenario.listen(gateway.trunk_port()).await?;
        tab.fill("#number", NUMBER).await?;
        tab.click("#call").await?;
        tab.becomes("html", "data-call-state", "open", STEP).await?;
        tab.close().await?;
        sipp.finishes(RELOAD + STEP).await.with_context(|| gateway.story())?;
        // A page cannot tell being closed from being loaded again, so it is for the gateway to say what became of it.
        known(&gateway, Ending { state: "completed", cause: "session-lost", by: "system" }).await
    });
}

/// How long the gateway waits for a page that went away to be loaded again.
const RELOAD: Duration = Duration::from_secs(10);

const UNREACHABLE: Ending = Ending { state: "failed", cause: "trunk-unreachable", by: "system" };

/// The page dials, and nothing is behind the trunk that speaks SIP.
async fn unreachable(setup: Setup) -> Result<()> {
    let scene = Scene::set(setup, Codec::Pcmu).await?;
    scene.dial().await?;
    ended(&scene.tab, &scene.gateway, UNREACHABLE).await?;
    let shown = scene.tab.text("#notice-title").await?;
    ensure!(shown == "The telephone provider does not answer.", "the page says {shown:?}");
    Ok(())
}

#[test]
fn the_trunk_refuses_the_connection() {
    play(|| async { unreachable(Setup::new(Codec::Pcmu)?.over(Transport::Tcp)).await });
}

#[test]
fn nobody_listens_at_the_trunk() {
    play(|| async { unreachable(Setup::new(Codec::Pcmu)?.first_response_s(2)).await });
}

#[test]
fn the_trunk_is_silent_over_udp() {
    play(|| async {
        let setup = Setup::new(Codec::Pcmu)?.first_response_s(2);
        let _deaf = UdpSocket::bind(("127.0.0.1", setup.trunk_port())).await?;
        unreachable(setup).await
    });
}

#[test]
fn the_trunk_is_silent_over_tcp() {
    play(|| async {
        let setup = Setup::new(Codec::Pcmu)?.over(Transport::Tcp).first_response_s(2);
        let _deaf = TcpListener::bind(("127.0.0.1", setup.trunk_port())).await?;
        unreachable(setup).await
    });
}
