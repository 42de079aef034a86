//! Tokens with parameters of their own, in a row.

use nom::Parser;
use nom::multi::separated_list0;

use crate::message::grammar::{separator, token, write_token};
use crate::message::header::{HeaderError, TypedHeader, parse_whole};
use crate::message::limits::LIST_VALUES_MAX;
use crate::message::params::params;
use crate::message::{Params, SmolStr};

/// A token with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenParams {
    /// A coding, a language, a package; `*` stands for any.
    pub token: SmolStr,
    /// `q` and extensions.
    pub params: Params,
}

/// A header that lists tokens with parameters, all its lines together.
macro_rules! token_params_list {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name(pub Vec<$crate::message::header::TokenParams>);

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::Joined;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                $crate::message::header::shape::token_params_list::parse::<Self>(value).map(Self)
            }

            fn write(&self, out: &mut String) {
                $crate::message::header::shape::token_params_list::write(&self.0, out);
            }
        }
    };
}

pub(in crate::message::header) use token_params_list;

pub(in crate::message::header) fn parse<H: TypedHeader>(
    value: &str,
) -> Result<Vec<TokenParams>, HeaderError> {
    let one = (token, params).map(|(token, params): (&str, _)| TokenParams { token: token.into(), params });
    let mut rule = separated_list0(separator(b','), one);
    let list = parse_whole::<H, _>(value, |rest| rule.parse(rest))?;
    if list.len() > LIST_VALUES_MAX { Err(HeaderError::TooMany(H::NAME)) } else { Ok(list) }
}

pub(in crate::message::header) fn write(list: &[TokenParams], out: &mut String) {
    for (index, one) in list.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_token(&one.token, out);
        one.params.write(out);
    }
}
