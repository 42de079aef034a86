//! How a branch's first hop is reached, and what it counts as if it is not.

use super::best::Final;
use super::forward::Hop;
use crate::endpoint::core::Core;
use crate::message::StatusCode;
use crate::resolve::Unresolved;
use crate::transport::destination::Destination;
use crate::ua::Target;

/// How a branch's first hop is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Way(Destination),
    /// The DNS knows.
    Name,
    None,
}

pub(super) fn route_of(core: &Core, hop: &Hop) -> Route {
    let way = match hop {
        Hop::Resolve | Hop::Uri(_) => return Route::Name,
        Hop::Target(target) => core.way_to(*target).ok(),
        Hop::Flow(source) => match source.flow {
            Some(stream) => core.transport.reply_on(stream),
            None if source.transport.is_reliable() => {
                core.way_to(Target::new(source.transport, source.remote)).ok()
            }
            None => Some(core.transport.reply(source.transport, source.local, source.remote)),
        },
    };
    way.map_or(Route::None, Route::Way)
}

/// What a branch whose name leads nowhere counts as: something that another try may change, or not.
pub(super) fn unresolved(why: Unresolved) -> StatusCode {
    match why {
        Unresolved::DnsFailure | Unresolved::Limit => StatusCode::SERVICE_UNAVAILABLE,
        Unresolved::NoHost
        | Unresolved::NoTransport
        | Unresolved::NoSuchName
        | Unresolved::NotOffered
        | Unresolved::NoUsableAddress => StatusCode::BAD_GATEWAY,
    }
}

/// What a hop that cannot be reached counts as: a flow that is gone is a 430 (RFC 5626 §5.3.1), which an endpoint
/// never gets to see (§11.5), so that the proxy that knows the binding says 480.
pub(super) fn unreachable(hop: &Hop, is_authority: bool) -> Final {
    Final::Local(match hop {
        Hop::Flow(_) if is_authority => StatusCode::TEMPORARILY_UNAVAILABLE,
        Hop::Flow(_) => StatusCode::FLOW_FAILED,
        Hop::Target(_) | Hop::Resolve | Hop::Uri(_) => StatusCode::SERVICE_UNAVAILABLE,
    })
}
