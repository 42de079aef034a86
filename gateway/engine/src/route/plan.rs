//! The decision: the first route that fits, and what follows from it.

use super::group::{Choice, TrunkGroup, order};
use super::rule::{Fit, Route, RouteTo};
use super::{Heading, RouteRequest};
use crate::directory::{Directory, Trunk};
use crate::ids::{TrunkId, UserId};
use crate::number::Destination;

/// Trunks that one call tries, at most.
pub const HOPS_MAX: usize = 8;

/// One trunk to try, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The trunk.
    pub trunk: TrunkId,
    /// The route that named it.
    pub route: String,
    /// Why it has its place.
    pub choice: Choice,
    /// The number or SIP URI, as this trunk is to get it.
    pub number: String,
    /// What callees see, as this trunk is to get it; the user's name if `None`.
    pub caller_id: Option<String>,
}

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// To trunks, in the order to try them; at least one.
    Trunks {
        /// Each.
        hops: Vec<Hop>,
        /// What the route, or else the caller, wants callees to see.
        caller_id: Option<String>,
    },
    /// To a user.
    User {
        /// Who.
        user: UserId,
        /// By which route; `None`: by number or name.
        route: Option<String>,
    },
}

/// Why a call goes nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRoute {
    /// No route fits.
    #[error("no route fits this number")]
    NoneFits,
    /// A route refuses it.
    #[error("the route {0} refuses this call")]
    Refused(String),
    /// None of the route's trunks can be found at this moment.
    #[error("no trunk of the route {0} has an address")]
    NoTrunk(String),
    /// What the route makes of the number is none.
    #[error("the route {0} makes no number of this one")]
    NoNumber(String),
}

/// A decision, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What was found at each route of the directory, in order, up to the one that decided.
    pub steps: Vec<Fit>,
    /// The decision.
    pub outcome: Result<Way, NoRoute>,
}

/// Decides where a call goes.
pub fn plan(request: &RouteRequest<'_>, directory: &Directory) -> Plan {
    let mut steps = Vec::new();
    for route in &directory.routes {
        match route.judge(request) {
            Ok(to) => {
                steps.push(Fit::Taken);
                return Plan { steps, outcome: follow(route, to, request, directory) };
            }
            Err(fit) => steps.push(fit),
        }
    }
    let user = match request.heading() {
        Heading::In => directory.user_called(request.number),
        Heading::Out => None,
    };
    let way = user.map(|user| Way::User { user: user.id.clone(), route: None });
    Plan { steps, outcome: way.ok_or(NoRoute::NoneFits) }
}

fn follow(
    route: &Route,
    to: &RouteTo,
    request: &RouteRequest<'_>,
    directory: &Directory,
) -> Result<Way, NoRoute> {
    match to {
        RouteTo::Trunks(group) => leave(route, group, request, directory),
        RouteTo::User(user) => Ok(Way::User { user: user.clone(), route: Some(route.name.clone()) }),
        // A row names no other row.
        RouteTo::Nowhere | RouteTo::Row => Err(NoRoute::Refused(route.name.clone())),
    }
}

fn leave(
    route: &Route,
    group: &TrunkGroup,
    request: &RouteRequest<'_>,
    directory: &Directory,
) -> Result<Way, NoRoute> {
    let number = rewritten(route, request.number).ok_or_else(|| NoRoute::NoNumber(route.name.clone()))?;
    let caller_id = route.caller_id.as_deref().or(request.caller);
    let hop = |(trunk, choice): (&TrunkId, Choice)| {
        let known = directory.trunks.get(trunk)?;
        Some(Hop {
            trunk: trunk.clone(),
            route: route.name.clone(),
            choice,
            number: spelled(known, &number),
            caller_id: caller_id.or(known.caller_id.as_deref()).map(|id| spelled(known, id)),
        })
    };
    let trunks = order(group, request, &number, &directory.trunks);
    let hops: Vec<Hop> = trunks.into_iter().filter_map(hop).take(HOPS_MAX).collect();
    if hops.is_empty() {
        return Err(NoRoute::NoTrunk(route.name.clone()));
    }
    Ok(Way::Trunks { hops, caller_id: caller_id.map(str::to_owned) })
}

/// SIP URIs stay as they are.
fn rewritten(route: &Route, number: &str) -> Option<String> {
    let Ok(Destination::Number(number)) = Destination::parse(number) else { return Some(number.to_owned()) };
    match Destination::parse(&route.rewrite(&number)?) {
        Ok(Destination::Number(number)) => Some(number),
        Ok(Destination::Uri(_)) | Err(_) => None,
    }
}

fn spelled(trunk: &Trunk, number: &str) -> String {
    match Destination::parse(number) {
        Ok(Destination::Number(number)) => trunk.number_format.write(&number),
        Ok(Destination::Uri(_)) | Err(_) => number.to_owned(),
    }
}
