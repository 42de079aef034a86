//! URIs: `sip:`, `sips:`, `tel:` and whatever else a header may name.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use nom::combinator::verify;
use nom::error::Error;
use nom::{Err, Parser};
use smol_str::SmolStr;

use super::byte_set::ByteSet;
use super::grammar::{self, Parsed, escaped, fail, run1};
use super::host::{self, Host, HostText};
use super::limits::{PARAMS_MAX, URI_BYTES_MAX};
use super::params::{self, Params, ParamsText};
use super::text::small;
use crate::transport::Transport;

mod compare;
mod telephone;

pub use telephone::{Context, Telephone};

/// A URI of RFC 3261 §19.1, RFC 3966 or any other scheme.
///
/// Text fields hold what is on the wire, `%HH` escapes included; printing escapes what may not stand there
/// bare. [`user_decoded`](Self::user_decoded) takes the escapes out. `==` compares spelling;
/// [`matches`](Self::matches) compares as RFC 3261 §19.1.4 says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uri {
    /// What the rest means.
    pub scheme: Scheme,
    /// The user of a SIP URI, the number of a `tel:` URI, all that follows the colon of another one.
    pub user: Option<SmolStr>,
    /// The password of a SIP URI; better not used.
    pub password: Option<SmolStr>,
    /// The host of a SIP URI; the empty name otherwise.
    pub host: Host,
    /// The port of a SIP URI.
    pub port: Option<u16>,
    /// The parameters of a SIP or `tel:` URI.
    pub params: Params,
    /// The headers of a SIP URI: name and value, escaped.
    pub headers: Vec<(SmolStr, SmolStr)>,
}

/// The scheme of a URI.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `sip`
    Sip,
    /// `sips`
    Sips,
    /// `tel`
    Tel,
    /// Any other, in lower case.
    Other(SmolStr),
}

impl Uri {
    /// A `sip:` URI. Pass `None::<&str>` for one without user.
    pub fn sip(user: Option<impl Into<SmolStr>>, host: Host, port: Option<u16>) -> Self {
        Self {
            scheme: Scheme::Sip,
            user: user.map(Into::into),
            password: None,
            host,
            port,
            params: Params::new(),
            headers: Vec::new(),
        }
    }

    /// Whether the scheme is `sip` or `sips`.
    pub const fn is_sip(&self) -> bool {
        matches!(self.scheme, Scheme::Sip | Scheme::Sips)
    }

    /// The user without escapes; bytes that are no UTF-8 read as the replacement character.
    pub fn user_decoded(&self) -> Option<Cow<'_, str>> {
        let user = self.user.as_deref()?;
        if !user.contains('%') {
            return Some(Cow::Borrowed(user));
        }
        Some(Cow::Owned(String::from_utf8_lossy(&grammar::percent_decode(user)).into_owned()))
    }

    /// The value of the first of its headers with this name, without escapes.
    pub fn header_decoded(&self, name: &str) -> Option<String> {
        let (_, value) = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(&grammar::percent_decode(value)).into_owned())
    }

    /// The `transport` parameter, if it names a transport of this stack.
    pub fn transport(&self) -> Option<Transport> {
        self.params.get("transport").and_then(|word| word.parse().ok())
    }

    /// Whether the host is a loose router (`lr`, RFC 3261 §16.12).
    pub fn is_loose_router(&self) -> bool {
        self.params.contains("lr")
    }

    /// The URI as the request URI of a request: without headers and `method` (RFC 3261 §19.1.5).
    pub fn for_request_line(&self) -> Self {
        let mut uri = self.clone();
        uri.headers.clear();
        uri.params.remove("method");
        uri
    }

    pub(crate) fn write_bracketed(&self, out: &mut String) {
        out.push('<');
        self.write(out);
        out.push('>');
    }

    pub(crate) fn write(&self, out: &mut String) {
        match &self.scheme {
            Scheme::Sip | Scheme::Sips => self.write_sip(out),
            Scheme::Tel => self.write_tel(out),
            Scheme::Other(scheme) => self.write_other(scheme, out),
        }
    }

    fn write_sip(&self, out: &mut String) {
        out.push_str(if self.scheme == Scheme::Sips { "sips:" } else { "sip:" });
        if let Some(user) = &self.user {
            grammar::write_escaped(user, &USER, out);
            if let Some(password) = &self.password {
                out.push(':');
                grammar::write_escaped(password, &PASSWORD, out);
            }
            out.push('@');
        }
        self.host.write(out);
        if let Some(port) = self.port {
            out.push(':');
            grammar::write_number(port.into(), out);
        }
        self.params.write_in_uri(out);
        for (index, (name, value)) in self.headers.iter().enumerate() {
            out.push(if index == 0 { '?' } else { '&' });
            grammar::write_escaped(name, &HEADER, out);
            out.push('=');
            grammar::write_escaped(value, &HEADER, out);
        }
    }

    fn write_tel(&self, out: &mut String) {
        out.push_str("tel:");
        out.extend(
            self.user
                .iter()
                .flat_map(|number| number.bytes())
                .filter(|byte| PHONE.contains(*byte))
                .map(char::from),
        );
        self.params.write_in_uri(out);
    }

    fn write_other(&self, scheme: &str, out: &mut String) {
        out.extend(scheme.bytes().filter(|byte| SCHEME.contains(*byte)).map(char::from));
        out.push(':');
        grammar::write_escaped(self.user.as_deref().unwrap_or_default(), &URI, out);
    }
}

