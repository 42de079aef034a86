//! The verification service: reading the Identities of a request (RFC 8224 §6.2).

use std::time::Duration;

use super::call::{Call, Originator};
use super::certificate::Certificate;
use super::claims::{Claims, Destinations};
use super::diversion::{self, Proved};
use super::number::{NumberPlan, Party};
use super::outcome::{Failure, Outcome};
use super::passport::{DIV, ES256, Passport, Received, SHAKEN};
use super::time::unix_time;
use super::url::Url;
use crate::message::header::Identity;
use crate::message::{HeaderName, Request, TypedHeader, grammar};

/// The Identities of one request that are read.
const IDENTITIES_MAX: usize = 8;

/// How requests are judged.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How far the time of signing may be from now, either way.
    pub freshness: Duration,
    /// How numbers are read.
    pub plan: NumberPlan,
    /// Which header says who calls.
    pub originator: Originator,
    /// The codes of providers that are taken; `None` takes all that the anchors vouch for.
    pub providers: Option<Vec<String>>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            freshness: Duration::from_secs(60),
            plan: NumberPlan::default(),
            originator: Originator::default(),
            providers: None,
        }
    }
}

/// One request on its way to an [`Outcome`].
#[derive(Clone, Debug)]
pub struct Verification {
    call: Option<Call>,
    plan: NumberPlan,
    candidates: Vec<Candidate>,
    failure: Failure,
    proved: Vec<Proved>,
}

/// Whether To says whom a PASSporT has to be for, or the diversions beside it do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Callee {
    Addressed,
    Diverted,
}

/// An Identity that says what the request says; its signature is still to be checked.
#[derive(Clone, Debug)]
struct Candidate {
    url: Url,
    received: Received,
    input: String,
    claims: Claims,
}

impl Verification {
    /// Reads the request: extensions, freshness, and whether what is signed is what it says.
    pub fn begin(policy: &Policy, request: &Request, now: Duration) -> Self {
        let call = Call::of(request, policy.originator);
        let mut verification = Self {
            call: call.clone(),
            plan: policy.plan.clone(),
            candidates: Vec::new(),
            failure: Failure::Missing,
            proved: Vec::new(),
        };
        let lines = request.headers.get_all(&HeaderName::Identity);
        let values = lines.flat_map(grammar::split_list).take(IDENTITIES_MAX);
        let identities: Vec<_> =
            values.map(|value| Identity::parse(value).map_err(|_| Failure::Invalid)).collect();
        let is_div = |identity: &Identity| identity.ppt() == Some(DIV);
        let callee = match identities.iter().flatten().any(is_div) {
            true => Callee::Diverted,
            false => Callee::Addressed,
        };
        for identity in identities {
            let call = call.as_ref().ok_or(Failure::Invalid);
            match identity.and_then(|identity| candidate(policy, (call?, callee), &identity, now)) {
                Ok(candidate) => verification.candidates.push(candidate),
                Err(failure) => verification.fail(failure),
            }
        }
        verification
    }

    /// The certificates that would bring it on.
    pub fn wanted(&self) -> impl Iterator<Item = &str> {
        self.candidates.iter().map(|candidate| candidate.url.as_str())
    }

    /// The certificate at this URL, or why there is none.
    pub fn certificate(&mut self, policy: &Policy, url: &str, certificate: Result<&Certificate, Failure>) {
        let (matching, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.candidates).into_iter().partition(|it| it.url.as_str() == url);
        self.candidates = rest;
        for candidate in matching {
            match certificate.and_then(|certificate| candidate.check(policy, certificate)) {
                Ok(proved) => self.proved.push(proved),
                Err(failure) => self.fail(failure),
            }
        }
    }

