//! What a program asks of calls.

use std::time::Duration;

use crate::ids::{CallId, UserId};

/// A command through the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallCommand {
    /// Rings a user's browsers, then the destination; answered with the new call.
    Originate(Originate),
    /// Ends a call in any state.
    Hangup { call: CallId },
    /// Sends digits to the trunk.
    SendDigits { call: CallId, digits: String, each: Duration },
    /// Mutes or unmutes the browser.
    Mute { call: CallId, muted: bool },
}

/// A call to place for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Originate {
    /// Whose browsers ring first.
    pub from_user: UserId,
    /// The number or SIP URI to call then.
    pub to: String,
    /// The caller id to show; the user's or trunk's own if `None`.
    pub caller_id: Option<String>,
}
