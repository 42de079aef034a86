//! `Contact` (RFC 3261 §20.10).

use super::{HeaderError, Shape, TypedHeader};
use crate::message::grammar;
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

    fn parse_first(line: &str) -> Result<(Self, Option<&str>), HeaderError> {
        if line.starts_with('*') {
            let (value, rest) = grammar::split_first(line);
            return Self::parse(value).map(|contact| (contact, rest));
        }
        let first = NameAddr::read_first(line).map(|(address, rest)| (Self::Address(address), rest));
        first.ok_or(HeaderError::Malformed(Self::NAME))
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
    use crate::message::{Header, Headers};

    fn all(line: &str) -> Result<Vec<Contact>, HeaderError> {
        Headers::from_iter([Header::new(HeaderName::Contact, line)]).typed_all()
    }

    #[test]
    fn a_line_has_as_many_values_as_commas_part() {
        let values = ["sip:a@b;x=1", "\"c, d\" <sip:e,f@g>;p=\"1,2\"", "*", "*x <sip:h@i>", "tel:+1"];
        let apart: Vec<_> = values.iter().filter_map(|value| Contact::parse(value).ok()).collect();
        assert_eq!(apart.len(), values.len());
        assert_eq!(all(&values.join(" ,\t")), Ok(apart));
    }

    #[test]
    fn one_malformed_value_spoils_the_list() {
        for line in ["<sip:a@b> x, <sip:c@d>", "sip:a@b,", ", sip:a@b", "sip:a,b@c", "sip:a@b,,sip:c@d"] {
            assert_eq!(all(line), Err(HeaderError::Malformed(HeaderName::Contact)), "{line}");
        }
    }

    #[test]
    fn a_star_stands_alone_and_expires_is_seconds() {
        assert_eq!(Contact::parse("*"), Ok(Contact::Any));
        let contact = Contact::parse("<sip:a@192.0.2.1>;expires=3600;q=0.7").unwrap();
        assert_eq!(contact.expires_s(), Some(3600));
    }
}
