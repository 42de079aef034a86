//! The lines of a message as they are printed: those that still lie in the head as we would write them go out at once.

use std::ops::Range;

use super::{Entry, Headers, Value};
use crate::message::name::HeaderName;

/// What the writer copies at once.
pub(in crate::message) enum Run<'a> {
    /// A line to be written.
    Line(&'a HeaderName, &'a [u8]),
    /// Lines of the head, with their ends.
    Head(&'a [u8]),
}

impl Headers {
    /// The lines in runs, for the writer.
    pub(in crate::message) fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        let mut entries = self.entries.as_slice();
        std::iter::from_fn(move || {
            let (entry, rest) = entries.split_first()?;
            let Some(mut lines) = Self::own_line(entry) else {
                entries = rest;
                return Some(Run::Line(&entry.name, self.bytes(entry)));
            };
            entries = rest;
            while let Some((next, rest)) = entries.split_first()
                && let Some(line) = Self::own_line(next).filter(|line| line.start == lines.end)
            {
                (lines.end, entries) = (line.end, rest);
            }
            Some(Run::Head(self.head.get(lines).unwrap_or_default()))
        })
    }

    /// Where the line of an entry is, if it lies in the head as we would write it.
    fn own_line(entry: &Entry) -> Option<Range<usize>> {
        match entry.value {
            Value::Span { .. } if matches!(entry.name, HeaderName::ContentLength) => None,
            Value::Span { end, line: Some(line), .. } => Some(line as usize..end as usize + "\r\n".len()),
            Value::Span { line: None, .. } | Value::Owned(_) => None,
        }
    }
}
