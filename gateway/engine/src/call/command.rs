//! What a program asks of calls.

use std::time::Duration;

use super::collect::Collect;
use super::play::Playlist;
use crate::ids::{CallId, CollectId, LegId, UserId};

/// A command through the API.
#[derive(Clone, Debug)]
pub enum CallCommand {
    /// Rings a user's browsers, then the destination; answered with the new call.
    Originate(Originate),
    /// Ends a call in any state.
    Hangup { call: CallId },
    /// Sends digits to the trunk.
    SendDigits { call: CallId, digits: String, each: Duration },
    /// Mutes or unmutes one leg, the user's unless it is named.
    Mute { call: CallId, leg: Option<LegId>, muted: bool },
    /// Parts the user from the far side until `Unhold`.
    Hold { call: CallId },
    /// Joins them again.
    Unhold { call: CallId },
    /// Hands the far side over to whoever answers at a user, a number or a SIP URI.
    Transfer { call: CallId, to: String },
    /// Has the user talk to somebody else while the far side is on hold.
    Consult { call: CallId, to: String },
    /// Hands the far side over to whom the user consults.
    CompleteTransfer { call: CallId },
    /// Takes back a transfer or a consultation: the user talks to the far side again.
    CancelTransfer { call: CallId },
    /// Plays sounds to one leg, or to both sides unless it is named; answered with the playing. What is played there
    /// already is replaced.
    Play { call: CallId, leg: Option<LegId>, playlist: Playlist },
    /// Ends what is played to one leg, or all of it.
    StopPlay { call: CallId, leg: Option<LegId> },
    /// Collects the keys that one leg presses, the far side's unless it is named; answered with the collection.
    Collect { call: CallId, leg: Option<LegId>, wanted: Collect },
    /// Ends the collection with what there is.
    StopCollect { call: CallId },
    /// Answered with the keys of a redacted collection that has ended, once.
    TakeDigits { call: CallId, collect: CollectId },
    /// Records both sides of one leg, the far side's unless it is named; answered with the recording.
    StartRecording { call: CallId, leg: Option<LegId> },
    /// Leaves out what is said until `ResumeRecording`.
    PauseRecording { call: CallId },
    /// Goes on.
    ResumeRecording { call: CallId },
    /// Ends the recording.
    StopRecording { call: CallId },
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
