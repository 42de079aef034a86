//! Printing messages.

use bytes::Bytes;

use super::grammar;
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
        let mut out = buffer(&self.headers, &self.body);
        out.push_str(self.method.as_str());
        out.push(' ');
        self.uri.write(&mut out);
        out.push_str(" SIP/2.0\r\n");
        finish(out, &self.headers, &self.body)
    }
}

impl Response {
    /// The response as it travels.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = buffer(&self.headers, &self.body);
        out.push_str("SIP/2.0 ");
        write_number(self.code.as_u16().into(), &mut out);
        out.push(' ');
        out.push_str(&self.reason);
        out.push_str("\r\n");
        finish(out, &self.headers, &self.body)
    }
}

fn buffer(headers: &Headers, body: &Bytes) -> String {
    let lines: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    String::with_capacity(lines + body.len() + 160)
}

fn finish(mut out: String, headers: &Headers, body: &Bytes) -> Bytes {
    for (name, value) in headers.iter().filter(|(name, _)| **name != HeaderName::ContentLength) {
        out.push_str(name.as_str());
        out.push_str(": ");
        out.push_str(value.trim_end_matches(grammar::BLANKS));
        out.push_str("\r\n");
    }
    out.push_str("Content-Length: ");
    write_number(body.len(), &mut out);
    out.push_str("\r\n\r\n");
    let mut bytes = out.into_bytes();
    bytes.extend_from_slice(body);
    Bytes::from(bytes)
}

fn write_number(number: usize, out: &mut String) {
    use std::fmt::Write as _;
    // A String takes whatever is written to it.
    let _ = write!(out, "{number}");
}
