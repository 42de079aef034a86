//! RFC 8946: calls that were sent on to another number, signed by whoever sent them on.

use std::collections::BTreeMap;

use sip_stack::message::{Header, HeaderName, Request};
use sip_stack::stir::{
    Anchors, Attestation, Call, Certificate, Failure, Form, NumberPlan, Originator, Outcome, Party, Policy,
    Shaken, Signer, Signing, Verification,
};

use crate::stir_passport::request;
use crate::stir_pki::{Chain, NOW, one, tn_auth_list};

const CALLER: &str = "12155551212";
const FIRST: &str = "12155551213";
const SECOND: &str = "12155551214";
const THIRD: &str = "12155551215";

/// Providers, each with a certificate for one number.
struct World {
    signers: BTreeMap<&'static str, Signer>,
    certificates: BTreeMap<String, Certificate>,
}

impl World {
    fn new() -> Self {
        let mut world = Self { signers: BTreeMap::new(), certificates: BTreeMap::new() };
        for number in [CALLER, FIRST, SECOND] {
            let chain = Chain::new(&[]);
            let url = format!("https://{number}.example/passport.cer");
            let anchors = Anchors::from_pem(chain.root.as_bytes()).unwrap();
            let body = chain.body(&[tn_auth_list(&[one(number)])]);
            world.certificates.insert(url.clone(), anchors.certificate(body.as_bytes(), NOW).unwrap());
            let signer = Signer::new(&chain.signer.key_pem(), &url, NumberPlan::default()).unwrap();
            world.signers.insert(number, signer);
        }
        world
    }

    /// A call to the first number, attested by the caller's provider.
    fn attested(&self) -> Request {
        let mut request = request("", "");
        let caller = format!("<sip:+{CALLER}@example.com;user=phone>;tag=1");
        request.headers.set(Header::new(HeaderName::From, caller));
        request.headers.set(Header::new(HeaderName::To, format!("<sip:+{FIRST}@example.com;user=phone>")));
        request.uri = uri(FIRST);
        let shaken = Some(Shaken { attest: Attestation::Full, origid: "x".to_owned() });
        let call = Call::of(&request, Originator::From).unwrap();
        let identity = self.signers[CALLER].sign(&call, NOW, &Signing { form: Form::Full, shaken }).unwrap();
        request.headers.push(Header::from_typed(&identity));
        request
    }

    /// The provider of a number sends the call on to another.
    fn divert(&self, request: &mut Request, by: &str, from: &str, to: &str) {
        request.uri = uri(to);
        let call = Call::of(request, Originator::From).unwrap();
        let identity = self.signers[by].divert(&call, &uri(from), NOW);
        assert_eq!(identity.ppt(), Some("div"));
        request.headers.push(Header::from_typed(&identity));
    }

    fn outcome(&self, request: &Request) -> Outcome {
        let policy = Policy::default();
        let mut verification = Verification::begin(&policy, request, NOW);
        let wanted: Vec<String> = verification.wanted().map(str::to_owned).collect();
        for url in wanted {
            assert_eq!(verification.outcome(), Outcome::Pending, "before {url}");
            verification.certificate(&policy, &url, Ok(&self.certificates[&url]));
        }
        verification.outcome()
    }

    fn diverted(&self, request: &Request) -> Vec<Party> {
        let outcome = self.outcome(request);
        let Outcome::Passed(verified) = outcome else { panic!("{outcome:?}") };
        assert_eq!(verified.caller, number(CALLER));
        assert_eq!(verified.attest, Some(Attestation::Full));
        verified.diverted
    }
}

fn uri(number: &str) -> sip_stack::message::Uri {
    format!("sip:+{number}@example.com;user=phone").parse().unwrap()
}

fn number(digits: &str) -> Party {
    Party::Number(digits.to_owned())
}

/// A proxy before us has written the new number into To as well, as some do.
fn readdressed(request: &Request, to: &str) -> Request {
    let mut other = request.clone();
    other.headers.set(Header::new(HeaderName::To, format!("<sip:+{to}@example.com;user=phone>")));
    other
}

#[test]
fn a_call_that_nobody_diverted_says_so() {
    let world = World::new();
    assert_eq!(world.diverted(&world.attested()), []);
}

#[test]
fn each_diversion_is_told_in_order() {
    let world = World::new();
    let mut request = world.attested();
    world.divert(&mut request, FIRST, FIRST, SECOND);
    assert_eq!(world.diverted(&request), [number(FIRST)]);
    world.divert(&mut request, SECOND, SECOND, THIRD);
    assert_eq!(world.diverted(&request), [number(FIRST), number(SECOND)]);
    assert_eq!(world.diverted(&readdressed(&request, THIRD)), [number(FIRST), number(SECOND)]);
}

#[test]
fn an_attestation_for_somebody_else_needs_the_whole_way_here() {
    let world = World::new();
    let attested = world.attested();
    assert_eq!(world.outcome(&readdressed(&attested, THIRD)), Outcome::Failed(Failure::Invalid), "none");
    let mut gap = world.attested();
    world.divert(&mut gap, SECOND, SECOND, THIRD);
    assert_eq!(world.outcome(&readdressed(&gap, THIRD)), Outcome::Failed(Failure::Invalid), "a gap");
    let mut circle = world.attested();
    world.divert(&mut circle, FIRST, FIRST, SECOND);
    world.divert(&mut circle, SECOND, SECOND, FIRST);
    circle.uri = uri(THIRD);
    assert_eq!(world.outcome(&readdressed(&circle, THIRD)), Outcome::Failed(Failure::Invalid), "a circle");
}

#[test]
fn only_whoever_has_a_number_diverts_its_calls() {
    let world = World::new();
    let mut request = world.attested();
    world.divert(&mut request, SECOND, FIRST, SECOND);
    let outcome = world.outcome(&readdressed(&request, SECOND));
    assert_eq!(outcome, Outcome::Failed(Failure::Invalid), "the second has no say about the first's calls");
}

#[test]
fn a_diversion_of_another_callers_call_does_not_count() {
    let world = World::new();
    let mut other = world.attested();
    other.headers.set(Header::new(HeaderName::From, "<sip:+19005551212@example.com;user=phone>;tag=1"));
    world.divert(&mut other, FIRST, FIRST, SECOND);
    let div = other.headers.get_all(&HeaderName::Identity).last().unwrap().to_owned();
    let mut request = readdressed(&world.attested(), SECOND);
    request.uri = uri(SECOND);
    request.headers.push(Header::new(HeaderName::Identity, div));
    assert_eq!(world.outcome(&request), Outcome::Failed(Failure::Invalid));
}

#[test]
fn a_diversion_alone_says_nothing_about_the_caller() {
    let world = World::new();
    let mut request = world.attested();
    request.headers.remove(&HeaderName::Identity);
    world.divert(&mut request, FIRST, FIRST, SECOND);
    assert_eq!(world.outcome(&request), Outcome::Failed(Failure::Invalid));
}
