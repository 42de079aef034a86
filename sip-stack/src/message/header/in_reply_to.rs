//! `In-Reply-To` (RFC 3261 §20.21).

use super::{CallId, HeaderError, Shape, TypedHeader};
use crate::message::grammar::trim_blanks;
use crate::message::limits::LIST_VALUES_MAX;
use crate::message::name::HeaderName;

/// The calls that this one answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InReplyTo(pub Vec<CallId>);

impl TypedHeader for InReplyTo {
    const NAME: HeaderName = HeaderName::InReplyTo;
    const SHAPE: Shape = Shape::Joined;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        // Quotes and brackets are letters of a Call-ID like others, so that every comma parts.
        let ids = value.split(',').take(LIST_VALUES_MAX + 1).map(|id| CallId::parse(trim_blanks(id)));
        let ids: Vec<_> = ids.collect::<Result<_, _>>().map_err(|_| HeaderError::Malformed(Self::NAME))?;
        if ids.len() > LIST_VALUES_MAX { Err(HeaderError::TooMany(Self::NAME)) } else { Ok(Self(ids)) }
    }

    fn write(&self, out: &mut String) {
        for (index, id) in self.0.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            id.write(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_part_call_ids_whatever_they_are_made_of() {
        let header = InReplyTo::parse("70710@saturn.bell-tel.com , <\",17320@x").unwrap();
        assert_eq!(
            header.0.iter().map(|id| id.0.as_str()).collect::<Vec<_>>(),
            ["70710@saturn.bell-tel.com", "<\"", "17320@x"]
        );
        assert!(InReplyTo::parse("").is_err());
    }
}
