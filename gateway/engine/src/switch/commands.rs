//! Commands of programs: each gets exactly one reply, before what it causes.

use super::Switch;
use super::admission::Admitted;
use super::io::{MutedBy, Refused, Reply};
use crate::call::{Call, CallCommand, Handover, HeldBy, Originate, PausedBy, Step, TransferKind};
use crate::ids::{CallId, RequestId};
use crate::moment::Moment;
use crate::switch::Context;

impl Switch {
    /// A program asks; answered by one [`Output::Reply`](super::Output::Reply).
    pub fn handle_command(&mut self, now: Moment, request: RequestId, command: CallCommand) {
        self.now = now.instant;
        let place = self.outputs.len();
        let result = self.carry_out(now, command);
        self.reply_at(place, request, result);
    }

    fn carry_out(&mut self, now: Moment, command: CallCommand) -> Result<Reply, Refused> {
        match command {
            CallCommand::Originate(originate) => self.originate(now, &originate),
            CallCommand::Hangup { call } => self.done(now, call, |call, context| {
                call.hang_up(context);
                Ok(())
            }),
            CallCommand::SendDigits { call, digits, each } => {
                self.done(now, call, |call, context| call.send_digits(context, &digits, each))
            }
            CallCommand::Mute { call, leg, muted } => {
                self.done(now, call, |call, context| call.mute(context, leg, muted, MutedBy::System))
            }
            CallCommand::Hold { call } => {
                self.done(now, call, |call, context| call.hold(context, HeldBy::System))
            }
            CallCommand::Unhold { call } => {
                self.done(now, call, |call, context| call.unhold(context, HeldBy::System))
            }
            CallCommand::Transfer { call, to } => self.hand_over(now, call, TransferKind::Blind, to),
            CallCommand::Consult { call, to } => self.hand_over(now, call, TransferKind::Attended, to),
            CallCommand::CompleteTransfer { call } => {
                self.done(now, call, |call, context| call.ask_transfer(context, Step::Complete))
            }
            CallCommand::CancelTransfer { call } => {
                self.done(now, call, |call, context| call.ask_transfer(context, Step::Cancel))
            }
            CallCommand::Play { call, leg, playlist } => {
                let begun = self.try_call(now, call, |call, context| call.play(context, leg, playlist));
                begun.map(Reply::Play)
            }
            CallCommand::StopPlay { call, leg } => {
                self.done(now, call, |call, context| call.stop_play(context, leg))
            }
            CallCommand::Collect { call, leg, wanted } => {
                let begun = self.try_call(now, call, |call, context| call.collect(context, leg, wanted));
                begun.map(Reply::Collect)
            }
            CallCommand::StopCollect { call } => self.done(now, call, |call, context| {
                call.stop_collect(context);
                Ok(())
            }),
            CallCommand::TakeDigits { call, collect } => {
                self.try_call(now, call, |call, _| call.take_digits(collect)).map(Reply::Digits)
            }
            CallCommand::StartRecording { call, leg } => {
                let begun = self.try_call(now, call, |call, context| call.start_recording(context, leg));
                begun.map(Reply::Recording)
            }
            CallCommand::PauseRecording { call } => {
                self.done(now, call, |call, context| call.pause_recording(context, PausedBy::Program))
            }
            CallCommand::ResumeRecording { call } => {
                self.done(now, call, |call, context| call.resume_recording(context, PausedBy::Program))
            }
            CallCommand::StopRecording { call } => self.done(now, call, Call::stop_recording),
        }
    }

    fn done(
        &mut self,
        now: Moment,
        id: CallId,
        act: impl FnOnce(&mut Call, &mut Context<'_>) -> Result<(), Refused>,
    ) -> Result<Reply, Refused> {
        self.try_call(now, id, act).map(|()| Reply::Done)
    }

    /// A program hands a call over.
    fn hand_over(
        &mut self,
        now: Moment,
        id: CallId,
        kind: TransferKind,
        to: String,
    ) -> Result<Reply, Refused> {
        let Some(user) = self.calls.get(&id).map(|call| call.user().clone()) else { return self.absent(id) };
        let target = self.admit_target(now, id, &user, &to, None)?;
        let wanted = Handover { kind, to, target, by: HeldBy::System };
        self.done(now, id, |call, context| call.transfer(context, wanted))
    }

    fn originate(&mut self, now: Moment, command: &Originate) -> Result<Reply, Refused> {
        let id = self.ids.call(now);
        let Admitted { origin, dial } = self.admit_originate(now, id, command)?;
        let mut context = self.context(now);
        let mut call = Call::new(&mut context, origin);
        call.originate(&mut context, dial);
        let snapshot = Box::new(call.snapshot());
        self.insert(call);
        self.settle(id);
        Ok(Reply::Call(snapshot))
    }
}
