//! Typed headers, one concern a file.

mod accept;
mod address;
mod auth;
mod call_id;
mod contact;
mod content;
mod cseq;
mod date;
mod number;
mod rack;
mod reason;
mod replaces;
mod retry_after;
mod session_timer;
mod software;
mod tokens;
mod via;
mod warning;

pub use accept::Accept;
pub use address::{
    From, PAssertedIdentity, PPreferredIdentity, Path, RecordRoute, ReferTo, ReferredBy, Route, ServiceRoute,
    To,
};
pub use auth::{AuthValue, Authorization, ProxyAuthenticate, ProxyAuthorization, WwwAuthenticate};
pub use call_id::CallId;
pub use contact::Contact;
pub use content::ContentType;
pub use cseq::CSeq;
pub use date::Date;
pub use number::{ContentLength, Expires, MaxForwards, MinExpires, RSeq};
pub use rack::RAck;
pub use reason::ReasonHeader;
pub use replaces::Replaces;
pub use retry_after::RetryAfter;
pub use session_timer::{MinSe, Refresher, SessionExpires};
pub use software::{Server, UserAgent};
pub use tokens::{Allow, ProxyRequire, Require, Supported, Unsupported};
pub use via::{MAGIC_COOKIE, Via};
pub use warning::Warning;

use super::name::HeaderName;

/// What can be wrong with a header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The value does not follow the header's grammar, or a number in it does not fit.
    #[error("malformed {0}")]
    Malformed(HeaderName),
    /// A header that may come once comes more often.
    #[error("more than one {0}")]
    Repeated(HeaderName),
    /// The header has more values than [`LIST_VALUES_MAX`](super::limits::LIST_VALUES_MAX).
    #[error("too many values of {0}")]
    TooMany(HeaderName),
}

/// How the lines of a header make up its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One line, one value.
    Single,
    /// Any number of lines of comma-separated values; each is one typed value.
    List,
    /// Any number of lines; each is one typed value, with commas of its own.
    Lines,
    /// Any number of lines of comma-separated words; all together are one typed value.
    Joined,
}

/// A header whose value has a type.
pub trait TypedHeader: Sized {
    /// Which header.
    const NAME: HeaderName;
    /// How its lines make up its values.
    const SHAPE: Shape;

    /// Reads one value.
    ///
    /// # Errors
    /// The value is malformed.
    fn parse(value: &str) -> Result<Self, HeaderError>;

    /// Appends the value as it travels.
    fn write(&self, out: &mut String);
}

/// Runs a rule that has to eat the whole value of a header.
fn parse_whole<'a, H: TypedHeader, T>(
    value: &'a str,
    rule: impl FnMut(&'a str) -> super::grammar::Parsed<'a, T>,
) -> Result<T, HeaderError> {
    super::grammar::complete(value, rule).ok_or(HeaderError::Malformed(H::NAME))
}

/// Appends what prints itself.
fn push_display(out: &mut String, value: &impl std::fmt::Display) {
    use std::fmt::Write as _;
    // A String takes whatever is written to it.
    let _ = write!(out, "{value}");
}
