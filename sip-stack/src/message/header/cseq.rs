//! `CSeq` (RFC 3261 §20.16).

use nom::Parser;
use nom::sequence::separated_pair;

use super::{HeaderError, Shape, TypedHeader, parse_whole, push_display};
use crate::message::grammar::{lws, number};
use crate::message::method::{Method, method};
use crate::message::name::HeaderName;

/// The place of a request in its dialog, and its method again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CSeq {
    /// Any 32-bit number on the wire; below 2^31 when we choose it (RFC 3261 §8.1.1.5).
    pub number: u32,
    /// The request's method.
    pub method: Method,
}

impl TypedHeader for CSeq {
    const NAME: HeaderName = HeaderName::CSeq;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let mut rule = separated_pair(number, lws, method);
        parse_whole::<Self, _>(value, |rest| rule.parse(rest)).map(|(number, method)| Self { number, method })
    }

    fn write(&self, out: &mut String) {
        push_display(out, &self.number);
        out.push(' ');
        out.push_str(self.method.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_has_32_bits_and_may_be_padded() {
        let cseq = CSeq::parse("0009 INVITE").unwrap();
        assert_eq!((cseq.number, cseq.method), (9, Method::Invite));
        assert!(CSeq::parse("4294967295 ACK").is_ok());
        for bad in ["4294967296 ACK", "-1 ACK", "1", "1ACK", "1 ACK x", "a ACK"] {
            assert_eq!(CSeq::parse(bad), Err(HeaderError::Malformed(HeaderName::CSeq)), "{bad}");
        }
    }
}
