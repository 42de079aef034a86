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
        Ok(Self {
            realm: text("realm").ok_or(UnusableChallenge)?,
            nonce: text("nonce").ok_or(UnusableChallenge)?,
            opaque: text("opaque"),
            algorithm: algorithm(&value.params)?,
            qop: qop(&value.params)?,
            stale: value.params.get("stale").is_some_and(|word| word.eq_ignore_ascii_case("true")),
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

/// Of several challenges for one realm, the one with the strongest algorithm; the first of equals.
///
/// `realm` of `None` takes the realm of the first usable challenge. Challenges of other realms are somebody
/// else's to answer.
pub fn strongest<'a>(
    challenges: impl IntoIterator<Item = &'a AuthValue>,
    realm: Option<&str>,
) -> Option<Challenge> {
    let usable = challenges.into_iter().filter_map(|value| Challenge::try_from(value).ok());
    let mut best: Option<Challenge> = None;
    for challenge in usable {
        let fits =
            best.as_ref().map(|best| best.realm.as_str()).or(realm).is_none_or(|r| r == challenge.realm);
        if fits && best.as_ref().is_none_or(|best| best.algorithm < challenge.algorithm) {
            best = Some(challenge);
        }
    }
    best
}
