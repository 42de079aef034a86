//! What the switch asks the routes, for calls and for whoever wants to know.

use std::time::SystemTime;

use sip_stack::RegistrationId;
use sip_stack::message::header::AcceptLanguage;
use sip_stack::message::{Request, Uri};

use super::Switch;
use super::io::{Output, Refused, SipCommand};
use crate::directory::Trunk;
use crate::ids::{CallId, TrunkId, UserId};
use crate::moment::Moment;
use crate::number::Destination;
use crate::route::{self, Condition, Explanation, NoRoute, RouteRequest, Way};

/// Headers of a stranger's that routes look at.
const HEADERS_MAX: usize = 32;

/// A call that somebody wonders about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteQuestion {
    /// The number or SIP URI; of a trunk's call what the request URI has there.
    pub to: String,
    /// Who calls, if it is a user.
    pub user: Option<UserId>,
    /// The caller id; the user's own if `None`.
    pub caller_id: Option<String>,
    /// Which trunk brings the call, if one does.
    pub source: Option<TrunkId>,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The caller's language; the user's own if `None`.
    pub language: Option<String>,
    /// The call's id, which chance follows from; a new one if `None`.
    pub call: Option<CallId>,
    /// When; now if `None`.
    pub at: Option<SystemTime>,
}

impl Switch {
    /// Says where a call would go, and why; nothing is called.
    ///
    /// # Errors
    ///
    /// [`Refused::InvalidNumber`] and [`Refused::UnknownUser`].
    pub fn explain_route(&mut self, now: Moment, asked: &RouteQuestion) -> Result<Explanation, Refused> {
        let call = asked.call.unwrap_or_else(|| self.ids.call(now));
        let directory = &*self.directory;
        let user = match &asked.user {
            Some(user) => Some(directory.users.get(user).ok_or(Refused::UnknownUser)?),
            None => None,
        };
        let source = asked.source.as_ref().and_then(|source| directory.trunks.get(source));
        let number = match source {
            Some(trunk) => trunk.number_format.read(&asked.to),
            None => Destination::parse(&asked.to).map_err(|_| Refused::InvalidNumber)?.to_string(),
        };
        let own = |of: fn(&crate::User) -> Option<&str>| user.and_then(of);
        let request = RouteRequest {
            number: &number,
            caller: asked.caller_id.as_deref().or_else(|| own(|user| user.caller_id.as_deref())),
            user: asked.user.as_ref(),
            source: asked.source.as_ref(),
            headers: &asked.headers,
            language: asked.language.as_deref().or_else(|| own(|user| user.language.as_deref())),
            call,
            at: asked.at.unwrap_or(now.wall),
        };
        let is_dead = |trunk: &TrunkId| self.health.is_dead(now.instant, trunk);
        Ok(route::plan(&request, directory).explain(&request, directory, is_dead))
    }

    /// The user whom a trunk's call is for.
    pub(super) fn user_for(&self, trunk: &Trunk, request: &RouteRequest<'_>, called: &str) -> Option<UserId> {
        let number = trunk.number_format.read(called);
        let plan = route::plan(&RouteRequest { number: &number, ..*request }, &self.directory);
        match plan.outcome {
            Ok(Way::User { user, .. }) if self.directory.users.contains_key(&user) => Some(user),
            // As the trunk spells it.
            Err(NoRoute::NoneFits) => self.directory.user_called(called).map(|user| user.id.clone()),
            Ok(Way::User { .. } | Way::Trunks { .. }) | Err(_) => None,
        }
    }

    /// The headers of a request that some route looks at.
    pub(super) fn headers_for_routes(&self, request: &Request) -> Vec<(String, String)> {
        let conditions = self.directory.routes.iter().flat_map(|route| &route.conditions);
        let names = conditions.filter_map(|condition| match condition {
            Condition::Header { name, .. } => Some(name),
            Condition::Caller(_)
            | Condition::User(_)
            | Condition::Source(_)
            | Condition::Language(_)
            | Condition::During(_)
            | Condition::Outside(_)
            | Condition::Percent(_) => None,
        });
        let value =
            |name: &String| Some((name.clone(), request.headers.get(&name.parse().ok()?)?.to_owned()));
        names.filter_map(value).take(HEADERS_MAX).collect()
    }

    /// Asks the trunks that did not answer whether they do again.
    pub(super) fn probe(&mut self, now: Moment) {
        loop {
            let probe = RegistrationId(self.ids.number());
            let Some(trunk) = self.health.take_due(now.instant, probe) else { return };
            let Some(trunk) = self.directory.trunks.get(&trunk) else { continue };
            let uri = Uri::sip(None::<String>, trunk.domain.clone(), trunk.port);
            let command = SipCommand::Options(probe, Box::new(uri), trunk.target.clone());
            self.outputs.push_back(Output::Sip(command));
        }
    }
}

/// The language that a caller would like best.
pub(super) fn language(request: &Request) -> Option<String> {
    let accepted = request.headers.typed::<AcceptLanguage>().ok().flatten()?;
    accepted.0.first().map(|first| first.token.to_string())
}
