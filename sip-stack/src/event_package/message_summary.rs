//! The body of the package `message-summary`: `application/simple-message-summary` (RFC 3842 §5).

use std::fmt;

use super::BodyError;

/// Octets of a body.
const BYTES_MAX: usize = 16_384;
/// Lines of counts, and of headers of single messages.
const LINES_MAX: usize = 256;

/// What waits in a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageSummary {
    /// Whether anything waits.
    pub waiting: bool,
    /// The mailbox, as a URI.
    pub account: Option<String>,
    /// How much of each class: `voice-message`, `fax-message`, `pager-message`, `multimedia-message`,
    /// `text-message`, `none`, or a word of an extension.
    pub counts: Vec<(String, MessageCounts)>,
    /// Headers of single messages, each message a list of names and values.
    pub messages: Vec<Vec<(String, String)>>,
}

/// Messages of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageCounts {
    /// Not heard yet.
    pub new: u32,
    /// Heard and kept.
    pub old: u32,
    /// New and urgent, if urgency is told.
    pub new_urgent: Option<u32>,
    /// Old and urgent.
    pub old_urgent: Option<u32>,
}

impl MessageSummary {
    /// What the body is called.
    pub const CONTENT_TYPE: &'static str = "application/simple-message-summary";

    /// The counts of one class.
    pub fn counts(&self, class: &str) -> Option<MessageCounts> {
        self.counts.iter().find(|(known, _)| known.eq_ignore_ascii_case(class)).map(|(_, counts)| *counts)
    }

    /// Reads a body.
    ///
    /// # Errors
    /// It is no such text, or over a limit.
    pub fn parse(body: &[u8]) -> Result<Self, BodyError> {
        if body.len() > BYTES_MAX {
            return Err(BodyError::TooLarge);
        }
        let text = std::str::from_utf8(body).map_err(|_| BodyError::Malformed)?;
        let mut lines = text.lines();
        let (name, word) = lines.next().and_then(name_and_value).ok_or(BodyError::Malformed)?;
        if !name.eq_ignore_ascii_case("Messages-Waiting") {
            return Err(BodyError::Missing("Messages-Waiting"));
        }
        let waiting = match word.to_ascii_lowercase().as_str() {
            "yes" => true,
            "no" => false,
            _ => return Err(BodyError::Malformed),
        };
        let mut summary = Self { waiting, ..Self::default() };
        summary.read_summary(&mut lines)?;
        summary.read_messages(&mut lines)?;
        Ok(summary)
    }

    fn read_summary<'a>(&mut self, lines: &mut impl Iterator<Item = &'a str>) -> Result<(), BodyError> {
        for line in lines.by_ref().take_while(|line| !line.trim().is_empty()) {
            let (name, value) = name_and_value(line).ok_or(BodyError::Malformed)?;
            if name.eq_ignore_ascii_case("Message-Account") {
                self.account = Some(value.to_owned());
                continue;
            }
            if self.counts.len() == LINES_MAX {
                return Err(BodyError::TooLarge);
            }
            self.counts.push((name.to_ascii_lowercase(), counts(value)?));
        }
        Ok(())
    }

    fn read_messages<'a>(&mut self, lines: &mut impl Iterator<Item = &'a str>) -> Result<(), BodyError> {
        let mut message = Vec::new();
        for (index, line) in lines.enumerate() {
            if index == LINES_MAX {
                return Err(BodyError::TooLarge);
            }
            if line.trim().is_empty() {
                self.messages.extend(Some(std::mem::take(&mut message)).filter(|lines| !lines.is_empty()));
                continue;
            }
            let (name, value) = name_and_value(line).ok_or(BodyError::Malformed)?;
            message.push((name.to_owned(), value.to_owned()));
        }
        self.messages.extend(Some(message).filter(|lines| !lines.is_empty()));
        Ok(())
    }
}

fn name_and_value(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim();
    (!name.is_empty() && !name.contains(char::is_whitespace)).then_some((name, value.trim()))
}

/// `new/old` and perhaps `(new-urgent/old-urgent)`.
fn counts(value: &str) -> Result<MessageCounts, BodyError> {
    let (all, urgent) = match value.split_once('(') {
        Some((all, urgent)) => (all, Some(urgent.trim().strip_suffix(')').ok_or(BodyError::Malformed)?)),
        None => (value, None),
    };
    let (new, old) = pair(all)?;
    let urgent = urgent.map(pair).transpose()?;
    Ok(MessageCounts {
        new,
        old,
        new_urgent: urgent.map(|(new, _)| new),
        old_urgent: urgent.map(|(_, old)| old),
    })
}

fn pair(text: &str) -> Result<(u32, u32), BodyError> {
    let (new, old) = text.split_once('/').ok_or(BodyError::Malformed)?;
    let number = |text: &str| text.trim().parse().map_err(|_| BodyError::Malformed);
    Ok((number(new)?, number(old)?))
}

impl fmt::Display for MessageSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Messages-Waiting: {}\r\n", if self.waiting { "yes" } else { "no" })?;
        if let Some(account) = &self.account {
            write!(f, "Message-Account: {}\r\n", one_line(account))?;
        }
        for (class, counts) in &self.counts {
            write!(f, "{}: {}/{}", one_line(class), counts.new, counts.old)?;
            if let (Some(new), Some(old)) = (counts.new_urgent, counts.old_urgent) {
                write!(f, " ({new}/{old})")?;
            }
            f.write_str("\r\n")?;
        }
        for message in &self.messages {
            f.write_str("\r\n")?;
            for (name, value) in message {
                write!(f, "{}: {}\r\n", one_line(name), one_line(value))?;
            }
        }
        Ok(())
    }
}

/// A line break of the owner's would make a line of its own.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urgency_may_be_told_or_not() {
        let summary = MessageSummary::parse(
            b"Messages-Waiting: YES\r\nVoice-Message: 4/8 (1/2)\r\nfax-message: 1/0\r\n",
        );
        let summary = summary.unwrap();
        let counts = MessageCounts { new: 4, old: 8, new_urgent: Some(1), old_urgent: Some(2) };
        assert!(summary.waiting);
        assert_eq!(summary.counts("voice-message"), Some(counts));
        assert_eq!(summary.counts("fax-message").map(|counts| counts.new_urgent), Some(None));
        assert_eq!(MessageSummary::parse(summary.to_string().as_bytes()), Ok(summary));
    }

    #[test]
    fn other_text_is_refused() {
        for bad in
            ["", "Messages-Waiting: maybe", "Voice-Message: 1/1", "Messages-Waiting: yes\r\nVoice-Message: 1"]
        {
            assert!(MessageSummary::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
