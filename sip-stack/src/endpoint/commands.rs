//! What the owner asks for.

use std::time::Instant;

use super::{CommandError, Endpoint, Hangup};
use crate::endpoint::core::{Core, TimerKey};
use crate::endpoint::usages::Kept;
use crate::message::Uri;
use crate::ua::call::Call;
use crate::ua::register::{Registration, RegistrationTimer};
use crate::ua::{
    Body, Credentials, DialogName, Invite, InviteId, NextHop, Register, RegistrationId, Respond, Trust,
    options,
};

impl Endpoint {
    /// Places a call under an id of the caller's choice, below [`InviteId::FIRST_INCOMING`].
    ///
    /// # Errors
    /// The id is taken, the limit of calls is reached, no listener fits the target, or a header of the caller's
    /// own is one that the endpoint writes.
    pub fn invite(&mut self, now: Instant, id: InviteId, invite: Invite) -> Result<(), CommandError> {
        self.core.now = now;
        if id >= InviteId::FIRST_INCOMING || self.calls.contains_key(&id) {
            return Err(CommandError::IdTaken);
        }
        if self.calls.len() >= self.core.config.limits.calls {
            self.core.counters.limited_calls += 1;
            return Err(CommandError::Limit);
        }
        let call = Call::place(&mut self.core, id, invite)?;
        self.dialogs.insert(call.key.clone(), id);
        self.calls.insert(id, call);
        self.settle();
        Ok(())
    }

    /// Responds to an incoming INVITE.
    ///
    /// # Errors
    /// The call is answered already, or over; the code is none of 101 to 699.
    pub fn respond(&mut self, now: Instant, id: InviteId, respond: Respond) -> Result<(), CommandError> {
        self.command(now, id, |call, core| call.respond(core, respond))
    }

    /// Answers the offer that a 2xx carried.
    ///
    /// # Errors
    /// No 2xx waits for an answer.
    pub fn ack(&mut self, now: Instant, id: InviteId, answer: Body) -> Result<(), CommandError> {
        self.command(now, id, |call, core| call.ack(core, answer))
    }

    /// Acknowledges a provisional response whose [`Progress`](crate::UaEvent::Progress) says that its PRACK is owed:
    /// with the answer to its offer, with a new offer once the first is answered, or with neither.
    ///
    /// # Errors
    /// No PRACK is owed in this early dialog, or it cannot carry this.
    pub fn prack(
        &mut self,
        now: Instant,
        id: InviteId,
        fork: u32,
        body: Option<Body>,
    ) -> Result<(), CommandError> {
        self.command(now, id, |call, core| call.prack(core, fork, body))
    }

    /// Says whether the peer of a call belongs to the trusted network; of an incoming one it is not held to.
    ///
    /// # Errors
    /// The call is over.
    pub fn trust(&mut self, now: Instant, id: InviteId, trust: Trust) -> Result<(), CommandError> {
        self.command(now, id, |call, _| {
            call.trust = trust;
            Ok(())
        })
    }

    /// What the dialog of a call is called: to name it in Replaces, Join or Target-Dialog. None before the peer has
    /// answered with a tag.
    pub fn dialog(&self, id: InviteId) -> Option<DialogName> {
        self.calls.get(&id)?.dialog_name()
    }

    /// Ends the call: CANCEL, BYE or a final response, whichever its state asks for.
    ///
    /// # Errors
    /// The call is ending already; the code of a refusal is none of 300 to 699.
    pub fn hangup(&mut self, now: Instant, id: InviteId, hangup: Hangup) -> Result<(), CommandError> {
        self.command(now, id, |call, core| call.hangup(core, hangup))
    }

    /// Ends one early dialog of a call of ours by a BYE (RFC 3261 §15); the others live on. Whoever answers in it all
    /// the same is acknowledged and ended. Of `hangup` the code does not count.
    ///
    /// # Errors
    /// The call is answered, given up or over, or has no such early dialog.
    pub fn leave_fork(
        &mut self,
        now: Instant,
        id: InviteId,
        fork: u32,
        hangup: Hangup,
    ) -> Result<(), CommandError> {
        self.command(now, id, |call, core| call.leave_fork(core, fork, hangup))
    }

    /// Offers a new description in a re-INVITE.
    ///
    /// # Errors
    /// The call is not answered, or another offer is open.
    pub fn reoffer(&mut self, now: Instant, id: InviteId, offer: Body) -> Result<(), CommandError> {
        self.command(now, id, |call, core| call.reoffer(core, offer))
    }

    /// Asks the peer for an offer in a re-INVITE; its 2xx brings it.
    ///
    /// # Errors
    /// The call is not answered, or another offer is open.
    pub fn request_offer(&mut self, now: Instant, id: InviteId) -> Result<(), CommandError> {
        self.command(now, id, Call::request_offer)
    }

