//! `Session-ID` (RFC 7989).

use std::fmt;
use std::str::FromStr;

use nom::Parser;
use nom::combinator::map_res;

use super::{HeaderError, Shape, TypedHeader, parse_whole, push_display};
use crate::message::grammar::token;
use crate::message::name::HeaderName;
use crate::message::params::{Params, params};

/// One side's half of a session's name, without hyphens on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionUuid(pub [u8; 16]);

impl SessionUuid {
    /// What stands for a half that is not known yet.
    pub const NULL: Self = Self([0; 16]);
}

/// What both sides of a session call it, however many elements make new calls of it on the way (RFC 7989 §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionId {
    /// The sender's half.
    pub local: SessionUuid,
    /// `remote` and extensions.
    pub params: Params,
}

impl SessionId {
    /// Both halves.
    pub fn new(local: SessionUuid, remote: SessionUuid) -> Self {
        let mut params = Params::new();
        params.set("remote", remote.to_string());
        Self { local, params }
    }

    /// The receiver's half; none from an element that knows RFC 7329 only.
    pub fn remote(&self) -> Option<SessionUuid> {
        self.params.get("remote")?.parse().ok()
    }
}

/// The text is no 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a session's half has 32 hexadecimal digits")]
pub struct InvalidSessionUuid;

impl FromStr for SessionUuid {
    type Err = InvalidSessionUuid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| is_hex);
        number.map(|number| Self(number.to_be_bytes())).ok_or(InvalidSessionUuid)
    }
}

impl fmt::Display for SessionUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl TypedHeader for SessionId {
    const NAME: HeaderName = HeaderName::SessionId;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let mut rule = (map_res(token, str::parse), params);
        let (local, params) = parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
        Ok(Self { local, params })
    }

    fn write(&self, out: &mut String) {
        push_display(out, &self.local);
        self.params.write(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_are_32_digits() {
        let value = "ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2";
        let id = SessionId::parse(value).unwrap();
        assert_eq!(id.remote().unwrap().to_string(), "47755a9de7794ba387653f2099600ef2");
        assert_eq!(SessionId::new(id.local, id.remote().unwrap()), id);
        assert_eq!(SessionId::parse("ab30317f1a784dc48ff824d0d3715d86").unwrap().remote(), None);
        for bad in ["ab30", "+b30317f1a784dc48ff824d0d3715d86", "ab30317f1a784dc48ff824d0d3715d8g"] {
            assert!(SessionId::parse(bad).is_err(), "{bad}");
        }
    }
}
