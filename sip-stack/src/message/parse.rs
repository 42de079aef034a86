//! The first stage: a message's frame, its first line, the spans of its headers.

use bytes::{Buf, Bytes};

use super::first_line::{self, FirstLine};
use super::grammar::without_trailing_blanks;
use super::headers::{Header, Headers};
use super::limits::{HEAD_BYTES_MAX, HEADER_LINES_MAX, LINE_BYTES_MAX, MESSAGE_BYTES_MAX};
use super::line::{Line, UsualLine, header_name, unfold};
use super::method::Method;
use super::name::{HeaderName, Spelling};
use super::request::Request;
use super::response::Response;
use super::status::StatusCode;
use super::text::Text;
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
    pub fn parse(mut bytes: Bytes) -> Result<Self, ParseError> {
        bytes.advance(bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count());
        if bytes.is_empty() {
            return Err(ParseError { fault: Fault::Empty, request: None });
        }
        let line = Line::of(&bytes);
        let first = FirstLine::parse(&bytes[..line.len]);
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

/// Reads header lines and what follows their empty line, as in a part of a body. Nothing has to follow.
pub(super) fn header_block(bytes: Bytes) -> Result<(Headers, Bytes), Fault> {
    let mut head = Head::new(bytes);
    let read = head.read_lines(0);
    head.headers.settle(head.bytes.slice(..head.body_start));
    match read {
        Ok(()) | Err(Fault::Unended) => Ok((head.headers, head.bytes.slice(head.body_start..))),
        Err(fault) => Err(fault),
    }
}

/// The headers while they are read.
struct Head {
    bytes: Bytes,
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
        let headers = Headers::of_head();
        Self { headers, lengths: Lengths::None, body_start: bytes.len(), bytes }
    }

    /// Reads header lines up to the empty one; goes on behind a malformed line, so that the rest can be
    /// answered.
    fn read(&mut self, first_line_len: usize) -> Result<(), Fault> {
        let result = self.read_lines(first_line_len + 2);
        self.headers.settle(self.bytes.slice(..self.body_start));
        result
    }

    fn read_lines(&mut self, start: usize) -> Result<(), Fault> {
        let mut at = start;
        let mut result = if self.bytes.len() > MESSAGE_BYTES_MAX { Err(Fault::TooLarge) } else { Ok(()) };
        for _ in 0..=HEADER_LINES_MAX {
            match self.bytes.get(at..) {
                None | Some([]) => return result.and(Err(Fault::Unended)),
                Some([b'\r', b'\n', ..]) => {
                    self.body_start = at + 2;
                    let fits = self.body_start <= HEAD_BYTES_MAX;
                    return result.and(if fits { Ok(()) } else { Err(Fault::TooLarge) });
                }
                Some(_) if at > HEAD_BYTES_MAX => return Err(Fault::TooLarge),
                Some(_) => {
                    let (len, read) = self.read_line(at);
                    result = result.and(read);
                    at += len + 2;
                }
            }
        }
        Err(Fault::TooLarge)
    }

    /// Reads one line, and tells how long it is.
    #[inline]
    fn read_line(&mut self, start: usize) -> (usize, Result<(), Fault>) {
        let rest = &self.bytes[start..];
        match UsualLine::of(rest) {
            Some(line) if line.len <= LINE_BYTES_MAX => {
                let name = HeaderName::from(line.name);
                self.note_length(&name);
                let value = start + line.value.start..start + line.value.end;
                let own_line = (line.spelling == Spelling::Ours).then_some(start);
                self.headers.push_span(name, value, own_line);
                (line.len, Ok(()))
            }
            _ => {
                let line = Line::of(rest);
                (line.len, self.read_unusual_line(start, &line))
            }
        }
    }

    fn read_unusual_line(&mut self, start: usize, line: &Line) -> Result<(), Fault> {
        if line.len > LINE_BYTES_MAX {
            return Err(Fault::TooLarge);
        }
        let end = start + line.len;
        let (name, value) = header_name(&self.bytes[start..end]).ok_or(Fault::HeaderLine)?;
        let name = HeaderName::of_token(name).ok_or(Fault::HeaderLine)?;
        if line.is_plain {
            let start = end - value.len();
            let end = start + without_trailing_blanks(value);
            self.note_length(&name);
            self.headers.push_span(name, start..end, None);
        } else {
            let value = unfold(value).ok_or(Fault::HeaderLine)?;
            self.note_length(&name);
            self.headers.push(Header::new(name, Text::from_wire(&value)));
        }
        Ok(())
    }

    #[inline]
    fn note_length(&mut self, name: &HeaderName) {
        if matches!(name, HeaderName::ContentLength) {
            self.lengths = match self.lengths {
                Lengths::None => Lengths::One(self.headers.len()),
                Lengths::One(_) | Lengths::Several => Lengths::Several,
            };
        }
    }

    /// Applies the Content-Length that fits and drops its header.
    fn finish(self) -> (Headers, Bytes) {
        let Self { bytes, mut headers, lengths, body_start, .. } = self;
        let body = bytes.slice(body_start..);
        let Lengths::One(index) = lengths else { return (headers, body) };
        let value = headers.value_at(index);
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
        let is_response = first_line::is_status_line(&self.bytes);
        let method = || first_line::method(&self.bytes).map(|(method, _)| method);
        let request = (!is_response && !self.headers.is_empty())
            .then(|| Box::new(Salvage { method: method(), headers: self.headers }));
        ParseError { fault, request }
    }
}