    /// What is known; one good Identity is enough (RFC 8224 §6.2.1), and those that say how the call came here are
    /// waited for. One that is for somebody else counts if diversions lead from there to here (RFC 8946 §5).
    pub fn outcome(&self) -> Outcome {
        let diverts = |candidate: &Candidate| candidate.claims.div.is_some();
        let waits = self.candidates.iter().any(diverts);
        let passed = || diversion::passed(&self.plan, self.call.as_ref()?, &self.proved);
        match passed().filter(|_| !waits) {
            Some(verified) => Outcome::Passed(verified),
            None if !self.candidates.is_empty() => Outcome::Pending,
            None if self.proved.is_empty() => Outcome::Failed(self.failure),
            None => Outcome::Failed(self.failure.max(Failure::Invalid)),
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.failure = self.failure.max(failure);
    }
}

/// Steps 1 to 4 of RFC 8224 §6.2, but for the certificate.
fn candidate(
    policy: &Policy,
    (call, callee): (&Call, Callee),
    identity: &Identity,
    now: Duration,
) -> Result<Candidate, Failure> {
    if identity.ppt().is_some_and(|ppt| ![SHAKEN, DIV].contains(&ppt)) {
        return Err(Failure::UnsupportedExtension);
    }
    if identity.alg().is_some_and(|alg| alg != ES256) {
        return Err(Failure::UnsupportedCredential);
    }
    let info = identity.info.to_string();
    let url = info.parse().map_err(|_| Failure::BadInfo)?;
    let received = Received::read(&identity.digest).map_err(|_| Failure::Invalid)?;
    let (input, claims) = match &received.input {
        Some((input, passport)) => {
            let is_ours = passport.certificate() == info && passport.ppt() == identity.ppt();
            let matching = is_ours && says_the_same(policy, (call, callee), passport);
            (input.clone(), matching.then(|| passport.claims().clone()).ok_or(Failure::Invalid)?)
        }
        None => {
            let passport = Passport::new(reconstructed(policy, call, identity)?, &info);
            (passport.signing_input(), passport.claims().clone())
        }
    };
    if Duration::from_secs(claims.iat).abs_diff(now) > policy.freshness {
        return Err(Failure::Stale);
    }
    Ok(Candidate { url, received, input, claims })
}

/// The claims of a compact form: all of them are in the request (RFC 8224 §4.1.1).
fn reconstructed(policy: &Policy, call: &Call, identity: &Identity) -> Result<Claims, Failure> {
    let date = call.date.as_ref().and_then(unix_time).filter(|_| identity.ppt().is_none());
    Ok(Claims {
        attest: None,
        dest: Destinations::from(policy.plan.party(&call.to)),
        div: None,
        iat: date.ok_or(Failure::Invalid)?.as_secs(),
        mky: call.media_keys.clone(),
        orig: policy.plan.party(&call.from),
        origid: None,
    })
}

/// Whether a full form's claims are those of the request, which alone says who calls (RFC 8224 §6.2.4). Whom it is for
/// is seen when all that diverted it are known.
fn says_the_same(policy: &Policy, (call, callee): (&Call, Callee), passport: &Passport) -> bool {
    let claims = passport.claims();
    let (is_shaken, is_div) = (passport.ppt() == Some(SHAKEN), passport.ppt() == Some(DIV));
    let is_complete = !is_shaken || (claims.attest.is_some() && claims.origid.is_some());
    let same_caller = diversion::is_party(&policy.plan, &claims.orig, &call.from);
    // A provider in between may have taken the media over, and neither SHAKEN nor a diversion signs its keys.
    let same_keys = ((is_shaken || is_div) && claims.mky.is_empty()) || claims.mky == call.media_keys;
    let same_callee = callee == Callee::Diverted || diversion::is_for(&policy.plan, &claims.dest, &call.to);
    is_complete && is_div == claims.div.is_some() && same_caller && same_callee && same_keys
}

impl Candidate {
    /// Step 5, and whether the signer speaks for the caller (RFC 8224 §8.2, §8.4), or for whom it diverted from.
    fn check(&self, policy: &Policy, certificate: &Certificate) -> Result<Proved, Failure> {
        if !self.received.is_signed(&self.input, &certificate.key) {
            return Err(Failure::Invalid);
        }
        let speaks = match self.claims.div.as_ref().unwrap_or(&self.claims.orig) {
            Party::Number(number) => certificate.speaks_for_number(number, policy.providers.as_deref()),
            Party::Uri(uri) => {
                certificate.speaks_for_domain(uri.rsplit(['@', ':']).next().unwrap_or_default())
            }
        };
        if !speaks || !certificate.is_valid_at(Duration::from_secs(self.claims.iat)) {
            return Err(Failure::UnsupportedCredential);
        }
        let providers = certificate.authority().into_iter().flat_map(|list| list.providers());
        Ok(Proved { claims: self.claims.clone(), providers: providers.map(str::to_owned).collect() })
    }
}
