//! Why a command is refused.

use crate::resolve::Unresolved;

/// The command had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// No call, registration or ping has this id (any more).
    #[error("unknown id")]
    UnknownId,
    /// The id is already in use, or lies in the range of incoming calls.
    #[error("the id cannot be used for a new call")]
    IdTaken,
    /// The call is not in a state that allows it.
    #[error("not in this state")]
    WrongState,
    /// No listener matches the target's transport and address family.
    #[error("no listener for this transport and address family")]
    NoListener,
    /// The stream that the target names is closed.
    #[error("the stream is closed")]
    FlowGone,
    /// A status code, URI or header that the command cannot carry.
    #[error("invalid argument")]
    InvalidArgument,
    /// A MESSAGE that does not fit a datagram, and no stream leads to the target (RFC 3428 §8).
    #[error("too large for the transport")]
    TooLarge,
    /// The URI leads nowhere, whatever the DNS says.
    #[error("the URI cannot be resolved: {0}")]
    Unresolvable(#[from] Unresolved),
    /// A limit of [`Limits`](crate::Limits) is reached.
    #[error("limit reached")]
    Limit,
}
