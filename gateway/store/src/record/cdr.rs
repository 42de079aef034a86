//! Call detail records: one for each call that ended, never changed.

use uuid::Uuid;

/// A CDR to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCdr {
    /// The call; a second CDR of a call is not written.
    pub call: Uuid,
    /// When the call began.
    pub began_ms: i64,
    /// The user on the browser's side.
    pub user: String,
    /// The caller.
    pub from: String,
    /// The callee.
    pub to: String,
    /// The CDR as JSON.
    pub body: String,
}

/// A CDR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cdr {
    /// Its place in the order of ends, from 1; gaps are possible.
    pub cursor: u64,
    /// The call.
    pub call: Uuid,
    /// The CDR as JSON.
    pub body: String,
}

/// Which CDRs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CdrQuery {
    /// Those before this cursor.
    pub before: Option<u64>,
    /// So many at most.
    pub limit: usize,
    /// Of calls that began then or later.
    pub from_ms: Option<i64>,
    /// Of calls that began earlier.
    pub until_ms: Option<i64>,
    /// Of this user.
    pub user: Option<String>,
    /// From or to this number.
    pub number: Option<String>,
    /// Of this call.
    pub call: Option<Uuid>,
}
