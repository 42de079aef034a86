//! Parameters with commas between them.

use crate::message::Params;

/// A header that is nothing but parameters with commas between them.
macro_rules! param_list {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub $crate::message::Params);

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::Joined;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                super::parse_whole::<Self, _>(value, $crate::message::params::comma_params).map(Self)
            }

            fn write(&self, out: &mut String) {
                super::shape::param_list::write(&self.0, out);
            }
        }
    };
}

pub(in crate::message::header) use param_list;

pub(in crate::message::header) fn write(params: &Params, out: &mut String) {
    for (index, param) in params.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        param.write(out);
    }
}