/// The text is no URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a uri")]
pub struct InvalidUri;

impl FromStr for Uri {
    type Err = InvalidUri;

    /// Blanks around are refused too: they may not stand in a request line.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match uri_text(text) {
            Ok(("", uri)) if text.len() <= URI_BYTES_MAX => Ok(uri.into()),
            Ok(_) | Err(_) => Err(InvalidUri),
        }
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out);
        f.write_str(&out)
    }
}

/// A URI where it lies in a text: owned once, when all of it is read.
#[derive(Clone, Copy)]
pub(crate) struct UriText<'a> {
    scheme: SchemeText<'a>,
    user: Option<&'a str>,
    password: Option<&'a str>,
    host: HostText<'a>,
    port: Option<u16>,
    params: Option<ParamsText<'a>>,
    headers: &'a str,
}

#[derive(Clone, Copy)]
enum SchemeText<'a> {
    Sip,
    Sips,
    Tel,
    Other(&'a str),
}

impl From<UriText<'_>> for Uri {
    #[inline(always)]
    fn from(uri: UriText<'_>) -> Self {
        Self {
            scheme: match uri.scheme {
                SchemeText::Sip => Scheme::Sip,
                SchemeText::Sips => Scheme::Sips,
                SchemeText::Tel => Scheme::Tel,
                SchemeText::Other(word) => Scheme::Other(word.to_ascii_lowercase().into()),
            },
            user: uri.user.map(small),
            password: uri.password.map(small),
            host: uri.host.into(),
            port: uri.port,
            params: uri.params.map(Params::from).unwrap_or_default(),
            headers: owned_headers(uri.headers),
        }
    }
}

/// The headers of a text that [`headers`] has checked.
fn owned_headers(text: &str) -> Vec<(SmolStr, SmolStr)> {
    if text.is_empty() {
        return Vec::new();
    }
    let pairs = text.split('&').filter_map(|header| header.split_once('='));
    pairs.map(|(name, value)| (name.into(), value.into())).collect()
}

/// `LAQUOT ( SIP-URI / SIPS-URI / absoluteURI ) RAQUOT`
pub(crate) fn bracketed(input: &str) -> Parsed<'_, Uri> {
    bracketed_text(input).map(|(rest, uri)| (rest, uri.into()))
}

/// The same, where it lies.
#[inline(always)]
pub(crate) fn bracketed_text(input: &str) -> Parsed<'_, UriText<'_>> {
    let Some(inside) = input.strip_prefix('<') else { return fail(input) };
    let (rest, uri) = uri_text(inside)?;
    rest.strip_prefix('>').map_or_else(|| fail(input), |rest| Ok((rest, uri)))
}

/// `SIP-URI / SIPS-URI / absoluteURI`
#[inline(always)]
pub(crate) fn uri_text(input: &str) -> Parsed<'_, UriText<'_>> {
    let (rest, scheme) = scheme(input)?;
    match scheme {
        SchemeText::Sip | SchemeText::Sips => sip(scheme, rest),
        SchemeText::Tel => tel(rest),
        SchemeText::Other(_) => other(scheme, rest),
    }
}

