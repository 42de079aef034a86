//! Who calls and who is called, in the spelling that is signed (RFC 8224 §8).

use serde::{Deserialize, Serialize};

use crate::message::{Scheme, Uri};

/// The digits of an E.164 number.
const NUMBER_DIGITS_MAX: usize = 15;

/// One end of a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Party {
    /// A canonical telephone number: digits, `#` and `*`.
    #[serde(rename = "tn")]
    Number(String),
    /// A canonical URI.
    #[serde(rename = "uri")]
    Uri(String),
}

/// Whether a user of digits alone, without `+` and `user=phone`, is a telephone number (RFC 8224 §8.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainDigits {
    /// As gateways write them.
    #[default]
    Number,
    /// Extensions and names.
    Name,
}

/// How numbers without `+` are read (RFC 8224 §8.3). Both ends of a call have to come to the same digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberPlan {
    /// What plain digits are.
    pub plain_digits: PlainDigits,
    /// What a national number has in front of it abroad, such as `1` or `44`; `None` leaves numbers as they are.
    pub country_code: Option<String>,
    /// What is dialled before a country code, such as `00` or `011`.
    pub international_prefix: Option<String>,
    /// What is dialled before a national number, such as `0`; a number with it loses it.
    pub trunk_prefix: Option<String>,
    /// The digits of a national number without prefix, where all have the same.
    pub national_digits: Option<usize>,
}

impl NumberPlan {
    /// The canonical number of a text with visual separators; `None` if no digit is left of it.
    pub fn canonical(&self, text: &str) -> Option<String> {
        let is_global = text.trim_start().starts_with('+');
        let digits: String =
            text.chars().filter(|letter| letter.is_ascii_digit() || matches!(letter, '#' | '*')).collect();
        let number = if is_global { digits } else { self.globalized(digits) };
        (!number.is_empty() && number.len() <= NUMBER_DIGITS_MAX).then_some(number)
    }

    fn globalized(&self, digits: String) -> String {
        let Some(country) = &self.country_code else { return digits };
        let without = |prefix: &Option<String>| digits.strip_prefix(prefix.as_deref()?).map(str::to_owned);
        if let Some(rest) = without(&self.international_prefix) {
            return rest;
        }
        if let Some(rest) = without(&self.trunk_prefix) {
            return format!("{country}{rest}");
        }
        if self.national_digits == Some(digits.len()) {
            return format!("{country}{digits}");
        }
        digits
    }

    /// The canonical number of a URI that has one.
    pub fn number(&self, uri: &Uri) -> Option<String> {
        let user = uri.user_decoded()?;
        let number = user.split(';').next().unwrap_or_default();
        let is_number = |letter: char| letter.is_ascii_digit() || "+-.()#* ".contains(letter);
        let is_dialable = number.chars().all(is_number);
        is_dialable.then(|| self.canonical(number)).flatten()
    }

    /// The spelling of a URI: the number where it is one, else the URI.
    pub fn party(&self, uri: &Uri) -> Party {
        let user = uri.user.as_deref().unwrap_or_default();
        let is_labelled = match &uri.scheme {
            Scheme::Tel => true,
            Scheme::Sip | Scheme::Sips => {
                let is_phone = uri.params.get("user").is_some_and(|user| user.eq_ignore_ascii_case("phone"));
                is_phone || user.starts_with('+') || self.plain_digits == PlainDigits::Number
            }
            Scheme::Other(_) => false,
        };
        let number = self.number(uri).filter(|_| is_labelled);
        number.map_or_else(|| Party::Uri(canonical_uri(uri)), Party::Number)
    }
}

/// `( "sip" / "sips" ) ":" user "@" host` in lower case, without needless escapes (RFC 8224 §8.5).
pub(super) fn canonical_uri(uri: &Uri) -> String {
    let scheme = match &uri.scheme {
        Scheme::Sip => "sip",
        Scheme::Sips => "sips",
        Scheme::Tel | Scheme::Other(_) => return uri.to_string(),
    };
    let host = uri.host.to_string().to_ascii_lowercase();
    match &uri.user {
        Some(user) => format!("{scheme}:{}@{host}", normalized(user)),
        None => format!("{scheme}:{host}"),
    }
}

/// Lower case, and `%HH` only where RFC 3986 §2.3 needs it.
fn normalized(user: &str) -> String {
    let mut out = String::with_capacity(user.len());
    let mut rest = user;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let code = escape.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let letter = code
            .map(char::from)
            .filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_' | '~'));
        let taken = if code.is_some() { 3 } else { 1 };
        match letter {
            Some(letter) => out.push(letter),
            None => out.push_str(escape.get(..taken).unwrap_or_default()),
        }
        rest = escape.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(plan: &NumberPlan, text: &str) -> Party {
        plan.party(&text.parse().unwrap())
    }

    fn number(digits: &str) -> Party {
        Party::Number(digits.to_owned())
    }

    #[test]
    fn numbers_lose_what_people_put_between_digits() {
        let plan = NumberPlan::default();
        for text in [
            "tel:+1-215-555-1212",
            "sip:+1(215)555.1212@a.example",
            "sip:12155551212@example.com;user=phone",
            "sip:12155551212@gateway.example.com",
            "sip:+12155551212;npdi@a.example",
        ] {
            assert_eq!(party(&plan, text), number("12155551212"), "{text}");
        }
        assert_eq!(party(&plan, "sip:*67@a.example"), number("*67"));
    }

    #[test]
    fn a_plan_makes_national_numbers_global() {
        let plan = NumberPlan {
            country_code: Some("49".to_owned()),
            international_prefix: Some("00".to_owned()),
            trunk_prefix: Some("0".to_owned()),
            ..NumberPlan::default()
        };
        for text in ["030123456", "004930123456", "+4930123456", "4930123456"] {
            assert_eq!(plan.canonical(text).as_deref(), Some("4930123456"), "{text}");
        }
        let plan = NumberPlan {
            country_code: Some("1".to_owned()),
            national_digits: Some(10),
            ..NumberPlan::default()
        };
        assert_eq!(plan.canonical("215-555-1212").as_deref(), Some("12155551212"));
        assert_eq!(plan.canonical("911").as_deref(), Some("911"));
        assert_eq!(plan.canonical("1234567890123456"), None);
    }

    #[test]
    fn names_become_canonical_uris() {
        let plan = NumberPlan { plain_digits: PlainDigits::Name, ..NumberPlan::default() };
        for (text, canonical) in [
            ("sip:Alice@Example.COM:5060;transport=tcp?a=b", "sip:alice@example.com"),
            ("sips:%41l%69ce:secret@example.com", "sips:alice@example.com"),
            ("sip:a%20b@example.com", "sip:a%20b@example.com"),
            ("sip:1000@example.com", "sip:1000@example.com"),
            ("sip:example.com", "sip:example.com"),
        ] {
            assert_eq!(party(&plan, text), Party::Uri(canonical.to_owned()), "{text}");
        }
    }
}
