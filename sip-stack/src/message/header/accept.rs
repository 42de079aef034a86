//! `Accept` (RFC 3261 §20.1).

use nom::Parser;
use nom::combinator::map;
use nom::multi::separated_list0;
use nom::sequence::separated_pair;

use super::{ContentType, HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::grammar::{separator, token};
use crate::message::limits::LIST_VALUES_MAX;
use crate::message::name::HeaderName;
use crate::message::params::params;

/// The media ranges that the sender takes; `*` stands for any kind or subtype, and an empty list for none at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accept(pub Vec<ContentType>);

impl Accept {
    /// Whether a body of the type `kind/subtype` may be sent.
    pub fn takes(&self, media_type: &str) -> bool {
        let Some((kind, _)) = media_type.split_once('/') else { return false };
        let of_kind = format!("{kind}/*");
        self.0.iter().any(|range| {
            let matches = range.is(media_type) || range.is(&of_kind) || range.is("*/*");
            matches && !is_zero(range.params.get("q"))
        })
    }
}

/// A quality of nothing means: not this one (RFC 2616 §3.9).
fn is_zero(quality: Option<&str>) -> bool {
    quality.is_some_and(|quality| quality.parse() == Ok(0.0_f32))
}

impl TypedHeader for Accept {
    const NAME: HeaderName = HeaderName::Accept;
    const SHAPE: Shape = Shape::Joined;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let range =
            map((separated_pair(token, separator(b'/'), token), params), |((kind, subtype), params)| {
                ContentType { kind: kind.into(), subtype: subtype.into(), params }
            });
        let mut rule = separated_list0(separator(b','), range);
        let ranges = parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
        if ranges.len() > LIST_VALUES_MAX { Err(HeaderError::TooMany(Self::NAME)) } else { Ok(Self(ranges)) }
    }

    fn write(&self, out: &mut String) {
        for (index, range) in self.0.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            range.write(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_covers_its_types() {
        for (value, takes) in [
            ("application/sdp", true),
            ("text/plain, Application/SDP;level=1", true),
            ("application/*", true),
            ("*/*;q=0.1", true),
            ("text/*", false),
            ("application/sdp;q=0", false),
            ("", false),
        ] {
            assert_eq!(Accept::parse(value).unwrap().takes("application/sdp"), takes, "{value}");
        }
        assert!(Accept::parse("application").is_err());
    }
}
