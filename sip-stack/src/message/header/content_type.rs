//! `Content-Type` (RFC 3261 §20.15).

use nom::Parser;
use nom::sequence::separated_pair;

use super::{HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::SmolStr;
use crate::message::grammar::{separator, token, write_token};
use crate::message::name::HeaderName;
use crate::message::params::{Params, params};
use crate::message::text::small;

/// What the body is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentType {
    /// The part before the slash.
    pub kind: SmolStr,
    /// The part behind it.
    pub subtype: SmolStr,
    /// `charset`, `boundary` and so on.
    pub params: Params,
}

impl ContentType {
    /// A type without parameters.
    pub fn new(kind: impl Into<SmolStr>, subtype: impl Into<SmolStr>) -> Self {
        Self { kind: kind.into(), subtype: subtype.into(), params: Params::new() }
    }

    /// Whether it is `kind/subtype`, without regard to case and parameters.
    pub fn is(&self, media_type: &str) -> bool {
        media_type.split_once('/').is_some_and(|(kind, subtype)| {
            self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
        })
    }
}

impl TypedHeader for ContentType {
    const NAME: HeaderName = HeaderName::ContentType;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let mut rule = (separated_pair(token, separator(b'/'), token), params);
        let ((kind, subtype), params) = parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
        Ok(Self { kind: small(kind), subtype: small(subtype), params })
    }

    fn write(&self, out: &mut String) {
        write_token(&self.kind, out);
        out.push('/');
        write_token(&self.subtype, out);
        self.params.write(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_compares_without_case_and_parameters() {
        let multipart = ContentType::parse("multipart / Mixed;boundary=\"a b\"").unwrap();
        assert!(multipart.is("Multipart/mixed"));
        assert_eq!(multipart.params.get("boundary"), Some("a b"));
        assert!(ContentType::parse("application").is_err());
    }
}
