//! Requests of browsers: each gets exactly one reply, before what it causes.

use super::Switch;
use super::admission::Admitted;
use super::io::{MutedBy, Output, Refused, Reply, RtcOrigin, RtcRequest, Start};
use crate::call::{Call, Handover, HeldBy, Step, TransferKind};
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
            Some(leg) => self.prepare(now, origin, request).and_then(|asked| {
                self.try_call(now, origin.call, |call, context| on_request(call, context, leg, asked))
            }),
            None => self.after_the_end(origin, &request),
        };
        self.reply_at(place, origin.request, result.map(|()| Reply::Done));
    }

    /// Finds out what a browser's request needs to know beside its call.
    fn prepare(&self, now: Moment, origin: RtcOrigin, request: RtcRequest) -> Result<Asked, Refused> {
        let (RtcRequest::Transfer { to } | RtcRequest::Consult { to }) = &request else {
            return Ok(Asked::Plain(request));
        };
        let blind = matches!(request, RtcRequest::Transfer { .. });
        let kind = if blind { TransferKind::Blind } else { TransferKind::Attended };
        let session = self.index.sessions.get(&origin.session).ok_or(Refused::UnknownSession)?;
        let target = self.admit_target(now, origin.call, &session.user, to, Some(&session.grants))?;
        Ok(Asked::HandOver(Handover { kind, to: to.clone(), target, by: HeldBy::User }))
    }

    fn start(&mut self, now: Moment, origin: RtcOrigin, start: Start) {
        let Admitted { origin: call, dial } = match self.admit_start(now, origin, &start) {
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

    pub(super) fn try_call<T>(
        &mut self,
        now: Moment,
        id: CallId,
        act: impl FnOnce(&mut Call, &mut Context<'_>) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        self.with_call(now, id, |call, context| Some(act(call, context))).unwrap_or_else(|| self.absent(id))
    }

    pub(super) fn absent<T>(&self, id: CallId) -> Result<T, Refused> {
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
            | RtcRequest::Hold
            | RtcRequest::Unhold
            | RtcRequest::Transfer { .. }
            | RtcRequest::Consult { .. }
            | RtcRequest::CompleteTransfer
            | RtcRequest::CancelTransfer
            | RtcRequest::SendDigits { .. } => Err(Refused::WrongState),
        }
    }

    /// Puts the reply before the effects that its request had.
    pub(super) fn reply_at(&mut self, place: usize, request: RequestId, result: Result<Reply, Refused>) {
        self.outputs.insert(place, Output::Reply { request, result });
    }
}

/// A browser's request with all that it needs.
enum Asked {
    Plain(RtcRequest),
    HandOver(Handover),
}

fn on_request(call: &mut Call, context: &mut Context<'_>, leg: usize, asked: Asked) -> Result<(), Refused> {
    let request = match asked {
        Asked::HandOver(wanted) => return call.own(leg).and_then(|()| call.transfer(context, wanted)),
        Asked::Plain(request) => request,
    };
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
        RtcRequest::Mute { muted } => call.mute(context, Some(call.leg_id(leg)), muted, MutedBy::User),
        RtcRequest::Hold => call.own(leg).and_then(|()| call.hold(context, HeldBy::User)),
        RtcRequest::Unhold => call.own(leg).and_then(|()| call.unhold(context, HeldBy::User)),
        RtcRequest::CompleteTransfer => {
            call.own(leg).and_then(|()| call.ask_transfer(context, Step::Complete))
        }
        RtcRequest::CancelTransfer => call.own(leg).and_then(|()| call.ask_transfer(context, Step::Cancel)),
        RtcRequest::Transfer { .. } | RtcRequest::Consult { .. } => Err(Refused::WrongState),
    }
}
