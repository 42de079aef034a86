//! The server's side of mutual authentication: Authentication-Info (RFC 7616 §3.5).

use super::answer::Answer;
use super::hash::{proof, same};
use super::{Login, UnusableChallenge};
use crate::message::Params;
use crate::message::header::AuthValue;

/// What a response says about whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It knows the password.
    Given,
    /// It does not say.
    Missing,
    /// It says, and does not know the password.
    Wrong,
}

impl Proof {
    /// Reads the parameters of Authentication-Info against the answer that the request carried and the body of
    /// the response.
    pub fn read(info: &Params, answer: &AuthValue, login: Login<'_>, body: &[u8]) -> Self {
        let Some(given) = info.get("rspauth") else { return Self::Missing };
        let Some(answer) = Answer::read(answer) else { return Self::Wrong };
        let belongs = [("cnonce", answer.terms.cnonce), ("nc", answer.terms.nc)]
            .iter()
            .all(|(name, ours)| info.get(name).is_none_or(|theirs| theirs == *ours));
        let expected = proof(&answer.terms, login, answer.uri, body);
        if belongs && same(&expected, given) { Self::Given } else { Self::Wrong }
    }
}

/// The parameters of Authentication-Info for the 2xx to a request with this answer; `next` is a nonce for the
/// client's next request.
///
/// # Errors
/// The answer is none to a digest challenge.
pub fn prove(
    answer: &AuthValue,
    login: Login<'_>,
    body: &[u8],
    next: Option<&str>,
) -> Result<Params, UnusableChallenge> {
    let answer = Answer::read(answer).ok_or(UnusableChallenge)?;
    let mut params = Params::new();
    if let Some(next) = next {
        params.set_quoted("nextnonce", next);
    }
    params.set_quoted("rspauth", proof(&answer.terms, login, answer.uri, body));
    if let Some(qop) = answer.terms.qop {
        params.set("qop", qop.as_str());
        params.set_quoted("cnonce", answer.terms.cnonce);
        params.set("nc", answer.terms.nc);
    }
    Ok(params)
}
