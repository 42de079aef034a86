//! Headers that hold one number.

use super::{HeaderError, Shape, TypedHeader, parse_whole, push_display};
use crate::message::grammar::number;
use crate::message::name::HeaderName;

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident($number:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $number);

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;
            const SHAPE: Shape = Shape::Single;

            fn parse(value: &str) -> Result<Self, HeaderError> {
                parse_whole::<Self, _>(value, number).map(Self)
            }

            fn write(&self, out: &mut String) {
                push_display(out, &self.0);
            }
        }
    )*};
}

numbers! {
    /// How many octets the body has (RFC 3261 §20.14).
    ContentLength(u32);
    /// For how many seconds something holds (RFC 3261 §20.19).
    Expires(u32);
    /// How many more hops a request may take (RFC 3261 §20.22).
    MaxForwards(u8);
    /// The least `Expires` a registrar accepts, in seconds (RFC 3261 §20.23).
    MinExpires(u32);
    /// The number of a reliable provisional response (RFC 3262 §7.1).
    RSeq(u32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        assert_eq!(MaxForwards::parse("70"), Ok(MaxForwards(70)));
        assert_eq!(MaxForwards::parse("300"), Err(HeaderError::Malformed(HeaderName::MaxForwards)));
        for bad in ["", "-999", "1 2", "0x1", "4294967296", "100000000000000000000"] {
            assert!(Expires::parse(bad).is_err(), "{bad}");
        }
    }
}
