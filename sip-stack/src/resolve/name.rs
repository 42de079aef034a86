//! Domain names as keys: one spelling for each.

use std::fmt;

use smol_str::SmolStr;

/// Octets of a name in text, without the last dot (RFC 1035 §2.3.4).
const NAME_BYTES_MAX: usize = 253;
/// Octets of one label.
const LABEL_BYTES_MAX: usize = 63;

/// A domain name that the DNS can be asked for: lower case, no last dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(SmolStr);

impl Name {
    /// `None` for what no query can carry: the root, empty or long labels, foreign letters.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let bare = text.strip_suffix('.').unwrap_or(text);
        let is_label = |label: &str| {
            (1..=LABEL_BYTES_MAX).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        let fits = bare.len() <= NAME_BYTES_MAX && bare.split('.').all(is_label);
        fits.then(|| Self(bare.to_ascii_lowercase().into()))
    }

    /// The name of a service at this domain: `_sip._udp.example.com`.
    pub(crate) fn service(&self, prefix: &str) -> Option<Self> {
        Self::new(&format!("{prefix}.{}", self.0))
    }

    /// Names that exist nowhere (RFC 6761 §6.4); WebSocket clients call themselves so (RFC 7118 §5.1).
    pub(crate) fn is_nowhere(&self) -> bool {
        self.0.rsplit('.').next() == Some("invalid")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet_and_what_no_query_can_carry_is_refused() {
        assert_eq!(Name::new("Example.COM."), Name::new("example.com"));
        let long = format!("{}.example", "a".repeat(64));
        let longest = vec!["a".repeat(62); 4].join(".");
        for text in ["", ".", "a..b", "a b.example", long.as_str(), &format!("{longest}.toolong")] {
            assert_eq!(Name::new(text), None, "{text}");
        }
        assert!(Name::new(&longest).is_some());
        assert_eq!(Name::new(&longest).and_then(|name| name.service("_sip._udp")), None);
    }

    #[test]
    fn invalid_names_exist_nowhere() {
        assert!(Name::new("df7jal23ls0d.invalid").is_some_and(|name| name.is_nowhere()));
        assert!(!Name::new("invalid.example").is_some_and(|name| name.is_nowhere()));
    }
}
