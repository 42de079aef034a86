//! Calls that were sent on to somebody else: the way from whom they were signed for to whom they are for now (RFC 8946).
//!
//! ```text
//!   shaken: orig A, dest B      div: orig A, div B, dest C      div: orig A, div C, dest D      request line: D
//!                        +-----------------^          +-----------------^         +-----------------^
//! ```

use super::call::Call;
use super::claims::{Claims, Destinations};
use super::number::{NumberPlan, Party, canonical_uri};
use super::outcome::Verified;
use crate::message::Uri;

/// Claims whose signature is good, and whose signer may make them.
#[derive(Clone, Debug)]
pub(super) struct Proved {
    pub(super) claims: Claims,
    pub(super) providers: Vec<String>,
}

/// The first that says who calls, and is for the callee: by itself, or by the diversions after it.
pub(super) fn passed(plan: &NumberPlan, call: &Call, proved: &[Proved]) -> Option<Verified> {
    let originals = proved.iter().filter(|it| it.claims.div.is_none());
    let verified = |original: &Proved| {
        let diverted = way(plan, call, original, proved)?;
        Some(Verified {
            caller: original.claims.orig.clone(),
            attest: original.claims.attest,
            origid: original.claims.origid.clone(),
            diverted,
            providers: original.providers.clone(),
        })
    };
    let all = originals.filter_map(verified);
    // The one that says most of how the call came here; of equals the first.
    all.reduce(|best, next| if next.diverted.len() > best.diverted.len() { next } else { best })
}

/// Whom the call was for on its way here; `None` if it was not for the callee.
fn way(plan: &NumberPlan, call: &Call, original: &Proved, proved: &[Proved]) -> Option<Vec<Party>> {
    let mut diverted = Vec::new();
    let mut at = &original.claims.dest;
    // Each is walked once, so that a circle ends.
    let mut left: Vec<&Claims> = proved.iter().map(|it| &it.claims).collect();
    while let Some(next) = left.iter().position(|claims| leads_on(claims, original, at)) {
        let claims = left.swap_remove(next);
        diverted.extend(claims.div.clone());
        at = &claims.dest;
        if is_for(plan, at, &call.target) {
            return Some(diverted);
        }
    }
    is_for(plan, &original.claims.dest, &call.to).then(Vec::new)
}

fn leads_on(claims: &Claims, original: &Proved, from: &Destinations) -> bool {
    let is_there = |div: &Party| match div {
        Party::Number(number) => from.tn.contains(number),
        Party::Uri(uri) => from.uri.contains(uri),
    };
    claims.orig == original.claims.orig && claims.div.as_ref().is_some_and(is_there)
}

/// Whether this URI is among the destinations.
pub(super) fn is_for(plan: &NumberPlan, destinations: &Destinations, uri: &Uri) -> bool {
    let is_number = |number: &String| plan.number(uri).is_some_and(|ours| ours == *number);
    destinations.tn.iter().any(is_number) || destinations.uri.contains(&canonical_uri(uri))
}

/// Whether a claim means this URI.
pub(super) fn is_party(plan: &NumberPlan, party: &Party, uri: &Uri) -> bool {
    match party {
        Party::Number(number) => plan.number(uri).is_some_and(|ours| ours == *number),
        Party::Uri(known) => canonical_uri(uri) == *known,
    }
}