    /// Offers a new description in an UPDATE, also before the call is answered; `fork` names the early dialog.
    ///
    /// # Errors
    /// Another offer is open, the first has no answer that must have arrived, or the peer does not act on UPDATE.
    pub fn update(&mut self, now: Instant, id: InviteId, fork: u32, offer: Body) -> Result<(), CommandError> {
        self.command(now, id, |call, core| call.update(core, fork, offer))
    }

    /// Answers the peer's re-INVITE, UPDATE or PRACK: 200 with the answer, or a refusal such as 488. A re-INVITE also
    /// takes 101 to 199 before; if they must arrive (RFC 3262), one may carry the answer, and the 200 leaves it out.
    ///
    /// # Errors
    /// No offer of the peer's waits, or it is in a request other than INVITE and the code is below 200.
    pub fn answer_reoffer(
        &mut self,
        now: Instant,
        id: InviteId,
        code: u16,
        answer: Option<Body>,
    ) -> Result<(), CommandError> {
        self.command(now, id, |call, core| call.answer_reoffer(core, code, answer))
    }

    /// Sends an INFO inside the dialog.
    ///
    /// # Errors
    /// The call is not answered.
    pub fn info(&mut self, now: Instant, id: InviteId, body: Body) -> Result<(), CommandError> {
        self.command(now, id, |call, core| call.info(core, &body))
    }

    /// Registers, and keeps the registration fresh.
    ///
    /// # Errors
    /// The id is taken, no listener fits the target, or the instance or number of [`Register::outbound`] is none.
    pub fn register(
        &mut self,
        now: Instant,
        id: RegistrationId,
        register: Register,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        if self.registrations.contains_key(&id) {
            return Err(CommandError::IdTaken);
        }
        let registration = Registration::start(&mut self.core, id, register)?;
        self.registrations.insert(id, registration);
        self.settle();
        Ok(())
    }

    /// Withdraws a registration; it is forgotten when the registrar has answered, or has not.
    ///
    /// # Errors
    /// The id is unknown.
    pub fn unregister(&mut self, now: Instant, id: RegistrationId) -> Result<(), CommandError> {
        self.core.now = now;
        let registration = self.registrations.get_mut(&id).ok_or(CommandError::UnknownId)?;
        registration.withdraw(&mut self.core);
        self.settle();
        Ok(())
    }

    /// Gives a registration other credentials, such as the token that its registrar asked for, and registers
    /// with them at once.
    ///
    /// # Errors
    /// The id is unknown.
    pub fn reauthorize(
        &mut self,
        now: Instant,
        id: RegistrationId,
        credentials: Credentials,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        let registration = self.registrations.get_mut(&id).ok_or(CommandError::UnknownId)?;
        registration.reauthorize(&mut self.core, credentials);
        self.settle();
        Ok(())
    }

    /// Asks a peer whether it is there.
    ///
    /// # Errors
    /// No listener fits the target, or the URI has none.
    pub fn options(
        &mut self,
        now: Instant,
        id: RegistrationId,
        uri: Uri,
        target: impl Into<NextHop>,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        options::ping(&mut self.core, id, &uri, &target.into())?;
        self.settle();
        Ok(())
    }

    fn command(
        &mut self,
        now: Instant,
        id: InviteId,
        act: impl FnOnce(&mut Call, &mut Core) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        let kept = self.usages.before(&mut self.calls, id);
        let call = self.calls.get_mut(&id).ok_or(CommandError::UnknownId)?;
        let done = act(call, &mut self.core);
        self.bury(id, kept);
        self.settle();
        done
    }

    /// Acts on a call that may be gone, and forgets it if that was its end.
    pub(super) fn with_call(&mut self, id: InviteId, act: impl FnOnce(&mut Call, &mut Core)) {
        let kept = self.usages.before(&mut self.calls, id);
        if let Some(call) = self.calls.get_mut(&id) {
            act(call, &mut self.core);
        }
        self.bury(id, kept);
    }

    fn bury(&mut self, id: InviteId, kept: Option<Kept>) {
        if !self.calls.get(&id).is_some_and(Call::is_over) {
            return;
        }
        if let Some(call) = self.calls.remove(&id) {
            call.stop_timers(&mut self.core);
            self.dialogs.remove(&call.key);
            self.peer_packages.remove(&id);
            self.usages.inherit(id, kept, call.authentication);
        }
    }

    pub(super) fn forget_registration(&mut self, id: RegistrationId) {
        self.registrations.remove(&id);
        self.core.forget_binding(id);
        self.core.outbound.forget(id);
        self.core.stop(TimerKey::Registration(id, RegistrationTimer::Refresh));
    }
}
