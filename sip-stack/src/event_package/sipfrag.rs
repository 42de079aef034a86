//! The body of the package `refer`: `message/sipfrag` (RFC 3420), of which a status line is the least.

use bytes::Bytes;

use super::BodyError;
use crate::message::{Headers, Message, Method, Request, Response, StatusCode, Text, Uri};

/// Octets of a fragment.
const BYTES_MAX: usize = 65_536;

/// What stands before the headers of a fragment without a first line, to be read as a message.
const STAND_IN: &[u8] = b"SIP/2.0 100 Trying\r\n";

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sipfrag {
    /// Its first line, if that is in the part.
    pub first: Option<FirstLine>,
    /// The headers that are.
    pub headers: Headers,
    /// The body, if that is.
    pub body: Bytes,
}

/// The first line of a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstLine {
    /// Of a request.
    Request(Method, Uri),
    /// Of a response, with its phrase.
    Status(StatusCode, String),
}

impl Sipfrag {
    /// What the body is called; the version is that of RFC 3515's examples.
    pub const CONTENT_TYPE: &'static str = "message/sipfrag;version=2.0";

    /// The least that tells how a REFER goes (RFC 3515 §2.4.5).
    pub fn of_status(code: StatusCode, reason: &str) -> Self {
        let first = Some(FirstLine::Status(code, reason.to_owned()));
        Self { first, headers: Headers::new(), body: Bytes::new() }
    }

    /// The code of its status line.
    pub fn code(&self) -> Option<StatusCode> {
        match &self.first {
            Some(FirstLine::Status(code, _)) => Some(*code),
            Some(FirstLine::Request(..)) | None => None,
        }
    }

    /// Reads a body. Its headers need no empty line behind them.
    ///
    /// # Errors
    /// It is no part of a message, or too large for one.
    pub fn parse(body: &[u8]) -> Result<Self, BodyError> {
        if body.len() > BYTES_MAX {
            return Err(BodyError::TooLarge);
        }
        let whole = whole(body);
        let is_whole = whole.starts_with(body);
        match Message::parse(Bytes::from(whole)).map_err(|_| BodyError::Malformed)? {
            Message::Request(Request { method, uri, headers, body }) => {
                Ok(Self { first: Some(FirstLine::Request(method, uri)), headers, body })
            }
            Message::Response(Response { code, reason, headers, body }) => {
                let first = is_whole.then(|| FirstLine::Status(code, reason.to_string()));
                Ok(Self { first, headers, body })
            }
        }
    }

    /// Prints the body.
    pub fn to_bytes(&self) -> Bytes {
        let (headers, body) = (self.headers.clone(), self.body.clone());
        let whole = match &self.first {
            Some(FirstLine::Request(method, uri)) => {
                Request { method: method.clone(), uri: uri.clone(), headers, body }.to_bytes()
            }
            Some(FirstLine::Status(code, reason)) => {
                Response { code: *code, reason: Text::from(reason.as_str()), headers, body }.to_bytes()
            }
            None => {
                Response { code: StatusCode::TRYING, reason: Text::from("Trying"), headers, body }.to_bytes()
            }
        };
        let start = if self.first.is_none() { STAND_IN.len() } else { 0 };
        let end = if self.body.is_empty() { head_end(&whole) } else { whole.len() };
        whole.slice(start.min(end)..end)
    }
}

/// The fragment with what it lacks of a message: a first line, and the end of its head.
fn whole(body: &[u8]) -> Vec<u8> {
    let first = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let version = b"SIP/2.0";
    let has_first_line = first.windows(version.len()).any(|word| word == version) && !is_header(first);
    let mut whole = Vec::with_capacity(STAND_IN.len() + body.len() + 4);
    if !has_first_line {
        whole.extend_from_slice(STAND_IN);
    }
    whole.extend_from_slice(body);
    if !whole.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        whole.extend_from_slice(if whole.ends_with(b"\r\n") { b"\r\n" } else { b"\r\n\r\n" });
    }
    whole
}

/// Whether a line's first blank or colon is a colon: `Via: SIP/2.0/UDP` is no first line.
fn is_header(line: &[u8]) -> bool {
    line.iter().find(|byte| matches!(byte, b' ' | b':')) == Some(&b':')
}

/// Where the headers end that an empty body's Content-Length follows.
fn head_end(whole: &Bytes) -> usize {
    let length = b"Content-Length: 0\r\n\r\n";
    whole.len() - if whole.ends_with(length) { length.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_line_is_enough() {
        for text in ["SIP/2.0 603 Declined", "SIP/2.0 603 Declined\r\n", "SIP/2.0 603 Declined\r\n\r\n"] {
            let fragment = Sipfrag::parse(text.as_bytes()).unwrap();
            assert_eq!(fragment.code().map(StatusCode::as_u16), Some(603), "{text:?}");
            assert_eq!(&*fragment.to_bytes(), b"SIP/2.0 603 Declined\r\n");
        }
    }

    #[test]
    fn headers_may_stand_alone_and_bodies_follow() {
        let alone = Sipfrag::parse(b"From: <sip:a@b>;tag=1\r\nVia: SIP/2.0/UDP b\r\n").unwrap();
        assert_eq!((alone.first.as_ref(), alone.headers.len()), (None, 2));
        assert_eq!(&*alone.to_bytes(), b"From: <sip:a@b>;tag=1\r\nVia: SIP/2.0/UDP b\r\n");
        let invite =
            Sipfrag::parse(b"INVITE sip:a@b SIP/2.0\r\nContent-Type: text/plain\r\n\r\nhello").unwrap();
        assert!(matches!(&invite.first, Some(FirstLine::Request(Method::Invite, _))));
        assert_eq!(Sipfrag::parse(&invite.to_bytes()), Ok(invite));
    }

    #[test]
    fn noise_is_refused() {
        assert_eq!(Sipfrag::parse(b"hello there"), Err(BodyError::Malformed));
        assert_eq!(Sipfrag::parse(&[b'a'; BYTES_MAX + 1]), Err(BodyError::TooLarge));
    }
}
