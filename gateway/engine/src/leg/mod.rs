//! One leg of a call, whatever it speaks.

/// What a leg speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegKind {
    /// A browser's session.
    Browser,
    /// A SIP dialog.
    Sip,
}

/// Where a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LegState {
    /// Made, nothing sent or answered.
    New,
    /// The call was offered to it, or by it.
    Offered,
    /// It rings.
    Ringing,
    /// It rings, and sound flows already.
    Early,
    /// It is in the call.
    Answered,
    /// It is over.
    Ended,
}
