//! `RAck` (RFC 3262 §7.2).

use nom::Parser;
use nom::combinator::map_res;

use super::{HeaderError, Shape, TypedHeader, parse_whole, push_display};
use crate::message::grammar::{lws, number, token};
use crate::message::method::Method;
use crate::message::name::HeaderName;

/// Which provisional response a PRACK acknowledges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RAck {
    /// The response's RSeq.
    pub rseq: u32,
    /// The CSeq number of the request it answers.
    pub cseq: u32,
    /// And its method.
    pub method: Method,
}

impl TypedHeader for RAck {
    const NAME: HeaderName = HeaderName::RAck;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let mut rule = (number, lws, number, lws, map_res(token, str::parse));
        let (rseq, _, cseq, _, method) = parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
        Ok(Self { rseq, cseq, method })
    }

    fn write(&self, out: &mut String) {
        push_display(out, &format_args!("{} {} {}", self.rseq, self.cseq, self.method));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_and_a_method() {
        let rack = RAck::parse("776656 1 INVITE").unwrap();
        assert_eq!(rack, RAck { rseq: 776_656, cseq: 1, method: Method::Invite });
        assert!(RAck::parse("1 INVITE").is_err());
    }
}
