//! The verification service: reading the Identities of a request (RFC 8224 §6.2).

use std::time::Duration;

use super::call::{Call, Originator};
use super::certificate::Certificate;
use super::claims::{Claims, Destinations};
use super::number::{NumberPlan, Party, canonical_uri};
use super::outcome::{Failure, Outcome, Verified};
use super::passport::{ES256, Passport, Received, SHAKEN};
use super::time::unix_time;
use super::url::Url;
use crate::message::header::Identity;
use crate::message::{HeaderName, Request, TypedHeader, Uri, grammar};

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
    candidates: Vec<Candidate>,
    failure: Failure,
    verified: Option<Verified>,
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
        let mut verification = Self { candidates: Vec::new(), failure: Failure::Missing, verified: None };
        let call = Call::of(request, policy.originator);
        let lines = request.headers.get_all(&HeaderName::Identity);
        for value in lines.flat_map(grammar::split_list).take(IDENTITIES_MAX) {
            let identity = Identity::parse(value).map_err(|_| Failure::Invalid);
            let call = call.as_ref().ok_or(Failure::Invalid);
            match identity.and_then(|identity| candidate(policy, call?, &identity, now)) {
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
                Ok(verified) => self.verified = self.verified.take().or(Some(verified)),
                Err(failure) => self.fail(failure),
            }
        }
    }

    /// What is known; one good Identity is enough (RFC 8224 §6.2.1).
    pub fn outcome(&self) -> Outcome {
        match &self.verified {
            Some(verified) => Outcome::Passed(verified.clone()),
            None if self.candidates.is_empty() => Outcome::Failed(self.failure),
            None => Outcome::Pending,
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.failure = self.failure.max(failure);
    }
}

/// Steps 1 to 4 of RFC 8224 §6.2, but for the certificate.
fn candidate(policy: &Policy, call: &Call, identity: &Identity, now: Duration) -> Result<Candidate, Failure> {
    if identity.ppt().is_some_and(|ppt| ppt != SHAKEN) {
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
            let matching = is_ours && says_the_same(policy, call, passport);
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
        iat: date.ok_or(Failure::Invalid)?.as_secs(),
        mky: call.media_keys.clone(),
        orig: policy.plan.party(&call.from),
        origid: None,
    })
}

/// Whether a full form's claims are those of the request, which alone says who calls (RFC 8224 §6.2.4).
fn says_the_same(policy: &Policy, call: &Call, passport: &Passport) -> bool {
    let claims = passport.claims();
    let is_shaken = passport.ppt().is_some();
    let is_complete = !is_shaken || (claims.attest.is_some() && claims.origid.is_some());
    let same_caller = match &claims.orig {
        Party::Number(number) => is_number(&policy.plan, &call.from, number),
        Party::Uri(uri) => canonical_uri(&call.from) == *uri,
    };
    let Destinations { tn, uri } = &claims.dest;
    let same_callee = tn.iter().any(|number| is_number(&policy.plan, &call.to, number))
        || uri.contains(&canonical_uri(&call.to));
    // A provider in between may have taken the media over, and SHAKEN does not sign its keys.
    let same_keys = (is_shaken && claims.mky.is_empty()) || claims.mky == call.media_keys;
    is_complete && same_caller && same_callee && same_keys
}

fn is_number(plan: &NumberPlan, uri: &Uri, number: &str) -> bool {
    plan.number(uri).is_some_and(|ours| ours == number)
}

impl Candidate {
    /// Step 5, and whether the signer speaks for the caller (RFC 8224 §8.2, §8.4).
    fn check(&self, policy: &Policy, certificate: &Certificate) -> Result<Verified, Failure> {
        if !self.received.is_signed(&self.input, &certificate.key) {
            return Err(Failure::Invalid);
        }
        let speaks = match &self.claims.orig {
            Party::Number(number) => certificate.speaks_for_number(number, policy.providers.as_deref()),
            Party::Uri(uri) => {
                certificate.speaks_for_domain(uri.rsplit(['@', ':']).next().unwrap_or_default())
            }
        };
        if !speaks || !certificate.is_valid_at(Duration::from_secs(self.claims.iat)) {
            return Err(Failure::UnsupportedCredential);
        }
        let providers = certificate.authority().into_iter().flat_map(|list| list.providers());
        Ok(Verified {
            caller: self.claims.orig.clone(),
            attest: self.claims.attest,
            origid: self.claims.origid.clone(),
            providers: providers.map(str::to_owned).collect(),
        })
    }
}
