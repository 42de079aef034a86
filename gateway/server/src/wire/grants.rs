//! What a token or a configured user allows.

use engine::{Grants, Pattern};

use crate::config::User;

/// A token's grants. A pattern that is none matches nothing, as the safer reading.
pub fn grants(grants: &api::Grants) -> Grants {
    Grants {
        destinations: patterns(grants.destinations.iter().map(String::as_str)),
        caller_ids: patterns(grants.caller_ids.iter().map(String::as_str)),
        inbound: grants.inbound,
        calls_max: grants.calls_max,
    }
}

/// A configured user's grants, as a token carries them.
pub fn user_grants(user: &User) -> api::Grants {
    api::Grants {
        destinations: user.destinations.iter().map(|pattern| pattern.0.clone()).collect(),
        caller_ids: user.caller_ids.iter().map(|pattern| pattern.0.clone()).collect(),
        inbound: user.inbound,
        calls_max: user.calls_max,
    }
}

fn patterns<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Pattern> {
    texts.filter_map(|text| text.parse().ok()).collect()
}
