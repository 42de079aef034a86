//! Browser signalling, frame by frame.

use std::net::SocketAddr;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::gateway::{Gateway, Socket, token};
use crate::trunk::Trunk;

/// What Chromium offers for one audio stream, at its shortest.
pub(crate) const OFFER: &str = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
    a=group:BUNDLE 0\r\na=msid-semantic: WMS\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 110\r\nc=IN IP4 0.0.0.0\r\n\
    a=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=ice-options:trickle\r\n\
    a=fingerprint:sha-256 AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89\r\n\
    a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n\
    a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:110 telephone-event/48000\r\na=ssrc:1234 cname:x\r\n";

pub(crate) fn call_id() -> String {
    format!("call_{}", Uuid::now_v7())
}

pub(crate) async fn start(browser: &mut Socket, call: &str, to: &str) {
    let data = json!({"to": to, "sdp": OFFER});
    browser.send(json!({"type": "call.start", "id": "s", "call": call, "data": data})).await;
}

#[tokio::test]
async fn hello_is_answered_by_welcome() {
    let gateway = Gateway::alone().await;
    let mut browser = gateway.signalling().await;
    browser.hello(&token(&json!({}))).await;
    let welcome = browser.frame().await;
    assert_eq!(
        (&welcome["type"], &welcome["id"], &welcome["seq"]),
        (&json!("welcome"), &json!("h"), &json!(1))
    );
    let data = &welcome["data"];
    assert_eq!(
        (&data["user"], &data["ping_s"], &data["timeout_s"]),
        (&json!("alice"), &json!(10), &json!(25))
    );
    assert_eq!((&data["demo"], &data["resume_window_s"]), (&json!(false), &json!(30)));
    browser.send(json!({"type": "ping", "id": "p", "data": {}})).await;
    assert_eq!(browser.frame().await, json!({"type": "pong", "id": "p", "data": {}}));
    gateway.stop().await;
}

#[tokio::test]
async fn who_has_no_valid_token_is_told_and_closed() {
    let gateway = Gateway::alone().await;
    let expired = token(&json!({"exp": 1000}));
    let stranger = token(&json!({"sub": "mallory"}));
    for (token, code) in
        [("a.b.c", "token-invalid"), (&expired, "token-expired"), (&stranger, "token-invalid")]
    {
        let mut browser = gateway.signalling().await;
        browser.hello(token).await;
        let error = browser.frame().await;
        assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("h")));
        assert_eq!(error["data"]["code"], code);
        assert!(!error["data"]["solutions"].as_array().unwrap().is_empty());
        assert_eq!(browser.close_code().await, 4401);
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_foreign_page_is_refused_and_a_configured_one_is_not() {
    let gateway = Gateway::start(SocketAddr::from(([127, 0, 0, 1], 9)), "").await;
    let mut evil = gateway.socket("/v1/rtc", &[("origin", "https://evil.example")]).await;
    assert_eq!(evil.frame().await["data"]["code"], "origin-forbidden");
    assert_eq!(evil.close_code().await, 4403);
    let own = format!("http://{}", gateway.http);
    let mut page = gateway.socket("/v1/rtc", &[("origin", &own)]).await;
    page.hello(&token(&json!({}))).await;
    assert_eq!(page.frame().await["type"], "welcome");
    gateway.stop().await;
}

#[tokio::test]
async fn what_is_no_protocol_is_closed_and_what_is_unknown_is_ignored() {
    let gateway = Gateway::alone().await;
    for text in ["{", "[]", "7", r#"{"type":7}"#, "\u{0}"] {
        let mut browser = gateway.browser().await;
        browser.text(text).await;
        assert_eq!(browser.frame().await["type"], "error", "{text}");
        assert_eq!(browser.close_code().await, 4400, "{text}");
    }
    let mut early = gateway.signalling().await;
    early.send(json!({"type": "ping", "data": {}})).await;
    assert_eq!(early.frame().await["data"]["code"], "hello-expected");
    assert_eq!(early.close_code().await, 4400);
    let mut browser = gateway.browser().await;
    browser.send(json!({"type": "call.teleport", "id": "1", "data": {"x": 1}})).await;
    browser.send(json!({"type": "ping", "id": "2", "more": [], "data": {"y": 2}})).await;
    assert_eq!(browser.frame().await["id"], "2");
    browser.send(json!({"type": "call.hangup", "id": "3", "call": "nonsense", "data": {}})).await;
    let error = browser.frame().await;
    assert_eq!((&error["id"], &error["data"]["code"]), (&json!("3"), &json!("invalid-message")));
    gateway.stop().await;
}

#[tokio::test]
async fn size_and_rate_are_enforced_with_a_word_and_a_code() {
    let gateway =
        Gateway::start(SocketAddr::from(([127, 0, 0, 1], 9)), "[limits]\nmessages_per_s = 5\n").await;
    let mut large = gateway.browser().await;
    large.text(&" ".repeat(70_000)).await;
    assert_eq!(large.frame().await["data"]["code"], "message-too-large");
    assert_eq!(large.close_code().await, 4413);
    let mut fast = gateway.browser().await;
    for n in 0..20 {
        fast.send(json!({"type": "ping", "id": n.to_string(), "data": {}})).await;
    }
    assert_eq!(fast.frame_of("error").await["data"]["code"], "rate-exceeded");
    assert_eq!(fast.close_code().await, 4429);
    gateway.stop().await;
}

