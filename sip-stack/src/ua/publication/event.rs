//! What an [`Endpoint`](crate::Endpoint) tells about publications.

use super::command::PublicationId;

/// A fact about one publication of ours, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicationEvent {
    /// The state agent has the state; it is refreshed by itself.
    Published { id: PublicationId, expires_s: u32, etag: String },
    /// The publication is over; the last event of its id.
    Ended { id: PublicationId, end: PublicationEnd },
}

/// Why a publication is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicationEnd {
    /// It was removed, as far as anybody answered.
    Removed,
    /// The state agent refused it. No response in time is a 408, a dead transport a 503, both with `synthetic`.
    Refused {
        /// The status code.
        code: u16,
        /// In words.
        reason: String,
        /// When the state agent wants to be asked again.
        retry_after_s: Option<u32>,
        /// Whether nobody answered at all.
        synthetic: bool,
    },
}
