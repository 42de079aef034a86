//! `User-to-User` (RFC 7433).

use nom::Parser;

use super::{HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::name::HeaderName;
use crate::message::params::{ParamValue, Params, params, token_or_quoted};

/// What one user's application tells the other's (RFC 7433 §4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserToUser {
    /// The content as it is written.
    pub content: ParamValue,
    /// `purpose`, `content`, `encoding`, ...
    pub params: Params,
}

impl UserToUser {
    /// Content in hexadecimal digits, as everybody sends it.
    pub fn hexadecimal(octets: &[u8]) -> Self {
        let digits: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let mut params = Params::new();
        params.set("encoding", "hex");
        Self { content: ParamValue::Token(digits.into()), params }
    }

    /// The octets of content whose encoding is `hex`, which it is where nothing is said.
    pub fn octets(&self) -> Option<Vec<u8>> {
        if !self.params.get("encoding").is_none_or(|encoding| encoding.eq_ignore_ascii_case("hex")) {
            return None;
        }
        let (pairs, rest) = self.content.as_str().as_bytes().as_chunks::<2>();
        if !rest.is_empty() {
            return None;
        }
        pairs.iter().map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
    }
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

impl TypedHeader for UserToUser {
    const NAME: HeaderName = HeaderName::UserToUser;
    const SHAPE: Shape = Shape::List;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let (content, params) = parse_whole::<Self, _>(value, |rest| (token_or_quoted, params).parse(rest))?;
        Ok(Self { content, params })
    }

    fn write(&self, out: &mut String) {
        self.content.write(out);
        self.params.write(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_hexadecimal_where_nothing_else_is_said() {
        let header = UserToUser::parse("56a390f3d2b7310023a2;encoding=hex;purpose=foo").unwrap();
        let octets = header.octets().unwrap();
        assert_eq!((octets.len(), octets[0]), (10, 0x56));
        assert_eq!(UserToUser::hexadecimal(&octets).content, header.content);
        assert_eq!(UserToUser::parse("\"a b\";encoding=text").unwrap().octets(), None);
        assert_eq!(UserToUser::parse("abc").unwrap().octets(), None);
    }
}
