//! Who may place which call.

use sip_stack::message::Header;

use super::Switch;
use super::io::{Refused, RtcOrigin, Start};
use crate::call::{Call, Dial, Direction, Origin, Originate, Target};
use crate::grants::Grants;
use crate::ids::{CallId, UserId};
use crate::moment::Moment;
use crate::number::Destination;
use crate::route::{self, NoRoute, RouteRequest, Way};

/// A browser's call that may be placed.
pub(super) struct Admitted {
    pub(super) origin: Origin,
    pub(super) dial: Dial,
}

/// A call to be placed, as far as it is settled before the routes are asked.
struct Wish<'a> {
    call: CallId,
    user: &'a UserId,
    to: Destination,
    caller_id: Option<String>,
    headers: &'a [(String, String)],
}

impl Switch {
    /// A browser's call, if its grants and the limits allow it.
    pub(super) fn admit_start(
        &self,
        now: Moment,
        origin: RtcOrigin,
        start: &Start,
    ) -> Result<Admitted, Refused> {
        let session = self.index.sessions.get(&origin.session).ok_or(Refused::UnknownSession)?;
        self.admit_call(origin.call, &session.user)?;
        let calls_max = session.grants.calls_max.unwrap_or(u32::MAX).min(self.config.limits.session);
        if session.calls.len() >= calls_max as usize {
            return Err(Refused::LimitReached);
        }
        let to = Destination::parse(&start.to).map_err(|_| Refused::InvalidNumber)?;
        if !session.grants.allow_destination(&to.to_string()) {
            return Err(Refused::DestinationForbidden);
        }
        self.admit_caller_id(&session.grants, &session.user, start.from.as_deref())?;
        let (call, user, caller_id) = (origin.call, &session.user, start.from.clone());
        self.admitted(now, Wish { call, user, to, caller_id, headers: &start.headers })
    }

    /// A program's call for a user.
    pub(super) fn admit_originate(
        &self,
        now: Moment,
        call: CallId,
        command: &Originate,
    ) -> Result<Admitted, Refused> {
        let user = &command.from_user;
        if !self.directory.users.contains_key(user) {
            return Err(Refused::UnknownUser);
        }
        self.admit_call(call, user)?;
        let to = Destination::parse(&command.to).map_err(|_| Refused::InvalidNumber)?;
        if let Some(caller_id) = &command.caller_id {
            Destination::parse(caller_id).map_err(|_| Refused::InvalidNumber)?;
        }
        let caller_id = command.caller_id.clone();
        let admitted = self.admitted(now, Wish { call, user, to, caller_id, headers: &[] })?;
        if self.index.sessions_of(user).is_empty() {
            return Err(Refused::UserUnavailable);
        }
        Ok(admitted)
    }

    fn admitted(&self, now: Moment, wish: Wish<'_>) -> Result<Admitted, Refused> {
        let (call, user) = (wish.call, wish.user.clone());
        let dial = self.dial(now, wish)?;
        let origin = Origin {
            id: call,
            direction: Direction::Outbound,
            from: dial.caller_id.clone().unwrap_or_else(|| user.to_string()),
            from_name: dial.display_name.clone(),
            to: dial.destination.to_string(),
            user,
        };
        Ok(Admitted { origin, dial })
    }

    /// Who is to get a call that is handed over; what grants there are must allow it.
    pub(super) fn admit_target(
        &self,
        now: Moment,
        call: CallId,
        by: &UserId,
        to: &str,
        grants: Option<&Grants>,
    ) -> Result<Target, Refused> {
        if self.draining {
            return Err(Refused::Draining);
        }
        let allow = |to: &str| match grants {
            Some(grants) if !grants.allow_destination(to) => Err(Refused::DestinationForbidden),
            Some(_) | None => Ok(()),
        };
        if let Some(user) = self.directory.user_called(to) {
            return allow(to).map(|()| Target::User(user.id.clone()));
        }
        let destination = Destination::parse(to).map_err(|_| Refused::InvalidNumber)?;
        allow(&destination.to_string())?;
        let wish = Wish { call, user: by, to: destination, caller_id: None, headers: &[] };
        Ok(Target::Number(Box::new(self.dial(now, wish)?)))
    }

    fn dial(&self, now: Moment, wish: Wish<'_>) -> Result<Dial, Refused> {
        let Wish { call, user, to: destination, caller_id, headers } = wish;
        let known = self.directory.users.get(user);
        let caller_id = caller_id.or_else(|| known.and_then(|user| user.caller_id.clone()));
        let number = destination.to_string();
        let request = RouteRequest {
            number: &number,
            caller: caller_id.as_deref(),
            user: Some(user),
            source: None,
            headers,
            language: known.and_then(|user| user.language.as_deref()),
            call,
            at: now.wall,
        };
        let (hops, caller_id) = match route::plan(&request, &self.directory).outcome {
            Ok(Way::Trunks { hops, caller_id }) => (hops.into(), caller_id),
            Err(NoRoute::NoNumber(_)) => return Err(Refused::InvalidNumber),
            Ok(Way::User { .. }) | Err(_) => return Err(Refused::NoRoute),
        };
        let display_name = known.and_then(|user| user.display_name.clone());
        let header = |(name, value): &(String, String)| Some(Header::new(name.parse().ok()?, value.as_str()));
        let headers = headers.iter().filter_map(header).collect();
        Ok(Dial { destination, caller_id, display_name, headers, hops, current: None })
    }

    fn admit_call(&self, call: CallId, user: &UserId) -> Result<(), Refused> {
        if self.draining {
            return Err(Refused::Draining);
        }
        if self.calls.contains_key(&call) || self.ended.find(call).is_some() {
            return Err(Refused::CallExists);
        }
        self.admit_load(user)
    }

    /// The limits of the node and of one user.
    pub(super) fn admit_load(&self, user: &UserId) -> Result<(), Refused> {
        let limits = self.config.limits;
        if self.calls.len() >= limits.node as usize || self.index.user_calls(user) >= limits.user {
            return Err(Refused::LimitReached);
        }
        Ok(())
    }

    fn admit_caller_id(&self, grants: &Grants, user: &UserId, wanted: Option<&str>) -> Result<(), Refused> {
        let Some(wanted) = wanted else { return Ok(()) };
        let own = self.directory.users.get(user).and_then(|user| user.caller_id.as_deref());
        if own == Some(wanted) {
            return Ok(());
        }
        let number = Destination::parse(wanted).map_err(|_| Refused::CallerIdForbidden)?;
        if grants.allow_caller_id(&number.to_string()) { Ok(()) } else { Err(Refused::CallerIdForbidden) }
    }

    pub(super) fn insert(&mut self, call: Call) {
        self.calls.insert(call.id(), call);
    }
}
