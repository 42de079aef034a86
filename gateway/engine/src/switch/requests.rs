//! Requests of browsers and programs: each gets exactly one reply, before what it causes.

use super::Switch;
use super::admission::Admitted;
use super::io::{MutedBy, Output, Refused, Reply, RtcOrigin, RtcRequest, Start};
use crate::call::{Call, CallCommand, Originate};
use crate::ids::{CallId, RequestId};
use crate::moment::Moment;
use crate::switch::Context;

impl Switch {
    /// A browser asks; answered by one [`Output::Reply`].
    pub fn handle_rtc(&mut self, now: Moment, origin: RtcOrigin, request: RtcRequest) {
        self.now = now.instant;
        if let RtcRequest::Start(start) = request {
            return self.start(now, origin, start);
        }
        let place = self.outputs.len();
        let result = match self.calls.get(&origin.call).and_then(|call| call.leg_of(origin.session)) {
            Some(leg) => {
                self.try_call(now, origin.call, |call, context| on_request(call, context, leg, request))
            }
            None => self.after_the_end(origin, &request),
        };
        self.reply_at(place, origin.request, result.map(|()| Reply::Done));
    }

    /// A program asks; answered by one [`Output::Reply`].
    pub fn handle_command(&mut self, now: Moment, request: RequestId, command: CallCommand) {
        self.now = now.instant;
        let place = self.outputs.len();
        let result = match command {
            CallCommand::Originate(originate) => return self.originate(now, request, &originate),
            CallCommand::Hangup { call } => self.try_call(now, call, |call, context| {
                call.hang_up(context);
                Ok(())
            }),
            CallCommand::SendDigits { call, digits, each } => {
                self.try_call(now, call, |call, context| call.send_digits(context, &digits, each))
            }
            CallCommand::Mute { call, muted } => {
                self.try_call(now, call, |call, context| call.mute(context, muted, MutedBy::System))
            }
        };
        self.reply_at(place, request, result.map(|()| Reply::Done));
    }

    fn start(&mut self, now: Moment, origin: RtcOrigin, start: Start) {
        let Admitted { origin: call, dial } = match self.admit_start(origin, &start) {
            Ok(admitted) => admitted,
            Err(refused) => return self.reply_at(self.outputs.len(), origin.request, Err(refused)),
        };
        self.reply_at(self.outputs.len(), origin.request, Ok(Reply::Done));
        let mut context = self.context(now);
        let mut call = Call::new(&mut context, call);
        call.start_from(&mut context, origin.session, start.sdp, dial);
        self.insert(call);
        self.settle(origin.call);
    }

    fn originate(&mut self, now: Moment, request: RequestId, command: &Originate) {
        let id = self.ids.call(now);
        let place = self.outputs.len();
        let Admitted { origin, dial } = match self.admit_originate(id, command) {
            Ok(admitted) => admitted,
            Err(refused) => return self.reply_at(place, request, Err(refused)),
        };
        let mut context = self.context(now);
        let mut call = Call::new(&mut context, origin);
        call.originate(&mut context, dial);
        let snapshot = Box::new(call.snapshot());
        self.insert(call);
        self.settle(id);
        self.reply_at(place, request, Ok(Reply::Call(snapshot)));
    }

    fn try_call(
        &mut self,
        now: Moment,
        id: CallId,
        act: impl FnOnce(&mut Call, &mut Context<'_>) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        self.with_call(now, id, |call, context| Some(act(call, context))).unwrap_or_else(|| self.absent(id))
    }

    fn absent(&self, id: CallId) -> Result<(), Refused> {
        Err(if self.ended.find(id).is_some() { Refused::WrongState } else { Refused::UnknownCall })
    }

    /// A browser asks about a call in which it has no leg, or none any more. What crossed the end of the call, and
    /// asks for nothing that the end did not bring, is done.
    fn after_the_end(&self, origin: RtcOrigin, request: &RtcRequest) -> Result<(), Refused> {
        if !self.index.sessions.contains_key(&origin.session) {
            return Err(Refused::UnknownSession);
        }
        let call = self.call(origin.call).ok_or(Refused::UnknownCall)?;
        if !call.legs.iter().any(|leg| leg.session == Some(origin.session)) {
            return Err(Refused::UnknownCall);
        }
        match request {
            RtcRequest::Hangup | RtcRequest::Candidate(_) | RtcRequest::Mute { .. } => Ok(()),
            RtcRequest::Start(_)
            | RtcRequest::Accept { .. }
            | RtcRequest::Reject { .. }
            | RtcRequest::Reattach { .. }
            | RtcRequest::RestartIce { .. }
            | RtcRequest::SendDigits { .. } => Err(Refused::WrongState),
        }
    }

    /// Puts the reply before the effects that its request had.
    fn reply_at(&mut self, place: usize, request: RequestId, result: Result<Reply, Refused>) {
        self.outputs.insert(place, Output::Reply { request, result });
    }
}

fn on_request(
    call: &mut Call,
    context: &mut Context<'_>,
    leg: usize,
    request: RtcRequest,
) -> Result<(), Refused> {
    match request {
        RtcRequest::Start(_) => Err(Refused::CallExists),
        RtcRequest::Accept { sdp } => call.accept(context, leg, sdp),
        RtcRequest::Reject { cause } => call.reject(context, leg, cause),
        RtcRequest::Reattach { sdp } => call.reattach(context, leg, sdp),
        RtcRequest::RestartIce { sdp } => call.restart_ice(context, leg, sdp),
        RtcRequest::Hangup => call.on_browser_hangup(context, leg),
        RtcRequest::Candidate(candidate) => {
            call.add_candidate(context, leg, candidate);
            Ok(())
        }
        RtcRequest::SendDigits { digits, each } => call.send_digits(context, &digits, each),
        RtcRequest::Mute { muted } => call.mute(context, muted, MutedBy::User),
    }
}
