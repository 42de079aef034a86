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
    let Terms { algorithm, realm, nonce, qop, nc, cnonce } = *terms;
    let [username, realm, password] = [login.username, realm, login.password].map(str::as_bytes);
    let mut secret = algorithm.hash(&[username, realm, password]);
    if algorithm.is_session() {
        secret = algorithm.hash(&[secret.as_bytes(), nonce.as_bytes(), cnonce.as_bytes()]);
    }
    let request = request_hash(algorithm, qop, subject);
    let [secret, request] = [secret.as_bytes(), request.as_bytes()];
    match qop {
        None => algorithm.hash(&[secret, nonce.as_bytes(), request]),
        Some(qop) => {
            let [nonce, nc, cnonce, qop] = [nonce, nc, cnonce, qop.as_str()].map(str::as_bytes);
            algorithm.hash(&[secret, nonce, nc, cnonce, qop, request])
        }
    }
}

fn request_hash(algorithm: Algorithm, qop: Option<Qop>, subject: &Subject<'_>) -> String {
    let [method, uri] = [subject.method.as_str(), subject.uri].map(str::as_bytes);
    match qop {
        Some(Qop::AuthInt) => {
            let body = algorithm.hash(&[subject.body]);
            algorithm.hash(&[method, uri, body.as_bytes()])
        }
        Some(Qop::Auth) | None => algorithm.hash(&[method, uri]),
    }
}
