//! Challenges and their answers (RFC 3261 §20.7, §20.27, §20.28, §20.44).

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{eof, map, recognize};
use nom::sequence::{pair, separated_pair, terminated};

use super::param_list;
use crate::message::byte_set::ByteSet;
use crate::message::grammar::{Parsed, lws, run0, run1, sws, token, write_token};
use crate::message::params::comma_params;
use crate::message::text::small;
use crate::message::{Params, SmolStr};

/// An authentication scheme with a token or with parameters; [`auth`](crate::auth) knows what they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthValue {
    /// `Digest`, `Bearer`, ...
    pub scheme: SmolStr,
    /// The token of `Bearer` (RFC 8898 §3); `token68` of RFC 7235 §2.1.
    pub token: Option<SmolStr>,
    /// `realm`, `nonce`, ...
    pub params: Params,
}

impl AuthValue {
    /// A scheme with parameters.
    pub fn new(scheme: impl Into<SmolStr>, params: Params) -> Self {
        Self { scheme: scheme.into(), token: None, params }
    }

    /// `Bearer` and its token.
    pub fn bearer(token: impl Into<SmolStr>) -> Self {
        Self { scheme: "Bearer".into(), token: Some(token.into()), params: Params::new() }
    }

    pub(in crate::message::header) fn write(&self, out: &mut String) {
        write_token(&self.scheme, out);
        out.push(' ');
        match &self.token {
            Some(token) => out.extend(token.bytes().filter(|byte| TOKEN_68.contains(*byte)).map(char::from)),
            None => param_list::write(&self.params, out),
        }
    }
}

/// A header that is an authentication scheme with parameters.
macro_rules! auth {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub $crate::message::header::AuthValue);

        impl $crate::message::TypedHeader for $name {
            const NAME: $crate::message::HeaderName = $crate::message::HeaderName::$name;
            const SHAPE: $crate::message::header::Shape = $crate::message::header::Shape::Lines;

            fn parse(value: &str) -> Result<Self, $crate::message::HeaderError> {
                super::parse_whole::<Self, _>(value, super::shape::auth::auth_value).map(Self)
            }

            fn write(&self, out: &mut String) {
                self.0.write(out);
            }
        }
    };
}

pub(in crate::message::header) use auth;

/// `scheme LWS ( token68 / auth-param *( COMMA auth-param ) )`
pub(in crate::message::header) fn auth_value(input: &str) -> Parsed<'_, AuthValue> {
    let alone = map(terminated(token_68, (sws, eof)), |token| (Some(token.into()), Params::new()));
    let params = map(comma_params, |params| (None, params));
    let (after, (scheme, (token, params))) = separated_pair(token, lws, alt((alone, params))).parse(input)?;
    Ok((after, AuthValue { scheme: small(scheme), token, params }))
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`
fn token_68(input: &str) -> Parsed<'_, &str> {
    recognize(pair(run1(&TOKEN_68_LETTER), run0(&PADDING))).parse(input)
}

static TOKEN_68_LETTER: ByteSet = ByteSet::alphanumeric_and(b"-._~+/");
static TOKEN_68: ByteSet = ByteSet::alphanumeric_and(b"-._~+/=");
static PADDING: ByteSet = ByteSet::only(b"=");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;
    use crate::message::header::{Authorization, WwwAuthenticate};

    #[test]
    fn parameters_keep_their_quotes_when_written() {
        let text = "Digest realm=\"at, lanta\", qop=\"auth,auth-int\", stale=FALSE, algorithm=MD5";
        let challenge = WwwAuthenticate::parse(text).unwrap();
        assert_eq!(challenge.0.params.get("realm"), Some("at, lanta"));
        let mut out = String::new();
        challenge.write(&mut out);
        assert_eq!(out, text);
        assert!(WwwAuthenticate::parse("Digest").is_err());
    }

    #[test]
    fn a_bearer_has_a_token_and_no_parameters() {
        for token in ["mF_9.B5f-4.1JqM", "abc/+~==", "eyJ0eXAi.eyJpc3Mi.dBjftJeZ"] {
            let bearer = Authorization::parse(&format!("Bearer {token}")).unwrap();
            assert_eq!(bearer.0, AuthValue::bearer(token));
        }
        assert!(Authorization::parse("Bearer a=b=c").is_err());
    }
}
