//! Headers that list words: option tags and methods.

use nom::Parser;
use nom::combinator::map_res;
use nom::multi::separated_list0;

use super::{HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::grammar::{Parsed, is_token_char, separator, token};
use crate::message::limits::LIST_VALUES_MAX;
use crate::message::method::Method;
use crate::message::name::HeaderName;

macro_rules! option_tags {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name(pub Vec<String>);

        impl $name {
            /// Whether the option tag is listed, in any case.
            pub fn contains(&self, tag: &str) -> bool {
                self.0.iter().any(|listed| listed.eq_ignore_ascii_case(tag))
            }
        }

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;
            const SHAPE: Shape = Shape::Joined;

            fn parse(value: &str) -> Result<Self, HeaderError> {
                let tags = parse_whole::<Self, _>(value, tokens)?;
                if tags.len() > LIST_VALUES_MAX {
                    return Err(HeaderError::TooMany(Self::NAME));
                }
                Ok(Self(tags.into_iter().map(str::to_owned).collect()))
            }

            fn write(&self, out: &mut String) {
                write_tokens(self.0.iter().map(String::as_str), out);
            }
        }
    )*};
}

option_tags! {
    /// What the other side must understand (RFC 3261 §20.32).
    Require;
    /// What proxies must understand (RFC 3261 §20.29).
    ProxyRequire;
    /// What the sender understands (RFC 3261 §20.37).
    Supported;
    /// What the sender does not understand (RFC 3261 §20.40).
    Unsupported;
}

/// The methods the sender takes (RFC 3261 §20.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow(pub Vec<Method>);

impl TypedHeader for Allow {
    const NAME: HeaderName = HeaderName::Allow;
    const SHAPE: Shape = Shape::Joined;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let mut rule = separated_list0(separator(','), map_res(token, str::parse));
        let methods: Vec<Method> = parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
        if methods.len() > LIST_VALUES_MAX {
            Err(HeaderError::TooMany(Self::NAME))
        } else {
            Ok(Self(methods))
        }
    }

    fn write(&self, out: &mut String) {
        write_tokens(self.0.iter().map(Method::as_str), out);
    }
}

fn tokens(input: &str) -> Parsed<'_, Vec<&str>> {
    separated_list0(separator(','), token).parse(input)
}

fn write_tokens<'a>(words: impl Iterator<Item = &'a str>, out: &mut String) {
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        out.extend(word.chars().filter(|letter| is_token_char(*letter)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_may_be_empty_but_not_have_holes() {
        assert_eq!(Supported::parse(""), Ok(Supported::default()));
        assert!(Supported::parse("timer , 100rel").unwrap().contains("100REL"));
        assert!(Require::parse("a,,b").is_err());
        assert_eq!(Allow::parse("INVITE,ACK").unwrap().0, [Method::Invite, Method::Ack]);
    }
}
