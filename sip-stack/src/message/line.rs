//! Header lines: where they end, what they are called, how their folds are taken out.

use std::ops::Range;

use super::grammar::{TOKEN, blanks, without_trailing_blanks};
use super::name::{HeaderName, Known, Spelling};
use super::scan;

/// A line with its folds, without the line end behind it.
pub(super) struct Line {
    pub(super) len: usize,
    /// No line end inside.
    pub(super) is_plain: bool,
}

impl Line {
    pub(super) fn of(bytes: &[u8]) -> Self {
        match memchr::memchr2(b'\r', b'\n', bytes) {
            Some(at) if ends_line(&bytes[at..]) => Self { len: at, is_plain: true },
            Some(at) => Self { len: at + folded_len(&bytes[at..]), is_plain: false },
            None => Self { len: bytes.len(), is_plain: true },
        }
    }
}

/// A CRLF with no blank behind it.
fn ends_line(bytes: &[u8]) -> bool {
    match bytes {
        [b'\r', b'\n', b' ' | b'\t', ..] => false,
        [b'\r', b'\n', ..] => true,
        _ => false,
    }
}

/// How long a line goes on behind its first line end.
fn folded_len(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\r', bytes).find(|at| ends_line(&bytes[*at..])).unwrap_or(bytes.len())
}

/// A header line as nearly all are: a known name, a colon, no folds.
pub(super) struct UsualLine {
    pub(super) name: Known,
    /// The blanks around it left out.
    pub(super) value: Range<usize>,
    pub(super) len: usize,
    pub(super) spelling: Spelling,
}

impl UsualLine {
    /// `None` if the line has to be looked at with more care.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let (name, rest) = bytes.split_at_checked(scan::colon(bytes)?)?;
        let name_len = name.len();
        let (name, spelling) = HeaderName::known(name)?;
        let start = match rest {
            [_, b' ', first, ..] if *first > b' ' => 2,
            _ => 1 + blanks(&rest[1..]),
        };
        let (_, rest) = rest.split_at_checked(start)?;
        let (value, rest) = rest.split_at_checked(scan::line_end(rest)?)?;
        if !ends_line(rest) {
            return None;
        }
        let len = name_len + start + value.len();
        let value = name_len + start..name_len + start + without_trailing_blanks(value);
        let is_ours =
            spelling == Spelling::Ours && value.end == len && bytes[name_len..value.start] == *b": ";
        let spelling = if is_ours { Spelling::Ours } else { Spelling::Other };
        Some(Self { name, value, len, spelling })
    }
}

/// `token HCOLON`: the name and what is left.
pub(super) fn header_name(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, rest) = line.split_at(TOKEN.run(line));
    let after = rest[blanks(rest)..].strip_prefix(b":")?;
    (!name.is_empty()).then(|| (name, &after[blanks(after)..]))
}

/// Makes one space of each fold; `None` if a line end is left that is no fold.
pub(super) fn unfold(value: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
        let (before, after) = rest.split_at(at);
        whole.extend_from_slice(&before[..without_trailing_blanks(before)]);
        if !whole.is_empty() && !whole.ends_with(b" ") {
            whole.push(b' ');
        }
        rest = after.strip_prefix(b"\r\n")?;
        rest = &rest[blanks(rest)..];
    }
    whole.extend_from_slice(rest);
    whole.truncate(without_trailing_blanks(&whole));
    Some(whole)
}
