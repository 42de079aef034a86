//! `Timestamp` (RFC 3261 §20.38).

use nom::Parser;
use nom::bytes::complete::take_while;
use nom::character::complete::char;
use nom::combinator::{opt, recognize, verify};
use nom::sequence::preceded;

use super::{HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::SmolStr;
use crate::message::grammar::{Parsed, lws};
use crate::message::name::HeaderName;

/// When a client sent a request by its own clock, and how long the server took to answer.
///
/// Both are seconds as they are written: the client gets back what it sent, to the digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// The client's time.
    pub at: SmolStr,
    /// The server's delay.
    pub delay: Option<SmolStr>,
}

impl Timestamp {
    /// The server's delay in seconds.
    pub fn delay_s(&self) -> Option<f64> {
        self.delay.as_deref()?.parse().ok()
    }
}

impl TypedHeader for Timestamp {
    const NAME: HeaderName = HeaderName::Timestamp;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let at = verify(decimal, |text: &str| text.starts_with(|digit: char| digit.is_ascii_digit()));
        let delay = verify(decimal, |text: &str| !text.is_empty());
        let mut rule = (at, opt(preceded(lws, delay)));
        let (at, delay) = parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
        Ok(Self { at: at.into(), delay: delay.map(SmolStr::new) })
    }

    fn write(&self, out: &mut String) {
        out.push_str(&self.at);
        if let Some(delay) = &self.delay {
            out.extend([" ", delay]);
        }
    }
}

/// `*DIGIT [ "." *DIGIT ]`
fn decimal(input: &str) -> Parsed<'_, &str> {
    let digits = || take_while(|digit: char| digit.is_ascii_digit());
    recognize((digits(), opt((char('.'), digits())))).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_and_perhaps_a_delay() {
        let header = Timestamp::parse("54.210 .5").unwrap();
        assert_eq!((header.at.as_str(), header.delay_s()), ("54.210", Some(0.5)));
        assert_eq!(Timestamp::parse("54").unwrap().delay, None);
        for bad in ["", ".5", "54 ", "1e9", "54 1 2"] {
            assert_eq!(Timestamp::parse(bad).is_err(), bad != "54 ", "{bad}");
        }
    }
}
