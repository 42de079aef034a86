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
            Some(Run::Head(self.head.as_bytes().get(lines).unwrap_or_default()))
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use crate::message::{Header, HeaderName, Message, Text};

    const WIRE: &str = concat!(
        "OPTIONS sip:a@b SIP/2.0\r\n",
        "Via: SIP/2.0/UDP h1;branch=z9hG4bK1\r\n",
        "v: SIP/2.0/UDP h2\r\n",
        "to:<sip:a@b>\r\n",
        "From:  <sip:c@d>;tag=1 \r\n",
        "Call-ID: x\r\n",
        "Content-Length: 0\r\n",
        "CSeq: 1 OPTIONS\r\n",
        "X-Odd: 1\r\n",
        "Subject: one\r\n two\r\n",
        "Server: J\u{f6}rg\r\n",
        "\r\n",
    );

    fn printed(message: &Message) -> Vec<String> {
        let text = String::from_utf8(message.to_bytes().to_vec()).unwrap();
        text.split("\r\n").skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn lines_come_out_in_our_spelling_however_they_came() {
        let message = Message::parse(Bytes::from_static(WIRE.as_bytes())).unwrap();
        let lines = [
            "Via: SIP/2.0/UDP h1;branch=z9hG4bK1",
            "Via: SIP/2.0/UDP h2",
            "To: <sip:a@b>",
            "From: <sip:c@d>;tag=1",
            "Call-ID: x",
            "CSeq: 1 OPTIONS",
            "X-Odd: 1",
            "Subject: one two",
            "Server: J\u{f6}rg",
            "Content-Length: 0",
            "",
            "",
        ];
        assert_eq!(printed(&message), lines);
    }

    #[test]
    fn lines_around_changed_ones_come_out_and_removed_ones_do_not() {
        let Ok(Message::Request(mut request)) = Message::parse(Bytes::from_static(WIRE.as_bytes())) else {
            panic!("a request");
        };
        request.headers.remove(&HeaderName::Via);
        request.headers.set(Header::new(HeaderName::CallId, Text::from("y")));
        request.headers.remove(&HeaderName::Subject);
        request.headers.push_front(Header::new(HeaderName::Via, "v"));
        let lines = printed(&request.into());
        let values = ["Via: v", "To: <sip:a@b>", "From: <sip:c@d>;tag=1", "Call-ID: y", "CSeq: 1 OPTIONS"];
        assert_eq!(lines[..5], values);
        assert_eq!(lines[5..8], ["X-Odd: 1", "Server: J\u{f6}rg", "Content-Length: 0"]);
    }
}
