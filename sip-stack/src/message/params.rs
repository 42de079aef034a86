//! Parameters: `;name`, `;name=value`, `;name="value"`.

mod parse;
mod text;

use std::fmt;
use std::hash::{Hash, Hasher};

use smol_str::SmolStr;

pub use text::ParamIter;

pub(crate) use parse::{
    ParamsText, comma_params, params, params_text, token_or_quoted, unquoted_value, uri_params_text,
};

use super::byte_set::ByteSet;
use super::grammar;
use super::uri::UNRESERVED;

/// The parameters of a header value or a URI, in their order; names compare without regard to case.
///
/// They stay one piece of text, as they came: reading them checks their grammar and copies them once, and
/// [`get`](Self::get) finds one where it lies.
#[derive(Clone, Default)]
pub struct Params(SmolStr);

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Param<'a> {
    /// The name, in the case it came in.
    pub name: &'a str,
    /// What follows the equals sign.
    pub value: Option<ParamValue<&'a str>>,
}

/// The value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParamValue<Text = SmolStr> {
    /// A token, host or escaped URI text, as on the wire.
    Token(Text),
    /// The inside of a quoted string, without its backslashes.
    Quoted(Text),
}

impl<Text: AsRef<str>> ParamValue<Text> {
    /// The text, without quotes.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Token(text) | Self::Quoted(text) => text.as_ref(),
        }
    }

    /// Writes the value; what is neither a token nor a host goes out quoted.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Token(text) if grammar::complete(text.as_ref(), unquoted_value).is_some() => {
                out.push_str(text.as_ref());
            }
            Self::Token(text) | Self::Quoted(text) => grammar::write_quoted(text.as_ref(), out),
        }
    }
}

impl Params {
    /// None yet.
    pub const fn new() -> Self {
        Self(SmolStr::new_static(""))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The parameters in order.
    pub fn iter(&self) -> ParamIter<'_> {
        ParamIter::of(&self.0)
    }

    /// The parameter's value without quotes; empty for a parameter without one.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.iter().find(|param| param.is(name))?.value;
        Some(value.map_or("", |value| match value {
            ParamValue::Token(text) | ParamValue::Quoted(text) => text,
        }))
    }

    /// Whether the parameter is there, with or without a value.
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|param| param.is(name))
    }

    /// Appends one.
    pub fn push(&mut self, name: &str, value: Option<ParamValue<&str>>) {
        let mut text = String::from(self.0.as_str());
        text::push(Param { name, value }, &mut text);
        self.0 = text.into();
    }

    /// Replaces or appends `name=value`.
    pub fn set(&mut self, name: &str, value: impl AsRef<str>) {
        self.put(Param { name, value: Some(ParamValue::Token(value.as_ref())) });
    }

    /// Replaces or appends `name="value"`.
    pub fn set_quoted(&mut self, name: &str, value: impl AsRef<str>) {
        self.put(Param { name, value: Some(ParamValue::Quoted(value.as_ref())) });
    }

    /// Replaces or appends `name`.
    pub fn set_flag(&mut self, name: &str) {
        self.put(Param { name, value: None });
    }

    fn put(&mut self, new: Param<'_>) {
        if !self.contains(new.name) {
            return self.push(new.name, new.value);
        }
        let mut is_new = true;
        let replace = |old: Param<'_>| {
            let is_it = is_new && old.is(new.name);
            is_new &= !is_it;
            is_it
        };
        *self = self.rebuilt(replace, Some(new));
    }

    /// Takes the parameter out; whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let was_there = self.contains(name);
        if was_there {
            *self = self.rebuilt(|param| param.is(name), None);
        }
        was_there
    }

    /// The same with another parameter, or none, where a rule says so.
    fn rebuilt(&self, mut is_replaced: impl FnMut(Param<'_>) -> bool, new: Option<Param<'_>>) -> Self {
        let mut text = String::with_capacity(self.0.len());
        for param in self {
            let kept = if is_replaced(param) { new } else { Some(param) };
            if let Some(param) = kept {
                text::push(param, &mut text);
            }
        }
        Self(text.into())
    }

    /// Writes `;name=value` for each, as in a header. What is no token or host goes out quoted.
    pub(crate) fn write(&self, out: &mut String) {
        for param in self {
            out.push(';');
            param.write(out);
        }
    }

    /// Writes `;name=value` for each, as in a URI. What a URI does not permit goes out escaped.
    pub(crate) fn write_in_uri(&self, out: &mut String) {
        for param in self {
            out.push(';');
            grammar::write_escaped(param.name, &URI_PARAM, out);
            if let Some(value) = &param.value {
                out.push('=');
                grammar::write_escaped(value.as_str(), &URI_PARAM, out);
            }
        }
    }
}

impl Param<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Writes `name=value`, as in a header.
    pub(crate) fn write(&self, out: &mut String) {
        grammar::write_token(self.name, out);
        if let Some(value) = &self.value {
            out.push('=');
            value.write(out);
        }
    }
}

impl<'a> IntoIterator for &'a Params {
    type Item = Param<'a>;
    type IntoIter = ParamIter<'a>;

    fn into_iter(self) -> ParamIter<'a> {
        self.iter()
    }
}

impl PartialEq for Params {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.iter().eq(other)
    }
}

impl Eq for Params {}

impl Hash for Params {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.iter().for_each(|param| param.hash(state));
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// `paramchar` without the escapes.
static URI_PARAM: ByteSet = UNRESERVED.and(b"[]/:&+$");

/// What tokens and hosts with a port are made of.
static TOKEN_OR_HOST: ByteSet = ByteSet::alphanumeric_and(b"-.!%*_+`'~[]:");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_replaced_where_it_stands_and_others_stay() {
        let mut params = Params::new();
        params.set("a", "1");
        params.set_flag("b");
        params.set("c", "3");
        params.set_quoted("B", "x \"y\\");
        params.set("A", "2");
        let mut out = String::new();
        params.write(&mut out);
        assert_eq!(out, ";A=2;B=\"x \\\"y\\\\\";c=3");
        assert_eq!((params.get("b"), params.get("C"), params.get("d")), (Some("x \"y\\"), Some("3"), None));
        assert!(params.remove("b") && !params.remove("b") && params.contains("c"));
    }

    #[test]
    fn spelling_between_the_names_and_values_makes_no_difference() {
        let read = |text| params(text).unwrap().1;
        assert_eq!(read(" ; a = 1;b ;c=\"x\""), read(";a=1;b;c=\"x\""));
        assert_ne!(read(";a=1"), read(";a=\"1\""));
        assert_ne!(read(";a=1;b"), read(";b;a=1"));
        assert_eq!(read(";a=\"\\x\\\"\""), read(";a=\"x\\\"\""));
        assert_eq!(read(";a=\"x;b=1,\";b=2").get("b"), Some("2"));
    }
}
