//! A tested route on its way in and out.

use std::time::{Duration, UNIX_EPOCH};

use api::rest::{RouteDestination, RouteTested, TestRoute, TestedRoute};
use engine::route::{Arrival, Explanation};
use engine::{CallId, RouteQuestion, TrunkId, UserId};

/// What is asked.
pub fn route_question(asked: TestRoute) -> RouteQuestion {
    let millis = |at: api::Timestamp| Duration::from_millis(u64::try_from(at.millis()).unwrap_or(0));
    RouteQuestion {
        to: asked.to,
        user: asked.user.as_deref().map(UserId::from),
        caller_id: asked.caller_id,
        source: asked.source_trunk.as_deref().map(TrunkId::from),
        headers: asked.headers.into_iter().collect(),
        language: asked.language,
        call: asked.call.map(|call| CallId(call.0)),
        at: asked.at.map(|at| UNIX_EPOCH + millis(at)),
    }
}

/// What is answered.
pub fn route_tested(found: Explanation) -> RouteTested {
    let route = |route: engine::route::ExplainedRoute| TestedRoute {
        name: route.route,
        taken: route.taken,
        reason: route.reason,
    };
    RouteTested {
        explanation: found.sentence,
        allowed: !found.destinations.is_empty(),
        routes: found.routes.into_iter().map(route).collect(),
        destinations: found.destinations.into_iter().map(destination).collect(),
    }
}

fn destination(arrival: Arrival) -> RouteDestination {
    match arrival {
        Arrival::Trunk { hop, reason, is_dead } => RouteDestination::Trunk {
            trunk: hop.trunk.to_string(),
            number: hop.number,
            caller_id: hop.caller_id,
            reason,
            reachable: !is_dead,
        },
        Arrival::User { user, reason } => RouteDestination::User { user: user.to_string(), reason },
    }
}
