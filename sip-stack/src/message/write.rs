//! Printing messages.

use bytes::Bytes;

use super::grammar::{self, without_trailing_blanks};
use super::headers::{Headers, Run};
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
        let mut out = String::with_capacity(FIRST_LINE_USUAL + size(&self.headers, &self.body));
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
        let mut out = String::with_capacity(FIRST_LINE_USUAL + size(&self.headers, &self.body));
        out.push_str("SIP/2.0 ");
        grammar::write_number(self.code.as_u16().into(), &mut out);
        out.push(' ');
        out.push_str(&self.reason);
        out.push_str("\r\n");
        finish(out, &self.headers, &self.body)
    }
}

const FIRST_LINE_USUAL: usize = 96;
/// What a line has beside its value: a name as long as most are, a colon, a blank, a line end.
const LINE_USUAL: usize = 20;
const LENGTH_LINE: usize = "Content-Length: 65535\r\n\r\n".len();

/// About how long headers and body are; it is no matter if they are longer.
fn size(headers: &Headers, body: &Bytes) -> usize {
    headers.raw().map(|(_, value)| value.len() + LINE_USUAL).sum::<usize>() + LENGTH_LINE + body.len()
}

impl Headers {
    /// Appends the lines as they travel, Content-Length left out.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for run in self.runs() {
            match run {
                Run::Head(lines) => out.extend_from_slice(lines),
                Run::Line(HeaderName::ContentLength, _) => {}
                Run::Line(name, value) => {
                    out.extend_from_slice(name.as_str().as_bytes());
                    out.extend_from_slice(b": ");
                    out.extend_from_slice(&value[..without_trailing_blanks(value)]);
                    out.extend_from_slice(b"\r\n");
                }
            }
        }
    }
}

fn finish(first_line: String, headers: &Headers, body: &Bytes) -> Bytes {
    let mut length = String::with_capacity(LENGTH_LINE);
    length.push_str("Content-Length: ");
    grammar::write_number(body.len() as u64, &mut length);
    length.push_str("\r\n\r\n");
    let mut out = first_line.into_bytes();
    headers.write(&mut out);
    out.extend_from_slice(length.as_bytes());
    out.extend_from_slice(body);
    Bytes::from(out)
}
