//! The demo phone's numbers.

use std::time::Duration;

/// What answers a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// `600`: what you say comes back.
    Echo,
    /// `601`: a steady tone, then a tune, over and over.
    Tune,
    /// `602`: speaks the digits you press.
    ReadBack,
    /// `603`: hangs up, and calls back.
    CallBack,
    /// `604`: 486.
    Busy,
    /// `605`: 180 and nothing more.
    NoAnswer,
    /// `606`: sound before the answer.
    EarlyMedia,
}

impl Number {
    /// How long `606` plays before it answers.
    pub(super) const EARLY: Duration = Duration::from_secs(3);
    /// How long `603` stays on the line.
    pub(super) const GOODBYE: Duration = Duration::from_secs(1);
    /// How long `603` waits before it calls back.
    pub(super) const CALL_BACK: Duration = Duration::from_secs(3);

    /// The number behind a request URI's user part.
    pub(super) fn dialled(user: &str) -> Option<Self> {
        match user {
            "600" => Some(Self::Echo),
            "601" => Some(Self::Tune),
            "602" => Some(Self::ReadBack),
            "603" => Some(Self::CallBack),
            "604" => Some(Self::Busy),
            "605" => Some(Self::NoAnswer),
            "606" => Some(Self::EarlyMedia),
            _ => None,
        }
    }
}
