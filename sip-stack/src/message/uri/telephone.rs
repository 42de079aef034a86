//! Telephone numbers in `tel:` URIs, and in SIP URIs with `user=phone` (RFC 3966, RFC 3261 §19.1.6).

use std::borrow::Cow;

use smol_str::SmolStr;

use super::{Scheme, Uri};
use crate::message::params::{Params, uri_params_text};

/// A telephone number as RFC 3966 §3 takes it apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Telephone {
    /// The digits without separators; a global number begins with `+`.
    pub number: SmolStr,
    /// Where a local number means something (`phone-context`). Many senders leave it out against the RFC.
    pub context: Option<Context>,
    /// The extension's digits without separators (`ext`).
    pub extension: Option<SmolStr>,
    /// The ISDN subaddress (`isub`).
    pub subaddress: Option<SmolStr>,
}

/// Where a local number means something.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// Behind this global prefix, such as `+1212`, without separators.
    Prefix(SmolStr),
    /// In the numbering plan of this domain, in lower case.
    Domain(SmolStr),
}

impl Telephone {
    /// Whether the number means the same everywhere.
    pub fn is_global(&self) -> bool {
        self.number.starts_with('+')
    }
}

impl Uri {
    /// The telephone number of a `tel:` URI, or of a SIP URI with `user=phone`; `None` if it is none.
    pub fn telephone(&self) -> Option<Telephone> {
        match self.scheme {
            Scheme::Tel => telephone(self.user.as_deref()?, &self.params),
            Scheme::Sip | Scheme::Sips if self.is_phone() => subscriber(&self.user_decoded()?),
            Scheme::Sip | Scheme::Sips | Scheme::Other(_) => None,
        }
    }

    fn is_phone(&self) -> bool {
        self.params.get("user").is_some_and(|user| user.eq_ignore_ascii_case("phone"))
    }
}

/// `telephone-subscriber`: the number, and parameters that are the user's, not the URI's.
fn subscriber(user: &str) -> Option<Telephone> {
    let (number, params) = user.split_at(user.find(';').unwrap_or(user.len()));
    match uri_params_text(params) {
        Ok(("", params)) => telephone(number, &params.into()),
        Ok(_) | Err(_) => None,
    }
}

fn telephone(number: &str, params: &Params) -> Option<Telephone> {
    let digits_of = |name| params.get(name).map(digits);
    is_number(number).then(|| Telephone {
        number: digits(number),
        context: params.get("phone-context").map(Context::of),
        extension: digits_of("ext"),
        subaddress: params.get("isub").map(SmolStr::new),
    })
}

impl Context {
    pub(super) fn of(text: &str) -> Self {
        if text.starts_with('+') { Self::Prefix(digits(text)) } else { Self::Domain(lower_case(text)) }
    }
}

fn lower_case(text: &str) -> SmolStr {
    let has_upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    if has_upper { text.to_ascii_lowercase().into() } else { text.into() }
}

/// Without visual separators, in lower case: how numbers are compared (RFC 3966 §4).
pub(super) fn digits(text: &str) -> SmolStr {
    let plain =
        if text.contains(is_separator) { Cow::Owned(text.replace(is_separator, "")) } else { text.into() };
    lower_case(&plain)
}

const fn is_separator(letter: char) -> bool {
    matches!(letter, '-' | '.' | '(' | ')')
}

/// `global-number-digits / local-number-digits`: a digit at least, and behind `+` decimal ones only.
pub(super) fn is_number(text: &str) -> bool {
    let (body, is_digit): (_, fn(char) -> bool) = match text.strip_prefix('+') {
        Some(body) => (body, |letter| letter.is_ascii_digit()),
        None => (text, |letter| letter.is_ascii_hexdigit() || matches!(letter, '*' | '#')),
    };
    body.contains(is_digit) && body.chars().all(|letter| is_digit(letter) || is_separator(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Telephone> {
        text.parse::<Uri>().unwrap_or_else(|error| panic!("{text}: {error}")).telephone()
    }

    #[test]
    fn the_examples_of_the_rfc() {
        let global = read("tel:+1-201-555-0123").unwrap();
        assert!(global.is_global() && global.number == "+12015550123" && global.context.is_none());
        let domain = read("tel:7042;phone-context=Example.com").unwrap();
        assert_eq!((domain.number.as_str(), domain.is_global()), ("7042", false));
        assert_eq!(domain.context, Some(Context::Domain("example.com".into())));
        let prefix = read("tel:863-1234;phone-context=+1-914-555").unwrap();
        assert_eq!(prefix.context, Some(Context::Prefix("+1914555".into())));
        let inside = read("tel:+1-212-555-1234;ext=5(0)1;isub=4711").unwrap();
        assert_eq!((inside.extension.as_deref(), inside.subaddress.as_deref()), (Some("501"), Some("4711")));
    }

    #[test]
    fn a_sip_uri_is_a_number_if_it_says_so() {
        let uri = "sip:+1-212-555-1212;ext=7@gateway.com;user=phone";
        let number = read(uri).unwrap();
        assert_eq!((number.number.as_str(), number.extension.as_deref()), ("+12125551212", Some("7")));
        assert_eq!(read("sip:+12125551212@gateway.com"), None);
        assert_eq!(read("sip:alice@gateway.com;user=phone"), None);
        assert_eq!(read("sip:gateway.com;user=phone"), None);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in
            ["tel:", "tel:+", "tel:+-", "tel:+12A", "tel:-", "tel:1+2", "tel:alice", "tel:+1*2", "tel:%31"]
        {
            assert!(bad.parse::<Uri>().is_err(), "{bad}");
        }
        for good in ["tel:*69", "tel:#31#", "tel:911", "tel:A0"] {
            assert!(good.parse::<Uri>().is_ok(), "{good}");
        }
    }
}
