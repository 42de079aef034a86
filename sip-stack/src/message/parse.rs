//! The first stage: a message's frame, its first line, the spans of its headers.

use std::str::from_utf8;

use bytes::Bytes;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::combinator::map_opt;
use nom::sequence::terminated;
use nom::{IResult, Parser};

use super::headers::{Header, Headers};
use super::limits::{HEAD_BYTES_MAX, HEADER_LINES_MAX, LINE_BYTES_MAX, MESSAGE_BYTES_MAX, URI_BYTES_MAX};
use super::method::Method;
use super::name::HeaderName;
use super::request::Request;
use super::response::Response;
use super::status::StatusCode;
use super::text::Text;
use super::uri::Uri;
use super::{Message, grammar};

/// What is wrong with the frame, the first line or a header line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing but line ends.
    #[error("no message")]
    Empty,
    /// The first line is neither a request line nor a status line.
    #[error("malformed first line")]
    FirstLine,
    /// The version is another one than SIP/2.0.
    #[error("unknown version")]
    Version,
    /// The status code is none.
    #[error("status code out of range")]
    StatusCode,
    /// The request URI is malformed.
    #[error("malformed request uri")]
    RequestUri,
    /// The request URI is longer than [`URI_BYTES_MAX`].
    #[error("request uri too long")]
    RequestUriTooLong,
    /// A line is no header.
    #[error("malformed header line")]
    HeaderLine,
    /// No empty line ends the headers.
    #[error("the headers do not end")]
    Unended,
    /// A limit of [`limits`](super::limits) is passed.
    #[error("message too large")]
    TooLarge,
}

impl Fault {
    /// The status code to answer with.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Version => StatusCode::VERSION_NOT_SUPPORTED,
            Self::RequestUriTooLong => StatusCode::REQUEST_URI_TOO_LONG,
            Self::TooLarge => StatusCode::MESSAGE_TOO_LARGE,
            Self::Empty
            | Self::FirstLine
            | Self::StatusCode
            | Self::RequestUri
            | Self::HeaderLine
            | Self::Unended => StatusCode::BAD_REQUEST,
        }
    }
}

/// The bytes are no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct ParseError {
    /// What is wrong.
    pub fault: Fault,
    /// What could be read of a request, enough to answer it; `None` for a response or for noise.
    pub request: Option<Box<Salvage>>,
}

/// What is left of a request that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salvage {
    /// The method, if there is one: an ACK is never answered.
    pub method: Option<Method>,
    /// The headers that could be read.
    pub headers: Headers,
}

enum FirstLine {
    Request(Method, Uri),
    Response(StatusCode, Text),
}

type Bare<'a, T> = IResult<&'a [u8], T>;

impl Message {
    /// Reads one datagram, or one message that a stream's framing has cut out.
    ///
    /// Leading line ends are skipped. A Content-Length that fits is applied and dropped from the headers, with
    /// the octets behind it: the body knows its length. Without Content-Length the body is all that is left
    /// (RFC 3261 §18.3). A Content-Length that is no number, comes twice or promises too much stays among the
    /// headers, and the second stage says what to do.
    ///
    /// # Errors
    /// [`ParseError`], with what is needed to answer a malformed request.
    pub fn parse(bytes: Bytes) -> Result<Self, ParseError> {
        let padding = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let bytes = bytes.slice(padding..);
        if bytes.is_empty() {
            return Err(ParseError { fault: Fault::Empty, request: None });
        }
        let line = Line::of(&bytes);
        let first = first_line(&bytes.slice(..line.len));
        let mut head = Head::new(bytes);
        let ended = head.read(line.len);
        match (first, ended) {
            (Ok(FirstLine::Request(method, uri)), Ok(())) => {
                let (headers, body) = head.finish();
                Ok(Self::Request(Request { method, uri, headers, body }))
            }
            (Ok(FirstLine::Response(code, reason)), Ok(())) => {
                let (headers, body) = head.finish();
                Ok(Self::Response(Response { code, reason, headers, body }))
            }
            (Err(fault), _) | (Ok(_), Err(fault)) => Err(head.refuse(fault)),
        }
    }
}

/// A line with its folds, without the line end behind it.
struct Line {
    len: usize,
    /// No line end inside.
    plain: bool,
}

