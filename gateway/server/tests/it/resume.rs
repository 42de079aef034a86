//! A session whose WebSocket is cut.

use std::time::Duration;

use serde_json::{Value, json};

use crate::gateway::{Gateway, Socket, program, token};
use crate::signal::{OFFER, call_id, start};
use crate::trunk::{Request, Trunk};

/// A browser whose call rings at the trunk.
struct Ringing {
    trunk: Trunk,
    gateway: Gateway,
    browser: Socket,
    /// The data of its welcome.
    session: Value,
    invite: Request,
    call: String,
    /// The last event that it received.
    last_seq: u64,
}

impl Ringing {
    async fn with(more: &str) -> Self {
        let trunk = Trunk::bind().await;
        let gateway = Gateway::start(trunk.address, more).await;
        let mut browser = gateway.signalling().await;
        browser.hello(&token(&json!({}))).await;
        let session = browser.frame().await["data"].clone();
        let call = call_id();
        start(&mut browser, &call, "600").await;
        let invite = trunk.request("INVITE").await;
        trunk.respond(&invite, "180 Ringing").await;
        let last_seq = browser.frame_of("call.ringing").await["seq"].as_u64().unwrap();
        Self { trunk, gateway, browser, session, invite, call, last_seq }
    }

    async fn usual() -> Self {
        Self::with("").await
    }

    /// The trunk is busy, and acknowledged.
    async fn end(&self) {
        self.trunk.respond(&self.invite, "486 Busy Here").await;
        self.trunk.request("ACK").await;
    }
}

fn is_resumed(welcome: &Value) -> bool {
    welcome["data"]["resumed"].as_bool().unwrap()
}

