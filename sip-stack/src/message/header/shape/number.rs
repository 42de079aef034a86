/// A header that is one number.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident($number:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $number);

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::Single;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                super::parse_whole::<Self, _>(value, $crate::message::grammar::number).map(Self)
            }

            fn write(&self, out: &mut String) {
                super::push_display(out, &self.0);
            }
        }
    };
}

pub(in crate::message::header) use number;
