//! What a token says (RFC 7519 §4.1), with our own `scopes` and `grants`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::Grants;
use api::rest::Scope;
use serde::{Deserialize, Serialize};

use super::{Denied, Identity};

/// How far the clocks of whoever mints and ours may differ.
const LEEWAY: Duration = Duration::from_secs(30);

/// The payload.
#[derive(Deserialize, Serialize)]
pub struct Claims {
    /// The user.
    pub sub: String,
    /// Seconds since 1970; required.
    pub exp: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iat: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aud: Option<Audience>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grants: Option<Grants>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<Scope>,
}

/// One or several (RFC 7519 §4.1.3).
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn names(&self, wanted: &str) -> bool {
        match self {
            Self::One(name) => name == wanted,
            Self::Several(names) => names.iter().any(|name| name == wanted),
        }
    }
}

impl Claims {
    pub(super) fn new(
        identity: Identity,
        issuer: Option<String>,
        audience: Option<String>,
        now: SystemTime,
        expires: SystemTime,
    ) -> Self {
        Self {
            sub: identity.user,
            exp: seconds(expires),
            nbf: None,
            iat: Some(seconds(now)),
            iss: issuer,
            aud: audience.map(Audience::One),
            grants: identity.grants,
            scopes: identity.scopes,
        }
    }

    pub(super) fn check(
        &self,
        issuer: Option<&str>,
        audience: Option<&str>,
        now: SystemTime,
    ) -> Result<(), Denied> {
        if seconds(now) >= self.exp.saturating_add(LEEWAY.as_secs()) {
            return Err(Denied::Expired);
        }
        let early = self.nbf.is_some_and(|from| from > seconds(now + LEEWAY));
        let issued = issuer.is_none_or(|wanted| self.iss.as_deref() == Some(wanted));
        let meant = match (&self.aud, audience) {
            (Some(named), Some(wanted)) => named.names(wanted),
            (None, None) => true,
            // A token for somebody else, or for nobody where one must be named.
            (Some(_), None) | (None, Some(_)) => false,
        };
        if early || !issued || !meant || self.sub.is_empty() { Err(Denied::Invalid) } else { Ok(()) }
    }
}

impl From<Claims> for Identity {
    fn from(claims: Claims) -> Self {
        Self { user: claims.sub, grants: claims.grants, scopes: claims.scopes }
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
