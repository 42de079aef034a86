//! Parameters with commas between them.

use nom::Parser;
use nom::multi::separated_list1;

use crate::message::grammar::{Parsed, fail, separator};
use crate::message::limits::PARAMS_MAX;
use crate::message::params::{Params, param};

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
                super::parse_whole::<Self, _>(value, super::shape::param_list::parse).map(Self)
            }

            fn write(&self, out: &mut String) {
                super::shape::param_list::write(&self.0, out);
            }
        }
    };
}

pub(in crate::message::header) use param_list;

/// `auth-param *( COMMA auth-param )`
pub(in crate::message::header) fn parse(input: &str) -> Parsed<'_, Params> {
    let (rest, params) = separated_list1(separator(','), param).parse(input)?;
    if params.len() > PARAMS_MAX { fail(input) } else { Ok((rest, params.into_iter().collect())) }
}

pub(in crate::message::header) fn write(params: &Params, out: &mut String) {
    for (index, param) in params.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        param.write(out);
    }
}
