//! Requests outside of calls: those that the owner is asked about, and the owner's own.

use std::sync::Arc;
use std::time::Instant;

use super::{CommandError, Endpoint};
use crate::transaction::TransactionId;
use crate::transaction::serving::Received;
use crate::transaction::table::Delivery;
use crate::ua::outgoing::{Sent, Waiting};
use crate::ua::screened::{ScreenTimer, Screened};
use crate::ua::{Availability, Outgoing, OutgoingId, Reply, RequestId};

impl Endpoint {
    /// Responds to a request of [`UaEvent::Requested`](crate::UaEvent::Requested).
    ///
    /// # Errors
    /// The request has its final response, or was given up; the code is none of 101 to 699; a header is one that
    /// responses take over from their request.
    pub fn reply(&mut self, now: Instant, id: RequestId, reply: Reply) -> Result<(), CommandError> {
        self.core.now = now;
        let screened = self.screened.get(&id).ok_or(CommandError::UnknownId)?;
        if screened.reply(&mut self.core, &reply)?.as_u16() >= 200 {
            self.forget_screened(id);
        }
        self.settle();
        Ok(())
    }

    /// Lets the user agent serve a screened request as if nobody had been asked: an INVITE makes a call, OPTIONS
    /// is answered, any other is refused.
    ///
    /// # Errors
    /// The request has its final response, or was given up.
    pub fn serve(&mut self, now: Instant, id: RequestId) -> Result<(), CommandError> {
        self.core.now = now;
        let screened = self.forget_screened(id).ok_or(CommandError::UnknownId)?;
        let transaction = screened.transaction;
        let received = Received { transaction: Some(transaction), incoming: screened.incoming };
        self.serve_unscreened(transaction, received);
        self.settle();
        Ok(())
    }

    /// Says how an INVITE would be answered from now on, for the answers to OPTIONS.
    pub fn set_availability(&mut self, availability: Availability) {
        self.core.availability = availability;
    }

    /// Sends a request outside of calls, under an id of the caller's choice.
    ///
    /// # Errors
    /// The id is taken, no listener fits the target, the method belongs to calls, the limit of
    /// [`Limits::outgoing`](crate::Limits::outgoing) is reached, or a header is one that the endpoint writes.
    pub fn send(&mut self, now: Instant, id: OutgoingId, outgoing: Outgoing) -> Result<(), CommandError> {
        self.core.now = now;
        if self.outgoing.contains_key(&id) || self.in_calls.contains_key(&id) {
            return Err(CommandError::IdTaken);
        }
        if self.outgoing.len() >= self.core.config.limits.outgoing {
            return Err(CommandError::Limit);
        }
        let sent = Sent::start(&mut self.core, id, outgoing)?;
        self.outgoing.insert(id, sent);
        self.settle();
        Ok(())
    }

    /// Asks the owner about a request, if it is of a method that it wants to be asked about.
    pub(super) fn screen(&mut self, received: &Received) -> bool {
        let Some(transaction) = received.transaction else { return false };
        let is_wanted = self.core.config.screen.contains(&received.incoming.request.method);
        if is_wanted {
            self.ask(transaction, received);
        }
        is_wanted
    }

    /// Asks the owner about a request.
    pub(super) fn ask(&mut self, transaction: TransactionId, received: &Received) {
        let screened = Screened::ask(&mut self.core, transaction, Arc::clone(&received.incoming));
        self.screened.insert(RequestId(transaction.0), screened);
    }

    pub(super) fn fire_screen(&mut self, id: RequestId, timer: ScreenTimer) {
        match timer {
            ScreenTimer::Trying => {
                if let Some(screened) = self.screened.get(&id) {
                    screened.trying(&mut self.core);
                } else if let Some(context) = self.contexts.get(&TransactionId(id.0)) {
                    context.trying(&mut self.core);
                }
            }
            ScreenTimer::Patience => {
                if let Some(screened) = self.forget_screened(id) {
                    self.core.forget_server(screened.transaction);
                }
            }
        }
    }

    /// Takes a request back from the owner.
    pub(super) fn forget_screened(&mut self, id: RequestId) -> Option<Screened> {
        let screened = self.screened.remove(&id)?;
        screened.stop_timers(&mut self.core);
        Some(screened)
    }

    pub(super) fn outgoing_outcome(&mut self, id: OutgoingId, delivery: &Delivery) {
        let Some(sent) = self.outgoing.get_mut(&id) else { return };
        if sent.outcome(&mut self.core, delivery) == Waiting::Over {
            self.outgoing.remove(&id);
        }
    }
}
