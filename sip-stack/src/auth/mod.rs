//! Digest authentication (RFC 7616, RFC 8760, RFC 3261 §22), as client and as server.
//!
//! The `-sess` algorithms and `qop` `auth` and `auth-int` are understood; user name hashing is not offered and
//! not asked for.

mod challenge;
mod client;
mod hash;
mod nonce;
mod server;

pub use challenge::{Challenge, Qop, UnusableChallenge, strongest};
pub use client::answer;
pub use hash::Algorithm;
pub use nonce::{Freshness, Nonces};
pub use server::{Authenticator, Verdict};

use crate::message::Method;

/// Who answers a challenge.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// The digest's `username`.
    pub username: &'a str,
    /// Never printed.
    pub password: &'a str,
}

/// The request that is authenticated.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its request URI, as it travels.
    pub uri: &'a str,
    /// Its body, for `auth-int`.
    pub body: &'a [u8],
}
