//! `a=crypto` (RFC 4568): parsed, written, chosen.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use super::local::LocalSrtp;
use super::remote::is_secure;
use super::session::{Attribute, Media};
use super::{NegotiationError, SrtpMode};
use crate::srtp::{Keying, MasterKey, Mki, Reports, Suite};

const NAME: &str = "crypto";
/// RFC 4568 §6.3.2.
const UNENCRYPTED_SRTCP: &str = "UNENCRYPTED_SRTCP";
/// Lines of one stream that are looked at.
const LINES_MAX: usize = 32;
/// Some peers leave out the padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How both sides protect the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Srtp {
    /// What we send with.
    pub local: MasterKey,
    /// What the peer sends with.
    pub remote: Keying,
    /// Whether RTCP is encrypted, both ways.
    pub reports: Reports,
}

/// One line that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Crypto {
    tag: u32,
    keying: Keying,
    reports: Reports,
}

/// What of a peer's stream is used, and the line that answers it. `None` is plain RTP.
pub(super) fn choose(
    media: &Media,
    local: &LocalSrtp,
) -> Result<Option<(Srtp, Attribute)>, NegotiationError> {
    let lines = media.attributes.iter().filter(|attribute| attribute.name == NAME).take(LINES_MAX);
    let lines = lines.filter_map(|attribute| Crypto::parse(attribute.value.as_deref()?));
    let chosen = lines.filter(|_| local.mode != SrtpMode::Off).find_map(|line| {
        let local = local.key_for(line.keying.master.suite())?;
        let (remote, reports) = (line.keying, line.reports);
        Some((Srtp { local, remote, reports }, written(line.tag, &local, reports)))
    });
    let must = local.mode == SrtpMode::Mandatory || is_secure(media);
    if chosen.is_none() && must {
        return Err(NegotiationError::NoSrtp);
    }
    Ok(chosen)
}

/// The lines of our offer.
pub(super) fn offered(local: &LocalSrtp) -> Vec<Attribute> {
    let keys = local.keys.iter().filter(|key| key.suite().is_offered());
    (1..).zip(keys).map(|(tag, key)| written(tag, key, Reports::Encrypted)).collect()
}

fn written(tag: u32, key: &MasterKey, reports: Reports) -> Attribute {
    let mut value = format!("{tag} {} inline:{}", key.suite().as_str(), STANDARD.encode(key.bytes()));
    // Who answers repeats it (RFC 4568 §6.3.2).
    if reports == Reports::Tagged {
        value = format!("{value} {UNENCRYPTED_SRTCP}");
    }
    Attribute { name: NAME.to_owned(), value: Some(value) }
}

impl Crypto {
    /// `None` for a suite we do not have, more than one key, or a session parameter that leaves sound unprotected or
    /// derives keys anew (RFC 4568 §6.3).
    fn parse(value: &str) -> Option<Self> {
        let mut fields = value.split_ascii_whitespace();
        let tag = fields.next().filter(|tag| tag.len() <= 9)?.parse().ok()?;
        let suite = Suite::from_name(fields.next()?)?;
        let (method, info) = fields.next()?.split_once(':')?;
        let mut reports = Reports::Encrypted;
        for parameter in fields {
            if parameter.eq_ignore_ascii_case(UNENCRYPTED_SRTCP) {
                reports = Reports::Tagged;
            } else if !parameter.starts_with('-') && !parameter.starts_with("WSH=") {
                return None;
            }
        }
        let keying = method.eq_ignore_ascii_case("inline").then(|| keying(suite, info)).flatten()?;
        Some(Self { tag, keying, reports })
    }
}

/// `key[|lifetime][|mki:length]`
fn keying(suite: Suite, info: &str) -> Option<Keying> {
    let mut parts = info.split('|');
    let bytes = LENIENT.decode(parts.next()?).ok()?;
    let mki = parts.find(|part| part.contains(':'));
    let mki = match mki {
        Some(text) => {
            let (value, len) = text.split_once(':')?;
            Mki::new(value.parse().ok()?, len.parse().ok()?)?
        }
        None => Mki::default(),
    };
    Some(Keying { master: MasterKey::new(suite, &bytes)?, mki })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    fn parse(tail: &str) -> Option<Crypto> {
        Crypto::parse(&format!("1 AES_CM_128_HMAC_SHA1_80 inline:{tail}"))
    }

    #[test]
    fn takes_the_lines_that_peers_write() {
        let plain = parse(KEY).unwrap();
        assert_eq!(plain.keying.master.bytes(), b"YS___semctl () {\t220;}\n}\nunles");
        assert_eq!(parse(&format!("{KEY}|2^20 WSH=64 -new=1")), Some(plain));
        let named = parse(&format!("{KEY}|2^20|1:4")).unwrap();
        assert_eq!((named.keying.mki.bytes(), named.keying.master), (&[0, 0, 0, 1][..], plain.keying.master));
        assert_eq!(parse(&format!("{KEY}|7:1")).unwrap().keying.mki.bytes(), [7]);
    }

    #[test]
    fn refuses_what_it_cannot_do() {
        let two = format!("{KEY}|2^20|1:4;inline:{KEY}|2^20|2:4");
        let lines = [&format!("{KEY} UNENCRYPTED_SRTP"), &format!("{KEY} KDR=1"), &two, "AAAA", ""];
        for line in lines.map(|line: &str| parse(line)) {
            assert_eq!(line, None);
        }
        assert_eq!(parse(&format!("{KEY}|1:99")), None);
        assert_eq!(parse(&format!("{KEY}|256:1")), None);
        assert_eq!(Crypto::parse(&format!("1 F8_128_HMAC_SHA1_80 inline:{KEY}")), None);
    }
}
