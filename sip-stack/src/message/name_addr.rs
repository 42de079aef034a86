//! `name-addr` and `addr-spec` with the parameters of their header.

use std::fmt;
use std::str::FromStr;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::map;
use nom::sequence::{pair, preceded, terminated};
use smol_str::SmolStr;

use super::grammar::{self, Parsed, fail, lws, quoted_string, sws, token};
use super::params::{self, Params};
use super::uri::{self, Uri};

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
        grammar::complete(text, name_addr).ok_or(InvalidNameAddr)
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out);
        f.write_str(&out)
    }
}

/// `( name-addr / addr-spec ) *( SEMI generic-param )`
pub(crate) fn name_addr(input: &str) -> Parsed<'_, NameAddr> {
    let (rest, (display, uri)) = alt((bracketed, bare)).parse(input)?;
    let (rest, params) = params::params(rest)?;
    Ok((rest, NameAddr { display, uri, params }))
}

fn bracketed(input: &str) -> Parsed<'_, (Option<SmolStr>, Uri)> {
    pair(display_name, uri::bracketed).parse(input)
}

/// `[ *(token LWS) / quoted-string ]`; no blank is needed before the bracket (RFC 4475 §3.1.1.6).
fn display_name(input: &str) -> Parsed<'_, Option<SmolStr>> {
    let quoted = map(quoted_string, |inside| Some(grammar::unescape(inside)));
    terminated(alt((quoted, words)), sws).parse(input)
}

/// `*(token LWS)`; one space is kept of each LWS.
fn words(input: &str) -> Parsed<'_, Option<SmolStr>> {
    let Ok((mut rest, _)) = token(input) else { return Ok((input, None)) };
    while let Ok((after, _)) = preceded(lws, token).parse(rest) {
        rest = after;
    }
    let name = &input[..input.len() - rest.len()];
    if name.contains("  ") || name.contains('\t') {
        let words: Vec<_> = name.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        return Ok((rest, Some(words.join(" ").into())));
    }
    Ok((rest, Some(name.into())))
}

/// A URI without brackets: what follows a semicolon is the header's, and a comma or question mark has no
/// place in it (RFC 3261 §20).
fn bare(input: &str) -> Parsed<'_, (Option<SmolStr>, Uri)> {
    let end = input.find([';', ' ', '\t']).unwrap_or(input.len());
    let (before, after) = input.split_at(end);
    match uri::uri(before) {
        Ok(("", uri)) if !before.contains([',', '?']) => Ok((after, (None, uri))),
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
