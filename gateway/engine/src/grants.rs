//! What a session may do, and the patterns that say so.

use std::fmt;
use std::str::FromStr;

/// A set of numbers or addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// This one; `x` stands for any digit.
    Exact(String),
    /// All that begin so.
    Prefix(String),
    /// All.
    Any,
}

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a number such as 600 or 60x, a prefix such as +49*, or *")]
pub struct InvalidPattern;

impl Pattern {
    /// Whether `number`, as [`Destination`](crate::number::Destination) prints it, belongs to the set.
    pub fn matches(&self, number: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Prefix(prefix) => number.starts_with(prefix.as_str()),
            Self::Exact(exact) => {
                exact.len() == number.len()
                    && exact
                        .bytes()
                        .zip(number.bytes())
                        .all(|(wanted, digit)| wanted == digit || (wanted == b'x' && digit.is_ascii_digit()))
            }
        }
    }
}

/// As it is written.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(exact) => f.write_str(exact),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
            Self::Any => f.write_str("*"),
        }
    }
}

impl FromStr for Pattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        match text.strip_suffix('*') {
            Some("") => Ok(Self::Any),
            Some(prefix) if !prefix.contains('*') => Ok(Self::Prefix(prefix.to_owned())),
            None if !text.is_empty() => Ok(Self::Exact(text.to_owned())),
            Some(_) | None => Err(InvalidPattern),
        }
    }
}

/// What a browser may do; from its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants {
    /// Numbers it may call. Empty: none.
    pub destinations: Vec<Pattern>,
    /// Caller ids it may show. Empty: only the user's or trunk's own.
    pub caller_ids: Vec<Pattern>,
    /// Whether calls to its user ring it.
    pub inbound: bool,
    /// Calls at one time; `None` leaves it to the gateway's limits.
    pub calls_max: Option<u32>,
}

impl Grants {
    /// Everything.
    pub fn all() -> Self {
        Self {
            destinations: vec![Pattern::Any],
            caller_ids: vec![Pattern::Any],
            inbound: true,
            calls_max: None,
        }
    }

    pub(crate) fn allow_destination(&self, number: &str) -> bool {
        self.destinations.iter().any(|pattern| pattern.matches(number))
    }

    pub(crate) fn allow_caller_id(&self, number: &str) -> bool {
        self.caller_ids.iter().any(|pattern| pattern.matches(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_what_they_say() {
        let matches = |pattern: &str, number: &str| pattern.parse::<Pattern>().unwrap().matches(number);
        assert!(matches("600", "600") && !matches("600", "6000"));
        assert!(matches("60x", "605") && !matches("60x", "60a") && !matches("60x", "60"));
        assert!(matches("+49*", "+49301234") && !matches("+49*", "+48"));
        assert!(matches("*", "anything"));
        assert!("".parse::<Pattern>().is_err() && "1*2*".parse::<Pattern>().is_err());
    }
}