/// Waits until the gateway has noticed that the connection broke.
async fn detached(gateway: &Gateway, call: &str) {
    loop {
        let shown = gateway.get(&format!("/v1/calls/{call}"), &program()).await.json();
        if shown["legs"][0]["reconnecting"] == true {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn what_was_missed_follows_in_order_and_the_trunk_notices_nothing() {
    let Ringing { trunk, gateway, mut browser, session, invite, call, .. } = Ringing::usual().await;
    // A client that has read less than it was sent.
    let description = 2;
    browser.send(json!({"type": "ack", "data": {"seq": description}})).await;
    drop(browser);
    detached(&gateway, &call).await;
    trunk.hears_nothing().await;
    trunk.respond(&invite, "486 Busy Here").await;
    trunk.request("ACK").await;
    let mut browser = gateway.signalling().await;
    let welcome = browser.resume(&session, description).await;
    assert!(is_resumed(&welcome), "{welcome}");
    assert_eq!((&welcome["seq"], &welcome["data"]["session"]), (&json!(description), &session["session"]));
    assert_ne!(welcome["data"]["resume_token"], session["resume_token"]);
    let (first, second) = (browser.frame().await, browser.frame().await);
    assert_eq!((&first["type"], &first["seq"]), (&json!("call.ringing"), &json!(description + 1)));
    assert_eq!((&second["type"], &second["seq"]), (&json!("call.ended"), &json!(description + 2)));
    assert_eq!(second["data"]["cause"], "busy");
    gateway.stop().await;
}

#[tokio::test]
async fn a_request_repeated_after_the_return_is_not_done_twice() {
    let ringing = Ringing::usual().await;
    drop(ringing.browser);
    detached(&ringing.gateway, &ringing.call).await;
    let mut browser = ringing.gateway.signalling().await;
    browser.resume(&ringing.session, ringing.last_seq).await;
    start(&mut browser, &ringing.call, "600").await;
    assert_eq!(browser.frame().await, json!({"type": "ok", "id": "s", "data": {}}));
    ringing.trunk.hears_nothing().await;
    let calls = ringing.gateway.get("/v1/calls", &program()).await.json();
    assert_eq!(calls["data"].as_array().unwrap().len(), 1);
    ringing.gateway.stop().await;
}

#[tokio::test]
async fn a_call_goes_on_after_the_return() {
    let ringing = Ringing::usual().await;
    drop(ringing.browser);
    let mut browser = ringing.gateway.signalling().await;
    assert!(is_resumed(&browser.resume(&ringing.session, ringing.last_seq).await));
    browser.send(json!({"type": "call.hangup", "id": "x", "call": ringing.call, "data": {}})).await;
    assert_eq!(browser.frame_of("ok").await["id"], "x");
    assert_eq!(browser.frame_of("call.ended").await["data"]["cause"], "canceled");
    ringing.trunk.request("CANCEL").await;
    ringing.gateway.stop().await;
}

#[tokio::test]
async fn a_token_opens_its_own_session_once_for_its_own_user() {
    let trunk = Trunk::bind().await;
    let gateway = Gateway::start(trunk.address, "[[users]]\nname = \"mallory\"\n").await;
    let mut browser = gateway.signalling().await;
    browser.hello(&token(&json!({}))).await;
    let session = browser.frame().await["data"].clone();
    let with = |resume_token: &Value| json!({"session": session["session"], "resume_token": resume_token, "last_seq": 1});
    let mut wrong = gateway.signalling().await;
    let welcome = wrong.resume_as(&token(&json!({})), with(&json!("0".repeat(64)))).await;
    assert!(!is_resumed(&welcome));
    assert_ne!(welcome["data"]["session"], session["session"]);
    let mut mallory = gateway.signalling().await;
    let as_mallory = token(&json!({"sub": "mallory"}));
    assert!(!is_resumed(&mallory.resume_as(&as_mallory, with(&session["resume_token"])).await));
    let mut again = gateway.signalling().await;
    let welcome = again.resume(&session, 1).await;
    assert!(is_resumed(&welcome));
    again.send(json!({"type": "ping", "id": "p", "data": {}})).await;
    again.frame_of("pong").await;
    let mut used = gateway.signalling().await;
    assert!(!is_resumed(&used.resume(&session, 1).await));
    again.send(json!({"type": "ping", "id": "q", "data": {}})).await;
    assert_eq!(again.frame_of("pong").await["id"], "q");
    gateway.stop().await;
}

#[tokio::test]
async fn a_welcome_that_is_lost_does_not_spend_the_token() {
    let ringing = Ringing::usual().await;
    drop(ringing.browser);
    for _ in 0..3 {
        let mut browser = ringing.gateway.signalling().await;
        assert!(is_resumed(&browser.resume(&ringing.session, ringing.last_seq).await));
    }
    ringing.gateway.stop().await;
}

#[tokio::test]
async fn too_late_is_told_with_a_new_session() {
    let ringing = Ringing::with("[calls]\nresume_window_s = 1\n").await;
    drop(ringing.browser);
    let cancel = ringing.trunk.request("CANCEL").await;
    ringing.trunk.respond(&cancel, "200 OK").await;
    ringing.trunk.respond(&ringing.invite, "487 Request Terminated").await;
    let mut browser = ringing.gateway.signalling().await;
    let welcome = browser.resume(&ringing.session, ringing.last_seq).await;
    assert!(!is_resumed(&welcome));
    assert_eq!(welcome["seq"], 1);
    assert_ne!(welcome["data"]["session"], ringing.session["session"]);
    let call = ringing.gateway.get(&format!("/v1/calls/{}", ringing.call), &program()).await.json();
    assert_eq!(call["cause"], "session-lost");
    ringing.gateway.stop().await;
}

#[tokio::test]
async fn a_session_whose_past_is_not_kept_any_more_ends() {
    let mut ringing = Ringing::usual().await;
    let ack = json!({"type": "ack", "data": {"seq": ringing.last_seq}});
    ringing.browser.send(ack).await;
    ringing.browser.send(json!({"type": "ping", "id": "p", "data": {}})).await;
    ringing.browser.frame_of("pong").await;
    let mut browser = ringing.gateway.signalling().await;
    assert!(!is_resumed(&browser.resume(&ringing.session, 1).await));
    ringing.trunk.request("CANCEL").await;
    ringing.gateway.stop().await;
}

#[tokio::test]
async fn a_connection_that_is_half_open_is_replaced_at_once() {
    let mut ringing = Ringing::usual().await;
    let mut browser = ringing.gateway.signalling().await;
    assert!(is_resumed(&browser.resume(&ringing.session, ringing.last_seq).await));
    assert_eq!(ringing.browser.close_code().await, 4409);
    ringing.end().await;
    assert_eq!(browser.frame_of("call.ended").await["data"]["cause"], "busy");
    ringing.gateway.stop().await;
}

#[tokio::test]
async fn a_session_that_waits_keeps_its_place_and_needs_no_second() {
    let ringing = Ringing::with("[calls]\nresume_window_s = 2\n[limits]\nsessions_per_user = 1\n").await;
    drop(ringing.browser);
    detached(&ringing.gateway, &ringing.call).await;
    let mut other = ringing.gateway.signalling().await;
    other.hello(&token(&json!({}))).await;
    assert_eq!(other.frame().await["data"]["code"], "gateway-overloaded");
    let mut browser = ringing.gateway.signalling().await;
    assert!(is_resumed(&browser.resume(&ringing.session, ringing.last_seq).await));
    browser.leave(1000).await;
    ringing.trunk.request("CANCEL").await;
    let mut next = ringing.gateway.signalling().await;
    next.hello(&token(&json!({}))).await;
    assert_eq!(next.frame().await["type"], "welcome");
    ringing.gateway.stop().await;
}

#[tokio::test]
async fn a_call_rings_a_browser_that_is_away_and_is_shown_on_its_return() {
    let trunk = Trunk::bind().await;
    let gateway = Gateway::start(trunk.address, "").await;
    let mut browser = gateway.signalling().await;
    browser.hello(&token(&json!({}))).await;
    let session = browser.frame().await["data"].clone();
    drop(browser);
    trunk.invite(gateway.sip()).await;
    while !trunk.message().await.starts_with("SIP/2.0 180") {}
    let mut browser = gateway.signalling().await;
    assert!(is_resumed(&browser.resume(&session, 1).await));
    let incoming = browser.frame_of("call.incoming").await;
    let reject =
        json!({"type": "call.reject", "id": "r", "call": incoming["call"], "data": {"cause": "busy"}});
    browser.send(reject).await;
    while !trunk.message().await.starts_with("SIP/2.0 486") {}
    gateway.stop().await;
}

#[tokio::test]
async fn loss_and_return_are_events_of_the_leg() {
    let trunk = Trunk::bind().await;
    let gateway = Gateway::start(trunk.address, "").await;
    let bearer = format!("Bearer {}", program());
    let mut events = gateway.socket("/v1/events/stream", &[("authorization", &bearer)]).await;
    events.ping().await;
    let mut browser = gateway.signalling().await;
    browser.hello(&token(&json!({}))).await;
    let session = browser.frame().await["data"].clone();
    start(&mut browser, &call_id(), "600").await;
    trunk.request("INVITE").await;
    drop(browser);
    let lost = events.frame_of("leg.reconnecting").await;
    let mut browser = gateway.signalling().await;
    browser.resume(&session, 1).await;
    let back = events.frame_of("leg.reconnected").await;
    assert_eq!((&lost["leg"], &lost["call"]), (&back["leg"], &back["call"]));
    assert!(lost["leg"].as_str().unwrap().starts_with("leg_"));
    gateway.stop().await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_who_is_away() {
    let ringing = Ringing::usual().await;
    drop(ringing.browser);
    detached(&ringing.gateway, &ringing.call).await;
    let stopping = tokio::time::timeout(Duration::from_secs(5), ringing.gateway.stop());
    stopping.await.expect("it stops");
    ringing.trunk.request("CANCEL").await;
}

#[tokio::test]
async fn a_page_that_is_loaded_again_is_told_how_its_call_stands() {
    let Ringing { trunk, gateway, browser, session, invite, call, .. } = Ringing::usual().await;
    browser.leave(1001).await;
    detached(&gateway, &call).await;
    trunk.hears_nothing().await;
    let mut browser = gateway.signalling().await;
    let resume = json!({"session": session["session"], "resume_token": session["resume_token"]});
    let welcome = browser.resume_as(&token(&json!({})), resume).await;
    assert!(is_resumed(&welcome), "{welcome}");
    let state = browser.frame().await;
    assert_eq!((&state["type"], &state["call"]), (&json!("call.state"), &json!(call)));
    assert!(state["seq"].as_u64() > welcome["seq"].as_u64());
    let data = &state["data"];
    assert_eq!(
        (&data["direction"], &data["state"], &data["taken"], &data["to"]),
        (&json!("outbound"), &json!("ringing"), &json!(true), &json!("600"))
    );
    let again = json!({"type": "call.reattach", "id": "again", "call": call, "data": {"sdp": OFFER}});
    browser.send(again).await;
    assert_eq!(browser.frame_of("ok").await["id"], "again");
    assert!(browser.frame_of("call.description").await["data"]["sdp"].as_str().unwrap().contains("ice-lite"));
    trunk.hears_nothing().await;
    trunk.respond(&invite, "486 Busy Here").await;
    trunk.request("ACK").await;
    gateway.stop().await;
}

#[tokio::test]
async fn a_newer_token_brings_its_grants_without_a_new_connection() {
    let gateway = Gateway::alone().await;
    let mut browser = gateway.browser().await;
    let update = |token: String| json!({"type": "token.update", "id": "t", "data": {"token": token}});
    browser.send(update(token(&json!({"grants": {"destinations": ["700"]}})))).await;
    assert_eq!(browser.frame_of("ok").await["id"], "t");
    start(&mut browser, &call_id(), "600").await;
    assert_eq!(browser.frame_of("error").await["data"]["code"], "destination-forbidden");
    for (claims, code) in
        [(json!({"exp": 1000}), "token-expired"), (json!({"sub": "mallory"}), "token-invalid")]
    {
        browser.send(update(token(&claims))).await;
        assert_eq!(browser.frame_of("error").await["data"]["code"], code);
    }
    gateway.stop().await;
}
