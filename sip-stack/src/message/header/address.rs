//! Headers that hold a `name-addr` or `addr-spec`.

use std::ops::{Deref, DerefMut};

use super::{HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::name::HeaderName;
use crate::message::name_addr::{NameAddr, name_addr};

macro_rules! addresses {
    ($($(#[$doc:meta])* $name:ident: $shape:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub NameAddr);

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;
            const SHAPE: Shape = Shape::$shape;

            fn parse(value: &str) -> Result<Self, HeaderError> {
                parse_whole::<Self, _>(value, name_addr).map(Self)
            }

            fn write(&self, out: &mut String) {
                self.0.write(out);
            }
        }

        impl Deref for $name {
            type Target = NameAddr;

            fn deref(&self) -> &NameAddr {
                &self.0
            }
        }

        impl DerefMut for $name {
            fn deref_mut(&mut self) -> &mut NameAddr {
                &mut self.0
            }
        }
    )*};
}

addresses! {
    /// Who asks (RFC 3261 §20.20).
    From: Single;
    /// Who is asked (RFC 3261 §20.39).
    To: Single;
    /// A hop the request has yet to visit (RFC 3261 §20.34).
    Route: List;
    /// A hop that wants to see the dialog's requests (RFC 3261 §20.30).
    RecordRoute: List;
    /// A hop between a registrar and a phone (RFC 3327).
    Path: List;
    /// A hop between a phone and its home (RFC 3608).
    ServiceRoute: List;
    /// Who the trusted network says asks (RFC 3325 §9.1).
    PAssertedIdentity: List;
    /// Who the phone wants to be (RFC 3325 §9.2).
    PPreferredIdentity: List;
    /// Whom to call instead (RFC 3515 §2.1).
    ReferTo: Single;
    /// Who says so (RFC 3892).
    ReferredBy: Single;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_the_headers() {
        let from = From::parse("Alice <sip:alice@atlanta.com;x=y>;tag=88sja8x").unwrap();
        assert_eq!(from.tag(), Some("88sja8x"));
        assert_eq!(from.display.as_deref(), Some("Alice"));
        assert_eq!(To::parse("\"Bob"), Err(HeaderError::Malformed(HeaderName::To)));
    }
}
