//! Challenges and their answers (RFC 3261 §20.7, §20.27, §20.28, §20.44).

use nom::Parser;
use nom::multi::separated_list1;
use nom::sequence::separated_pair;

use super::{HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::grammar::{Parsed, fail, is_token_char, lws, separator, token};
use crate::message::limits::PARAMS_MAX;
use crate::message::name::HeaderName;
use crate::message::params::{Params, param};

/// An authentication scheme and its parameters; [`auth`](crate::auth) knows what Digest's mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthValue {
    /// `Digest`, `Bearer`, ...
    pub scheme: String,
    /// `realm`, `nonce`, ...
    pub params: Params,
}

impl AuthValue {
    fn write(&self, out: &mut String) {
        out.extend(self.scheme.chars().filter(|letter| is_token_char(*letter)));
        for (index, param) in self.params.iter().enumerate() {
            out.push_str(if index == 0 { " " } else { ", " });
            param.write(out);
        }
    }
}

macro_rules! auth_values {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub AuthValue);

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;
            const SHAPE: Shape = Shape::Lines;

            fn parse(value: &str) -> Result<Self, HeaderError> {
                parse_whole::<Self, _>(value, auth_value).map(Self)
            }

            fn write(&self, out: &mut String) {
                self.0.write(out);
            }
        }
    )*};
}

auth_values! {
    /// Challenges of a server, with a 401.
    WwwAuthenticate;
    /// Challenges of a proxy, with a 407.
    ProxyAuthenticate;
    /// The answer to a server.
    Authorization;
    /// The answer to a proxy.
    ProxyAuthorization;
}

/// `scheme LWS auth-param *( COMMA auth-param )`
fn auth_value(input: &str) -> Parsed<'_, AuthValue> {
    let params = separated_list1(separator(','), param);
    let (after, (scheme, params)) = separated_pair(token, lws, params).parse(input)?;
    if params.len() > PARAMS_MAX {
        return fail(input);
    }
    Ok((after, AuthValue { scheme: scheme.to_owned(), params: params.into_iter().collect() }))
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
