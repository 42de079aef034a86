/// A header that is a `name-addr` or `addr-spec` with parameters.
macro_rules! address {
    ($(#[$doc:meta])* $name:ident: $shape:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub $crate::message::NameAddr);

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::$shape;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                let address = $crate::message::NameAddr::read(value).map(Self);
                address.ok_or($crate::message::HeaderError::Malformed(Self::NAME))
            }

            fn parse_first(line: &str) -> Result<(Self, Option<&str>), $crate::message::HeaderError> {
                let first = $crate::message::NameAddr::read_first(line);
                let first = first.map(|(address, rest)| (Self(address), rest));
                first.ok_or($crate::message::HeaderError::Malformed(Self::NAME))
            }

            fn write(&self, out: &mut String) {
                self.0.write(out);
            }
        }

        impl std::ops::Deref for $name {
            type Target = $crate::message::NameAddr;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl std::ops::DerefMut for $name {
            fn deref_mut(&mut self) -> &mut Self::Target {
                &mut self.0
            }
        }
    };
}

pub(in crate::message::header) use address;
