//! The signature in our own Record-Route: a request that brings it back belongs to a dialog that went by here.
//!
//! Anybody can write a To tag and a Route that names us. Without the signature such a request would be forwarded to
//! wherever its request line says, unseen by the owner: an open relay. The signature is a code over the Call-ID, the tag
//! of whoever sent the request that was recorded, and the flow token beside it. Requests of either side of the dialog
//! have that tag, in From or in To; nothing has to be remembered.

use crate::message::Uri;
use crate::seal::{CODE_BYTES, Seal, hexadecimal, is_same, unhexadecimal};
use crate::transaction::incoming::IncomingRequest;

/// The URI parameter.
const PARAM: &str = "dlg";

/// Writes the signature of the dialog that `incoming` makes, or belongs to.
pub(super) fn sign(seal: &Seal, route: &mut Uri, incoming: &IncomingRequest) {
    let code = code(seal, route, incoming, incoming.from_tag.as_deref());
    route.params.set(PARAM, hexadecimal(&code));
}

/// Whether a Route of ours was written for the dialog of `incoming`.
pub(super) fn is_signed(seal: &Seal, route: &Uri, incoming: &IncomingRequest) -> bool {
    let Some(given) = route.params.get(PARAM).and_then(unhexadecimal) else { return false };
    given.len() == CODE_BYTES
        && [&incoming.from_tag, &incoming.to_tag]
            .iter()
            .any(|tag| is_same(&given, &code(seal, route, incoming, tag.as_deref())))
}

fn code(seal: &Seal, route: &Uri, incoming: &IncomingRequest, tag: Option<&str>) -> [u8; CODE_BYTES] {
    let token = route.user.as_deref().unwrap_or_default();
    let parts = [incoming.call_id.as_bytes(), tag.unwrap_or_default().as_bytes(), token.as_bytes()];
    let mut kept = [0; CODE_BYTES];
    kept.iter_mut().zip(seal.code(&parts)).for_each(|(kept, octet)| *kept = octet);
    kept
}
