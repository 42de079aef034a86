//! Loops and their cost (RFC 3261 §16.3 step 4 and §16.6 step 8, both as RFC 5393 §4.2 has them).

use std::hash::{DefaultHasher, Hash, Hasher};

use super::identity::Identity;
use crate::message::HeaderName;
use crate::transaction::incoming::IncomingRequest;

/// The second part of our branches: the same only for a request that comes back with everything that decides
/// where it goes, so that a spiral is no loop. The method is no part of it; who we are is, because the next proxy may
/// get the very same request.
pub(crate) fn mark(identity: &Identity, incoming: &IncomingRequest) -> String {
    let mut hash = DefaultHasher::new();
    identity.salt().hash(&mut hash);
    incoming.request.uri.hash(&mut hash);
    for route in incoming.request.headers.get_all(&HeaderName::Route) {
        route.hash(&mut hash);
    }
    incoming.call_id.hash(&mut hash);
    incoming.from_tag.hash(&mut hash);
    incoming.to_tag.hash(&mut hash);
    incoming.cseq.number.hash(&mut hash);
    format!(".{:016x}", hash.finish())
}

/// Whether the request has been here before. 64 bits tell our mark from anything that another element may have
/// written, so that nobody's Via has to be understood.
pub(crate) fn is_loop(incoming: &IncomingRequest, mark: &str) -> bool {
    incoming.request.headers.get_all(&HeaderName::Via).any(|via| via.contains(mark))
}
