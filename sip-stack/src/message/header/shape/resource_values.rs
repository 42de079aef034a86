//! Precedences: a namespace and a priority in it.

use nom::Parser;
use nom::combinator::map_opt;
use nom::multi::separated_list0;

use crate::message::SmolStr;
use crate::message::grammar::{separator, token, write_token};
use crate::message::header::{HeaderError, TypedHeader, parse_whole};
use crate::message::limits::LIST_VALUES_MAX;

/// A precedence (RFC 4412 §3.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResourceValue {
    /// Who defines the priorities: `dsn`, `ets`, `wps`, ...
    pub namespace: SmolStr,
    /// One of them.
    pub priority: SmolStr,
}

/// A header that lists precedences, all its lines together.
macro_rules! resource_values {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name(pub Vec<$crate::message::header::ResourceValue>);

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::Joined;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                $crate::message::header::shape::resource_values::parse::<Self>(value).map(Self)
            }

            fn write(&self, out: &mut String) {
                $crate::message::header::shape::resource_values::write(&self.0, out);
            }
        }
    };
}

pub(in crate::message::header) use resource_values;

pub(in crate::message::header) fn parse<H: TypedHeader>(
    value: &str,
) -> Result<Vec<ResourceValue>, HeaderError> {
    let mut rule = separated_list0(separator(b','), map_opt(token, resource_value));
    let values = parse_whole::<H, _>(value, |rest| rule.parse(rest))?;
    if values.len() > LIST_VALUES_MAX { Err(HeaderError::TooMany(H::NAME)) } else { Ok(values) }
}

/// `namespace "." r-priority`, neither with a dot of its own.
fn resource_value(text: &str) -> Option<ResourceValue> {
    let (namespace, priority) = text.split_once('.')?;
    let is_whole = !namespace.is_empty() && !priority.is_empty() && !priority.contains('.');
    is_whole.then(|| ResourceValue { namespace: namespace.into(), priority: priority.into() })
}

pub(in crate::message::header) fn write(values: &[ResourceValue], out: &mut String) {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_token(&value.namespace, out);
        out.push('.');
        write_token(&value.priority, out);
    }
}
