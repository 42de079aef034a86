//! A decision in words.

use super::RouteRequest;
use super::group::Choice;
use super::plan::{Hop, NoRoute, Plan, Way};
use super::rule::{Fit, Numbers, Route, RouteTo};
use crate::directory::Directory;
use crate::ids::{TrunkId, UserId};

/// What was found at one route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedRoute {
    /// Its name.
    pub route: String,
    /// Whether it decided.
    pub taken: bool,
    /// Why, or why not.
    pub reason: String,
}

/// A place where the call goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A trunk.
    Trunk {
        /// What it gets.
        hop: Hop,
        /// Why it has its place.
        reason: String,
        /// Whether it is tried last because it does not answer at this moment.
        is_dead: bool,
    },
    /// A user.
    User {
        /// Who.
        user: UserId,
        /// Why.
        reason: String,
    },
}

/// A decision in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// All of it in one sentence.
    pub sentence: String,
    /// The routes that were looked at, in order.
    pub routes: Vec<ExplainedRoute>,
    /// Where the call goes, in the order to try; empty if it is refused.
    pub destinations: Vec<Arrival>,
}

impl Plan {
    /// Says why. `is_dead` knows the trunks that do not answer at this moment; they are tried last.
    pub fn explain(
        &self,
        request: &RouteRequest<'_>,
        directory: &Directory,
        is_dead: impl Fn(&TrunkId) -> bool,
    ) -> Explanation {
        let looked_at = directory.routes.iter().zip(&self.steps);
        let routes = looked_at.map(|(route, fit)| explained(route, *fit, request)).collect();
        let destinations = match &self.outcome {
            Ok(Way::Trunks { hops, .. }) => arrivals(hops, is_dead),
            Ok(Way::User { user, route }) => {
                let reason = match route {
                    Some(route) => format!("the route {route} says so"),
                    None => format!("{} is a number or name of this user", request.number),
                };
                vec![Arrival::User { user: user.clone(), reason }]
            }
            Err(_) => Vec::new(),
        };
        Explanation { sentence: sentence(request, &self.outcome, &destinations), routes, destinations }
    }
}

fn explained(route: &Route, fit: Fit, request: &RouteRequest<'_>) -> ExplainedRoute {
    let reason = match fit {
        Fit::Taken => fits(route, request),
        Fit::OtherWay => match route.to {
            RouteTo::User(_) => "is for calls that trunks bring".to_owned(),
            RouteTo::Trunks(_) | RouteTo::Row | RouteTo::Nowhere => "is for calls of users".to_owned(),
        },
        Fit::Number => format!("{} is not among {}", request.number, route.numbers),
        Fit::Condition(place) => match route.conditions.get(place) {
            Some(condition) => format!("is for {condition}, but {}", condition.found(request, &route.name)),
            None => String::new(),
        },
    };
    ExplainedRoute { route: route.name.clone(), taken: fit == Fit::Taken, reason }
}

fn fits(route: &Route, request: &RouteRequest<'_>) -> String {
    let number = match &route.numbers {
        Numbers::Table(table) => match table.row(request.number) {
            Some((prefix, _)) => format!("{} has the prefix {prefix} in {}", request.number, route.numbers),
            None => String::new(),
        },
        Numbers::Patterns(_) | Numbers::Regex(_) => format!("{} is among {}", request.number, route.numbers),
    };
    let met = route
        .conditions
        .iter()
        .map(|condition| format!("{condition} ({})", condition.found(request, &route.name)));
    std::iter::once(number).chain(met).collect::<Vec<_>>().join(", and ")
}

/// In the order in which a call tries them: the dead ones last.
fn arrivals(hops: &[Hop], is_dead: impl Fn(&TrunkId) -> bool) -> Vec<Arrival> {
    let arrival = |hop: &Hop| Arrival::Trunk {
        hop: hop.clone(),
        reason: reason(hop.choice),
        is_dead: is_dead(&hop.trunk),
    };
    let (dead, alive): (Vec<_>, Vec<_>) = hops.iter().partition(|hop| is_dead(&hop.trunk));
    alive.into_iter().chain(dead).map(arrival).collect()
}

fn reason(choice: Choice) -> String {
    match choice {
        Choice::Listed(place) => format!("number {} of the list", place + 1),
        Choice::Weight(weight) => format!("drawn for this call, with weight {weight}"),
        Choice::Price(price) => format!("{price} a minute"),
        Choice::Unpriced => "has no price for this number".to_owned(),
    }
}

fn sentence(request: &RouteRequest<'_>, outcome: &Result<Way, NoRoute>, destinations: &[Arrival]) -> String {
    let number = request.number;
    match outcome {
        Ok(Way::Trunks { hops, .. }) => {
            let tried = destinations.iter().filter_map(|arrival| match arrival {
                Arrival::Trunk { hop, .. } => Some(format!("{} as {}", hop.trunk, hop.number)),
                Arrival::User { .. } => None,
            });
            let route = hops.first().map(|hop| hop.route.as_str()).unwrap_or_default();
            format!("{number} goes by the route {route} to {}", joined_by_then(tried))
        }
        Ok(Way::User { user, .. }) => format!("{number} rings {user}"),
        Err(why) => format!("{number} is refused: {why}"),
    }
}

fn joined_by_then(places: impl Iterator<Item = String>) -> String {
    places.collect::<Vec<_>>().join(", then to ")
}
