//! Methods.

use std::fmt;
use std::str::FromStr;

use super::grammar::{self, Parsed, token};
use super::text::Text;

/// What a request asks for. Case matters (RFC 3261 §7.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Method {
    Invite,
    Ack,
    Bye,
    Cancel,
    Options,
    Register,
    Info,
    Prack,
    Update,
    Refer,
    Subscribe,
    Notify,
    Message,
    Publish,
    /// Any other token; parse one to get it.
    Extension(Token),
}

/// A token of RFC 3261 §25.1; only the parser makes one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(Text);

impl Method {
    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Options => "OPTIONS",
            Self::Register => "REGISTER",
            Self::Info => "INFO",
            Self::Prack => "PRACK",
            Self::Update => "UPDATE",
            Self::Refer => "REFER",
            Self::Subscribe => "SUBSCRIBE",
            Self::Notify => "NOTIFY",
            Self::Message => "MESSAGE",
            Self::Publish => "PUBLISH",
            Self::Extension(token) => token.0.as_str(),
        }
    }

    fn known(word: &str) -> Option<Self> {
        Some(match word {
            "INVITE" => Self::Invite,
            "ACK" => Self::Ack,
            "BYE" => Self::Bye,
            "CANCEL" => Self::Cancel,
            "OPTIONS" => Self::Options,
            "REGISTER" => Self::Register,
            "INFO" => Self::Info,
            "PRACK" => Self::Prack,
            "UPDATE" => Self::Update,
            "REFER" => Self::Refer,
            "SUBSCRIBE" => Self::Subscribe,
            "NOTIFY" => Self::Notify,
            "MESSAGE" => Self::Message,
            "PUBLISH" => Self::Publish,
            _ => return None,
        })
    }
}

/// The word is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a method is a token")]
pub struct InvalidMethod;

impl FromStr for Method {
    type Err = InvalidMethod;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Self::known(text) {
            Some(method) => Ok(method),
            None if grammar::is_token(text) => Ok(Self::Extension(Token(Text::from_word(text)))),
            None => Err(InvalidMethod),
        }
    }
}

/// `Method`
#[inline]
pub(super) fn method(input: &str) -> Parsed<'_, Method> {
    let (rest, word) = token(input)?;
    let method = Method::known(word).unwrap_or_else(|| Method::Extension(Token(Text::from_word(word))));
    Ok((rest, method))
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_method_reads_as_itself() {
        let words =
            "INVITE ACK BYE CANCEL OPTIONS REGISTER INFO PRACK UPDATE REFER SUBSCRIBE NOTIFY MESSAGE PUBLISH";
        for word in words.split(' ') {
            let method: Method = word.parse().unwrap();
            assert!(!matches!(method, Method::Extension(_)), "{word}");
            assert_eq!(method.as_str(), word);
        }
    }

    #[test]
    fn case_matters_and_blanks_are_refused() {
        assert!(matches!("invite".parse(), Ok(Method::Extension(_))));
        assert_eq!("IN VITE".parse::<Method>(), Err(InvalidMethod));
        assert_eq!("".parse::<Method>(), Err(InvalidMethod));
    }
}
