//! `Replaces` (RFC 3891).

use super::call_id::CallId;
use super::{HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::name::HeaderName;
use crate::message::params::{Params, params};

/// The dialog that the new one takes the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    /// Its Call-ID.
    pub call_id: CallId,
    /// `to-tag`, `from-tag`, `early-only`, ...
    pub params: Params,
}

impl Replaces {
    /// The tag of the side that gets this header.
    pub fn to_tag(&self) -> Option<&str> {
        self.params.get("to-tag")
    }

    /// The tag of the other side.
    pub fn from_tag(&self) -> Option<&str> {
        self.params.get("from-tag")
    }

    /// Whether only an early dialog may be replaced.
    pub fn is_early_only(&self) -> bool {
        self.params.contains("early-only")
    }
}

impl TypedHeader for Replaces {
    const NAME: HeaderName = HeaderName::Replaces;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let malformed = || HeaderError::Malformed(Self::NAME);
        let end = value.find([';', ' ', '\t']).ok_or_else(malformed)?;
        let call_id = CallId::parse(&value[..end]).map_err(|_| malformed())?;
        let replaces = Self { call_id, params: parse_whole::<Self, _>(&value[end..], params)? };
        let tags = [replaces.to_tag(), replaces.from_tag()];
        if tags.iter().all(Option::is_some) { Ok(replaces) } else { Err(malformed()) }
    }

    fn write(&self, out: &mut String) {
        self.call_id.write(out);
        self.params.write(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tags_are_needed() {
        let replaces = Replaces::parse("98732@sip.example.com ;from-tag=r33th4x0r ;to-tag=ff87ff").unwrap();
        assert_eq!((replaces.from_tag(), replaces.to_tag()), (Some("r33th4x0r"), Some("ff87ff")));
        assert!(Replaces::parse("98732@sip.example.com;from-tag=a").is_err());
    }
}
