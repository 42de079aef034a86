//! `name-addr` and `addr-spec` with the parameters of their header.

use std::fmt;
use std::str::FromStr;

use nom::Parser;
use nom::sequence::preceded;
use smol_str::SmolStr;

use super::grammar::{self, Parsed, blanks, fail, lws, quoted_string, token};
use super::params::{self, Params, ParamsText};
use super::text::small;
use super::uri::{self, Uri, UriText};

/// Who, in From, To, Contact, Route and their like.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NameAddr {
    /// The name to show, without quotes and escapes.
    pub display: Option<SmolStr>,
    /// The address.
    pub uri: Uri,
    /// The header's parameters, such as `tag`.
    pub params: Params,
}

impl NameAddr {
    /// An address without a name.
    pub const fn new(uri: Uri) -> Self {
        Self { display: None, uri, params: Params::new() }
    }

    /// The `tag` parameter (RFC 3261 §19.3).
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag")
    }

    /// Reads the whole of a header value.
    pub(crate) fn read(value: &str) -> Option<Self> {
        Self::read_first(value).and_then(|(address, rest)| rest.is_none().then_some(address))
    }

    /// Reads the first of a list, and yields what follows its comma.
    pub(crate) fn read_first(list: &str) -> Option<(Self, Option<&str>)> {
        grammar::first(list, name_addr).map(|(address, rest)| (address.into(), rest))
    }

    pub(crate) fn write(&self, out: &mut String) {
        if let Some(display) = &self.display {
            grammar::write_quoted(display, out);
            out.push(' ');
        }
        self.uri.write_bracketed(out);
        self.params.write(out);
    }
}

impl From<Uri> for NameAddr {
    fn from(uri: Uri) -> Self {
        Self::new(uri)
    }
}

/// The text is no `name-addr` or `addr-spec`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address")]
pub struct InvalidNameAddr;

impl FromStr for NameAddr {
    type Err = InvalidNameAddr;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::read(text).ok_or(InvalidNameAddr)
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out);
        f.write_str(&out)
    }
}

/// An address where it lies in a text: owned once, when all of it is read.
#[derive(Clone, Copy)]
pub(crate) struct NameAddrText<'a> {
    display: Display<'a>,
    uri: UriText<'a>,
    params: ParamsText<'a>,
}

impl From<NameAddrText<'_>> for NameAddr {
    #[inline(always)]
    fn from(text: NameAddrText<'_>) -> Self {
        Self { display: text.display.into(), uri: text.uri.into(), params: text.params.into() }
    }
}

/// `( name-addr / addr-spec ) *( SEMI generic-param )`
#[inline(always)]
fn name_addr(input: &str) -> Parsed<'_, NameAddrText<'_>> {
    let (rest, display, uri) = match display_name(input) {
        Ok((rest, display)) if rest.starts_with('<') => {
            let (rest, uri) = uri::bracketed_text(rest)?;
            (rest, display, uri)
        }
        Ok(_) | Err(_) => {
            let (rest, uri) = bare(input)?;
            (rest, Display::None, uri)
        }
    };
    let (rest, params) = params::params_text(rest)?;
    Ok((rest, NameAddrText { display, uri, params }))
}

/// A name where it lies in a text.
#[derive(Clone, Copy)]
enum Display<'a> {
    None,
    Quoted(&'a str),
    Words(&'a str),
}

impl From<Display<'_>> for Option<SmolStr> {
    #[inline(always)]
    fn from(display: Display<'_>) -> Self {
        match display {
            Display::None => None,
            Display::Quoted(inside) => Some(grammar::unescape(inside)),
            Display::Words(name) if name.as_bytes().windows(2).any(is_odd_gap) => {
                let words: Vec<_> = name.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
                Some(words.join(" ").into())
            }
            Display::Words(name) => Some(small(name)),
        }
    }
}

/// Whether two neighbours are more of a gap than one space.
fn is_odd_gap(pair: &[u8]) -> bool {
    matches!(pair, [b' ', b' '] | [b'\t', _])
}

/// `[ *(token LWS) / quoted-string ]`; no blank is needed before the bracket (RFC 4475 §3.1.1.6).
#[inline(always)]
fn display_name(input: &str) -> Parsed<'_, Display<'_>> {
    let (rest, name) = match input.as_bytes() {
        [b'<', ..] => return Ok((input, Display::None)),
        [b'"', ..] => quoted_string(input).map(|(rest, inside)| (rest, Display::Quoted(inside)))?,
        _ => words(input),
    };
    Ok((&rest[blanks(rest.as_bytes())..], name))
}

/// `*(token LWS)`; one space is kept of each LWS.
fn words(input: &str) -> (&str, Display<'_>) {
    let Ok((mut rest, _)) = token(input) else { return (input, Display::None) };
    while let Ok((after, _)) = preceded(lws, token).parse(rest) {
        rest = after;
    }
    (rest, Display::Words(&input[..input.len() - rest.len()]))
}

/// A URI without brackets: what follows a semicolon is the header's, what follows a comma is another value, and a
/// question mark has no place in it (RFC 3261 §20).
fn bare(input: &str) -> Parsed<'_, UriText<'_>> {
    let end = input.find([';', ',', ' ', '\t']).unwrap_or(input.len());
    let (before, after) = input.split_at(end);
    match uri::uri_text(before) {
        Ok(("", uri)) if !before.contains('?') => Ok((after, uri)),
        Ok(_) | Err(_) => fail(input),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> NameAddr {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn brackets_part_the_uris_parameters_from_the_headers() {
        let inside = read("<sip:a@b;x=1>;y=2");
        assert_eq!((inside.uri.params.get("x"), inside.params.get("y")), (Some("1"), Some("2")));
        let bare = read("sip:a@b;x=1 ; y=2");
        assert_eq!(
            (bare.uri.params.get("x"), bare.params.get("x"), bare.params.get("y")),
            (None, Some("1"), Some("2"))
        );
    }

    #[test]
    fn names_come_bare_quoted_or_touching() {
        assert_eq!(read("caller<sip:a@b>").display.as_deref(), Some("caller"));
        assert_eq!(read("T. A. Watson <sip:a@b>").display.as_deref(), Some("T. A. Watson"));
        assert_eq!(read("T.  A.\t Watson\t<sip:a@b>").display.as_deref(), Some("T. A. Watson"));
        assert_eq!(read(r#""A \"<x>\" B" <sip:a@b>"#).display.as_deref(), Some(r#"A "<x>" B"#));
        assert_eq!(read("\"\" <sip:a@b>").display.as_deref(), Some(""));
    }

    #[test]
    fn a_quoted_bracket_in_a_parameter_is_no_bracket() {
        let contact = read(r#"<sip:a@b;transport=ws>;+sip.instance="<urn:uuid:0>";reg-id=1"#);
        assert_eq!(contact.params.get("+sip.instance"), Some("<urn:uuid:0>"));
        assert_eq!(contact.params.get("reg-id"), Some("1"));
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for text in
            ["", "<>", "\"a <sip:a@b>", "Bell, Alexander <sip:a@b>", "sip:a@b?x=y", "<sip:a@b", "< sip:a@b >"]
        {
            assert_eq!(text.parse::<NameAddr>(), Err(InvalidNameAddr), "{text}");
        }
    }

    #[test]
    fn a_name_cannot_break_out_of_its_quotes() {
        let mut addr = read("<sip:a@b>");
        addr.display = Some("x\" <sip:evil@c>\r\nVia: y".into());
        assert_eq!(read(&addr.to_string()).uri, addr.uri);
        assert!(!addr.to_string().contains(['\r', '\n']));
    }
}