impl Line {
    fn of(bytes: &[u8]) -> Self {
        let mut plain = true;
        for at in memchr::memchr2_iter(b'\r', b'\n', bytes) {
            match &bytes[at..] {
                [b'\r', b'\n', b' ' | b'\t', ..] => plain = false,
                [b'\r', b'\n', ..] => return Self { len: at, plain },
                _ => plain = plain && bytes[at] == b'\n' && at > 0 && bytes[at - 1] == b'\r',
            }
        }
        Self { len: bytes.len(), plain }
    }
}

/// The headers while they are read.
struct Head {
    bytes: Bytes,
    /// Looked at once for all headers.
    is_ascii: bool,
    headers: Headers,
    lengths: Lengths,
    body_start: usize,
}

/// The Content-Length lines met so far.
#[derive(Clone, Copy)]
enum Lengths {
    None,
    /// The index of the only one.
    One(usize),
    Several,
}

impl Head {
    fn new(bytes: Bytes) -> Self {
        let headers = Headers::of_head(bytes.clone());
        Self { headers, is_ascii: bytes.is_ascii(), lengths: Lengths::None, body_start: bytes.len(), bytes }
    }

    /// Reads header lines up to the empty one; goes on behind a malformed line, so that the rest can be
    /// answered.
    fn read(&mut self, first_line_len: usize) -> Result<(), Fault> {
        let mut result = if self.bytes.len() > MESSAGE_BYTES_MAX { Err(Fault::TooLarge) } else { Ok(()) };
        let mut at = first_line_len + 2;
        for _ in 0..=HEADER_LINES_MAX {
            match self.bytes.get(at..) {
                None | Some([]) => return result.and(Err(Fault::Unended)),
                Some([b'\r', b'\n', ..]) => {
                    self.body_start = at + 2;
                    return result;
                }
                Some(_) if at > HEAD_BYTES_MAX => return Err(Fault::TooLarge),
                Some(rest) => {
                    let line = Line::of(rest);
                    result = result.and(self.read_line(at, &line));
                    at += line.len + 2;
                }
            }
        }
        Err(Fault::TooLarge)
    }

    fn read_line(&mut self, start: usize, line: &Line) -> Result<(), Fault> {
        if line.len > LINE_BYTES_MAX {
            return Err(Fault::TooLarge);
        }
        let end = start + line.len;
        let (rest, name) = header_name(&self.bytes[start..end]).map_err(|_| Fault::HeaderLine)?;
        let name = HeaderName::of_token(name).ok_or(Fault::HeaderLine)?;
        if name == HeaderName::ContentLength {
            self.lengths = match self.lengths {
                Lengths::None => Lengths::One(self.headers.len()),
                Lengths::One(_) | Lengths::Several => Lengths::Several,
            };
        }
        if !line.plain {
            let value = unfold(rest).ok_or(Fault::HeaderLine)?;
            self.headers.push(Header::new(name, Text::from_wire(value.into())));
            return Ok(());
        }
        let (start, end) = (end - rest.len(), end - trailing_blanks(rest));
        if self.is_ascii || from_utf8(&self.bytes[start..end]).is_ok() {
            self.headers.push_span(name, start, end);
        } else {
            self.headers.push(Header::new(name, Text::from_wire(self.bytes.slice(start..end))));
        }
        Ok(())
    }

    /// Applies the Content-Length that fits and drops its header.
    fn finish(self) -> (Headers, Bytes) {
        let Self { bytes, mut headers, lengths, body_start, .. } = self;
        let body = bytes.slice(body_start..);
        let Lengths::One(index) = lengths else { return (headers, body) };
        let value = headers.get(&HeaderName::ContentLength);
        let declared: Option<usize> = value.and_then(|value| grammar::complete(value, grammar::number));
        match declared.filter(|length| *length <= body.len()) {
            Some(length) => {
                headers.remove_at(index);
                (headers, body.slice(..length))
            }
            None => (headers, body),
        }
    }

    fn refuse(self, fault: Fault) -> ParseError {
        let is_response = self.bytes.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"SIP/"));
        let method = || method(&self.bytes).ok().map(|(_, method)| method);
        let request = (!is_response && !self.headers.is_empty())
            .then(|| Box::new(Salvage { method: method(), headers: self.headers.clone() }));
        ParseError { fault, request }
    }
}

/// What the head of a message says of the length of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeclaredLength {
    Missing,
    Octets(usize),
    /// No number, or more than one header.
    Malformed,
}

