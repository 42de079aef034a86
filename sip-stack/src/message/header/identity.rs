//! `Identity` (RFC 8224 §4).

use nom::Parser;
use nom::bytes::complete::tag_no_case;
use nom::sequence::{preceded, separated_pair};

use super::{HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::SmolStr;
use crate::message::byte_set::ByteSet;
use crate::message::grammar::{run1, separator};
use crate::message::name::HeaderName;
use crate::message::params::{Params, params};
use crate::message::uri::{self, Uri};

/// A signature over who calls whom, and where the signer's certificate is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The PASSporT: header, payload and signature with dots between them, or the signature alone behind two.
    pub digest: SmolStr,
    /// Where the certificate is.
    pub info: Uri,
    /// `alg`, `ppt` and extensions.
    pub params: Params,
}

impl Identity {
    /// What kind of PASSporT it is: `shaken`, `div`, `rcd`, ...
    pub fn ppt(&self) -> Option<&str> {
        self.params.get("ppt")
    }

    /// The algorithm of the signature.
    pub fn alg(&self) -> Option<&str> {
        self.params.get("alg")
    }
}

impl TypedHeader for Identity {
    const NAME: HeaderName = HeaderName::Identity;
    const SHAPE: Shape = Shape::List;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let info = separated_pair(tag_no_case("info"), separator(b'='), uri::bracketed);
        let mut rule = (run1(&DIGEST), preceded(separator(b';'), info), params);
        let (digest, (_, info), params) = parse_whole::<Self, _>(value, |rest| rule.parse(rest))?;
        Ok(Self { digest: digest.into(), info, params })
    }

    fn write(&self, out: &mut String) {
        out.extend(self.digest.bytes().filter(|byte| DIGEST.contains(*byte)).map(char::from));
        out.push_str(";info=");
        self.info.write_bracketed(out);
        self.params.write(out);
    }
}

/// Base64 of either alphabet and the dots between its parts.
static DIGEST: ByteSet = ByteSet::alphanumeric_and(b"+/-_=.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passport_and_where_its_certificate_is() {
        let value = "eyJhbGciOiJFUzI1NiJ9..rq3pjT1hoRwakEGjHCnWSwUnsh0-zJ6F1VOgFWSjHBr8Qjpjlk-cpFYpFYso_;\
                     info=<https://biloxi.example.org/biloxi.cer>;alg=ES256;ppt=shaken";
        let identity = Identity::parse(value).unwrap();
        assert_eq!((identity.alg(), identity.ppt()), (Some("ES256"), Some("shaken")));
        assert_eq!(identity.info.to_string(), "https://biloxi.example.org/biloxi.cer");
        assert!(Identity::parse("abc;alg=ES256").is_err());
    }
}
