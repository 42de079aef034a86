//! `Retry-After` (RFC 3261 §20.33).

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use super::{HeaderError, Shape, TypedHeader, parse_whole, push_display};
use crate::message::grammar::{comment, number, sws};
use crate::message::name::HeaderName;
use crate::message::params::{Params, params};

/// When to try again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryAfter {
    /// Seconds from now.
    pub seconds: u32,
    /// A remark with its parentheses.
    pub comment: Option<String>,
    /// `duration` and extensions.
    pub params: Params,
}

impl RetryAfter {
    /// Without a remark.
    pub const fn new(seconds: u32) -> Self {
        Self { seconds, comment: None, params: Params::new() }
    }
}

impl TypedHeader for RetryAfter {
    const NAME: HeaderName = HeaderName::RetryAfter;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let mut rule = (number, opt(preceded(sws, comment)), params);
        let (seconds, comment, params) = parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
        Ok(Self { seconds, comment: comment.map(str::to_owned), params })
    }

    fn write(&self, out: &mut String) {
        push_display(out, &self.seconds);
        if let Some(comment) = &self.comment {
            out.extend([" ", comment]);
        }
        self.params.write(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_may_stand_between_seconds_and_parameters() {
        let header = RetryAfter::parse("120 (I'm in a (long) meeting) ;duration=3600").unwrap();
        assert_eq!((header.seconds, header.params.get("duration")), (120, Some("3600")));
        assert_eq!(header.comment.as_deref(), Some("(I'm in a (long) meeting)"));
    }
}
