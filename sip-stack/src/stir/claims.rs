//! What a PASSporT claims (RFC 8225 §5, RFC 8588, RFC 8946), in the order in which it is serialized.

use serde::{Deserialize, Serialize};

use super::number::Party;

/// The claims. The fields stand in the order of their names, which is the order of RFC 8225 §9.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// How sure the provider is (RFC 8588 §4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attest: Option<Attestation>,
    /// Who is called.
    pub dest: Destinations,
    /// Whom the call was for before it was diverted to `dest` (RFC 8946 §4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub div: Option<Party>,
    /// When: seconds since 1970.
    pub iat: u64,
    /// The fingerprints of the media's keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mky: Vec<MediaKey>,
    /// Who calls.
    pub orig: Party,
    /// Where the call came from, opaquely: a UUID (RFC 8588 §5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origid: Option<String>,
}

/// Whom a call is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destinations {
    /// Canonical telephone numbers, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tn: Vec<String>,
    /// Canonical URIs, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uri: Vec<String>,
}

impl From<Party> for Destinations {
    fn from(party: Party) -> Self {
        match party {
            Party::Number(number) => Self { tn: vec![number], uri: Vec::new() },
            Party::Uri(uri) => Self { tn: Vec::new(), uri: vec![uri] },
        }
    }
}

/// The fingerprint of a key in the session description (RFC 8225 §5.2.2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MediaKey {
    /// The hash function, such as `sha-256`.
    pub alg: String,
    /// Hexadecimal digits without colons.
    pub dig: String,
}

/// How sure a provider is of a caller (RFC 8588 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attestation {
    /// It knows the customer, and that the number is the customer's.
    #[serde(rename = "A")]
    Full,
    /// It knows the customer, and not whose number it is.
    #[serde(rename = "B")]
    Partial,
    /// The call came through it from elsewhere.
    #[serde(rename = "C")]
    Gateway,
}

/// What a provider adds in North America (RFC 8588).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shaken {
    /// How sure it is.
    pub attest: Attestation,
    /// A UUID that says nothing to others.
    pub origid: String,
}

/// The fingerprints of a session description, sorted, each once (RFC 8225 §5.2.2).
pub(super) fn media_keys(description: &[u8]) -> Vec<MediaKey> {
    let text = std::str::from_utf8(description).unwrap_or_default();
    let mut keys: Vec<MediaKey> = text.lines().filter_map(media_key).take(MEDIA_KEYS_MAX).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// The fingerprints that are read of a description.
const MEDIA_KEYS_MAX: usize = 64;

fn media_key(line: &str) -> Option<MediaKey> {
    let (alg, dig) = line.trim_end().strip_prefix("a=fingerprint:")?.split_once(' ')?;
    Some(MediaKey { alg: alg.to_ascii_lowercase(), dig: dig.replace(':', "").to_ascii_uppercase() })
}
