//! What a caller dials.

use std::fmt;

use sip_stack::message::Uri;

/// Digits of a number; E.164 has 15, service codes and trunk prefixes come on top.
const NUMBER_LEN_MAX: usize = 32;
/// Bytes of a SIP URI.
const URI_BYTES_MAX: usize = 256;

/// A number or SIP URI that can be dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Digits, `*`, `#`, with or without a leading `+`.
    Number(String),
    /// A `sip:` URI with a user.
    Uri(Box<Uri>),
}

/// A text that cannot be dialled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a number or sip: URI")]
pub struct InvalidDestination;

impl Destination {
    /// Reads what a person or program wrote; `(030) 12-34.5` and `tel:` are understood.
    ///
    /// # Errors
    ///
    /// The text is neither a number nor a `sip:` URI with a user, or is too long.
    pub fn parse(text: &str) -> Result<Self, InvalidDestination> {
        let text = text.trim();
        if text.len() > URI_BYTES_MAX {
            return Err(InvalidDestination);
        }
        if text.starts_with("sip:") || text.starts_with("sips:") {
            let uri: Uri = text.parse().map_err(|_| InvalidDestination)?;
            let plain = uri.user.is_some() && uri.password.is_none() && uri.headers.is_empty();
            return if plain { Ok(Self::Uri(Box::new(uri))) } else { Err(InvalidDestination) };
        }
        number(text.strip_prefix("tel:").unwrap_or(text)).map(Self::Number)
    }
}

fn number(text: &str) -> Result<String, InvalidDestination> {
    let digits: String =
        text.chars().filter(|sign| !matches!(sign, ' ' | '-' | '.' | '/' | '(' | ')')).collect();
    let body = digits.strip_prefix('+').unwrap_or(&digits);
    let legal = body.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'#'));
    if body.is_empty() || digits.len() > NUMBER_LEN_MAX || !legal {
        return Err(InvalidDestination);
    }
    Ok(digits)
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => f.write_str(number),
            Self::Uri(uri) => uri.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_numbers_lose_their_decoration() {
        let number = |text: &str| Destination::parse(text).map(|destination| destination.to_string());
        assert_eq!(number("+49 (30) 12-34.5"), Ok("+493012345".to_owned()));
        assert_eq!(number("tel:+4930"), Ok("+4930".to_owned()));
        assert_eq!(number("*21#"), Ok("*21#".to_owned()));
        assert_eq!(number("sip:bob@example.com"), Ok("sip:bob@example.com".to_owned()));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let long = "1".repeat(33);
        for text in
            ["", "+", "bob", "12a", "1+2", "sip:example.com", "sip:a:b@c", "sip:a@b?x=y", "https://x", &long]
        {
            assert_eq!(Destination::parse(text), Err(InvalidDestination), "{text}");
        }
    }
}
