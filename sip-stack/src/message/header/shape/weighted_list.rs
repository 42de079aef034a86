//! What the sender takes, with how much it likes it.

use nom::Parser;
use nom::multi::separated_list0;

use crate::message::grammar::{separator, token, write_token};
use crate::message::header::{HeaderError, TypedHeader, parse_whole};
use crate::message::limits::LIST_VALUES_MAX;
use crate::message::params::params;
use crate::message::{Params, SmolStr};

/// A word that the sender takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    /// A coding or a language; `*` stands for any.
    pub word: SmolStr,
    /// `q` and extensions.
    pub params: Params,
}

/// A header that lists words with a quality, all its lines together.
macro_rules! weighted_list {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name(pub Vec<$crate::message::header::Weighted>);

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::Joined;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                $crate::message::header::shape::weighted_list::parse::<Self>(value).map(Self)
            }

            fn write(&self, out: &mut String) {
                $crate::message::header::shape::weighted_list::write(&self.0, out);
            }
        }
    };
}

pub(in crate::message::header) use weighted_list;

pub(in crate::message::header) fn parse<H: TypedHeader>(value: &str) -> Result<Vec<Weighted>, HeaderError> {
    let word = (token, params).map(|(word, params)| Weighted { word: word.into(), params });
    let mut rule = separated_list0(separator(','), word);
    let words = parse_whole::<H, _>(value, |rest| rule.parse(rest))?;
    if words.len() > LIST_VALUES_MAX { Err(HeaderError::TooMany(H::NAME)) } else { Ok(words) }
}

pub(in crate::message::header) fn write(words: &[Weighted], out: &mut String) {
    for (index, weighted) in words.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_token(&weighted.word, out);
        weighted.params.write(out);
    }
}