/// Reads Content-Length without reading anything else.
pub(crate) fn declared_length(head: &[u8]) -> DeclaredLength {
    let mut declared = DeclaredLength::Missing;
    let mut at = Line::of(head).len + 2;
    while let Some(rest) = head.get(at..).filter(|rest| !rest.is_empty()) {
        let line = Line::of(rest);
        at += line.len + 2;
        let Ok((value, name)) = header_name(&rest[..line.len]) else { continue };
        if HeaderName::of_token(name) != Some(HeaderName::ContentLength) {
            continue;
        }
        declared = match (declared, length_of(value)) {
            (DeclaredLength::Missing, Some(octets)) => DeclaredLength::Octets(octets),
            _ => DeclaredLength::Malformed,
        };
    }
    declared
}

fn length_of(value: &[u8]) -> Option<usize> {
    let text = String::from_utf8(unfold(value)?).ok()?;
    grammar::complete(&text, grammar::number)
}

/// `token HCOLON`
fn header_name(line: &[u8]) -> Bare<'_, &[u8]> {
    let blank = |byte| matches!(byte, b' ' | b'\t');
    terminated(take_while1(grammar::is_token_byte), (take_while(blank), tag(":"), take_while(blank)))
        .parse(line)
}

fn trailing_blanks(value: &[u8]) -> usize {
    value.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Makes one space of each fold; `None` if a line end is left that is no fold.
fn unfold(value: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
        let (before, after) = rest.split_at(at);
        whole.extend_from_slice(before.trim_ascii_end());
        whole.push(b' ');
        rest = after.strip_prefix(b"\r\n")?.trim_ascii_start();
    }
    whole.extend_from_slice(rest);
    Some(whole.trim_ascii().to_vec())
}

fn first_line(line: &Bytes) -> Result<FirstLine, Fault> {
    if line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"SIP/")) {
        status_line(line)
    } else {
        request_line(line)
    }
}

/// `Method SP Request-URI SP SIP-Version`
fn request_line(line: &[u8]) -> Result<FirstLine, Fault> {
    let (rest, method) =
        terminated(method, tag(" ")).parse(line).map_err(|_: nom::Err<_>| Fault::FirstLine)?;
    let space = memchr::memrchr(b' ', rest).ok_or(Fault::FirstLine)?;
    let (uri, version) = (&rest[..space], &rest[space + 1..]);
    known_version(version)?;
    if uri.len() > URI_BYTES_MAX {
        return Err(Fault::RequestUriTooLong);
    }
    let uri = from_utf8(uri).ok().and_then(|text| text.parse().ok()).ok_or(Fault::RequestUri)?;
    Ok(FirstLine::Request(method, uri))
}

fn method(line: &[u8]) -> Bare<'_, Method> {
    map_opt(take_while1(grammar::is_token_byte), |word| from_utf8(word).ok()?.parse().ok()).parse(line)
}

fn known_version(version: &[u8]) -> Result<(), Fault> {
    let digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    let (name, number) = version.split_at(version.len().min(4));
    if !name.eq_ignore_ascii_case(b"SIP/") {
        return Err(Fault::FirstLine);
    }
    let mut parts = number.split(|byte| *byte == b'.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(b"2"), Some(b"0"), None) => Ok(()),
        (Some(major), Some(minor), None) if digits(major) && digits(minor) => Err(Fault::Version),
        _ => Err(Fault::FirstLine),
    }
}

/// `SIP-Version SP Status-Code SP Reason-Phrase`; the last SP may be missing with the phrase.
fn status_line(line: &Bytes) -> Result<FirstLine, Fault> {
    let mut parts = line.splitn(3, |byte| *byte == b' ');
    let (Some(version), Some(code)) = (parts.next(), parts.next()) else { return Err(Fault::FirstLine) };
    known_version(version)?;
    let code = code_of(code).ok_or(Fault::StatusCode)?;
    let reason = parts.next().map_or_else(Text::default, |reason| Text::from_wire(line.slice_ref(reason)));
    Ok(FirstLine::Response(code, reason))
}

fn code_of(digits: &[u8]) -> Option<StatusCode> {
    let text = from_utf8(digits).ok().filter(|text| text.len() == 3)?;
    StatusCode::new(grammar::complete(text, grammar::number)?)
}
