//! The first line: what is asked of whom, or what became of it.

use std::str::from_utf8;

use super::grammar::{self, TOKEN};
use super::limits::URI_BYTES_MAX;
use super::method::Method;
use super::parse::Fault;
use super::status::StatusCode;
use super::text::Text;
use super::uri::Uri;

pub(super) enum FirstLine {
    Request(Method, Uri),
    Response(StatusCode, Text),
}

impl FirstLine {
    pub(super) fn parse(line: &[u8]) -> Result<Self, Fault> {
        if is_status_line(line) { status_line(line) } else { request_line(line) }
    }
}

pub(super) fn is_status_line(line: &[u8]) -> bool {
    line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"SIP/"))
}

/// `Method SP Request-URI SP SIP-Version`
fn request_line(line: &[u8]) -> Result<FirstLine, Fault> {
    let (method, rest) = method(line).ok_or(Fault::FirstLine)?;
    let rest = rest.strip_prefix(b" ").ok_or(Fault::FirstLine)?;
    let space = rest.iter().rposition(|byte| *byte == b' ').ok_or(Fault::FirstLine)?;
    let (uri, version) = (&rest[..space], &rest[space + 1..]);
    known_version(version)?;
    if uri.len() > URI_BYTES_MAX {
        return Err(Fault::RequestUriTooLong);
    }
    let uri = from_utf8(uri).ok().and_then(|text| text.parse().ok()).ok_or(Fault::RequestUri)?;
    Ok(FirstLine::Request(method, uri))
}

/// The method and what is left.
pub(super) fn method(line: &[u8]) -> Option<(Method, &[u8])> {
    let (word, rest) = line.split_at(TOKEN.run(line));
    let method = from_utf8(word).ok()?.parse().ok()?;
    Some((method, rest))
}

fn known_version(version: &[u8]) -> Result<(), Fault> {
    if version == b"SIP/2.0" {
        return Ok(());
    }
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
fn status_line(line: &[u8]) -> Result<FirstLine, Fault> {
    let mut parts = line.splitn(3, |byte| *byte == b' ');
    let (Some(version), Some(code)) = (parts.next(), parts.next()) else { return Err(Fault::FirstLine) };
    known_version(version)?;
    let code = code_of(code).ok_or(Fault::StatusCode)?;
    let reason = parts.next().map_or_else(Text::default, Text::from_wire);
    Ok(FirstLine::Response(code, reason))
}

fn code_of(digits: &[u8]) -> Option<StatusCode> {
    let text = from_utf8(digits).ok().filter(|text| text.len() == 3)?;
    StatusCode::new(grammar::complete(text, grammar::number)?)
}
