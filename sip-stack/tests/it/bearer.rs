//! Bearer tokens (RFC 8898).

use sip_stack::auth::{BearerChallenge, BearerRealm, InvalidBearer, TokenError, bearer, token};
use sip_stack::message::TypedHeader;
use sip_stack::message::header::{Authorization, WwwAuthenticate};
use sip_stack::{Credentials, Register, RegistrationId, Target, TokenHop, Transport, UaEvent};

use crate::call::address;
use crate::lone::{Lone, PEER, header, response};

const ID: RegistrationId = RegistrationId(1);
const SERVER: &str = "https://as.example/oauth";

fn realm() -> BearerRealm {
    BearerRealm::new("x", SERVER, Some("call sms".to_owned())).unwrap()
}

fn challenge(error: Option<&TokenError>) -> String {
    let mut value = String::from("WWW-Authenticate: ");
    WwwAuthenticate(realm().challenge(error)).write(&mut value);
    value + "\n"
}

fn registering(credentials: Option<Credentials>) -> (Lone, String) {
    let mut lone = Lone::new();
    let register = Register {
        registrar: "sip:x.example".parse().unwrap(),
        target: Target::new(Transport::Udp, PEER.parse().unwrap()).into(),
        aor: address("<sip:alice@x.example>"),
        contact_user: "alice".to_owned(),
        expires_s: 100,
        credentials,
        outbound: None,
    };
    lone.endpoint.register(lone.now, ID, register).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

fn any_hop(text: &str) -> Credentials {
    Credentials::token("x", text).tokens_over(TokenHop::Any)
}

#[test]
fn a_challenge_says_where_tokens_are_had() {
    let line = challenge(Some(&TokenError::InvalidToken));
    let value = line.trim_end().strip_prefix("WWW-Authenticate: ").unwrap();
    assert_eq!(
        value,
        "Bearer realm=\"x\", scope=\"call sms\", authz_server=\"https://as.example/oauth\", error=\"invalid_token\""
    );
    let WwwAuthenticate(value) = WwwAuthenticate::parse(value).unwrap();
    let read = BearerChallenge::try_from(&value).unwrap();
    assert_eq!(read.authz_server.as_deref(), Some(SERVER));
    assert_eq!((read.scope.as_deref(), read.error), (Some("call sms"), Some(TokenError::InvalidToken)));
}

#[test]
fn an_issuer_is_reached_by_https_or_not_at_all() {
    assert_eq!(BearerRealm::new("x", "http://as.example", None), Err(InvalidBearer));
    let plain = WwwAuthenticate::parse("Bearer realm=\"x\", authz_server=\"http://as.example\"").unwrap();
    assert_eq!(BearerChallenge::try_from(&plain.0), Err(InvalidBearer));
}

#[test]
fn a_server_hands_the_token_to_its_owner() {
    let value = Authorization::parse("Bearer eyJhbGciOiJub25lIn0.e30.").unwrap();
    assert_eq!(token(&value.0), Some("eyJhbGciOiJub25lIn0.e30."));
    let digest = Authorization::parse("Digest username=\"a\"").unwrap();
    assert_eq!(token(&digest.0), None);
    assert_eq!(bearer("a b"), Err(InvalidBearer));
}

/// The owner learns from the failure where to fetch a token, fetches it, and goes on.
#[test]
fn a_registration_goes_on_with_the_token_that_was_asked_for() {
    let (mut lone, sent) = registering(None);
    lone.hear(&response(401, &sent, "r", &challenge(None), ""));
    let [UaEvent::RegistrationFailed { code: 401, headers, .. }] = lone.events.as_slice() else {
        panic!("{:?}", lone.events)
    };
    let WwwAuthenticate(value) = headers.typed().unwrap().unwrap();
    assert_eq!(BearerChallenge::try_from(&value).unwrap().realm, "x");
    lone.endpoint.reauthorize(lone.now, ID, any_hop("t0k.en")).unwrap();
    lone.drain();
    let again = lone.take_one();
    lone.hear(&response(401, &again, "r", &challenge(None), ""));
    let third = lone.take_one();
    assert_eq!(header(&third, "Authorization"), "Bearer t0k.en");
    lone.hear(&response(200, &third, "r", "Expires: 100\n", ""));
    assert!(matches!(lone.events.last(), Some(UaEvent::Registered { .. })));
    lone.advance(std::time::Duration::from_secs(86));
    assert_eq!(header(&lone.take_one_retransmitted(), "Authorization"), "Bearer t0k.en");
}

#[test]
fn a_token_that_was_refused_is_not_sent_again() {
    let (mut lone, sent) = registering(Some(any_hop("old")));
    lone.hear(&response(401, &sent, "r", &challenge(None), ""));
    let second = lone.take_one();
    lone.hear(&response(401, &second, "r", &challenge(Some(&TokenError::InvalidToken)), ""));
    assert!(lone.sent.is_empty());
    assert!(matches!(lone.events.as_slice(), [UaEvent::RegistrationFailed { code: 401, .. }]));
}

/// Whoever reads a token can use it.
#[test]
fn a_token_goes_over_secure_hops_and_to_its_realm_only() {
    for credentials in [Credentials::token("x", "t"), Credentials::token("y", "t").tokens_over(TokenHop::Any)]
    {
        let (mut lone, sent) = registering(Some(credentials));
        lone.hear(&response(401, &sent, "r", &challenge(None), ""));
        assert!(lone.sent.is_empty(), "{:?}", lone.sent);
    }
}

#[test]
fn a_digest_answers_where_there_is_no_token() {
    let credentials = Credentials::password(Some("x".to_owned()), "alice", "secret");
    let (mut lone, sent) = registering(Some(credentials));
    let both = challenge(None) + "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\"\n";
    lone.hear(&response(401, &sent, "r", &both, ""));
    assert!(header(&lone.take_one(), "Authorization").starts_with("Digest "));
}
