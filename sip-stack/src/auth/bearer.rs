//! Bearer tokens in SIP (RFC 8898). What a token says is for its issuer and the owner to know.

use crate::message::Params;
use crate::message::header::AuthValue;

const SCHEME: &str = "Bearer";

/// A server's wish for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BearerChallenge {
    /// Whose users it asks for.
    pub realm: String,
    /// Where tokens are issued: an `https` URI. RFC 8898 §2.1.1: compare it with the issuers that you trust.
    pub authz_server: Option<String>,
    /// What the token has to be good for, words parted by spaces.
    pub scope: Option<String>,
    /// What was wrong with the token that the request carried.
    pub error: Option<TokenError>,
}

/// Why a token was not taken (RFC 6750 §3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Expired, revoked, malformed.
    InvalidToken,
    /// Good for less than is asked for.
    InvalidScope,
    /// Another word of the server's.
    Other(String),
}

impl TokenError {
    /// The word of the `error` parameter.
    pub fn as_str(&self) -> &str {
        match self {
            Self::InvalidToken => "invalid_token",
            Self::InvalidScope => "invalid_scope",
            Self::Other(word) => word,
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "invalid_token" => Self::InvalidToken,
            "invalid_scope" => Self::InvalidScope,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// The value is another scheme's, has no realm, or names an issuer that is not reached by `https`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no usable bearer challenge")]
pub struct InvalidBearer;

impl TryFrom<&AuthValue> for BearerChallenge {
    type Error = InvalidBearer;

    fn try_from(value: &AuthValue) -> Result<Self, Self::Error> {
        let text = |name| value.params.get(name).map(str::to_owned);
        let realm = text("realm").filter(|_| value.scheme.eq_ignore_ascii_case(SCHEME));
        let authz_server = text("authz_server");
        if authz_server.as_deref().is_some_and(|server| !is_https(server)) {
            return Err(InvalidBearer);
        }
        Ok(Self {
            realm: realm.ok_or(InvalidBearer)?,
            authz_server,
            scope: text("scope"),
            error: value.params.get("error").map(TokenError::from_word),
        })
    }
}

fn is_https(uri: &str) -> bool {
    let scheme = uri.get(..8);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")) && uri.len() > 8
}

/// The value of Authorization or Proxy-Authorization with this token.
///
/// # Errors
/// The token has letters that a token cannot have (RFC 6750 §2.1).
pub fn bearer(token: &str) -> Result<AuthValue, InvalidBearer> {
    let body = token.trim_end_matches('=');
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    if body.is_empty() || !body.bytes().all(is_token) {
        return Err(InvalidBearer);
    }
    Ok(AuthValue::bearer(token))
}

/// The token of Authorization or Proxy-Authorization, for its owner to judge.
pub fn token(value: &AuthValue) -> Option<&str> {
    value.token.as_deref().filter(|_| value.scheme.eq_ignore_ascii_case(SCHEME))
}

/// A realm that takes tokens (RFC 8898 §2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BearerRealm {
    realm: String,
    authz_server: String,
    scope: Option<String>,
}

impl BearerRealm {
    /// `authz_server` is the `https` URI of whoever issues the tokens.
    ///
    /// # Errors
    /// It is no `https` URI.
    pub fn new(
        realm: impl Into<String>,
        authz_server: impl Into<String>,
        scope: Option<String>,
    ) -> Result<Self, InvalidBearer> {
        let (realm, authz_server) = (realm.into(), authz_server.into());
        if is_https(&authz_server) { Ok(Self { realm, authz_server, scope }) } else { Err(InvalidBearer) }
    }

    /// The challenge for a 401 or 407; `error` is what was wrong with the token that the request carried.
    pub fn challenge(&self, error: Option<&TokenError>) -> AuthValue {
        let mut params = Params::new();
        params.set_quoted("realm", &self.realm);
        if let Some(scope) = &self.scope {
            params.set_quoted("scope", scope);
        }
        params.set_quoted("authz_server", &self.authz_server);
        if let Some(error) = error {
            params.set_quoted("error", error.as_str());
        }
        AuthValue::new(SCHEME, params)
    }
}
