//! Reading parameters.

use std::net::Ipv6Addr;

use nom::Parser;
use nom::sequence::pair;

use super::{Param, ParamValue, Params, TOKEN_OR_HOST, URI_PARAM, text};
use crate::message::grammar::{self, Parsed, TOKEN, escaped, fail, quoted_string, separated, token};
use crate::message::host;
use crate::message::limits::PARAMS_MAX;
use crate::message::text::small;

/// Parameters where they lie in a text.
#[derive(Clone, Copy)]
pub(crate) struct ParamsText<'a> {
    text: &'a str,
    quotes: Quotes,
}

/// What stands in quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Plain,
    /// With backslashes to be taken out.
    Escaped,
}

impl From<ParamsText<'_>> for Params {
    #[inline]
    fn from(params: ParamsText<'_>) -> Self {
        match params.quotes {
            Quotes::Plain if params.text.is_empty() => Self::new(),
            Quotes::Plain => Self(small(params.text)),
            Quotes::Escaped => unescaped(params.text),
        }
    }
}

/// `*( SEMI generic-param )`
pub(crate) fn params(input: &str) -> Parsed<'_, Params> {
    params_text(input).map(|(rest, params)| (rest, params.into()))
}

/// The same, where they lie.
#[inline(always)]
pub(crate) fn params_text(input: &str) -> Parsed<'_, ParamsText<'_>> {
    list(input, |rest, _| param(separated(rest, b';')?))
}

/// `*( ";" uri-parameter )`
#[inline(always)]
pub(crate) fn uri_params_text(input: &str) -> Parsed<'_, ParamsText<'_>> {
    list(input, |rest, _| uri_param(rest.strip_prefix(';')?))
}

/// `auth-param *( COMMA auth-param )`
pub(crate) fn comma_params(input: &str) -> Parsed<'_, Params> {
    let (rest, params) =
        list(input, |rest, before| param(if before == 0 { rest } else { separated(rest, b',')? }))?;
    if params.text.is_empty() { fail(input) } else { Ok((rest, params.into())) }
}

/// Runs a rule as often as it holds; it is told how often it has. The quoted values it yields are still escaped.
#[inline(always)]
fn list<'a>(
    input: &'a str,
    one: impl Fn(&'a str, usize) -> Option<(&'a str, Param<'a>)>,
) -> Parsed<'a, ParamsText<'a>> {
    let (mut rest, mut count, mut has_quotes) = (input, 0, false);
    while let Some((after, param)) = one(rest, count) {
        if count == PARAMS_MAX {
            return fail(input);
        }
        has_quotes |= matches!(param.value, Some(ParamValue::Quoted(_)));
        (rest, count) = (after, count + 1);
    }
    let text = &input[..input.len() - rest.len()];
    let is_escaped = has_quotes && memchr::memchr(b'\\', text.as_bytes()).is_some();
    Ok((rest, ParamsText { text, quotes: if is_escaped { Quotes::Escaped } else { Quotes::Plain } }))
}

/// Takes the backslashes out of parameters that have been read.
fn unescaped(input: &str) -> Params {
    let (mut rest, mut text) = (input, String::with_capacity(input.len()));
    let mark = |rest| separated(rest, b';').or_else(|| separated(rest, b',')).unwrap_or(rest);
    while let Some((after, Param { name, value })) = param(mark(rest)) {
        match value {
            Some(ParamValue::Quoted(inside)) => {
                let inside = grammar::unescape(inside);
                text::push(Param { name, value: Some(ParamValue::Quoted(&inside)) }, &mut text);
            }
            Some(ParamValue::Token(_)) | None => text::push(Param { name, value }, &mut text),
        }
        rest = after;
    }
    Params(text.into())
}

/// `generic-param`
#[inline(always)]
fn param(input: &str) -> Option<(&str, Param<'_>)> {
    let (rest, name) = token(input).ok()?;
    let Some(rest) = separated(rest, b'=') else { return Some((rest, Param { name, value: None })) };
    let (rest, value) = value(rest).ok()?;
    Some((rest, Param { name, value: Some(value) }))
}

/// `gen-value`, still escaped.
#[inline(always)]
fn value(input: &str) -> Parsed<'_, ParamValue<&str>> {
    if input.starts_with('"') {
        quoted_string(input).map(|(rest, inside)| (rest, ParamValue::Quoted(inside)))
    } else {
        unquoted_value(input).map(|(rest, text)| (rest, ParamValue::Token(text)))
    }
}

/// `gen-value`
pub(crate) fn token_or_quoted(input: &str) -> Parsed<'_, ParamValue> {
    let (rest, value) = value(input)?;
    Ok(match value {
        ParamValue::Quoted(inside) => (rest, ParamValue::Quoted(grammar::unescape(inside))),
        ParamValue::Token(text) => (rest, ParamValue::Token(text.into())),
    })
}

/// `token / host`, and the bare IPv6 address of `received`, which a port may follow in the wild.
#[inline]
pub(crate) fn unquoted_value(input: &str) -> Parsed<'_, &str> {
    let end = TOKEN.run(input.as_bytes());
    match input.as_bytes().get(end) {
        Some(more) if TOKEN_OR_HOST.contains(*more) => host_value(input),
        Some(_) | None if end == 0 => fail(input),
        Some(_) | None => Ok((&input[end..], &input[..end])),
    }
}

/// A host with a port, or an address, where it is no token.
fn host_value(input: &str) -> Parsed<'_, &str> {
    let (text, rest) = input.split_at(TOKEN_OR_HOST.run(input.as_bytes()));
    let is_host = || grammar::complete(text, |rest| pair(host::host, host::port).parse(rest)).is_some();
    if text.parse::<Ipv6Addr>().is_ok() || is_host() { Ok((rest, text)) } else { fail(input) }
}

/// `pname [ "=" pvalue ]`
#[inline(always)]
fn uri_param(input: &str) -> Option<(&str, Param<'_>)> {
    let (rest, name) = escaped(&URI_PARAM, input);
    if name.is_empty() {
        return None;
    }
    match rest.strip_prefix('=').map(|rest| escaped(&URI_PARAM, rest)) {
        Some((rest, text)) if !text.is_empty() => {
            Some((rest, Param { name, value: Some(ParamValue::Token(text)) }))
        }
        Some(_) | None => Some((rest, Param { name, value: None })),
    }
}
