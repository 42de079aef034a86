//! Keys, from the tones that a phone sends to the event that a program reads.

use serde_json::{Value, json};

use crate::gateway::program;
use crate::phone::rtp_of;
use crate::play::Talk;

/// The two frequencies of a key (ITU-T Q.23).
const SEVEN: &[f64] = &[852.0, 1_209.0];
const HASH: &[f64] = &[941.0, 1_477.0];

/// Presses keys, each for 100 ms.
async fn press(talk: &Talk, keys: &[&[f64]]) {
    let gateway = rtp_of(&talk.invite);
    for (number, key) in (0u16..).zip(keys) {
        let from = number * 12;
        talk.phone.say(gateway, key, from..from + 6).await;
        talk.phone.say(gateway, &[], from + 6..from + 12).await;
    }
}

async fn begin(talk: &Talk, body: Value) -> Value {
    let begun = talk.act("collect", &body).await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    begun.json()["collect"].clone()
}

#[tokio::test]
async fn tones_become_digits_and_the_first_interrupts_the_prompt() {
    let talk = Talk::begin("").await;
    let prompt = json!([{"tone": "ringback"}]);
    let id = begin(&talk, json!({"sounds": prompt, "max": 4})).await;
    talk.phone.hear(800).await;
    press(&talk, &[SEVEN, SEVEN, HASH]).await;
    let ended = talk.event("collect.ended").await;
    let data = json!({"collect": id, "digits": "77", "count": 2, "complete": true, "reason": "terminator"});
    assert_eq!((&ended["data"], &ended["leg"]), (&data, &talk.far().await));
    assert_eq!(talk.event("play.ended").await["data"]["reason"], "interrupted");
    talk.gateway.stop().await;
}

#[tokio::test]
async fn redacted_digits_leave_no_trace_but_where_they_are_taken() {
    let talk = Talk::begin("").await;
    let id = begin(&talk, json!({"max": 2, "redact": true})).await;
    press(&talk, &[SEVEN, SEVEN]).await;
    let ended = talk.event("collect.ended").await;
    assert_eq!(ended["data"], json!({"collect": id, "count": 2, "complete": true, "reason": "max-digits"}));
    let events = talk.gateway.get(&format!("/v1/events?call={}", talk.call), &program()).await;
    assert!(!events.body.contains("call.dtmf"), "{}", events.body);
    let taken = talk.act("take_digits", &json!({"collect": id})).await;
    assert_eq!(taken.json()["digits"], "77");
    assert_eq!(talk.act("take_digits", &json!({"collect": id})).await.status, 409);
    talk.gateway.stop().await;
}

#[tokio::test]
async fn a_collection_that_makes_no_sense_is_refused_with_its_place() {
    let talk = Talk::begin("").await;
    for (body, pointer) in [
        (json!({"max": 0}), "/max"),
        (json!({"max": 3, "min": 4}), "/min"),
        (json!({"terminators": "x"}), "/terminators"),
        (json!({"first_digit_timeout_ms": 5}), "/first_digit_timeout_ms"),
        (json!({"sounds": [{}]}), "/sounds/0"),
    ] {
        let refused = talk.act("collect", &body).await;
        let named = refused.json()["errors"][0]["pointer"].clone();
        assert_eq!((refused.status, &named), (422, &json!(pointer)), "{body}");
    }
    talk.gateway.stop().await;
}
