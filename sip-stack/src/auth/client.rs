//! Answering a challenge.

use super::challenge::Challenge;
use super::hash::{Terms, response, user_hash};
use super::{Login, Subject};
use crate::message::Params;
use crate::message::header::AuthValue;

/// The value of Authorization or Proxy-Authorization that answers a challenge (RFC 7616 §3.4).
///
/// `nc` counts the requests answered with this nonce, from 1; `cnonce` is the caller's fresh random text.
pub fn answer(
    challenge: &Challenge,
    login: Login<'_>,
    subject: &Subject<'_>,
    nc: u32,
    cnonce: &str,
) -> AuthValue {
    let nc = format!("{nc:08x}");
    let Challenge { realm, nonce, algorithm, qop, .. } = challenge;
    let terms = Terms { algorithm: *algorithm, realm, nonce, qop: *qop, nc: &nc, cnonce };
    let mut params = Params::new();
    if challenge.userhash {
        params.set_quoted("username", user_hash(*algorithm, login.username, realm));
        params.set("userhash", "true");
    } else {
        params.set_quoted("username", login.username);
    }
    params.set_quoted("realm", realm);
    params.set_quoted("nonce", nonce);
    params.set_quoted("uri", subject.uri);
    params.set_quoted("response", response(&terms, login, subject));
    params.set("algorithm", algorithm.as_str());
    params.set_quoted("cnonce", cnonce);
    if let Some(opaque) = &challenge.opaque {
        params.set_quoted("opaque", opaque);
    }
    if let Some(qop) = qop {
        params.set("qop", qop.as_str());
        params.set("nc", nc);
    }
    AuthValue::new("Digest", params)
}
