//! Who may place which call.

use sip_stack::message::Header;

use super::Switch;
use super::io::{Refused, RtcOrigin, Start};
use crate::call::{Call, Dial, Direction, Origin, Originate, Target};
use crate::grants::Grants;
use crate::ids::{CallId, UserId};
use crate::number::Destination;
use crate::route;

/// A browser's call that may be placed.
pub(super) struct Admitted {
    pub(super) origin: Origin,
    pub(super) dial: Dial,
}

impl Switch {
    /// A browser's call, if its grants and the limits allow it.
    pub(super) fn admit_start(&self, origin: RtcOrigin, start: &Start) -> Result<Admitted, Refused> {
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
        let header = |(name, value): &(String, String)| Some(Header::new(name.parse().ok()?, value.as_str()));
        let headers = start.headers.iter().filter_map(header);
        self.admitted(origin.call, session.user.clone(), to, start.from.clone(), headers.collect())
    }

    /// A program's call for a user.
    pub(super) fn admit_originate(&self, call: CallId, command: &Originate) -> Result<Admitted, Refused> {
        let user = &command.from_user;
        if !self.directory.users.contains_key(user) {
            return Err(Refused::UnknownUser);
        }
        self.admit_call(call, user)?;
        let to = Destination::parse(&command.to).map_err(|_| Refused::InvalidNumber)?;
        if let Some(caller_id) = &command.caller_id {
            Destination::parse(caller_id).map_err(|_| Refused::InvalidNumber)?;
        }
        let admitted = self.admitted(call, user.clone(), to, command.caller_id.clone(), Vec::new())?;
        if self.index.sessions_of(user).is_empty() {
            return Err(Refused::UserUnavailable);
        }
        Ok(admitted)
    }

    fn admitted(
        &self,
        call: CallId,
        user: UserId,
        to: Destination,
        caller_id: Option<String>,
        headers: Vec<Header>,
    ) -> Result<Admitted, Refused> {
        let dial = self.dial(&user, to, caller_id, headers)?;
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
        Ok(Target::Number(Box::new(self.dial(by, destination, None, Vec::new())?)))
    }

    fn dial(
        &self,
        by: &UserId,
        destination: Destination,
        caller_id: Option<String>,
        headers: Vec<Header>,
    ) -> Result<Dial, Refused> {
        let hops =
            route::plan(&destination.to_string(), &self.directory).map_err(|_| Refused::NoRoute)?.into();
        let known = self.directory.users.get(by);
        let caller_id = caller_id.or_else(|| known.and_then(|user| user.caller_id.clone()));
        let display_name = known.and_then(|user| user.display_name.clone());
        Ok(Dial { destination, caller_id, display_name, headers, hops })
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
