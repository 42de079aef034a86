//! What a server asks for.

use super::hash::Algorithm;
use crate::message::Params;
use crate::message::header::AuthValue;

/// The quality of protection of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qop {
    /// Method and URI.
    Auth,
    /// The body too.
    AuthInt,
}

impl Qop {
    /// The word of the `qop` parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }

    /// The quality with this word, in any case.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Auth, Self::AuthInt].into_iter().find(|qop| qop.as_str().eq_ignore_ascii_case(word.trim()))
    }
}

/// Whether the digest of RFC 2069 is spoken, which has no `qop`: it protects nothing against a replay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WithoutQop {
    /// RFC 8760 §2.6: a server always sends `qop`.
    #[default]
    Refused,
    /// For peers of the last century.
    Allowed,
}

/// A Digest challenge that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Whose users it asks for.
    pub realm: String,
    /// The server's word, given back as it is.
    pub nonce: String,
    /// Given back as it is.
    pub opaque: Option<String>,
    /// The hash to use.
    pub algorithm: Algorithm,
    /// The quality to use: `auth` if the server takes it; `None` for a server of RFC 2069.
    pub qop: Option<Qop>,
    /// The answer was right but its nonce too old: try again without asking the user.
    pub stale: bool,
    /// The server wants the user name hashed (RFC 7616 §3.4.4).
    pub userhash: bool,
}

/// The challenge is another scheme's, lacks realm or nonce, or asks for what is unknown here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no usable digest challenge")]
pub struct UnusableChallenge;

impl TryFrom<&AuthValue> for Challenge {
    type Error = UnusableChallenge;

    fn try_from(value: &AuthValue) -> Result<Self, Self::Error> {
        if !value.scheme.eq_ignore_ascii_case("Digest") {
            return Err(UnusableChallenge);
        }
        let text = |name| value.params.get(name).map(str::to_owned);
        let is_true = |name| value.params.get(name).is_some_and(|word| word.eq_ignore_ascii_case("true"));
        Ok(Self {
            realm: text("realm").ok_or(UnusableChallenge)?,
            nonce: text("nonce").ok_or(UnusableChallenge)?,
            opaque: text("opaque"),
            algorithm: algorithm(&value.params)?,
            qop: qop(&value.params)?,
            stale: is_true("stale"),
            userhash: is_true("userhash"),
        })
    }
}

pub(super) fn algorithm(params: &Params) -> Result<Algorithm, UnusableChallenge> {
    params
        .get("algorithm")
        .map_or(Ok(Algorithm::Md5), |word| Algorithm::from_word(word).ok_or(UnusableChallenge))
}

fn qop(params: &Params) -> Result<Option<Qop>, UnusableChallenge> {
    let Some(words) = params.get("qop") else { return Ok(None) };
    let mut offered = words.split(',').filter_map(Qop::from_word);
    let first = offered.next().ok_or(UnusableChallenge)?;
    Ok(Some(if offered.any(|qop| qop == Qop::Auth) { Qop::Auth } else { first }))
}
