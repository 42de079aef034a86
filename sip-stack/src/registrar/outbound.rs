//! Flows (RFC 5626 §6): when a contact is one, and what the response says of it.

use super::binding;
use super::wanted::{Refusal, Update};
use crate::message::header::Supported;
use crate::message::{NameAddr, StatusCode};

/// Leaves a reg-id only where outbound applies to the contact.
pub(super) fn settle_reg_ids(
    updates: &mut [Update],
    hops: usize,
    path: &[NameAddr],
    supports: &Supported,
) -> Result<(), Refusal> {
    for update in updates.iter_mut().filter(|update| binding::instance(&update.contact).is_none()) {
        update.reg_id = None;
    }
    if updates.iter().all(|update| update.reg_id.is_none()) {
        return Ok(());
    }
    if !is_first_hop_able(hops, path) {
        if supports.contains("outbound") {
            return Err(StatusCode::FIRST_HOP_LACKS_OUTBOUND_SUPPORT.into());
        }
        updates.iter_mut().for_each(|update| update.reg_id = None);
        return Ok(());
    }
    let kept = updates.iter().filter(|update| update.expires_s > 0);
    match kept.count() > 1 {
        true => Err(StatusCode::BAD_REQUEST.into()),
        false => Ok(()),
    }
}

/// We are the first hop, or the one that is says that it keeps the flow. Only the first may write `ob`, so it
/// does not matter which of the Path values has it.
fn is_first_hop_able(hops: usize, path: &[NameAddr]) -> bool {
    hops == 1 || path.iter().any(|hop| hop.uri.params.contains("ob"))
}
