//! Who changed, listened to or fetched what.

/// A line to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAudit {
    /// When.
    pub at_ms: i64,
    /// Who: a token's user.
    pub who: String,
    /// What they did, for example `webhook.created`.
    pub action: String,
    /// To what.
    pub target: String,
}

/// A line of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Its place, from 1; gaps are possible.
    pub cursor: u64,
    /// What it says.
    pub line: NewAudit,
}
