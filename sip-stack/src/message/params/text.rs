//! The text that parameters are kept in.
//!
//! It is that of the wire, but for two things that no wire carries: a backslash in quotes is a backslash, and a value
//! with a quote inside stands between carriage returns instead.

use super::{Param, ParamValue, TOKEN_OR_HOST, URI_PARAM};
use crate::message::grammar::separated;

const QUOTE: u8 = b'"';
const RARE_QUOTE: u8 = b'\r';

/// The parameters of a piece of text.
#[derive(Clone, Debug)]
pub struct ParamIter<'a>(&'a str);

impl<'a> ParamIter<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Self(text)
    }
}

impl<'a> Iterator for ParamIter<'a> {
    type Item = Param<'a>;

    fn next(&mut self) -> Option<Param<'a>> {
        let start = self.0.bytes().position(|byte| !ends_word(byte))?;
        let (name, rest) = word(&self.0[start..]);
        let Some(value) = separated(rest, b'=') else {
            self.0 = rest;
            return Some(Param { name, value: None });
        };
        let value = match value.as_bytes().first() {
            Some(quote @ (&QUOTE | &RARE_QUOTE)) => {
                let (inside, rest) = value[1..].split_once(char::from(*quote)).unwrap_or_default();
                self.0 = rest;
                ParamValue::Quoted(inside)
            }
            _ => {
                let (text, rest) = word(value);
                self.0 = rest;
                ParamValue::Token(text)
            }
        };
        Some(Param { name, value: Some(value) })
    }
}

const fn ends_word(byte: u8) -> bool {
    matches!(byte, b';' | b',' | b' ' | b'\t')
}

fn word(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| ends_word(byte) || byte == b'=').unwrap_or(text.len());
    text.split_at(end)
}

/// Appends a parameter. What can stand in no name is left out of it, and a line end in a value is a space.
pub(super) fn push(param: Param<'_>, text: &mut String) {
    let start = text.len();
    text.push(';');
    text.extend(param.name.chars().filter(|letter| is_plain(*letter)));
    if text.len() == start + 1 {
        text.truncate(start);
        return;
    }
    match param.value {
        None => {}
        Some(ParamValue::Token(value)) if !value.is_empty() && value.chars().all(is_plain) => {
            text.push('=');
            text.push_str(value);
        }
        Some(ParamValue::Token(value) | ParamValue::Quoted(value)) => {
            let quote = char::from(if value.contains('"') { RARE_QUOTE } else { QUOTE });
            text.extend(['=', quote]);
            text.extend(value.chars().map(|letter| if matches!(letter, '\r' | '\n') { ' ' } else { letter }));
            text.push(quote);
        }
    }
}

/// What stands in names and values without quotes, in headers or in URIs.
fn is_plain(letter: char) -> bool {
    u8::try_from(letter).is_ok_and(|byte| TOKEN_OR_HOST.contains(byte) || URI_PARAM.contains(byte))
}
