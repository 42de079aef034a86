//! The authentication service: writing the Identity of a request (RFC 8224 §6.1).

use std::fmt;
use std::time::Duration;

use p256::ecdsa::SigningKey;
use p256::pkcs8::DecodePrivateKey as _;

use super::call::Call;
use super::claims::{Claims, Destinations, Shaken};
use super::number::NumberPlan;
use super::passport::{ES256, Form, Passport};
use super::time::unix_time;
use super::url::Url;
use crate::message::header::Identity;
use crate::message::{Params, Uri};

/// The age of a Date that is signed (RFC 8224 §4.1).
const FRESHNESS: Duration = Duration::from_secs(60);

/// How a request is signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signing {
    /// All of it or the signature alone. A 438 to the compact form is worth one try with the full one
    /// (RFC 8224 §6.1.1).
    pub form: Form,
    /// The attestation of a provider in North America.
    pub shaken: Option<Shaken>,
}

/// Why nothing is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The key is no PKCS #8 of the curve P-256.
    #[error("not a private key of P-256")]
    Key,
    /// The certificate's place is no `https` URL.
    #[error("not an https URL")]
    Certificate,
    /// The Date of the request is older or newer than a minute.
    #[error("the date is not fresh")]
    StaleDate,
    /// The compact form needs a Date in the request.
    #[error("no date to sign")]
    NoDate,
    /// The compact form has no room for an attestation (RFC 8588 §6).
    #[error("an attestation needs the full form")]
    NeedsFullForm,
}

/// A key, and where its certificate is.
#[derive(Clone)]
pub struct Signer {
    key: SigningKey,
    certificate: Url,
    info: Uri,
    plan: NumberPlan,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Signer {
    /// A key in PEM (`BEGIN PRIVATE KEY`), the URL of its certificate, and how numbers are read.
    ///
    /// # Errors
    /// The key or the URL is of no use.
    pub fn new(key_pem: &str, certificate: &str, plan: NumberPlan) -> Result<Self, SignError> {
        let key = SigningKey::from_pkcs8_pem(key_pem).map_err(|_| SignError::Key)?;
        let url = certificate.parse().map_err(|_| SignError::Certificate)?;
        let info = certificate.parse().map_err(|_| SignError::Certificate)?;
        Ok(Self { key, certificate: url, info, plan })
    }

    /// Signs claims as they are.
    pub fn sign_claims(&self, claims: Claims, form: Form) -> String {
        Passport::new(claims, self.certificate.as_str()).sign(&self.key, form)
    }

    /// The Identity for a request. Whether the caller may use the number is the owner's to know.
    ///
    /// # Errors
    /// The request's Date is not fresh, or what the compact form needs lacks.
    pub fn sign(&self, call: &Call, now: Duration, signing: &Signing) -> Result<Identity, SignError> {
        if signing.form == Form::Compact && signing.shaken.is_some() {
            return Err(SignError::NeedsFullForm);
        }
        let claims = Claims {
            attest: signing.shaken.as_ref().map(|shaken| shaken.attest),
            dest: Destinations::from(self.plan.party(&call.to)),
            div: None,
            iat: issued(call, now, signing.form)?,
            mky: call.media_keys.clone(),
            orig: self.plan.party(&call.from),
            origid: signing.shaken.as_ref().map(|shaken| shaken.origid.clone()),
        };
        Ok(self.identity(claims, signing.form))
    }

    /// The Identity of a diversion (RFC 8946 §4.1), to be added to those that the request has: the call, whose request
    /// line names the new target, was for `before` until now. The certificate has to speak for `before`.
    pub fn divert(&self, call: &Call, before: &Uri, now: Duration) -> Identity {
        let claims = Claims {
            attest: None,
            dest: Destinations::from(self.plan.party(&call.target)),
            div: Some(self.plan.party(before)),
            iat: now.as_secs(),
            mky: Vec::new(),
            orig: self.plan.party(&call.from),
            origid: None,
        };
        self.identity(claims, Form::Full)
    }

    fn identity(&self, claims: Claims, form: Form) -> Identity {
        let passport = Passport::new(claims, self.certificate.as_str());
        let mut params = Params::new();
        params.set("alg", ES256);
        if let Some(ppt) = passport.ppt() {
            params.set("ppt", ppt);
        }
        let digest = passport.sign(&self.key, form).into();
        Identity { digest, info: self.info.clone(), params }
    }
}

/// The Date of the request, else our own clock.
fn issued(call: &Call, now: Duration, form: Form) -> Result<u64, SignError> {
    match call.date.as_ref().map(|date| unix_time(date).ok_or(SignError::StaleDate)).transpose()? {
        Some(date) if date.abs_diff(now) <= FRESHNESS => Ok(date.as_secs()),
        Some(_) => Err(SignError::StaleDate),
        None if form == Form::Compact => Err(SignError::NoDate),
        None => Ok(now.as_secs()),
    }
}
