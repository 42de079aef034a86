//! Text that is safe to put on a line of a message.

use std::fmt;
use std::ops::Deref;

use smol_str::SmolStr;

/// A piece of UTF-8 without CR and LF; a short one lies in place, clones of a long one share it.
///
/// Because no line end fits in, a value built from a stranger's words cannot start a header of its own:
/// each run of CR and LF becomes one space on the way in.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(SmolStr);

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a word that a rule has read: no rule lets a line end pass.
    pub(crate) fn from_word(word: &str) -> Self {
        Self(small(word))
    }

    /// Takes bytes off the wire: a byte that is no UTF-8 is read as Latin-1, so that one sender's old
    /// character set costs nothing but itself.
    pub(crate) fn from_wire(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::from(text),
            Err(_) => Self::from(latin1(bytes)),
        }
    }
}

/// The same as `SmolStr::from`, which moves a short text about twice more before it is where it belongs.
#[inline]
pub(crate) fn small(text: &str) -> SmolStr {
    if text.len() <= SmolStr::INLINE_CAP { SmolStr::new_inline(text) } else { text.into() }
}

fn latin1(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().copied().map(char::from));
    }
    text
}

fn without_line_breaks(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for piece in text.split(['\r', '\n']).filter(|piece| !piece.is_empty()) {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(piece);
    }
    clean
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let is_one_line = memchr::memchr2(b'\r', b'\n', text.as_bytes()).is_none();
        Self(if is_one_line { small(text) } else { without_line_breaks(text).into() })
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_end_cannot_get_in() {
        assert_eq!(Text::from("a\r\nVia: evil\n"), "a Via: evil");
        assert_eq!(Text::from_wire(b"a\r\n b"), "a  b");
    }

    #[test]
    fn a_latin1_byte_is_read_as_its_letter() {
        assert_eq!(Text::from_wire(b"J\xf6rg \xc3\xbc"), "Jörg ü");
    }
}
