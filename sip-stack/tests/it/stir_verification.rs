//! A signed request on its way: what is believed, and what its caller is told otherwise.

use std::time::Duration;

use proptest::prelude::*;
use sip_stack::message::{Header, HeaderName, Request};
use sip_stack::stir::{
    Anchors, Attestation, Call, Certificate, Claims, Destinations, Failure, Form, NumberPlan, Originator,
    Outcome, Party, Policy, Shaken, Signer, Signing, Verification, Verstat,
};

use crate::stir_passport::request;
use crate::stir_pki::{Chain, NOW, dns_name, one, tn_auth_list};

const URL: &str = "https://cert.example.org/passport.cer";
const DATE: &str = "Date: Fri, 25 Sep 2015 19:12:25 GMT\n";

struct World {
    signer: Signer,
    certificate: Certificate,
    policy: Policy,
}

impl World {
    fn new() -> Self {
        let chain = Chain::new(&[]);
        let body = chain.body(&[tn_auth_list(&[one("12155551212")]), dns_name("example.com")]);
        let anchors = Anchors::from_pem(chain.root.as_bytes()).unwrap();
        Self {
            signer: Signer::new(&chain.signer.key_pem(), URL, NumberPlan::default()).unwrap(),
            certificate: anchors.certificate(body.as_bytes(), NOW).unwrap(),
            policy: Policy::default(),
        }
    }

    fn signed(&self, request: &mut Request, signing: &Signing) {
        let call = Call::of(request, self.policy.originator).unwrap();
        let identity = self.signer.sign(&call, NOW, signing).unwrap();
        request.headers.push(Header::from_typed(&identity));
    }

    fn outcome(&self, request: &Request, now: Duration) -> Outcome {
        let mut verification = Verification::begin(&self.policy, request, now);
        let wanted: Vec<String> = verification.wanted().map(str::to_owned).collect();
        for url in wanted {
            assert_eq!(verification.outcome(), Outcome::Pending);
            assert_eq!(url, URL);
            verification.certificate(&self.policy, &url, Ok(&self.certificate));
        }
        verification.outcome()
    }

    fn failure(&self, request: &Request) -> Failure {
        let outcome = self.outcome(request, NOW);
        let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
        failure
    }
}

fn shaken(attest: Attestation) -> Signing {
    let origid = "123e4567-e89b-12d3-a456-426655440000".to_owned();
    Signing { form: Form::Full, shaken: Some(Shaken { attest, origid }) }
}

fn with_header(request: &Request, name: HeaderName, value: &str) -> Request {
    let mut other = request.clone();
    other.headers.set(Header::new(name, value));
    other
}

#[test]
fn both_forms_pass() {
    let world = World::new();
    for form in [Form::Full, Form::Compact] {
        let mut request = request(DATE, "");
        world.signed(&mut request, &Signing { form, shaken: None });
        let outcome = world.outcome(&request, NOW);
        let Outcome::Passed(verified) = &outcome else { panic!("{form:?}: {outcome:?}") };
        assert_eq!(verified.caller, Party::Number("12155551212".to_owned()));
        assert_eq!(outcome.verstat().as_str(), "TN-Validation-Passed");
    }
}

#[test]
fn an_attestation_comes_through() {
    let world = World::new();
    let mut request = request("", "");
    world.signed(&mut request, &shaken(Attestation::Partial));
    assert!(request.headers.get(&HeaderName::Identity).unwrap().ends_with(";alg=ES256;ppt=shaken"));
    let Outcome::Passed(verified) = world.outcome(&request, NOW) else { panic!("not passed") };
    assert_eq!(verified.attest, Some(Attestation::Partial));
    assert_eq!(verified.origid.as_deref(), Some("123e4567-e89b-12d3-a456-426655440000"));
}

/// Cut and paste: the signature of one call on another.
#[test]
fn another_caller_callee_or_date_is_not_what_was_signed() {
    let world = World::new();
    for form in [Form::Full, Form::Compact] {
        let mut good = request(DATE, "");
        world.signed(&mut good, &Signing { form, shaken: None });
        let other_caller =
            with_header(&good, HeaderName::From, "<sip:19005551212@example.com;user=phone>;tag=1");
        let other_callee = with_header(&good, HeaderName::To, "<sip:mallory@example.com>");
        for changed in [other_caller, other_callee] {
            let failure = world.failure(&changed);
            assert_eq!((failure.code(), failure.reason()), (438, "Invalid Identity Header"), "{form:?}");
            assert_eq!(Outcome::Failed(failure).verstat(), Verstat::Failed);
        }
    }
    let mut compact = request(DATE, "");
    world.signed(&mut compact, &Signing { form: Form::Compact, shaken: None });
    let later = with_header(&compact, HeaderName::Date, "Fri, 25 Sep 2015 19:12:26 GMT");
    assert_eq!(world.failure(&later), Failure::Invalid);
}

