//! `User-Agent` and `Server` (RFC 3261 §20.41, §20.35).

use super::{HeaderError, Shape, TypedHeader};
use crate::message::name::HeaderName;
use crate::message::text::Text;

macro_rules! software {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// Any text is taken: the header decides nothing, and phones put into it what they like.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub Text);

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;
            const SHAPE: Shape = Shape::Single;

            fn parse(value: &str) -> Result<Self, HeaderError> {
                Ok(Self(Text::from(value)))
            }

            fn write(&self, out: &mut String) {
                out.push_str(&self.0);
            }
        }
    )*};
}

software! {
    /// The program that sent a request.
    UserAgent;
    /// The program that answered one.
    Server;
}
