//! What an answer to a challenge is worth.

/// A server's judgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Right; this is who asks.
    Accepted {
        /// The account's name.
        username: String,
    },
    /// Nothing answers this realm: challenge.
    Missing,
    /// The password is right and the nonce is too old or another server's: challenge again, with `stale`.
    Stale,
    /// The password is right and the answer was taken before: challenge again, with `stale`.
    Replayed,
    /// Unknown user or wrong password, which nobody can tell apart: challenge again, and count it. Whoever
    /// collects many of these is guessing.
    WrongCredentials {
        /// The name that was tried; of a hashed name the hash.
        username: String,
    },
    /// No digest that could be right: an algorithm, quality or URI that was not asked for, or a parameter
    /// that lacks.
    Malformed,
}

impl Verdict {
    /// Whether the client may try again without asking its user (RFC 7616 §3.3, `stale`).
    pub const fn is_stale(&self) -> bool {
        matches!(self, Self::Stale | Self::Replayed)
    }
}
