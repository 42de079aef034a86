//! `offhook route-test`: where a number would go, in words.

use std::fmt::Write;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use engine::route::{Arrival, Explanation};
use engine::{Moment, RouteQuestion, Switch, SwitchConfig, UserId};

use crate::call::Resolver;
use crate::config::Config;
use crate::rim::StartError;

/// Says where a call of `user` to `number` would go; nothing is called, but the trunks' names are looked up.
///
/// # Errors
///
/// What keeps the gateway from starting, no number, or no such user.
pub async fn dry_run(config: Config, number: String, user: Option<String>) -> Result<String, StartError> {
    let directory = Resolver::start(Arc::new(config)).await?.directory()?;
    let now = Moment { instant: Instant::now(), wall: SystemTime::now() };
    let settings = SwitchConfig::new(Ipv4Addr::LOCALHOST.into());
    let mut switch = Switch::new(settings, Arc::new(directory), rand::random(), now);
    let user = user.as_deref().map(UserId::from);
    let asked = RouteQuestion { to: number, user, ..RouteQuestion::default() };
    let found = switch.explain_route(now, &asked).map_err(|refused| StartError::new(refused.to_string()))?;
    Ok(written(&found))
}

fn written(found: &Explanation) -> String {
    let mut text = found.sentence.clone();
    for route in &found.routes {
        let mark = if route.taken { "takes it" } else { "does not" };
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  route {}: {mark}: {}", route.route, route.reason);
    }
    for arrival in &found.destinations {
        let _ = match arrival {
            Arrival::Trunk { hop, reason, .. } => {
                let caller_id = hop.caller_id.as_deref().unwrap_or("the user's name");
                write!(text, "\n  trunk {}: {} from {caller_id}: {reason}", hop.trunk, hop.number)
            }
            Arrival::User { user, reason } => write!(text, "\n  user {user}: {reason}"),
        };
    }
    text
}