#[inline(always)]
fn scheme(input: &str) -> Parsed<'_, SchemeText<'_>> {
    if let Some(rest) = input.strip_prefix("sip:") {
        return Ok((rest, SchemeText::Sip));
    }
    let (rest, word) = run1(&SCHEME)(input)?;
    let starts_well = word.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let Some(rest) = rest.strip_prefix(':').filter(|_| starts_well) else { return fail(input) };
    let is = |name: &str| name.eq_ignore_ascii_case(word);
    let scheme = match word.len() {
        3 if is("sip") => SchemeText::Sip,
        4 if is("sips") => SchemeText::Sips,
        3 if is("tel") => SchemeText::Tel,
        _ => SchemeText::Other(word),
    };
    Ok((rest, scheme))
}

#[inline(always)]
fn sip<'a>(scheme: SchemeText<'a>, input: &'a str) -> Parsed<'a, UriText<'a>> {
    let (rest, user, password) = userinfo(input);
    let (rest, host) = host::host(rest)?;
    let (rest, port) = host::port(rest)?;
    let (rest, params) = params::uri_params_text(rest)?;
    let (rest, headers) = headers(rest)?;
    Ok((rest, UriText { scheme, user, password, host, port, params: Some(params), headers }))
}

/// `[ user [ ":" password ] "@" ]`: what follows, the user, the password.
#[inline(always)]
fn userinfo(input: &str) -> (&str, Option<&str>, Option<&str>) {
    let (rest, user) = escaped(&USER, input);
    let with_password = || rest.strip_prefix(':').map(|rest| escaped(&PASSWORD, rest));
    match (rest.strip_prefix('@'), user) {
        (_, "") => (input, None, None),
        (Some(rest), user) => (rest, Some(user), None),
        (None, user) => {
            match with_password().and_then(|(rest, word)| Some((rest.strip_prefix('@')?, word))) {
                Some((rest, password)) => (rest, Some(user), Some(password)),
                None => (input, None, None),
            }
        }
    }
}

/// `[ "?" header *( "&" header ) ]`: what follows, and what is behind the question mark.
#[inline(always)]
fn headers(input: &str) -> Parsed<'_, &str> {
    let Some(text) = input.strip_prefix('?') else { return Ok((input, "")) };
    let (mut rest, mut count) = (header(text)?, 1);
    while let Some(after) = rest.strip_prefix('&') {
        if count == PARAMS_MAX {
            return fail(input);
        }
        (rest, count) = (header(after)?, count + 1);
    }
    Ok((rest, &text[..text.len() - rest.len()]))
}

/// What follows `hname "=" hvalue`.
fn header(input: &str) -> Result<&str, Err<Error<&str>>> {
    let (after, name) = escaped(&HEADER, input);
    match after.strip_prefix('=') {
        Some(value) if !name.is_empty() => Ok(escaped(&HEADER, value).0),
        Some(_) | None => fail(input).map(|(rest, ())| rest),
    }
}

fn tel(input: &str) -> Parsed<'_, UriText<'_>> {
    let (rest, number) = verify(run1(&PHONE), telephone::is_number).parse(input)?;
    let (rest, params) = params::uri_params_text(rest)?;
    Ok((rest, UriText { params: Some(params), ..without_host(SchemeText::Tel, number) }))
}

fn other<'a>(scheme: SchemeText<'a>, input: &'a str) -> Parsed<'a, UriText<'a>> {
    let (rest, opaque) = escaped(&URI, input);
    if opaque.is_empty() { fail(input) } else { Ok((rest, without_host(scheme, opaque))) }
}

const fn without_host<'a>(scheme: SchemeText<'a>, text: &'a str) -> UriText<'a> {
    let host = HostText::Name("");
    UriText { scheme, user: Some(text), password: None, host, port: None, params: None, headers: "" }
}

static SCHEME: ByteSet = ByteSet::alphanumeric_and(b"+-.");

/// `unreserved`
pub(crate) const UNRESERVED: ByteSet = ByteSet::alphanumeric_and(b"-_.!~*'()");

/// `user` without the escapes.
static USER: ByteSet = UNRESERVED.and(b"&=+$,;?/");

/// `password` without the escapes.
static PASSWORD: ByteSet = UNRESERVED.and(b"&=+$,");

/// `hnv-unreserved / unreserved`
static HEADER: ByteSet = UNRESERVED.and(b"[]/?:+$");

/// `reserved / unreserved`, and the brackets of RFC 2732.
static URI: ByteSet = UNRESERVED.and(b"[]/?:+$;@&=,");

/// The digits and visual separators of RFC 3966.
static PHONE: ByteSet = ByteSet::hexadecimal_and(b"+*#-.()");