#[tokio::test]
async fn sessions_of_one_user_are_limited() {
    let gateway =
        Gateway::start(SocketAddr::from(([127, 0, 0, 1], 9)), "[limits]\nsessions_per_user = 1\n").await;
    let first = gateway.browser().await;
    let mut second = gateway.signalling().await;
    second.hello(&token(&json!({}))).await;
    assert_eq!(second.frame().await["data"]["code"], "gateway-overloaded");
    drop(first);
    gateway.stop().await;
}

#[tokio::test]
async fn a_call_reaches_the_trunk_as_an_invite_and_its_refusal_reaches_the_browser() {
    let trunk = Trunk::bind().await;
    let gateway = Gateway::start(trunk.address, "").await;
    let mut browser = gateway.browser().await;
    let call = call_id();
    start(&mut browser, &call, "600").await;
    let invite = trunk.request("INVITE").await;
    assert!(invite.text.starts_with("INVITE sip:600@127.0.0.1"), "{}", invite.text);
    assert!(invite.text.contains("m=audio"), "{}", invite.text);
    let description = browser.frame_of("call.description").await;
    assert_eq!(description["call"], json!(call));
    assert!(description["data"]["sdp"].as_str().unwrap().contains("a=ice-lite"));
    trunk.respond(&invite, "180 Ringing").await;
    assert_eq!(browser.frame_of("call.ringing").await["data"], json!({"early_media": false}));
    trunk.respond(&invite, "486 Busy Here").await;
    let ended = browser.frame_of("call.ended").await["data"].clone();
    assert_eq!(
        (&ended["state"], &ended["cause"], &ended["sip_code"]),
        (&json!("busy"), &json!("busy"), &json!(486))
    );
    gateway.stop().await;
}

#[tokio::test]
async fn a_request_sent_twice_is_done_once_and_answered_alike() {
    let trunk = Trunk::bind().await;
    let gateway = Gateway::start(trunk.address, "").await;
    let mut browser = gateway.browser().await;
    let call = call_id();
    start(&mut browser, &call, "600").await;
    let first = browser.frame_of("ok").await;
    start(&mut browser, &call, "600").await;
    assert_eq!(browser.frame_of("ok").await, first);
    let invite = trunk.request("INVITE").await;
    trunk.respond(&invite, "486 Busy Here").await;
    trunk.request("ACK").await;
    gateway.stop().await;
}

#[tokio::test]
async fn grants_and_unknown_calls_are_refused_by_their_codes() {
    let gateway = Gateway::alone().await;
    let mut browser = gateway.signalling().await;
    browser.hello(&token(&json!({"grants": {"destinations": ["600"]}}))).await;
    browser.frame_of("welcome").await;
    start(&mut browser, &call_id(), "+49301234").await;
    let refused = browser.frame_of("error").await;
    assert_eq!((&refused["id"], &refused["data"]["code"]), (&json!("s"), &json!("destination-forbidden")));
    browser.send(json!({"type": "call.hangup", "id": "x", "call": call_id(), "data": {}})).await;
    assert_eq!(browser.frame_of("error").await["data"]["code"], "call-not-found");
    gateway.stop().await;
}

#[tokio::test]
async fn a_browser_that_leaves_ends_its_call() {
    let trunk = Trunk::bind().await;
    let gateway = Gateway::start(trunk.address, "").await;
    let mut browser = gateway.browser().await;
    start(&mut browser, &call_id(), "600").await;
    let invite = trunk.request("INVITE").await;
    trunk.respond(&invite, "180 Ringing").await;
    browser.frame_of("call.ringing").await;
    browser.leave(1000).await;
    let cancel = trunk.request("CANCEL").await;
    trunk.respond(&cancel, "200 OK").await;
    trunk.respond(&invite, "487 Request Terminated").await;
    gateway.stop().await;
}

#[tokio::test]
async fn an_inbound_call_rings_the_browser_and_is_rejected_as_busy() {
    let trunk = Trunk::bind().await;
    let gateway = Gateway::start(trunk.address, "").await;
    let mut browser = gateway.browser().await;
    trunk.invite(gateway.sip()).await;
    let incoming = browser.frame_of("call.incoming").await;
    assert_eq!(incoming["data"]["from_name"], "Bob");
    assert!(incoming["data"]["from"].as_str().unwrap().contains("+441632960123"));
    let reject =
        json!({"type": "call.reject", "id": "r", "call": incoming["call"], "data": {"cause": "busy"}});
    browser.send(reject).await;
    let mut last = String::new();
    while !last.starts_with("SIP/2.0 486") {
        last = trunk.message().await;
        assert!(last.starts_with("SIP/2.0 1") || last.starts_with("SIP/2.0 486"), "{last}");
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_stop_says_goodbye_and_ends_calls() {
    let trunk = Trunk::bind().await;
    let gateway = Gateway::start(trunk.address, "").await;
    let mut browser = gateway.browser().await;
    start(&mut browser, &call_id(), "600").await;
    let invite = trunk.request("INVITE").await;
    trunk.respond(&invite, "180 Ringing").await;
    browser.frame_of("call.ringing").await;
    let stopping = tokio::spawn(gateway.stop());
    let ended: Value = browser.frame_of("call.ended").await;
    assert_eq!(ended["data"]["cause"], "gateway-restart");
    trunk.request("CANCEL").await;
    let bye = browser.frame_of("bye").await;
    assert_eq!((&bye["data"]["reason"], &bye["data"]["action"]), (&json!("drain"), &json!("reconnect")));
    assert_eq!(browser.close_code().await, 1001);
    stopping.await.unwrap();
}
