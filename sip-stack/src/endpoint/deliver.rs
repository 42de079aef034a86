//! Outcomes of our requests on their way to whoever sent them.

use super::Endpoint;
use crate::message::Method;
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::call::{abandon_fork, acknowledge_late};
use crate::ua::options;
use crate::ua::register::Life;
use crate::ua::user::User;

impl Endpoint {
    /// Hands out what client transactions have left, until nothing new comes of it.
    pub(super) fn settle(&mut self) {
        while let Some(delivery) = self.core.deliveries.pop_front() {
            self.deliver(delivery);
        }
        self.end_replaced();
    }

    /// Lets the usage learn what the response says about whoever authenticated it.
    fn note_servers(&mut self, delivery: &Delivery) {
        match delivery.user {
            User::Invite(id)
            | User::Reinvite(id)
            | User::Update(id)
            | User::Prack(id)
            | User::Bye(id)
            | User::LeftFork(id)
            | User::InDialog(id) => {
                if let Some(call) = self.calls.get_mut(&id) {
                    call.authentication.note(&mut self.core, delivery);
                }
            }
            User::Register(id) => {
                if let Some(registration) = self.registrations.get_mut(&id) {
                    registration.note(&mut self.core, delivery);
                }
            }
            User::Outgoing(_)
            | User::InCall(_)
            | User::Publication(_)
            | User::Subscription(_)
            | User::Options(_)
            | User::Proxy(_)
            | User::Superseded
            | User::SupersededBranch(_)
            | User::Nobody => {}
        }
    }

    fn deliver(&mut self, delivery: Delivery) {
        self.note_servers(&delivery);
        self.note_response(&delivery);
        match delivery.user {
            User::Invite(id) if self.calls.contains_key(&id) => {
                self.with_call(id, |call, core| call.invite_outcome(core, &delivery));
            }
            User::Invite(_) => self.abandon(&delivery),
            User::Reinvite(id) | User::Update(id) => match self.calls.contains_key(&id) {
                true => self.with_call(id, |call, core| call.offer_outcome(core, &delivery)),
                false => self.acknowledge_late(&delivery),
            },
            User::Prack(id) => self.with_call(id, |call, core| call.prack_outcome(core, &delivery)),
            User::Bye(id) => self.with_call(id, |call, core| call.bye_outcome(core, &delivery)),
            User::LeftFork(id) => self.with_call(id, |call, core| call.left_fork_outcome(core, &delivery)),
            User::InDialog(id) => self.with_call(id, |call, core| call.in_dialog_outcome(core, &delivery)),
            User::Register(id) => {
                let registration = self.registrations.get_mut(&id);
                if registration.is_some_and(|it| it.outcome(&mut self.core, &delivery) == Life::Over) {
                    self.forget_registration(id);
                }
            }
            User::Outgoing(id) => self.outgoing_outcome(id, &delivery),
            User::InCall(id) => self.in_call_outcome(id, &delivery),
            User::Publication(id) => self.publication_outcome(id, &delivery),
            User::Subscription(id) => self.subscription_outcome(id, &delivery),
            User::Options(id) => options::outcome(&mut self.core, id, &delivery),
            User::Proxy(branch) => self.branch_outcome(branch, delivery),
            User::Superseded => self.supersede(&delivery),
            User::SupersededBranch(branch) => self.supersede_branch(branch, delivery),
            User::Nobody => {}
        }
    }

    /// A 2xx of a call that is over: another fork answered late.
    fn abandon(&mut self, delivery: &Delivery) {
        if let Outcome::Response(response) = &delivery.outcome
            && (200..300).contains(&response.code.as_u16())
        {
            abandon_fork(&mut self.core, delivery, response);
        }
    }

    /// A target that was given up answers after all.
    fn supersede(&mut self, delivery: &Delivery) {
        let Outcome::Response(response) = &delivery.outcome else { return };
        match response.code.as_u16() {
            ..200 => self.core.cancel_superseded(delivery.transaction),
            _ => self.abandon(delivery),
        }
    }

    /// A 2xx of a re-INVITE whose call is over still gets its ACK.
    fn acknowledge_late(&mut self, delivery: &Delivery) {
        if let Outcome::Response(response) = &delivery.outcome
            && delivery.request.method == Method::Invite
            && (200..300).contains(&response.code.as_u16())
        {
            acknowledge_late(&mut self.core, delivery, response);
        }
    }
}
