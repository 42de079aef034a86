//! The hash functions and the digest computed with them.

use md5::Md5;
use sha2::{Digest, Sha256, Sha512_256};

use super::challenge::Qop;
use super::{Login, Subject};

/// The `algorithm` of a digest, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Algorithm {
    Md5,
    Md5Sess,
    Sha256,
    Sha256Sess,
    Sha512_256,
    Sha512_256Sess,
}

impl Algorithm {
    /// All, weakest first.
    pub const ALL: [Self; 6] =
        [Self::Md5, Self::Md5Sess, Self::Sha256, Self::Sha256Sess, Self::Sha512_256, Self::Sha512_256Sess];

    /// The word of the `algorithm` parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Md5Sess => "MD5-sess",
            Self::Sha256 => "SHA-256",
            Self::Sha256Sess => "SHA-256-sess",
            Self::Sha512_256 => "SHA-512-256",
            Self::Sha512_256Sess => "SHA-512-256-sess",
        }
    }

    /// The algorithm with this word, in any case.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(word))
    }

    const fn is_session(self) -> bool {
        matches!(self, Self::Md5Sess | Self::Sha256Sess | Self::Sha512_256Sess)
    }

    /// `H(data)` in hexadecimal, of the parts joined by colons.
    fn hash(self, parts: &[&[u8]]) -> String {
        match self {
            Self::Md5 | Self::Md5Sess => joined::<Md5>(parts),
            Self::Sha256 | Self::Sha256Sess => joined::<Sha256>(parts),
            Self::Sha512_256 | Self::Sha512_256Sess => joined::<Sha512_256>(parts),
        }
    }
}

fn joined<H: Digest>(parts: &[&[u8]]) -> String {
    let mut hash = H::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hash.update(b":");
        }
        hash.update(part);
    }
    hexadecimal(&hash.finalize())
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// `H( username ":" realm )`: how a hashed user name travels (RFC 7616 §3.4.4).
pub fn user_hash(algorithm: Algorithm, username: &str, realm: &str) -> String {
    algorithm.hash(&[username.as_bytes(), realm.as_bytes()])
}

/// What goes into a digest besides who and what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) realm: &'a str,
    pub(super) nonce: &'a str,
    /// `None` is the digest of RFC 2069.
    pub(super) qop: Option<Qop>,
    /// Eight hexadecimal digits.
    pub(super) nc: &'a str,
    pub(super) cnonce: &'a str,
}

/// The `response` parameter (RFC 7616 §3.4.1).
pub(super) fn response(terms: &Terms<'_>, login: Login<'_>, subject: &Subject<'_>) -> String {
    let method = subject.method.as_str();
    digest(terms, login, &message_hash(terms, method, subject.uri, subject.body))
}

/// The `rspauth` parameter, by which the server proves that it knows the password (RFC 7616 §3.5).
pub(super) fn proof(terms: &Terms<'_>, login: Login<'_>, uri: &str, body: &[u8]) -> String {
    digest(terms, login, &message_hash(terms, "", uri, body))
}

fn digest(terms: &Terms<'_>, login: Login<'_>, message: &str) -> String {
    let Terms { algorithm, realm, nonce, qop, nc, cnonce } = *terms;
    let [username, realm, password] = [login.username, realm, login.password].map(str::as_bytes);
    let mut secret = algorithm.hash(&[username, realm, password]);
    if algorithm.is_session() {
        secret = algorithm.hash(&[secret.as_bytes(), nonce.as_bytes(), cnonce.as_bytes()]);
    }
    let [secret, message] = [secret.as_bytes(), message.as_bytes()];
    match qop {
        None => algorithm.hash(&[secret, nonce.as_bytes(), message]),
        Some(qop) => {
            let [nonce, nc, cnonce, qop] = [nonce, nc, cnonce, qop.as_str()].map(str::as_bytes);
            algorithm.hash(&[secret, nonce, nc, cnonce, qop, message])
        }
    }
}

/// `H(A2)`; a response has no method.
fn message_hash(terms: &Terms<'_>, method: &str, uri: &str, body: &[u8]) -> String {
    let [method, uri] = [method, uri].map(str::as_bytes);
    match terms.qop {
        Some(Qop::AuthInt) => {
            let body = terms.algorithm.hash(&[body]);
            terms.algorithm.hash(&[method, uri, body.as_bytes()])
        }
        Some(Qop::Auth) | None => terms.algorithm.hash(&[method, uri]),
    }
}

/// Compares without telling by its time where the difference is; hexadecimal digits in any case.
pub(super) fn same(expected: &str, given: &str) -> bool {
    let difference = expected
        .bytes()
        .zip(given.bytes())
        .fold(0, |difference, (ours, theirs)| difference | (ours ^ theirs.to_ascii_lowercase()));
    expected.len() == given.len() && difference == 0
}
