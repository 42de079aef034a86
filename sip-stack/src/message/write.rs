//! Printing messages.

use std::io::Write as _;

use bytes::Bytes;

use super::grammar::without_trailing_blanks;
use super::headers::Headers;
use super::name::HeaderName;
use super::{Message, Request, Response};

impl Message {
    /// The message as it travels: long header names, no folds, one Content-Length.
    pub fn to_bytes(&self) -> Bytes {
        match self {
            Self::Request(request) => request.to_bytes(),
            Self::Response(response) => response.to_bytes(),
        }
    }
}

impl Request {
    /// The request as it travels.
    pub fn to_bytes(&self) -> Bytes {
        let mut line = String::with_capacity(96);
        line.push_str(self.method.as_str());
        line.push(' ');
        self.uri.write(&mut line);
        line.push_str(" SIP/2.0\r\n");
        finish(&line, &self.headers, &self.body)
    }
}

impl Response {
    /// The response as it travels.
    pub fn to_bytes(&self) -> Bytes {
        let line = format!("SIP/2.0 {} {}\r\n", self.code, self.reason);
        finish(&line, &self.headers, &self.body)
    }
}

const PUNCTUATION: usize = ": \r\n".len();
const LENGTH_LINE: usize = "Content-Length: 65535\r\n\r\n".len();

impl Headers {
    /// Appends the lines as they travel, Content-Length left out.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for (name, value) in self.raw().filter(|(name, _)| **name != HeaderName::ContentLength) {
            out.extend_from_slice(name.as_str().as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(&value[..without_trailing_blanks(value)]);
            out.extend_from_slice(b"\r\n");
        }
    }
}

fn finish(first_line: &str, headers: &Headers, body: &Bytes) -> Bytes {
    let lines: usize =
        headers.raw().map(|(name, value)| name.as_str().len() + value.len() + PUNCTUATION).sum();
    let mut out = Vec::with_capacity(first_line.len() + lines + LENGTH_LINE + body.len());
    out.extend_from_slice(first_line.as_bytes());
    headers.write(&mut out);
    // A Vec takes whatever is written to it.
    let _ = write!(out, "Content-Length: {}\r\n\r\n", body.len());
    out.extend_from_slice(body);
    Bytes::from(out)
}
