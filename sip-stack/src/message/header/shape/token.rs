/// A header that is one token.
macro_rules! token {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub $crate::message::SmolStr);

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::Single;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                let token = super::parse_whole::<Self, _>(value, $crate::message::grammar::token)?;
                Ok(Self(token.into()))
            }

            fn write(&self, out: &mut String) {
                $crate::message::grammar::write_token(&self.0, out);
            }
        }
    };
}

pub(in crate::message::header) use token;
