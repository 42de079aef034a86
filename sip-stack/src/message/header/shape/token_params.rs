/// A header that is a token with parameters.
macro_rules! token_params {
    ($(#[$doc:meta])* $name:ident: $shape:ident { $(#[$field_doc:meta])* $field:ident }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: $crate::message::SmolStr,
            /// Parameters and extensions.
            pub params: $crate::message::Params,
        }

        impl $name {
            /// The header without parameters.
            pub fn new($field: impl Into<$crate::message::SmolStr>) -> Self {
                Self { $field: $field.into(), params: $crate::message::Params::new() }
            }
        }

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::$shape;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                use nom::Parser as _;
                let mut rule = ($crate::message::grammar::token, $crate::message::params::params);
                let (token, params) = super::parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
                Ok(Self { $field: token.into(), params })
            }

            fn write(&self, out: &mut String) {
                $crate::message::grammar::write_token(&self.$field, out);
                self.params.write(out);
            }
        }
    };
}

pub(in crate::message::header) use token_params;
