//! A user agent that is challenged: which challenge it answers, how often, and with what.

use sip_stack::auth::{Algorithm, Login, WithoutQop, prove};
use sip_stack::message::TypedHeader;
use sip_stack::message::header::{AuthenticationInfo, Authorization};
use sip_stack::{Credentials, Register, RegistrationId, Target, Transport, UaEvent};

use crate::call::address;
use crate::lone::{Lone, PEER, header, response};

const ID: RegistrationId = RegistrationId(1);

fn registering(credentials: Credentials) -> (Lone, String) {
    let mut lone = Lone::new();
    let register = Register {
        registrar: "sip:x.example".parse().unwrap(),
        target: Target::new(Transport::Udp, PEER.parse().unwrap()).into(),
        aor: address("<sip:alice@x.example>"),
        contact_user: "alice".to_owned(),
        expires_s: 100,
        credentials: Some(credentials),
        outbound: None,
    };
    lone.endpoint.register(lone.now, ID, register).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

fn alice() -> Credentials {
    Credentials::password(Some("x".to_owned()), "alice", "secret")
}

fn challenge(realm: &str, nonce: &str, more: &str) -> String {
    format!("WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth\"{more}\n")
}

fn answered(credentials: Credentials, challenges: &str) -> Option<String> {
    let (mut lone, sent) = registering(credentials);
    lone.hear(&response(401, &sent, "r", challenges, ""));
    let again = lone.sent.pop().map(|(_, text)| text);
    assert_eq!(again.is_none(), lone.events.len() == 1, "it is answered or it has failed");
    again
}

/// RFC 8760 §2.4: the server's order counts, and what is not understood does not.
#[test]
fn the_topmost_challenge_that_is_understood_is_answered() {
    let several = [
        "WWW-Authenticate: Negotiate\n".to_owned(),
        challenge("x", "1", ", algorithm=SHA3-999"),
        challenge("x", "2", ", algorithm=SHA-256"),
        challenge("x", "3", ", algorithm=MD5"),
    ];
    let again = answered(alice(), &several.concat()).unwrap();
    assert!(header(&again, "Authorization").contains("nonce=\"2\""), "{again}");
    assert_eq!(again.matches("Authorization:").count(), 1, "one credential a realm");
}

#[test]
fn what_is_weaker_than_the_owner_allows_is_not_answered() {
    let md5 = challenge("x", "1", "");
    assert!(answered(alice(), &md5).is_some());
    assert!(answered(alice().at_least(Algorithm::Sha256), &md5).is_none());
    let both = [md5, challenge("x", "2", ", algorithm=SHA-512-256")].concat();
    let again = answered(alice().at_least(Algorithm::Sha256), &both).unwrap();
    assert!(header(&again, "Authorization").contains("algorithm=SHA-512-256"));
}

#[test]
fn the_digest_of_rfc_2069_is_spoken_only_where_allowed() {
    let old = "WWW-Authenticate: Digest realm=\"x\", nonce=\"1\"\n";
    assert!(answered(alice(), old).is_none());
    let again = answered(alice().without_qop(WithoutQop::Allowed), old).unwrap();
    assert!(!header(&again, "Authorization").contains("qop="));
}

/// RFC 3261 §22.3: a proxy that forks puts the challenges of several servers into one response.
#[test]
fn several_realms_are_answered_each_with_its_own() {
    let credentials = alice().and(Credentials::password(Some("y".to_owned()), "al", "other"));
    let proxy = "Proxy-Authenticate: Digest realm=\"y\", nonce=\"p\", qop=\"auth\"\n";
    let (mut lone, sent) = registering(credentials);
    let both = format!("{}{proxy}{}", challenge("x", "s", ""), challenge("z", "s", ""));
    lone.hear(&response(401, &sent, "r", &both, ""));
    let again = lone.take_one();
    assert!(header(&again, "Authorization").starts_with("Digest username=\"alice\", realm=\"x\""));
    assert!(header(&again, "Proxy-Authorization").starts_with("Digest username=\"al\", realm=\"y\""));
    assert!(!again.contains("realm=\"z\""), "nothing is for z");
}

#[test]
fn a_second_server_on_the_path_is_answered_beside_the_first() {
    let credentials = alice().and(Credentials::password(Some("y".to_owned()), "al", "other"));
    let (mut lone, sent) = registering(credentials);
    let proxy = "Proxy-Authenticate: Digest realm=\"y\", nonce=\"p\", qop=\"auth\"\n";
    lone.hear(&response(407, &sent, "r", proxy, ""));
    let second = lone.take_one();
    lone.hear(&response(401, &second, "r", &challenge("x", "s", ""), ""));
    let third = lone.take_one();
    assert!(header(&third, "Proxy-Authorization").contains("nc=00000002"), "{third}");
    assert!(header(&third, "Authorization").contains("nc=00000001"), "{third}");
}

/// A refresh answers before it is asked; a nonce that has become stale costs one round and no failure.
#[test]
fn a_refresh_uses_the_nonce_again_until_it_is_stale() {
    let (mut lone, sent) = registering(alice());
    lone.hear(&response(401, &sent, "r", &challenge("x", "first", ""), ""));
    let second = lone.take_one();
    lone.hear(&response(200, &second, "r", "Expires: 100\n", ""));
    for nc in ["nc=00000002", "nc=00000003"] {
        lone.advance(std::time::Duration::from_secs(86));
        let refresh = lone.take_one_retransmitted();
        assert!(header(&refresh, "Authorization").contains(nc), "{refresh}");
        let stale = challenge("x", &format!("after-{nc}"), ", stale=true");
        let is_last = nc.ends_with('3');
        let answer = if is_last {
            response(401, &refresh, "r", &stale, "")
        } else {
            response(200, &refresh, "r", "Expires: 100\n", "")
        };
        lone.hear(&answer);
    }
    let again = lone.take_one();
    assert!(header(&again, "Authorization").contains("nonce=\"after-nc=00000003\""));
    lone.hear(&response(200, &again, "r", "Expires: 100\n", ""));
    assert!(lone.events.iter().all(|event| matches!(event, UaEvent::Registered { .. })), "{:?}", lone.events);
}

fn registered_with_info(password: &str) -> (Lone, String) {
    let (mut lone, sent) = registering(alice());
    lone.hear(&response(401, &sent, "r", &challenge("x", "first", ""), ""));
    let second = lone.take_one();
    let Authorization(answer) = Authorization::parse(header(&second, "Authorization")).unwrap();
    let info = prove(&answer, Login { username: "alice", password }, b"", Some("next")).unwrap();
    let mut value = String::new();
    AuthenticationInfo(info).write(&mut value);
    lone.hear(&response(200, &second, "r", &format!("Expires: 100\nAuthentication-Info: {value}\n"), ""));
    lone.advance(std::time::Duration::from_secs(86));
    let refresh = lone.take_one_retransmitted();
    (lone, refresh)
}

#[test]
fn the_next_nonce_is_used_for_the_next_request() {
    let (lone, refresh) = registered_with_info("secret");
    assert!(header(&refresh, "Authorization").contains("nonce=\"next\""), "{refresh}");
    assert!(header(&refresh, "Authorization").contains("nc=00000001"), "{refresh}");
    assert_eq!(lone.endpoint.counters().servers_unproven, 0);
}

#[test]
fn a_server_that_proves_nothing_is_not_answered_before_it_asks() {
    let (lone, refresh) = registered_with_info("guess");
    assert!(!refresh.contains("Authorization:"), "{refresh}");
    assert_eq!(lone.endpoint.counters().servers_unproven, 1);
}

/// A registrar whose directory was away refuses the right password, and names no nonce stale.
#[test]
fn a_refused_registration_begins_anew_after_its_pause() {
    let (mut lone, sent) = registering(alice());
    lone.hear(&response(401, &sent, "r", &challenge("x", "first", ""), ""));
    let second = lone.take_one();
    lone.hear(&response(401, &second, "r", &challenge("x", "second", ""), ""));
    assert!(matches!(lone.events.as_slice(), [UaEvent::RegistrationFailed { code: 401, .. }]));
    lone.advance(std::time::Duration::from_secs(31));
    let later = lone.take_one_retransmitted();
    assert!(!later.contains("Authorization:"), "{later}");
    lone.hear(&response(401, &later, "r", &challenge("x", "third", ""), ""));
    let answered = lone.take_one();
    lone.hear(&response(200, &answered, "r", "Expires: 100\n", ""));
    assert!(matches!(lone.events.last(), Some(UaEvent::Registered { .. })));
}

/// A server that finds every answer stale is answered twice, and no more.
#[test]
fn endless_staleness_is_a_failure() {
    let (mut lone, mut sent) = registering(alice());
    for nonce in ["1", "2"] {
        lone.hear(&response(401, &sent, "r", &challenge("x", nonce, ", stale=true"), ""));
        sent = lone.take_one();
    }
    lone.hear(&response(401, &sent, "r", &challenge("x", "3", ", stale=true"), ""));
    assert!(lone.sent.is_empty());
    assert!(matches!(lone.events.as_slice(), [UaEvent::RegistrationFailed { code: 401, .. }]));
}
