//! When two URIs are the same (RFC 3261 §19.1.4, RFC 3966 §4).

use smol_str::SmolStr;

use super::telephone::{Context, digits};
use super::{Scheme, Uri};
use crate::message::grammar::percent_decode_if;
use crate::message::params::Param;

/// Parameters that make a difference even if only one of the two URIs has them.
const NEVER_IGNORED: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];

impl Uri {
    /// Whether both name the same resource. This is no equivalence relation: it is not transitive.
    pub fn matches(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && match self.scheme {
                Scheme::Sip | Scheme::Sips => self.matches_sip(other),
                Scheme::Tel => self.matches_tel(other),
                Scheme::Other(_) => self.user == other.user,
            }
    }

    fn matches_sip(&self, other: &Self) -> bool {
        same_escaped(self.user.as_deref(), other.user.as_deref())
            && same_escaped(self.password.as_deref(), other.password.as_deref())
            && self.host.matches(&other.host)
            && self.port == other.port
            && covers(self, other)
            && covers(other, self)
            && same_headers(self, other)
    }

    /// Every parameter counts: one that only one of both has makes a difference (RFC 3966 §4).
    fn matches_tel(&self, other: &Self) -> bool {
        let number = |uri: &Self| uri.user.as_deref().map(digits);
        let all_in = |ours: &Self, theirs: &Self| {
            ours.params
                .iter()
                .all(|param| values(&param, theirs).is_some_and(|both| same_in_tel(param.name, both)))
        };
        number(self) == number(other) && all_in(self, other) && all_in(other, self)
    }
}

fn same_escaped(ours: Option<&str>, theirs: Option<&str>) -> bool {
    ours == theirs || ours.map(plain) == theirs.map(plain)
}

/// Whether no parameter of one contradicts the other.
fn covers(ours: &Uri, theirs: &Uri) -> bool {
    ours.params.iter().all(|param| match values(&param, theirs) {
        Some(both) => same_value(both),
        None => !NEVER_IGNORED.iter().any(|name| name.eq_ignore_ascii_case(param.name)),
    })
}

/// The values of a parameter in both URIs; `None` if the other one does not have it.
fn values<'a>(param: &'a Param<'_>, other: &'a Uri) -> Option<[&'a str; 2]> {
    let ours = param.value.as_ref().map_or("", |value| value.as_str());
    Some([ours, other.params.get(param.name)?])
}

fn same_value([ours, theirs]: [&str; 2]) -> bool {
    plain(ours).eq_ignore_ascii_case(&plain(theirs))
}

fn same_in_tel(name: &str, both: [&str; 2]) -> bool {
    match name {
        _ if name.eq_ignore_ascii_case("phone-context") => {
            let [ours, theirs] = both.map(Context::of);
            ours == theirs
        }
        _ if name.eq_ignore_ascii_case("ext") => {
            let [ours, theirs] = both.map(digits);
            ours == theirs
        }
        _ => same_value(both),
    }
}

fn same_headers(ours: &Uri, theirs: &Uri) -> bool {
    let sorted = |uri: &Uri| {
        let plain = |(name, value): &(SmolStr, SmolStr)| (plain(name).to_ascii_lowercase(), plain(value));
        let mut headers: Vec<_> = uri.headers.iter().map(plain).collect();
        headers.sort();
        headers
    };
    ours.headers.len() == theirs.headers.len() && sorted(ours) == sorted(theirs)
}

/// Takes out the escapes of what might stand bare as well; a reserved character is another one when it is escaped.
fn plain(text: &str) -> Vec<u8> {
    percent_decode_if(text, |byte| !RESERVED.contains(&byte))
}

/// `reserved` (RFC 3261 §25.1).
const RESERVED: &[u8] = b";/?:@&=+$,";

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(one: &str, other: &str) -> bool {
        let (one, other): (Uri, Uri) = (one.parse().unwrap(), other.parse().unwrap());
        assert_eq!(one.matches(&other), other.matches(&one), "{one} {other}");
        one.matches(&other)
    }

    #[test]
    fn the_equal_pairs_of_the_rfc() {
        for (one, other) in [
            ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
            ),
            (
                "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
            ),
            ("sip:a%5Fb:%70w@b", "sip:a_b:pw@b"),
            ("sip:a%3bb@b", "sip:a%3Bb@b"),
            ("sip:a@[2001:DB8::1]", "sip:a@[2001:db8:0::1]"),
            ("tel:+1-201-555-0123", "tel:+12015550123"),
            ("tel:7042;ext=1-2;phone-context=Example.COM", "tel:70-42;phone-context=example.com;EXT=12"),
            ("tel:7042;phone-context=+1-914", "TEL:7042;phone-context=+1914"),
        ] {
            assert!(matches(one, other), "{one} {other}");
        }
    }

    #[test]
    fn the_unequal_pairs_of_the_rfc() {
        for (one, other) in [
            ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
            ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
            ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
            ("sip:carol@chicago.com", "sips:carol@chicago.com"),
            ("sip:alice@atlanta.com", "sip:Alice@atlanta.com"),
            ("sip:alice@atlanta.com", "sip:atlanta.com"),
            ("sip:alice@atlanta.com", "sip:alice:pw@atlanta.com"),
            ("sip:a%3Bb@atlanta.com", "sip:a;b@atlanta.com"),
            ("sip:a@192.0.2.4;maddr=192.0.2.5", "sip:a@192.0.2.4"),
            ("sip:a@192.0.2.4;ttl=1", "sip:a@192.0.2.4"),
            ("sip:a@192.0.2.4;user=ip", "sip:a@192.0.2.4"),
            ("sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]"),
            ("tel:7042;phone-context=example.com", "tel:7042"),
            ("tel:7042;phone-context=example.com", "tel:7042;phone-context=example.org"),
            ("tel:+7042", "tel:7042"),
            ("tel:+7042;isub=1", "tel:+7042;isub=2"),
        ] {
            assert!(!matches(one, other), "{one} {other}");
        }
    }
}
