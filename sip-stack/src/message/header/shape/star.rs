/// A header that is a star with parameters: what is said of any contact or of the sender.
macro_rules! star {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            /// Feature tags, and what is to be done with them.
            pub params: $crate::message::Params,
        }

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::List;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                use nom::Parser as _;
                let mut rule = (nom::character::complete::char('*'), $crate::message::params::params);
                let (_, params) = super::parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
                Ok(Self { params })
            }

            fn write(&self, out: &mut String) {
                out.push('*');
                self.params.write(out);
            }
        }
    };
}

pub(in crate::message::header) use star;
