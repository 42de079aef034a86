//! RFC 3665 §2: registering, with everything that a registrar may answer.

use std::time::Duration;

use sip_stack::auth::Qop;
use sip_stack::{Credentials, Register, RegistrationId, Target, Transport, UaEvent};

use crate::call::{address, credentials, s};
use crate::lone::{Lone, PEER, header, response};

const ID: RegistrationId = RegistrationId(5);
const GRANTED: &str = "Contact: <sip:line7@192.0.2.1:5060>;expires=300, <sip:other@192.0.2.8>;expires=60\n";

fn register(credentials: Option<Credentials>) -> Register {
    Register {
        registrar: "sip:carrier.example".parse().unwrap(),
        target: Target::new(Transport::Udp, PEER.parse().unwrap()).into(),
        aor: address("<sip:alice@carrier.example>"),
        contact_user: "line7".to_owned(),
        expires_s: 600,
        credentials,
        outbound: None,
    }
}

fn registering(credentials: Option<Credentials>) -> (Lone, String) {
    let mut lone = Lone::new();
    lone.endpoint.register(lone.now, ID, register(credentials)).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

fn challenge(realm: &str, nonce: &str, algorithm: &str) -> String {
    format!(
        "WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={algorithm}, qop=\"{}\"\n",
        Qop::Auth.as_str()
    )
}

#[test]
fn a_registration_is_refreshed_before_the_granted_time_is_over() {
    let (mut lone, sent) = registering(None);
    assert!(sent.starts_with("REGISTER sip:carrier.example SIP/2.0"), "{sent}");
    assert_eq!(header(&sent, "Expires"), "600");
    lone.hear(&response(200, &sent, "registrar", GRANTED, ""));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Registered { id: ID, expires_s: 300 }]));
    lone.advance(s(224));
    assert!(lone.sent.is_empty());
    lone.advance(s(40));
    let again = lone.take_one_retransmitted();
    assert_eq!(header(&again, "CSeq"), "2 REGISTER");
    assert_eq!(header(&again, "Call-ID"), header(&sent, "Call-ID"));
}

#[test]
fn each_algorithm_is_answered() {
    for algorithm in ["MD5", "SHA-256"] {
        let (mut lone, sent) = registering(Some(credentials()));
        lone.hear(&response(401, &sent, "r", &challenge("carrier.example", "abc", algorithm), ""));
        let again = lone.take_one();
        let value = header(&again, "Authorization");
        assert!(
            value.contains("username=\"alice\"") && value.contains(&format!("algorithm={algorithm}")),
            "{value}"
        );
        assert!(!again.contains("secret"));
        assert_eq!(header(&again, "CSeq"), "2 REGISTER");
        assert_eq!(header(&again, "Call-ID"), header(&sent, "Call-ID"));
        assert_ne!(header(&again, "Via"), header(&sent, "Via"));
        lone.hear(&response(200, &again, "r", GRANTED, ""));
        assert!(matches!(lone.events.as_slice(), [UaEvent::Registered { expires_s: 300, .. }]));
    }
}

#[test]
fn a_wrong_password_is_not_tried_again_at_once() {
    let (mut lone, sent) = registering(Some(credentials()));
    lone.hear(&response(401, &sent, "r", &challenge("x", "first", "MD5"), ""));
    let again = lone.take_one();
    lone.hear(&response(401, &again, "r", &challenge("x", "second", "MD5"), ""));
    assert!(lone.sent.is_empty());
    let [UaEvent::RegistrationFailed { code: 401, retry_in_s, .. }] = lone.events.as_slice() else {
        panic!("{:?}", lone.events)
    };
    assert!((15..=30).contains(retry_in_s), "{retry_in_s}");
}

#[test]
fn a_stale_nonce_is_answered_once_more() {
    let (mut lone, sent) = registering(Some(credentials()));
    lone.hear(&response(401, &sent, "r", &challenge("x", "first", "MD5"), ""));
    let again = lone.take_one();
    let stale = challenge("x", "second", "MD5").replace("Digest ", "Digest stale=true, ");
    lone.hear(&response(401, &again, "r", &stale, ""));
    let third = lone.take_one();
    assert!(header(&third, "Authorization").contains("nonce=\"second\""));
    lone.hear(&response(401, &third, "r", &stale.replace("second", "third"), ""));
    assert!(lone.sent.is_empty(), "two tries at most");
    assert!(matches!(lone.events.as_slice(), [UaEvent::RegistrationFailed { code: 401, .. }]));
}