#[test]
fn what_was_signed_more_than_a_minute_ago_or_hence_is_stale() {
    let mut world = World::new();
    let mut request = request(DATE, "");
    world.signed(&mut request, &Signing::default());
    let minute = Duration::from_secs(60);
    let second = Duration::from_secs(1);
    for now in [NOW + minute, NOW - minute] {
        assert!(matches!(world.outcome(&request, now), Outcome::Passed(_)));
    }
    for now in [NOW + minute + second, NOW - minute - second] {
        assert_eq!(world.outcome(&request, now), Outcome::Failed(Failure::Stale));
    }
    assert_eq!((Failure::Stale.code(), Failure::Stale.reason()), (403, "Stale Date"));
    world.policy.freshness = minute * 5;
    assert!(matches!(world.outcome(&request, NOW + minute * 4), Outcome::Passed(_)));
}

#[test]
fn no_identity_and_none_of_a_known_kind_is_a_428() {
    let world = World::new();
    let failure = world.failure(&request("", ""));
    assert_eq!((failure.code(), failure.reason()), (428, "Use Identity Header"));
    assert_eq!(Outcome::Failed(failure).verstat().as_str(), "No-TN-Validation");
    let mut strange = request(DATE, "");
    world.signed(&mut strange, &Signing::default());
    let value = strange.headers.get(&HeaderName::Identity).unwrap().to_owned() + ";ppt=rcd";
    let failure = world.failure(&with_header(&strange, HeaderName::Identity, &value));
    assert_eq!((failure.code(), failure.reason()), (428, "Use Supported PASSporT Format"));
}

#[test]
fn a_certificate_that_cannot_be_had_is_a_436() {
    let world = World::new();
    let mut good = request(DATE, "");
    world.signed(&mut good, &Signing::default());
    let mut verification = Verification::begin(&world.policy, &good, NOW);
    verification.certificate(&world.policy, URL, Err(Failure::BadInfo));
    assert_eq!(verification.outcome(), Outcome::Failed(Failure::BadInfo));
    assert_eq!(Failure::BadInfo.code(), 436);
    let plain = good.headers.get(&HeaderName::Identity).unwrap().replace("https:", "http:");
    assert_eq!(world.failure(&with_header(&good, HeaderName::Identity, &plain)), Failure::BadInfo);
}

#[test]
fn a_certificate_without_authority_is_a_437() {
    let chain = Chain::new(&[]);
    let mut world = World::new();
    let anchors = Anchors::from_pem(chain.root.as_bytes()).unwrap();
    let body = chain.body(&[tn_auth_list(&[one("12155550000")])]);
    world.certificate = anchors.certificate(body.as_bytes(), NOW).unwrap();
    let mut request = request(DATE, "");
    world.signed(&mut request, &Signing::default());
    assert_eq!(
        (world.failure(&request).code(), world.failure(&request).reason()),
        (437, "Unsupported Credential")
    );
}

/// RFC 8224 §6.2.1: one good Identity is enough, whatever stands beside it.
#[test]
fn one_good_identity_is_enough() {
    let world = World::new();
    let mut request = request(DATE, "");
    request.headers.push(Header::new(HeaderName::Identity, "nonsense"));
    request.headers.push(Header::new(HeaderName::Identity, "a.b.c;info=<https://x.example/>"));
    world.signed(&mut request, &Signing::default());
    assert!(matches!(world.outcome(&request, NOW), Outcome::Passed(_)));
    for _ in 0..20 {
        request.headers.push(Header::new(HeaderName::Identity, "nonsense"));
    }
    assert!(matches!(world.outcome(&request, NOW), Outcome::Passed(_)), "and of many a few are read");
}

