//! Addresses of record: what a user is known by.

use std::fmt;

use smol_str::SmolStr;

use crate::message::{Host, Scheme, Uri};

/// The canonical form of RFC 3261 §10.3 step 5: user without escapes, host in lower case, no parameters.
///
/// `sip:` and `sips:` of one name are one address of record (RFC 5630 §3.3), and the port of the domain counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aor(SmolStr);

impl Aor {
    /// The address of record that a SIP URI names; `None` for any other scheme.
    pub fn of(uri: &Uri) -> Option<Self> {
        if !matches!(uri.scheme, Scheme::Sip | Scheme::Sips) {
            return None;
        }
        let user = uri.user_decoded().unwrap_or_default();
        let mut text = String::with_capacity(user.len() + 32);
        text.push_str(&user);
        text.push('@');
        push_host(&mut text, &uri.host);
        if let Some(port) = uri.port {
            text.push_str(&format!(":{port}"));
        }
        Some(Self(text.into()))
    }

    /// `user@host`, without escapes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn user(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(user, _)| user)
    }
}

fn push_host(text: &mut String, host: &Host) {
    match host {
        Host::Name(name) => text.extend(name.chars().map(|letter| letter.to_ascii_lowercase())),
        Host::V4(_) | Host::V6(_) => text.push_str(&host.to_string()),
    }
}

impl fmt::Display for Aor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_user_are_one_address_of_record() {
        let aor = |text: &str| Aor::of(&text.parse().unwrap());
        let bob = aor("sip:bob@biloxi.com");
        for same in ["sips:bob@BILOXI.com", "sip:b%6Fb@biloxi.com;transport=tcp", "sip:bob@biloxi.com?a=b"] {
            assert_eq!(aor(same), bob, "{same}");
        }
        for other in ["sip:BOB@biloxi.com", "sip:bob@biloxi.com:5070", "sip:biloxi.com"] {
            assert_ne!(aor(other), bob, "{other}");
        }
        assert_eq!(aor("tel:+1234"), None);
        assert_eq!(bob.as_ref().map(Aor::user), Some("bob"));
    }
}
