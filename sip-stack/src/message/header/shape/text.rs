/// A header of any text.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Any text is taken: the header decides nothing, and phones put into it what they like.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub $crate::message::Text);

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::Single;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                Ok(Self($crate::message::Text::from(value)))
            }

            fn write(&self, out: &mut String) {
                out.push_str(&self.0);
            }
        }
    };
}

pub(in crate::message::header) use text;