#[test]
fn who_is_asserted_is_believed_only_where_the_owner_says_so() {
    let mut world = World::new();
    let other = "From: <sip:anonymous@anonymous.invalid>;tag=1\n";
    let text = format!("{DATE}P-Asserted-Identity: <sip:x@example.com>, <tel:+1-215-555-1212>\n");
    let mut good = request(&text, "");
    good.headers.set(Header::new(HeaderName::From, other.trim_start_matches("From: ").trim_end()));
    world.policy.originator = Originator::Asserted;
    world.signed(&mut good, &shaken(Attestation::Full));
    let Outcome::Passed(verified) = world.outcome(&good, NOW) else { panic!("not passed") };
    assert_eq!(verified.caller, Party::Number("12155551212".to_owned()));
    world.policy.originator = Originator::From;
    assert_eq!(world.failure(&good), Failure::Invalid);
}

#[test]
fn a_name_is_signed_by_its_domain() {
    let world = World::new();
    for (from, passes) in [("<sip:Bob@Example.com>;tag=1", true), ("<sip:bob@other.example>;tag=1", false)] {
        let mut request = with_header(&request(DATE, ""), HeaderName::From, from);
        world.signed(&mut request, &Signing::default());
        let outcome = world.outcome(&request, NOW);
        assert_eq!(matches!(outcome, Outcome::Passed(_)), passes, "{from}");
        assert_ne!(outcome.verstat(), Verstat::Passed, "there is no number");
    }
}

#[test]
fn changed_media_keys_are_not_what_was_signed() {
    let world = World::new();
    let headers = format!("{DATE}Content-Type: application/sdp\n");
    let mut good = request(&headers, "v=0\r\na=fingerprint:sha-256 AA:BB\r\n");
    world.signed(&mut good, &Signing::default());
    assert!(matches!(world.outcome(&good, NOW), Outcome::Passed(_)));
    let mut changed = good.clone();
    changed.body = "v=0\r\na=fingerprint:sha-256 AA:CC\r\n".into();
    assert_eq!(world.failure(&changed), Failure::Invalid);
}

proptest! {
    /// Whatever a stranger writes is refused, and nothing of it is wanted from the network but https.
    #[test]
    fn no_identity_of_strangers_passes(text in "\\PC{0,200}", part in "[A-Za-z0-9_=.-]{0,120}") {
        let world = World::new();
        for value in [text.clone(), format!("{part};info=<{URL}>"), format!("{part};info=<{text}>;ppt=shaken")] {
            let request = with_header(&request(DATE, ""), HeaderName::Identity, &value);
            let mut verification = Verification::begin(&world.policy, &request, NOW);
            let wanted: Vec<String> = verification.wanted().map(str::to_owned).collect();
            for url in wanted {
                prop_assert!(url.starts_with("https://"));
                verification.certificate(&world.policy, &url, Ok(&world.certificate));
            }
            prop_assert!(matches!(verification.outcome(), Outcome::Failed(_)));
        }
    }
}

/// A `shaken` PASSporT without its claims, and one that hides its kind from the header.
#[test]
fn a_passport_says_what_its_header_says() {
    let world = World::new();
    let claims = |attest, origid: Option<&str>| Claims {
        attest,
        dest: Destinations { tn: Vec::new(), uri: vec!["sip:alice@example.com".to_owned()] },
        div: None,
        iat: NOW.as_secs(),
        mky: Vec::new(),
        orig: Party::Number("12155551212".to_owned()),
        origid: origid.map(str::to_owned),
    };
    let judged = |claims: Claims, params: &str| {
        let digest = world.signer.sign_claims(claims, Form::Full);
        let value = format!("{digest};info=<{URL}>{params}");
        world.outcome(&with_header(&request(DATE, ""), HeaderName::Identity, &value), NOW)
    };
    let full = Some(Attestation::Full);
    assert!(matches!(judged(claims(full, Some("x")), ";ppt=shaken"), Outcome::Passed(_)));
    assert!(matches!(judged(claims(full, Some("x")), ";ppt=\"shaken\""), Outcome::Passed(_)));
    assert_eq!(judged(claims(full, None), ";ppt=shaken"), Outcome::Failed(Failure::Invalid));
    assert_eq!(judged(claims(None, None), ";ppt=shaken"), Outcome::Failed(Failure::Invalid));
    assert_eq!(judged(claims(full, Some("x")), ""), Outcome::Failed(Failure::Invalid));
    assert_eq!(judged(claims(None, None), ";alg=RS256"), Outcome::Failed(Failure::UnsupportedCredential));
}
