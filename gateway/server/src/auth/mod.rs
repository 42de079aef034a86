//! Who asks, and what they may do: JSON Web Tokens (RFC 7519), and the one place that authorises.

mod claims;
mod identity;
mod key;

use std::time::{Duration, SystemTime};

use api::ErrorCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Deserialize;

pub use claims::Claims;
pub use identity::{Action, Identity};
pub use key::Key;

use crate::config;
use crate::rim::StartError;

/// Bytes of a token; longer ones are not looked at.
const TOKEN_BYTES_MAX: usize = api::ws::limits::TOKEN_BYTES_MAX;
/// How long a minted token lives when nobody says.
const TTL: Duration = Duration::from_secs(3600);

/// Why a token or an action is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No token was shown.
    #[error("no token")]
    Missing,
    /// Not a token of ours: its form, signature, issuer, audience or user.
    #[error("not a valid token")]
    Invalid,
    /// It was one.
    #[error("the token has expired")]
    Expired,
    /// It allows something else.
    #[error("the token does not carry the scope {0}")]
    Scope(&'static str),
}

impl Denied {
    /// The catalogue's entry.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Missing => ErrorCode::TokenMissing,
            Self::Invalid => ErrorCode::TokenInvalid,
            Self::Expired => ErrorCode::TokenExpired,
            Self::Scope(_) => ErrorCode::ScopeMissing,
        }
    }
}

/// The keys that tokens are checked with, and what else must be true of them.
pub struct Authority {
    keys: Vec<Key>,
    minting: Option<EncodingKey>,
    issuer: Option<String>,
    audience: Option<String>,
    ttl_max: Duration,
}

/// What the first part of a token says (RFC 7515 §4.1).
#[derive(Deserialize)]
struct Protected {
    alg: String,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

impl Authority {
    /// Reads the keys.
    ///
    /// # Errors
    ///
    /// A key file that cannot be read, or holds no key of its algorithm.
    pub fn build(auth: &config::Auth) -> Result<Self, StartError> {
        let secret = auth.hs256_secret.as_ref().map(|secret| secret.get_ref().expose().as_bytes());
        let mut keys: Vec<Key> = secret.map(Key::hs256).into_iter().collect();
        for public in &auth.public_keys {
            keys.push(Key::read(public)?);
        }
        Ok(Self {
            keys,
            minting: secret.map(EncodingKey::from_secret),
            issuer: auth.issuer.clone(),
            audience: auth.audience.clone(),
            ttl_max: Duration::from_secs(auth.token_ttl_s_max.into()),
        })
    }

    /// Checks a token's signature and claims.
    ///
    /// # Errors
    ///
    /// [`Denied::Invalid`] or [`Denied::Expired`].
    pub fn verify(&self, token: &str, now: SystemTime) -> Result<Identity, Denied> {
        let payload = verify_signature(&self.keys, token)?;
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_| Denied::Invalid)?;
        claims.check(self.issuer.as_deref(), self.audience.as_deref(), now)?;
        Ok(Identity::from(claims))
    }

    /// Makes a token; `None` when the configuration has no key to sign with.
    pub fn mint(
        &self,
        identity: Identity,
        ttl: Option<Duration>,
        now: SystemTime,
    ) -> Option<api::rest::Token> {
        let key = self.minting.as_ref()?;
        let expires = now + ttl.unwrap_or(TTL).min(self.ttl_max);
        let claims = Claims::new(identity, self.issuer.clone(), self.audience.clone(), now, expires);
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, key).ok()?;
        Some(api::rest::Token { token, expires_at: expires.into() })
    }
}

/// The payload of a token that one of the keys signed. A key answers only for its own algorithm, so a public
/// key is never taken for a shared secret, and `none` has no key at all.
///
/// # Errors
///
/// [`Denied::Invalid`], whatever the reason.
pub fn verify_signature(keys: &[Key], token: &str) -> Result<Vec<u8>, Denied> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(Denied::Invalid);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(Denied::Invalid)?;
    let (header, payload) = message.split_once('.').ok_or(Denied::Invalid)?;
    let header: Protected = serde_json::from_slice(&decode(header)?).map_err(|_| Denied::Invalid)?;
    // RFC 7515 §4.1.11: what we do not understand and must, we refuse.
    if header.crit.is_some() {
        return Err(Denied::Invalid);
    }
    let mut fitting = keys.iter().filter(|key| key.name() == header.alg);
    if !fitting.any(|key| key.signed(message, signature)) {
        return Err(Denied::Invalid);
    }
    decode(payload)
}

fn decode(part: &str) -> Result<Vec<u8>, Denied> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Denied::Invalid)
}
