//! Authentication as client and as server: digest (RFC 7616, RFC 8760, RFC 3261 §22) and bearer tokens (RFC 8898).
//!
//! Nothing here sends: a client asks [`answer`] for the value of Authorization, a server asks an
//! [`Authenticator`] for challenges and verdicts. MD5, SHA-256 and SHA-512-256, their `-sess` forms, `auth`,
//! `auth-int`, hashed user names and mutual authentication are understood. The digest of RFC 2069, without
//! `qop`, is spoken only where the owner says [`WithoutQop::Allowed`].
//!
//! ```
//! use std::time::Duration;
//!
//! use sip_stack::auth::{self, Account, Authenticator, Challenge, Login, Nonces, Subject, User, Verdict};
//! use sip_stack::message::Method;
//!
//! let (now, peer) = (Duration::ZERO, b"192.0.2.7");
//! let mut realm = Authenticator::new("example.com", Nonces::new([7; 32], Duration::from_secs(300)));
//! let request = Subject { method: &Method::Register, uri: "sip:example.com", body: b"" };
//! let find = |user: User<'_>| {
//!     (user == User::Named("alice"))
//!         .then(|| Account { username: "alice".to_owned(), password: "secret".to_owned() })
//! };
//!
//! let verdict = realm.verify(now, peer, [], &request, find);
//! assert_eq!(verdict, Verdict::Missing);
//! let challenges = realm.challenges(now, peer, &verdict); // for a 401
//!
//! let challenge = Challenge::try_from(&challenges[0])?;
//! let alice = Login { username: "alice", password: "secret" };
//! let answer = auth::answer(&challenge, alice, &request, 1, "fresh random text");
//! let verdict = realm.verify(now, peer, [&answer], &request, find);
//! assert_eq!(verdict, Verdict::Accepted { username: "alice".to_owned() });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod bearer;
mod challenge;
mod client;
mod confirmation;
mod hash;
mod nonce;
mod replay;
mod server;
mod verdict;

pub use bearer::{BearerChallenge, BearerRealm, InvalidBearer, TokenError, bearer, token};
pub use challenge::{Challenge, Qop, UnusableChallenge, WithoutQop};
pub use client::answer;
pub use confirmation::{Proof, prove};
pub use hash::{Algorithm, user_hash};
pub use nonce::{Freshness, Nonces};
pub use server::{Account, Authenticator, User, UserHashing};
pub use verdict::Verdict;

use crate::message::Method;

/// Who answers a challenge.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// The digest's `username`, as its owner writes it.
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
