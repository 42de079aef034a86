//! When two URIs are the same (RFC 3261 §19.1.4, RFC 3966 §4).

use smol_str::SmolStr;

use super::{Scheme, Uri};
use crate::message::grammar::percent_decode;
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

    fn matches_tel(&self, other: &Self) -> bool {
        let digits = |uri: &Self| {
            let digits = uri.user.iter().flat_map(|number| number.chars());
            digits
                .filter(|digit| !"-.()".contains(*digit))
                .map(|digit| digit.to_ascii_lowercase())
                .collect::<String>()
        };
        let all_in = |ours: &Self, theirs: &Self| {
            ours.params.iter().all(|param| same_param(param, theirs) == Some(true))
        };
        digits(self) == digits(other) && all_in(self, other) && all_in(other, self)
    }
}

fn same_escaped(ours: Option<&str>, theirs: Option<&str>) -> bool {
    ours.map(percent_decode) == theirs.map(percent_decode)
}

/// Whether no parameter of one contradicts the other.
fn covers(ours: &Uri, theirs: &Uri) -> bool {
    ours.params.iter().all(|param| {
        same_param(param, theirs)
            .unwrap_or_else(|| !NEVER_IGNORED.iter().any(|name| name.eq_ignore_ascii_case(&param.name)))
    })
}

/// `None` if the other URI has no such parameter.
fn same_param(param: &Param, other: &Uri) -> Option<bool> {
    let theirs = other.params.get(&param.name)?;
    let ours = param.value.as_ref().map_or("", |value| value.as_str());
    Some(percent_decode(ours).eq_ignore_ascii_case(&percent_decode(theirs)))
}

fn same_headers(ours: &Uri, theirs: &Uri) -> bool {
    let sorted = |uri: &Uri| {
        let plain = |(name, value): &(SmolStr, SmolStr)| {
            (percent_decode(name).to_ascii_lowercase(), percent_decode(value))
        };
        let mut headers: Vec<_> = uri.headers.iter().map(plain).collect();
        headers.sort();
        headers
    };
    sorted(ours) == sorted(theirs)
}

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
            ("tel:+1-201-555-0123", "tel:+12015550123"),
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
            ("tel:7042;phone-context=example.com", "tel:7042"),
        ] {
            assert!(!matches(one, other), "{one} {other}");
        }
    }
}
