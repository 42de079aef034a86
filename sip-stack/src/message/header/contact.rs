//! `Contact` (RFC 3261 §20.10).

use super::{HeaderError, Shape, TypedHeader};
use crate::message::name::HeaderName;
use crate::message::name_addr::NameAddr;

/// Where to reach somebody directly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// `*`: all bindings, in a REGISTER that removes them.
    Any,
    /// One address.
    Address(NameAddr),
}

impl Contact {
    /// The address, unless it is `*`.
    pub const fn address(&self) -> Option<&NameAddr> {
        match self {
            Self::Any => None,
            Self::Address(address) => Some(address),
        }
    }

    /// The `expires` parameter in seconds, if it is there and a number.
    pub fn expires_s(&self) -> Option<u32> {
        self.address()?.params.get("expires")?.parse().ok()
    }
}

impl TypedHeader for Contact {
    const NAME: HeaderName = HeaderName::Contact;
    const SHAPE: Shape = Shape::List;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        match value {
            "*" => Ok(Self::Any),
            _ => NameAddr::read(value).map(Self::Address).ok_or(HeaderError::Malformed(Self::NAME)),
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Any => out.push('*'),
            Self::Address(address) => address.write(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_alone_and_expires_is_seconds() {
        assert_eq!(Contact::parse("*"), Ok(Contact::Any));
        let contact = Contact::parse("<sip:a@192.0.2.1>;expires=3600;q=0.7").unwrap();
        assert_eq!(contact.expires_s(), Some(3600));
    }
}
