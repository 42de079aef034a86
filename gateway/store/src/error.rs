//! Why the store does not do as asked.

/// A refusal or a failure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The disk or the database does not answer, or not well; nothing was written, or nobody knows.
    #[error("the store does not work: {0}")]
    Unavailable(String),
    /// There is an object with this id.
    #[error("there is one with this id")]
    Exists,
    /// The object is not there, or has another version than expected.
    #[error("it was changed or removed meanwhile")]
    Changed,
}

impl Error {
    pub(crate) fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self::Unavailable(cause.to_string())
    }
}
