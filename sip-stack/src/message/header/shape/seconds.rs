/// A header that is a number of seconds with parameters.
macro_rules! seconds {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            /// Seconds.
            pub seconds: u32,
            /// Parameters and extensions.
            pub params: $crate::message::Params,
        }

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::Single;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                use nom::Parser as _;
                let mut rule = ($crate::message::grammar::number, $crate::message::params::params);
                let (seconds, params) = super::parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
                Ok(Self { seconds, params })
            }

            fn write(&self, out: &mut String) {
                super::push_display(out, &self.seconds);
                self.params.write(out);
            }
        }
    };
}

pub(in crate::message::header) use seconds;
