//! `/v1/tokens`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::grants::Grants;
use crate::time::Timestamp;

/// `POST /v1/tokens`: mints a token for a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateToken {
    /// The user it is for.
    pub user: String,
    /// Seconds it lives; an hour when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_s: Option<u32>,
    /// What the browser may do; the user's configured grants when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grants: Option<Grants>,
    /// What it may do over REST; nothing when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
}

/// A right over REST.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Scope {
    /// See calls.
    #[serde(rename = "calls:read")]
    CallsRead,
    /// Place, end and steer calls.
    #[serde(rename = "calls:write")]
    CallsWrite,
    /// Mint tokens.
    #[serde(rename = "tokens:mint")]
    TokensMint,
    /// Read the event stream.
    #[serde(rename = "events:read")]
    EventsRead,
    /// See and hear recordings.
    #[serde(rename = "recordings:read")]
    RecordingsRead,
    /// Delete recordings.
    #[serde(rename = "recordings:delete")]
    RecordingsDelete,
    /// See and change web hooks, and read the audit trail.
    #[serde(rename = "config:write")]
    ConfigWrite,
}

/// A fresh token.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Token {
    /// The JWT.
    pub token: String,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
