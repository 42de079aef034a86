//! Where a number goes: pure.

mod failover;

use crate::directory::Directory;
use crate::ids::TrunkId;

pub use failover::{Sound, Verdict, after_refusal};

/// Trunks that one call tries, at most.
pub const HOPS_MAX: usize = 8;

/// One trunk to try, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The trunk.
    pub trunk: TrunkId,
    /// The rule that named it.
    pub route: String,
    /// Its place in the rule, from 0.
    pub choice: usize,
}

/// No rule matches, or the one that does names no trunk that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no route leads to this number")]
pub struct NoRoute;

/// The trunks for `number`, as [`Destination`](crate::number::Destination) prints it, in the order to try them.
///
/// # Errors
///
/// [`NoRoute`] if no rule matches or its trunks do not exist.
pub fn plan(number: &str, directory: &Directory) -> Result<Vec<Hop>, NoRoute> {
    let route = directory.routes.iter().find(|route| route.pattern.matches(number)).ok_or(NoRoute)?;
    let known = route.trunks.iter().enumerate().filter(|(_, trunk)| directory.trunks.contains_key(*trunk));
    let hops: Vec<_> = known
        .map(|(choice, trunk)| Hop { trunk: trunk.clone(), route: route.name.clone(), choice })
        .take(HOPS_MAX)
        .collect();
    if hops.is_empty() { Err(NoRoute) } else { Ok(hops) }
}

#[cfg(test)]
mod tests {
    use media::DtmfMethod;
    use media::sdp::SrtpMode;
    use sip_stack::message::Host;
    use sip_stack::{Target, Transport};

    use super::*;
    use crate::directory::{Route, Trunk};

    fn trunk(name: &str) -> (TrunkId, Trunk) {
        let address = ([192, 0, 2, 1], 5060).into();
        let trunk = Trunk {
            id: name.into(),
            target: Target::new(Transport::Udp, address).into(),
            addresses: vec![address],
            domain: Host::Name("trunk.example".into()),
            port: None,
            route: Vec::new(),
            credentials: None,
            sources: Vec::new(),
            codecs: Vec::new(),
            dtmf: DtmfMethod::Auto,
            srtp: SrtpMode::Off,
            caller_id: None,
            calls_max: None,
        };
        (name.into(), trunk)
    }

    fn directory() -> Directory {
        let rule = |name: &str, pattern: &str, trunks: &[&str]| Route {
            name: name.to_owned(),
            pattern: pattern.parse().unwrap(),
            trunks: trunks.iter().map(|&trunk| trunk.into()).collect(),
        };
        let routes = vec![rule("emergency", "112", &["b"]), rule("home", "+49*", &["a", "gone", "b"])];
        Directory { trunks: [trunk("a"), trunk("b")].into(), routes, ..Directory::default() }
    }

    #[test]
    fn the_first_rule_that_matches_names_the_trunks_in_order() {
        let hops = plan("+4930", &directory()).unwrap();
        let found: Vec<_> =
            hops.iter().map(|hop| (hop.trunk.as_str(), hop.route.as_str(), hop.choice)).collect();
        assert_eq!(found, [("a", "home", 0), ("b", "home", 2)]);
    }

    #[test]
    fn no_rule_no_route() {
        assert_eq!(plan("+1", &directory()), Err(NoRoute));
    }
}
