//! The PASSporT: a JSON Web Signature over who calls whom (RFC 8225).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::claims::Claims;

/// The one algorithm (RFC 8225 §4.2).
pub(super) const ES256: &str = "ES256";
/// The `typ` of all PASSporTs.
const TYPE: &str = "passport";
/// The extension of providers in North America (RFC 8588).
pub(super) const SHAKEN: &str = "shaken";
/// The extension of whoever sends a call on to another number (RFC 8946).
pub(super) const DIV: &str = "div";

/// Whether header and claims travel, or only their signature (RFC 8225 §7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// All of it.
    #[default]
    Full,
    /// Two dots and the signature: the reader makes the rest from the request.
    Compact,
}

/// The text is no PASSporT, or one of a kind that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a passport")]
pub struct InvalidPassport;

/// The fields stand in the order of their names (RFC 8225 §9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct JoseHeader {
    pub(super) alg: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ppt: Option<String>,
    pub(super) typ: String,
    pub(super) x5u: String,
}

/// Who calls whom, and where the certificate of whoever says so is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passport {
    header: JoseHeader,
    claims: Claims,
}

impl Passport {
    /// A PASSporT of these claims; with `div` it is a `div` one, with `attest` and `origid` a `shaken` one.
    pub fn new(claims: Claims, certificate: &str) -> Self {
        let is_shaken = claims.attest.is_some() || claims.origid.is_some();
        let ppt = if claims.div.is_some() { Some(DIV) } else { is_shaken.then_some(SHAKEN) };
        let header = JoseHeader {
            alg: ES256.to_owned(),
            ppt: ppt.map(str::to_owned),
            typ: TYPE.to_owned(),
            x5u: certificate.to_owned(),
        };
        Self { header, claims }
    }

    /// The claims.
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Where the certificate is.
    pub fn certificate(&self) -> &str {
        &self.header.x5u
    }

    /// The extension.
    pub fn ppt(&self) -> Option<&str> {
        self.header.ppt.as_deref()
    }

    /// What is signed: header and claims in their one spelling, with a dot between them (RFC 8225 §9).
    pub fn signing_input(&self) -> String {
        let encoded = |json: Result<Vec<u8>, serde_json::Error>| BASE64URL.encode(json.unwrap_or_default());
        let header = encoded(serde_json::to_vec(&self.header));
        let claims = encoded(serde_json::to_vec(&self.claims));
        format!("{header}.{claims}")
    }

    /// The signed text.
    pub(super) fn sign(&self, key: &SigningKey, form: Form) -> String {
        let input = self.signing_input();
        let signature: Signature = key.sign(input.as_bytes());
        let signature = BASE64URL.encode(signature.to_bytes());
        match form {
            Form::Full => format!("{input}.{signature}"),
            Form::Compact => format!("..{signature}"),
        }
    }
}

/// A PASSporT as it came.
#[derive(Clone, Debug)]
pub(super) struct Received {
    /// What the signature is over; nothing in the compact form.
    pub(super) input: Option<(String, Passport)>,
    signature: Signature,
}

impl Received {
    pub(super) fn read(text: &str) -> Result<Self, InvalidPassport> {
        let (input, signature) = text.rsplit_once('.').ok_or(InvalidPassport)?;
        let signature = decoded(signature)?;
        let signature = Signature::from_slice(&signature).map_err(|_| InvalidPassport)?;
        if input == "." {
            return Ok(Self { input: None, signature });
        }
        let (header, claims) = input.split_once('.').ok_or(InvalidPassport)?;
        let header: JoseHeader = serde_json::from_slice(&decoded(header)?).map_err(|_| InvalidPassport)?;
        let claims = serde_json::from_slice(&decoded(claims)?).map_err(|_| InvalidPassport)?;
        if header.typ != TYPE || header.alg != ES256 {
            return Err(InvalidPassport);
        }
        Ok(Self { input: Some((input.to_owned(), Passport { header, claims })), signature })
    }

    /// Whether the key signed this.
    pub(super) fn is_signed(&self, input: &str, key: &VerifyingKey) -> bool {
        key.verify(input.as_bytes(), &self.signature).is_ok()
    }
}

/// Padding is not written, and forgiven where it was.
fn decoded(text: &str) -> Result<Vec<u8>, InvalidPassport> {
    BASE64URL.decode(text.trim_end_matches('=')).map_err(|_| InvalidPassport)
}
