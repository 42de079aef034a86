//! `Warning` (RFC 3261 §20.43).

use nom::Parser;
use nom::bytes::complete::take_while1;
use nom::combinator::verify;
use nom::sequence::terminated;

use super::{HeaderError, Shape, TypedHeader, parse_whole, push_display};
use crate::message::SmolStr;
use crate::message::grammar::{self, lws, number, quoted_string};
use crate::message::name::HeaderName;

/// What else there is to say about a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Three digits, 3xx: for example 399.
    pub code: u16,
    /// The host or pseudonym that warns.
    pub agent: SmolStr,
    /// Words.
    pub text: SmolStr,
}

impl TypedHeader for Warning {
    const NAME: HeaderName = HeaderName::Warning;
    const SHAPE: Shape = Shape::List;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let code = verify(number, |code: &u16| (100..1000).contains(code));
        let mut rule = (terminated(code, lws), terminated(take_while1(is_agent_char), lws), quoted_string);
        let (code, agent, text) = parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
        Ok(Self { code, agent: agent.into(), text: grammar::unescape(text) })
    }

    fn write(&self, out: &mut String) {
        push_display(out, &self.code);
        out.push(' ');
        out.extend(self.agent.chars().filter(|letter| is_agent_char(*letter)));
        out.push(' ');
        grammar::write_quoted(&self.text, out);
    }
}

/// `hostport / pseudonym`
fn is_agent_char(letter: char) -> bool {
    grammar::is_token_char(letter) || matches!(letter, '[' | ']' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_an_agent_and_words() {
        let warning = Warning::parse("307 isi.edu:5060 \"Session parameter 'foo', not understood\"").unwrap();
        assert_eq!((warning.code, warning.agent.as_str()), (307, "isi.edu:5060"));
        assert!(Warning::parse("307 isi.edu unquoted").is_err());
    }
}
