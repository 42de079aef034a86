/// A header that lists URIs in angle brackets, each with parameters.
macro_rules! uri_params {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            /// Where it is.
            pub uri: $crate::message::Uri,
            /// Parameters and extensions.
            pub params: $crate::message::Params,
        }

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::List;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                use nom::Parser as _;
                let mut rule = ($crate::message::uri::bracketed, $crate::message::params::params);
                let (uri, params) = super::parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
                Ok(Self { uri, params })
            }

            fn write(&self, out: &mut String) {
                self.uri.write_bracketed(out);
                self.params.write(out);
            }
        }
    };
}

pub(in crate::message::header) use uri_params;
