//! Who calls, told only to those who may know (RFC 3323, RFC 3325).

use crate::message::header::{PAssertedIdentity, Privacy};
use crate::message::{Header, HeaderName, Headers, NameAddr, Uri};

/// Whether a peer belongs to the network whose word about identities counts (RFC 3325 §2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// It asserts identities, and keeps those that we assert.
    Trusted,
    /// It does neither.
    #[default]
    Untrusted,
}

/// What only a trusted peer is told.
const ASSERTIONS: [HeaderName; 3] =
    [HeaderName::PAssertedIdentity, HeaderName::PPreferredIdentity, HeaderName::RemotePartyId];

/// Who the peer says is calling or answering: nobody if it is not trusted (RFC 3325 §5).
pub fn asserted(headers: &Headers, trust: Trust) -> Vec<NameAddr> {
    if trust == Trust::Untrusted {
        return Vec::new();
    }
    let identities: Vec<PAssertedIdentity> = headers.typed_all().unwrap_or_default();
    identities.into_iter().map(|identity| identity.0).collect()
}

/// Whether a message asks for this kind of privacy, such as `id` or `user`.
pub fn asks_for_privacy(headers: &Headers, kind: &str) -> bool {
    headers.typed::<Privacy>().ok().flatten().is_some_and(|privacy| privacy.contains(kind))
}

/// Leaves out what the peer must not know.
pub(crate) fn conceal(headers: &mut Vec<Header>, trust: Trust) {
    if trust == Trust::Untrusted {
        headers.retain(|header| !ASSERTIONS.contains(&header.name));
    }
}

/// The From of a caller who wants to stay unknown to a peer that is not trusted (RFC 3323 §4.1.1.3).
pub(crate) fn shown_from(from: &NameAddr, own: &[Header], trust: Trust) -> NameAddr {
    let own: Headers = own.iter().cloned().collect();
    let hides = ["user", "id"].iter().any(|kind| asks_for_privacy(&own, kind));
    if trust == Trust::Trusted || !hides {
        return from.clone();
    }
    let anonymous: Option<Uri> = "sip:anonymous@anonymous.invalid".parse().ok();
    let mut shown = anonymous.map_or_else(|| from.clone(), NameAddr::new);
    shown.display = Some("Anonymous".into());
    shown
}
