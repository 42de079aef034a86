//! `MIME-Version` (RFC 3261 §20.24).

use nom::Parser;
use nom::character::complete::char;
use nom::sequence::separated_pair;

use super::{HeaderError, Shape, TypedHeader, parse_whole, push_display};
use crate::message::grammar::number;
use crate::message::name::HeaderName;

/// The version of MIME that the body follows; there is 1.0 and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MimeVersion {
    /// Before the dot.
    pub major: u16,
    /// Behind it.
    pub minor: u16,
}

impl TypedHeader for MimeVersion {
    const NAME: HeaderName = HeaderName::MimeVersion;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let mut rule = separated_pair(number, char('.'), number);
        parse_whole::<Self, _>(value, |rest| rule.parse(rest)).map(|(major, minor)| Self { major, minor })
    }

    fn write(&self, out: &mut String) {
        push_display(out, &format_args!("{}.{}", self.major, self.minor));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_and_a_dot() {
        assert_eq!(MimeVersion::parse("1.0"), Ok(MimeVersion { major: 1, minor: 0 }));
        assert!(MimeVersion::parse("1").is_err());
    }
}
