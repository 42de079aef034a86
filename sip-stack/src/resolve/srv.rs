//! The order of SRV records (RFC 2782, "Usage rules").

use super::name::Name;
use super::query::{Record, Srv};
use crate::endpoint::random::Random;

/// Records of one service that are looked at; the rest of a longer answer is dropped, worst priority first.
pub(crate) const SRV_RECORDS_MAX: usize = 64;

/// What a service's records come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hosts {
    /// In the order to try them.
    Listed(Vec<(Name, u16)>),
    /// The only record says that there is no such service here.
    NotOffered,
    /// No record that makes sense.
    None,
}

/// The hosts of a service; where priorities are equal, chance decides by weight.
pub(crate) fn hosts(records: &[Record], random: &mut Random) -> Hosts {
    let records: Vec<&Srv> = records.iter().filter_map(srv).collect();
    let mut usable: Vec<(&Srv, Name)> = records
        .iter()
        .filter(|srv| srv.port != 0)
        .filter_map(|srv| Some((*srv, Name::new(&srv.target)?)))
        .collect();
    if usable.is_empty() {
        let refuses = records.iter().any(|srv| matches!(srv.target.as_str(), "." | ""));
        return if refuses { Hosts::NotOffered } else { Hosts::None };
    }
    // Weight 0 comes first among equals, as the running sum wants it.
    usable.sort_by_key(|(srv, _)| (srv.priority, srv.weight != 0));
    usable.truncate(SRV_RECORDS_MAX);
    let mut order = Vec::with_capacity(usable.len());
    for level in usable.chunk_by(|(one, _), (other, _)| one.priority == other.priority) {
        let mut level = level.to_vec();
        while !level.is_empty() {
            let (srv, name) = level.remove(pick(&level, random));
            order.push((name, srv.port));
        }
    }
    Hosts::Listed(order)
}

fn srv(record: &Record) -> Option<&Srv> {
    match record {
        Record::Srv(srv) => Some(srv),
        Record::Naptr(_) | Record::A(_) | Record::Aaaa(_) => None,
    }
}

/// The first whose running sum of weights reaches a random number. The RFC draws from 0 to the sum, so that a
/// weight of 0 has a small chance; where there is none, drawing from 1 keeps the shares exact.
fn pick(level: &[(&Srv, Name)], random: &mut Random) -> usize {
    let sum: u64 = level.iter().map(|(srv, _)| u64::from(srv.weight)).sum();
    if sum == 0 {
        return usize::try_from(random.below(level.len() as u64)).unwrap_or_default();
    }
    let lowest = u64::from(level.first().is_some_and(|(srv, _)| srv.weight != 0));
    let drawn = lowest + random.below(sum + 1 - lowest);
    let mut running = 0;
    let reached = level.iter().position(|(srv, _)| {
        running += u64::from(srv.weight);
        running >= drawn
    });
    reached.unwrap_or_default()
}
