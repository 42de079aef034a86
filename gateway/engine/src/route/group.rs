//! In which order the trunks of a route are tried.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::RouteRequest;
use super::chance::chance;
use super::rates::Price;
use crate::directory::Trunk;
use crate::ids::TrunkId;

/// How trunks are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// As they are listed.
    #[default]
    Listed,
    /// By chance, in proportion to their weights.
    Weighted,
    /// The cheapest first; those without a price for the number last.
    LeastCost,
}

/// A trunk of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The trunk.
    pub trunk: TrunkId,
    /// Its share among the others, for [`Strategy::Weighted`]; 0: only when the others fail.
    pub weight: u32,
}

/// Trunks, and how they are put in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkGroup {
    /// How.
    pub strategy: Strategy,
    /// Which.
    pub members: Vec<Member>,
}

impl TrunkGroup {
    /// Trunks in this order.
    pub fn listed(trunks: impl IntoIterator<Item = TrunkId>) -> Self {
        let members = trunks.into_iter().map(|trunk| Member { trunk, weight: 1 }).collect();
        Self { strategy: Strategy::Listed, members }
    }
}

/// Why a trunk has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Its place in the list, from 0.
    Listed(usize),
    /// Chance, with this weight.
    Weight(u32),
    /// Its price for a minute.
    Price(Price),
    /// It has no price for the number.
    Unpriced,
}

/// The members in the order to try them.
pub(super) fn order<'a>(
    group: &'a TrunkGroup,
    request: &RouteRequest<'_>,
    number: &str,
    trunks: &BTreeMap<TrunkId, Trunk>,
) -> Vec<(&'a TrunkId, Choice)> {
    let members = group.members.iter();
    match group.strategy {
        Strategy::Listed => {
            members.enumerate().map(|(place, member)| (&member.trunk, Choice::Listed(place))).collect()
        }
        Strategy::Weighted => {
            let mut members: Vec<_> = members.map(|member| (draw(request, member), member)).collect();
            members.sort_by(|(one, _), (other, _)| other.total_cmp(one));
            members.into_iter().map(|(_, member)| (&member.trunk, Choice::Weight(member.weight))).collect()
        }
        Strategy::LeastCost => {
            let price = |trunk: &TrunkId| {
                trunks.get(trunk)?.rates.as_ref()?.price(number, request.at).map(|(_, price)| price)
            };
            let mut members: Vec<_> = members.map(|member| (price(&member.trunk), &member.trunk)).collect();
            members.sort_by_key(|(price, _)| (Reverse(price.is_some()), *price));
            let choice = |price: Option<Price>| price.map_or(Choice::Unpriced, Choice::Price);
            members.into_iter().map(|(price, trunk)| (trunk, choice(price))).collect()
        }
    }
}

/// Sorting by these keys draws without putting back, in proportion to the weights (Efraimidis, Spirakis 2006).
fn draw(request: &RouteRequest<'_>, member: &Member) -> f64 {
    let chance = chance(request.call, member.trunk.as_str()).max(f64::MIN_POSITIVE);
    if member.weight == 0 { f64::NEG_INFINITY } else { chance.ln() / f64::from(member.weight) }
}
