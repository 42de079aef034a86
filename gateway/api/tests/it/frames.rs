//! Frames of a browser: read, ignored, or refused with the field at fault.

use api::ws::{ClientFrame, Decoded, FrameError, ServerFrame, decode};
use serde_json::{Value, json};

const SESSION: &str = "ses_0192f0c1-0000-7000-8000-000000000002";
const CALL: &str = "call_0192f0c1-0000-7000-8000-000000000001";

fn read(frame: &Value) -> ClientFrame {
    match decode(&frame.to_string()) {
        Ok(Decoded::Frame(frame)) => *frame,
        other => panic!("{other:?}"),
    }
}

fn refused(frame: &Value) -> (Option<String>, String) {
    match decode(&frame.to_string()) {
        Err(FrameError::Invalid { id, pointer, .. }) => (id, pointer),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_type_reads_what_it_prints() {
    let data = [
        ("hello", json!({"token": "t", "client": {"name": "n", "version": "1"}})),
        (
            "hello",
            json!({"token": "t", "client": {"name": "n", "version": "1"},
                "resume": {"session": SESSION, "resume_token": "r", "last_seq": 7}}),
        ),
        ("call.start", json!({"to": "600", "from": "+491", "sdp": "v=0", "headers": {"X-Order": "7"}})),
        ("call.accept", json!({"sdp": "v=0"})),
        ("call.reject", json!({"cause": "busy"})),
        ("call.hangup", json!({})),
        (
            "call.candidate",
            json!({"candidate": {"candidate": "candidate:1", "sdp_mid": "0", "sdp_mline_index": 0}}),
        ),
        ("call.candidate", json!({"candidate": null})),
        ("call.send_digits", json!({"digits": "12#", "duration_ms": 100})),
        ("call.mute", json!({"muted": true})),
    ];
    for (kind, data) in data {
        let mut frame = json!({"type": kind, "id": "1", "data": data});
        if kind.starts_with("call.") {
            frame["call"] = json!(CALL);
        }
        assert_eq!(serde_json::to_value(read(&frame)).unwrap(), frame);
    }
}

#[test]
fn unknown_types_and_fields_are_ignored() {
    assert_eq!(decode(r#"{"type":"call.teleport","id":"1","data":7}"#), Ok(Decoded::Unknown));
    let frame = json!({"type": "ping", "id": "1", "mood": "good", "data": {"more": 1}});
    assert!(matches!(read(&frame), ClientFrame::Ping { id: Some(id), .. } if id == "1"));
}

#[test]
fn missing_data_is_empty_data() {
    let frame = json!({"type": "call.hangup", "id": "1", "call": CALL});
    assert!(matches!(read(&frame), ClientFrame::CallHangup { .. }));
}

#[test]
fn a_known_type_with_a_bad_field_names_it() {
    let frame = |kind: &str, data: Value| json!({"type": kind, "id": "9", "call": CALL, "data": data});
    let id = Some("9".to_owned());
    assert_eq!(
        refused(&frame("call.start", json!({"to": 600, "sdp": ""}))),
        (id.clone(), "/data/to".to_owned())
    );
    assert_eq!(
        refused(&frame("call.reject", json!({"cause": "bored"}))),
        (id.clone(), "/data/cause".to_owned())
    );
    assert_eq!(refused(&frame("call.send_digits", json!({"digits": "12x"}))).1, "/data/digits");
    assert_eq!(refused(&frame("call.send_digits", json!({"digits": ""}))).1, "/data/digits");
    assert_eq!(
        refused(&frame("call.send_digits", json!({"digits": "1", "duration_ms": 1}))).1,
        "/data/duration_ms"
    );
    assert_eq!(
        refused(&json!({"type": "call.hangup", "id": "9", "data": {}})),
        (id.clone(), "/call".to_owned())
    );
    assert_eq!(
        refused(&json!({"type": "call.hangup", "id": "9", "call": "call_x"})),
        (id, "/call".to_owned())
    );
    assert_eq!(refused(&json!({"type": "call.hangup", "call": CALL})), (None, "/id".to_owned()));
    assert_eq!(refused(&json!({"type": "call.hangup", "call": CALL, "id": 9})), (None, "/id".to_owned()));
}

#[test]
fn long_fields_and_forged_headers_are_refused() {
    let start = |data: Value| json!({"type": "call.start", "id": "1", "call": CALL, "data": data});
    let long = "1".repeat(300);
    assert_eq!(refused(&start(json!({"to": long, "sdp": ""}))).1, "/data/to");
    assert_eq!(refused(&start(json!({"to": "1", "sdp": "v".repeat(40_000)}))).1, "/data/sdp");
    for (name, value) in [("P-Asserted-Identity", "x"), ("X-A", "a\r\nVia: b"), ("X-A b", "x"), ("é-", "x")]
    {
        let data = json!({"to": "1", "sdp": "", "headers": {name: value}});
        assert_eq!(refused(&start(data)).1, "/data/headers", "{name}");
    }
}

#[test]
fn what_is_no_message_is_malformed() {
    for text in ["", "{", "[]", "7", "null", r#"{"id":"1"}"#, r#"{"type":7}"#, &"[".repeat(100_000)] {
        assert!(matches!(decode(text), Err(FrameError::Malformed(_))), "{text:.20}");
    }
}

#[test]
fn tokens_are_never_printed() {
    let frame = read(
        &json!({"type": "hello", "id": "1", "data": {"token": "secret", "client": {"name": "n", "version": "1"},
            "resume": {"session": SESSION, "resume_token": "secret", "last_seq": 7}}}),
    );
    assert!(!format!("{frame:?}").contains("secret"));
}

#[test]
fn a_server_frame_has_the_documented_shape() {
    let frame = json!({"type": "call.ended", "seq": 4, "call": CALL, "data": {
        "state": "busy", "by": "callee", "cause": "busy", "sip_code": 486, "sip_reason": "Busy Here", "q850": 17}});
    let read: ServerFrame = serde_json::from_value(frame.clone()).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), frame);
}
