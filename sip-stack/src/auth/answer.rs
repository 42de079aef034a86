//! What an answer to a challenge says.

use super::challenge::{Qop, algorithm};
use super::hash::Terms;
use crate::message::Params;
use crate::message::header::AuthValue;

/// How the user is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Plain(String),
    Hashed(String),
}

/// The parameters of Authorization or Proxy-Authorization with a digest.
pub(super) struct Answer<'a> {
    pub(super) name: Name,
    pub(super) uri: &'a str,
    pub(super) response: &'a str,
    pub(super) terms: Terms<'a>,
}

impl<'a> Answer<'a> {
    pub(super) fn read(value: &'a AuthValue) -> Option<Self> {
        let params = &value.params;
        if !value.scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let qop = match params.get("qop") {
            Some(word) => Some(Qop::from_word(word)?),
            None => None,
        };
        let nc = params.get("nc").unwrap_or_default();
        let cnonce = params.get("cnonce").unwrap_or_default();
        if qop.is_some() && (cnonce.is_empty() || !is_count(nc)) {
            return None;
        }
        let (nonce, realm) = (params.get("nonce")?, params.get("realm")?);
        Some(Self {
            name: name(params)?,
            uri: params.get("uri")?,
            response: params.get("response")?,
            terms: Terms { algorithm: algorithm(params).ok()?, realm, nonce, qop, nc, cnonce },
        })
    }

    /// How often the client has used the nonce; `None` without `qop`.
    pub(super) fn count(&self) -> Option<u32> {
        self.terms.qop.and_then(|_| u32::from_str_radix(self.terms.nc, 16).ok())
    }
}

fn is_count(nc: &str) -> bool {
    nc.len() == 8 && nc.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn name(params: &Params) -> Option<Name> {
    let is_hashed = params.get("userhash").is_some_and(|word| word.eq_ignore_ascii_case("true"));
    match params.get("username") {
        Some(name) if is_hashed => Some(Name::Hashed(name.to_ascii_lowercase())),
        Some(name) => Some(Name::Plain(name.to_owned())),
        None if is_hashed => None,
        None => extended(params.get("username*")?).map(Name::Plain),
    }
}

/// `UTF-8''J%C3%A4s%C3%B8n` (RFC 5987 §3.2).
fn extended(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_language, text) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("UTF-8") {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => digit(rest.next()?)? << 4 | digit(rest.next()?)?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beyond_ascii_are_read_as_rfc_7616_prints_them() {
        assert_eq!(extended("UTF-8''J%C3%A4s%C3%B8n%20Doe").as_deref(), Some("Jäsøn Doe"));
        for broken in ["", "UTF-8'x", "latin1''x", "UTF-8''%", "UTF-8''%C3", "UTF-8''%+1"] {
            assert_eq!(extended(broken), None, "{broken}");
        }
    }
}
