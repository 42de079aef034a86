//! How a call is ended, whatever state it is in.

use crate::message::Header;
use crate::ua::Reason;

/// The end of a call.
#[derive(Clone, Debug)]
pub struct Hangup {
    /// The status code when the call is incoming and unanswered, 300 to 699.
    pub code: u16,
    /// For the `Reason` header of CANCEL, BYE or the refusal.
    pub reason: Option<Reason>,
    /// Headers of the caller's own.
    pub headers: Vec<Header>,
}

impl Hangup {
    /// An end without a reason of its own.
    pub const fn new(code: u16) -> Self {
        Self { code, reason: None, headers: Vec::new() }
    }
}
