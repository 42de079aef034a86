//! What the API made: web hooks, users, trunks and the like.

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Unique in its kind.
    pub id: String,
    /// Counts its changes from 1.
    pub version: u64,
    /// When it was made.
    pub created_ms: i64,
    /// When it was changed last.
    pub updated_ms: i64,
    /// The object as JSON.
    pub body: String,
}

/// An object to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// Its kind, for example `webhook`.
    pub kind: String,
    /// Unique in its kind.
    pub id: String,
    /// What must be there before.
    pub expected: Expected,
    /// The time.
    pub at_ms: i64,
    /// The object as JSON.
    pub body: String,
}

/// What must be there before a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing; otherwise [`Error::Exists`](crate::Error::Exists).
    Nothing,
    /// The object in this version; otherwise [`Error::Changed`](crate::Error::Changed).
    Version(u64),
}
