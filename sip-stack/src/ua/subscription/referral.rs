//! REFER's own headers, written and read (RFC 3515 §2.4, RFC 3892, RFC 4488, RFC 4538).

use super::command::{Referral, TellMe};
use super::event::Referred;
use crate::message::header::{ReferSub, ReferTo, ReferredBy, Replaces, TargetDialog};
use crate::message::{Header, HeaderError, HeaderName, Method, NameAddr, TypedHeader};
use crate::transaction::incoming::IncomingRequest;
use crate::ua::command::InviteId;

/// The headers of a REFER of ours.
pub(crate) fn headers(referral: &Referral, target_dialog: Option<&TargetDialog>) -> Vec<Header> {
    let mut headers = vec![Header::from_typed(&ReferTo(referral.refer_to.clone()))];
    headers.extend(referral.referred_by.iter().map(|by| Header::from_typed(&ReferredBy(by.clone()))));
    let mut supported = vec!["norefersub"];
    if referral.tell_me == TellMe::Nothing {
        headers.push(Header::new(HeaderName::ReferSub, "false"));
    }
    if let Some(target_dialog) = target_dialog {
        headers.push(Header::from_typed(target_dialog));
        supported.push("tdialog");
    }
    headers.push(Header::new(HeaderName::Supported, supported.join(", ")));
    headers.extend(referral.headers.iter().cloned());
    headers
}

/// What a peer's REFER asks for; `None` unless it has exactly one Refer-To (RFC 3515 §2.4.2).
pub(crate) fn read(incoming: &IncomingRequest, call: Option<InviteId>) -> Option<Referred> {
    let headers = &incoming.request.headers;
    let ReferTo(mut refer_to) = headers.typed::<ReferTo>().ok()??;
    headers.typed::<ReferSub>().ok()?;
    let replaces = replaces(&refer_to).ok()?;
    let method = match refer_to.uri.params.get("method") {
        Some(word) => word.parse().ok()?,
        None => Method::Invite,
    };
    refer_to.uri.headers.clear();
    refer_to.uri.params.remove("method");
    Some(Referred {
        call,
        refer_to,
        method,
        replaces,
        referred_by: headers.typed::<ReferredBy>().ok()?.map(|by| by.0),
        target_dialog: headers.typed().ok()?,
        tell_me: if wants_nothing(incoming) { TellMe::Nothing } else { TellMe::Progress },
        request: incoming.request.clone(),
        source: incoming.source,
    })
}

/// Whether the peer asks not to be told (RFC 4488 §4).
pub(crate) fn wants_nothing(incoming: &IncomingRequest) -> bool {
    let refer_sub = incoming.request.headers.typed::<ReferSub>().ok().flatten();
    refer_sub.is_some_and(|refer_sub| !refer_sub.subscribes)
}

/// The Replaces among the headers of a URI.
fn replaces(refer_to: &NameAddr) -> Result<Option<Replaces>, HeaderError> {
    refer_to.uri.header_decoded("Replaces").map(|value| Replaces::parse(&value)).transpose()
}
