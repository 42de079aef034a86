//! Tokens in a row.

use crate::message::SmolStr;
use crate::message::grammar::{Parsed, list, token, write_token};
use crate::message::header::{HeaderError, TypedHeader, parse_whole};
use crate::message::limits::LIST_VALUES_MAX;
use crate::message::text::small;

/// A header that lists tokens, all its lines together; where the RFC parts them by something else than a comma,
/// it is said behind the name.
macro_rules! token_list {
    ($(#[$doc:meta])* $name:ident) => {
        $crate::message::header::shape::token_list!($(#[$doc])* $name, Joined, b',', ", ");
    };
    ($(#[$doc:meta])* $name:ident, $shape:ident, $mark:literal, $between:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name(pub Vec<$crate::message::SmolStr>);

        impl $name {
            /// Whether the word is listed, in any case.
            pub fn contains(&self, word: &str) -> bool {
                self.0.iter().any(|listed| listed.eq_ignore_ascii_case(word))
            }
        }

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::$shape;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                $crate::message::header::shape::token_list::parse::<Self>(value, $mark).map(Self)
            }

            fn write(&self, out: &mut String) {
                $crate::message::header::shape::token_list::write(&self.0, $between, out);
            }
        }
    };
}

pub(in crate::message::header) use token_list;

pub(in crate::message::header) fn parse<H: TypedHeader>(
    value: &str,
    mark: u8,
) -> Result<Vec<SmolStr>, HeaderError> {
    let tokens = parse_whole::<H, _>(value, |rest| tokens(mark, rest))?;
    if tokens.len() > LIST_VALUES_MAX { Err(HeaderError::TooMany(H::NAME)) } else { Ok(tokens) }
}

fn tokens(mark: u8, input: &str) -> Parsed<'_, Vec<SmolStr>> {
    list(mark, input, |rest| token(rest).map(|(rest, word)| (rest, small(word))))
}

pub(in crate::message::header) fn write(tokens: &[SmolStr], between: &str, out: &mut String) {
    for (index, token) in tokens.iter().enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        write_token(token, out);
    }
}
