use std::fmt;

const DIGITS: &[u8; 16] = b"0123456789*#ABCD";

/// One of the sixteen DTMF digits, by its event code (RFC 4733 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digit(u8);

/// The character or event code is no DTMF digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a DTMF digit")]
pub struct NotADigit;

impl Digit {
    /// The digit's event code, 0 to 15.
    pub const fn code(self) -> u8 {
        self.0
    }

    /// The digit of an event code, 0 to 15.
    pub const fn from_code(code: u8) -> Result<Self, NotADigit> {
        if code < 16 { Ok(Self(code)) } else { Err(NotADigit) }
    }

    /// The digit as people write it.
    pub const fn as_char(self) -> char {
        DIGITS[(self.0 & 15) as usize] as char
    }
}

impl TryFrom<char> for Digit {
    type Error = NotADigit;

    fn try_from(character: char) -> Result<Self, NotADigit> {
        let upper = character.to_ascii_uppercase();
        let code = DIGITS.iter().position(|digit| char::from(*digit) == upper);
        code.map(|code| Self(code as u8)).ok_or(NotADigit)
    }
}

impl fmt::Display for Digit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_char())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_goes_there_and_back() {
        for (code, character) in (0..).zip("0123456789*#ABCD".chars()) {
            assert_eq!(Digit::try_from(character).map(Digit::code), Ok(code));
            assert_eq!(Digit::from_code(code).map(Digit::as_char), Ok(character));
        }
        assert_eq!(Digit::try_from('d').map(Digit::as_char), Ok('D'));
        assert_eq!(Digit::try_from('E'), Err(NotADigit));
        assert_eq!(Digit::from_code(16), Err(NotADigit));
    }
}