#[test]
fn another_realm_gets_no_credentials() {
    let bound = Credentials::password(Some("carrier.example".to_owned()), "alice", "secret");
    let (mut lone, sent) = registering(Some(bound));
    lone.hear(&response(401, &sent, "r", &challenge("evil.example", "abc", "MD5"), ""));
    assert!(lone.sent.is_empty());
    assert!(matches!(lone.events.as_slice(), [UaEvent::RegistrationFailed { code: 401, .. }]));
}

#[test]
fn a_challenge_that_nobody_asked_for_is_dropped() {
    let (mut lone, sent) = registering(Some(credentials()));
    let forged = response(401, &sent, "r", &challenge("x", "abc", "MD5"), "");
    let branch = header(&sent, "Via").split("branch=").nth(1).unwrap().split(';').next().unwrap();
    lone.hear(&forged.replace(branch, "z9hG4bKguessed"));
    assert!(lone.sent.is_empty() && lone.events.is_empty());
    assert_eq!(lone.endpoint.counters().stray_responses, 1);
}

#[test]
fn a_longer_interval_is_granted_when_asked_for() {
    let (mut lone, sent) = registering(None);
    lone.hear(&response(423, &sent, "r", "Min-Expires: 3600\n", ""));
    let again = lone.take_one();
    assert_eq!(header(&again, "Expires"), "3600");
    lone.hear(&response(200, &again, "r", "Expires: 3600\n", ""));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Registered { expires_s: 3600, .. }]));
}

#[test]
fn failures_back_off_and_retry_after_counts() {
    let (mut lone, sent) = registering(None);
    lone.hear(&response(503, &sent, "r", "Retry-After: 100\n", ""));
    let [UaEvent::RegistrationFailed { code: 503, retry_in_s: 100, .. }] = lone.events.as_slice() else {
        panic!("{:?}", lone.events)
    };
    lone.advance(s(99));
    assert!(lone.sent.is_empty());
    let mut pauses = Vec::new();
    for _ in 0..6 {
        lone.advance(s(3000));
        let UaEvent::RegistrationFailed { code: 408, retry_in_s, .. } = lone.events.last().unwrap() else {
            panic!("{:?}", lone.events)
        };
        pauses.push(*retry_in_s);
    }
    assert!(pauses.iter().all(|pause| *pause <= 1800), "{pauses:?}");
    assert!(pauses.last() >= Some(&900), "{pauses:?}");
}

#[test]
fn a_binding_is_withdrawn() {
    let (mut lone, sent) = registering(None);
    lone.hear(&response(200, &sent, "r", GRANTED, ""));
    lone.endpoint.unregister(lone.now, ID).unwrap();
    lone.drain();
    let end = lone.take_one();
    assert_eq!(header(&end, "Expires"), "0");
    lone.hear(&response(200, &end, "r", "", ""));
    lone.advance(Duration::from_secs(3600));
    assert!(lone.take_lines().is_empty());
    assert!(lone.endpoint.unregister(lone.now, ID).is_err());
}

#[test]
fn a_ping_is_answered_or_times_out() {
    let mut lone = Lone::new();
    let target = Target::new(Transport::Udp, PEER.parse().unwrap());
    lone.endpoint.options(lone.now, ID, "sip:192.0.2.9".parse().unwrap(), target).unwrap();
    lone.drain();
    let ping = lone.take_one();
    assert!(ping.starts_with("OPTIONS sip:192.0.2.9 SIP/2.0"));
    lone.hear(&response(404, &ping, "x", "", ""));
    assert!(matches!(lone.events.as_slice(), [UaEvent::OptionsAnswered { id: ID, code: 404 }]));
    lone.endpoint.options(lone.now, ID, "sip:192.0.2.9".parse().unwrap(), target).unwrap();
    lone.advance(s(33));
    assert!(matches!(lone.events.last(), Some(UaEvent::OptionsAnswered { code: 408, .. })));
}
