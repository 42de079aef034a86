//! `Allow` (RFC 3261 §20.5).

use super::{HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::grammar::list;
use crate::message::limits::LIST_VALUES_MAX;
use crate::message::method::{Method, method};
use crate::message::name::HeaderName;

/// The methods the sender takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow(pub Vec<Method>);

impl Allow {
    /// Whether the method is listed.
    pub fn contains(&self, method: &Method) -> bool {
        self.0.contains(method)
    }
}

impl TypedHeader for Allow {
    const NAME: HeaderName = HeaderName::Allow;
    const SHAPE: Shape = Shape::Joined;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let methods = parse_whole::<Self, _>(value, |rest| list(b',', rest, method))?;
        if methods.len() > LIST_VALUES_MAX {
            Err(HeaderError::TooMany(Self::NAME))
        } else {
            Ok(Self(methods))
        }
    }

    fn write(&self, out: &mut String) {
        for (index, method) in self.0.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            out.push_str(method.as_str());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_told_apart_by_case() {
        let allow = Allow::parse("INVITE,ACK , invite").unwrap();
        assert!(allow.contains(&Method::Invite) && !allow.contains(&Method::Bye));
        assert!(matches!(allow.0[2], Method::Extension(_)));
    }
}
