//! Parameters: `;name`, `;name=value`, `;name="quoted value"`.

use nom::Parser;
use nom::branch::alt;
use nom::character::complete::char;
use nom::combinator::{map, opt, verify};
use nom::sequence::{pair, preceded};
use smol_str::SmolStr;

use super::byte_set::ByteSet;
use super::grammar::{self, Parsed, escaped1, fail, quoted_string, run1, separator, token};
use super::host;
use super::limits::PARAMS_MAX;
use super::uri::UNRESERVED;

/// The parameters of a header value or a URI, in their order; names compare without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Params(Vec<Param>);

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Param {
    /// The name, in the case it came in.
    pub name: SmolStr,
    /// What follows the equals sign.
    pub value: Option<ParamValue>,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParamValue {
    /// A token, host or escaped URI text, as on the wire.
    Token(SmolStr),
    /// The inside of a quoted string, without its backslashes.
    Quoted(SmolStr),
}

impl ParamValue {
    /// The text, without quotes.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Token(text) | Self::Quoted(text) => text,
        }
    }

    /// Writes the value; what is neither a token nor a host goes out quoted.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Token(text) if grammar::complete(text, unquoted_value).is_some() => out.push_str(text),
            Self::Token(text) | Self::Quoted(text) => grammar::write_quoted(text, out),
        }
    }
}

impl Params {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The parameters in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Param> {
        self.0.iter()
    }

    /// The parameter's value without quotes; empty for a parameter without one.
    pub fn get(&self, name: &str) -> Option<&str> {
        let param = self.find(name)?;
        Some(param.value.as_ref().map_or("", ParamValue::as_str))
    }

    /// Whether the parameter is there, with or without a value.
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Param> {
        self.0.iter().find(|param| param.name.eq_ignore_ascii_case(name))
    }

    /// Appends one.
    pub fn push(&mut self, name: impl Into<SmolStr>, value: Option<ParamValue>) {
        self.0.push(Param { name: name.into(), value });
    }

    /// Replaces or appends `name=value`.
    pub fn set(&mut self, name: &str, value: impl Into<SmolStr>) {
        self.put(name, Some(ParamValue::Token(value.into())));
    }

    /// Replaces or appends `name="value"`.
    pub fn set_quoted(&mut self, name: &str, value: impl Into<SmolStr>) {
        self.put(name, Some(ParamValue::Quoted(value.into())));
    }

    /// Replaces or appends `name`.
    pub fn set_flag(&mut self, name: &str) {
        self.put(name, None);
    }

    fn put(&mut self, name: &str, value: Option<ParamValue>) {
        match self.0.iter_mut().find(|param| param.name.eq_ignore_ascii_case(name)) {
            Some(param) => param.value = value,
            None => self.push(name, value),
        }
    }

    /// Takes the parameter out; whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|param| !param.name.eq_ignore_ascii_case(name));
        self.0.len() < before
    }

    /// Writes `;name=value` for each, as in a header. What is no token or host goes out quoted.
    pub(crate) fn write(&self, out: &mut String) {
        for param in &self.0 {
            out.push(';');
            param.write(out);
        }
    }

    /// Writes `;name=value` for each, as in a URI. What a URI does not permit goes out escaped.
    pub(crate) fn write_in_uri(&self, out: &mut String) {
        for param in &self.0 {
            out.push(';');
            grammar::write_escaped(&param.name, &URI_PARAM, out);
            if let Some(value) = &param.value {
                out.push('=');
                grammar::write_escaped(value.as_str(), &URI_PARAM, out);
            }
        }
    }
}

impl Param {
    /// Writes `name=value`, as in a header.
    pub(crate) fn write(&self, out: &mut String) {
        grammar::write_token(&self.name, out);
        if let Some(value) = &self.value {
            out.push('=');
            value.write(out);
        }
    }
}

impl FromIterator<Param> for Params {
    fn from_iter<I: IntoIterator<Item = Param>>(params: I) -> Self {
        Self(params.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Params {
    type Item = &'a Param;
    type IntoIter = std::slice::Iter<'a, Param>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// `*( SEMI generic-param )`
pub(crate) fn params(input: &str) -> Parsed<'_, Params> {
    list(input, |rest| preceded(separator(';'), param).parse(rest))
}

/// `*( ";" uri-parameter )`
pub(crate) fn uri_params(input: &str) -> Parsed<'_, Params> {
    list(input, |rest| preceded(char(';'), uri_param).parse(rest))
}

/// As many as most values have.
const PARAMS_USUAL: usize = 4;

fn list(input: &str, mut one: impl FnMut(&str) -> Parsed<'_, Param>) -> Parsed<'_, Params> {
    let Ok((mut rest, first)) = one(input) else { return Ok((input, Params::new())) };
    let mut params = Vec::with_capacity(PARAMS_USUAL);
    params.push(first);
    while let Ok((after, param)) = one(rest) {
        if params.len() == PARAMS_MAX {
            return fail(input);
        }
        params.push(param);
        rest = after;
    }
    Ok((rest, Params(params)))
}

/// `generic-param`
pub(crate) fn param(input: &str) -> Parsed<'_, Param> {
    map(pair(token, opt(preceded(separator('='), token_or_quoted))), |(name, value)| Param {
        name: name.into(),
        value,
    })
    .parse(input)
}

/// `gen-value`
pub(crate) fn token_or_quoted(input: &str) -> Parsed<'_, ParamValue> {
    alt((
        map(quoted_string, |inside| ParamValue::Quoted(grammar::unescape(inside))),
        map(unquoted_value, |text| ParamValue::Token(text.into())),
    ))
    .parse(input)
}

/// `token / host`, and the bare IPv6 address of `received`, which a port may follow in the wild.
pub(crate) fn unquoted_value(input: &str) -> Parsed<'_, &str> {
    verify(run1(&TOKEN_OR_HOST), |text: &str| {
        grammar::is_token(text) || text.parse::<std::net::Ipv6Addr>().is_ok() || is_host(text)
    })
    .parse(input)
}

fn is_host(text: &str) -> bool {
    grammar::complete(text, |rest| pair(host::host, host::port).parse(rest)).is_some()
}

/// `pname [ "=" pvalue ]`
fn uri_param(input: &str) -> Parsed<'_, Param> {
    let (rest, name) = escaped1(&URI_PARAM)(input)?;
    let (rest, value) = opt(preceded(char('='), escaped1(&URI_PARAM))).parse(rest)?;
    Ok((rest, Param { name: name.into(), value: value.map(|text| ParamValue::Token(text.into())) }))
}

/// `paramchar` without the escapes.
static URI_PARAM: ByteSet = UNRESERVED.and(b"[]/:&+$");

/// What tokens and hosts with a port are made of.
static TOKEN_OR_HOST: ByteSet = ByteSet::alphanumeric_and(b"-.!%*_+`'~[]:");
