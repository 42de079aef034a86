//! `Refer-Sub` (RFC 4488 §4).

use nom::Parser;

use super::{HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::grammar::{fail, token};
use crate::message::name::HeaderName;
use crate::message::params::{Params, params};

/// Whether a REFER makes a subscription that tells how it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferSub {
    /// `true` or `false`.
    pub subscribes: bool,
    /// Extensions.
    pub params: Params,
}

impl TypedHeader for ReferSub {
    const NAME: HeaderName = HeaderName::ReferSub;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let truth = |input| match token(input)? {
            (rest, word) if word.eq_ignore_ascii_case("true") => Ok((rest, true)),
            (rest, word) if word.eq_ignore_ascii_case("false") => Ok((rest, false)),
            _ => fail(input),
        };
        let (subscribes, params) = parse_whole::<Self, _>(value, |rest| (truth, params).parse(rest))?;
        Ok(Self { subscribes, params })
    }

    fn write(&self, out: &mut String) {
        out.push_str(if self.subscribes { "true" } else { "false" });
        self.params.write(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_true_or_false() {
        assert!(!ReferSub::parse("FALSE").unwrap().subscribes);
        assert!(ReferSub::parse("true;x=y").unwrap().subscribes);
        assert!(ReferSub::parse("maybe").is_err());
    }
}
