//! Content-Length while nothing else of a message is read.

use super::grammar;
use super::line::{Line, header_name, unfold};
use super::name::HeaderName;

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
        let Some((name, value)) = header_name(&rest[..line.len]) else { continue };
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
