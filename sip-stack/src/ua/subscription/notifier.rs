//! The notifier's end: RFC 6665 §4.2.2, figure 2.
//!
//! ```text
//!                 +-------------+
//!                 |    init     |
//!                 +-------------+
//!                        | SUBSCRIBE or REFER came
//!                        V
//!                 +-------------+  the owner refuses, or forgets
//!                 |    Asked    |-------------------------------+
//!                 +-------------+                               |
//!      granted,    |           | not decided, 200 and            |
//!      200 and     |           V NOTIFY sent                     V
//!      NOTIFY sent |    +-------------+  NOTIFY failed      +--------+
//!                  |    |   Pending   |-------------------->|  over  |
//!                  |    +-------------+                     +--------+
//!                  V           | granted                      A   A
//!                 +-------------+      NOTIFY failed          |   | last NOTIFY
//!                 |   Active    |-----------------------------+   | answered
//!                 +-------------+                                 |
//!                        | expired, Expires 0, or the owner       |
//!                        V ends it: last NOTIFY sent        +-----------+
//!                        +--------------------------------->|  Closing  |
//!                                                           +-----------+
//! ```

mod deciding;
pub(crate) mod telling;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::command::{Granted, Notify, SubscriptionId};
use super::event::{SubscriptionEnd, SubscriptionEvent};
use super::place::Place;
use super::reason::TerminationReason;
use super::subscriber::refer_event;
use super::{Life, SubscriptionTimer, UsageKey};
use crate::dialog::Sequence;
use crate::endpoint::core::{Core, TimerKey};
use crate::message::header::{Event, Expires};
use crate::message::{Header, StatusCode};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::event::UaEvent;
use crate::ua::headers;

/// NOTIFYs that wait for the answer to the one before them; RFC 6665 leaves their number to the notifier.
const NOTIFIES_WAITING_MAX: usize = 16;

/// A request that the owner has to decide about.
#[derive(Debug)]
struct Asked {
    transaction: TransactionId,
    incoming: Arc<IncomingRequest>,
}

#[derive(Debug)]
enum Stage {
    Asked(Box<Asked>),
    Open(Granted),
    /// The last NOTIFY is under way, or waits for its turn.
    Closing(SubscriptionEnd),
}

/// One subscription of a peer's.
#[derive(Debug)]
pub(crate) struct Notifier {
    pub(crate) id: SubscriptionId,
    pub(crate) key: UsageKey,
    event: Event,
    /// The CSeq of the request that made it.
    asked_by: u32,
    stage: Stage,
    /// Seconds that the next 200 grants at most.
    expires_s: u32,
    until: Instant,
    waiting: VecDeque<Notify>,
    transaction: Option<TransactionId>,
    tries: u8,
}

impl Notifier {
    /// A request that waits for the owner's word.
    pub(crate) fn ask(
        core: &mut Core,
        id: SubscriptionId,
        key: UsageKey,
        event: Event,
        transaction: TransactionId,
        incoming: Arc<IncomingRequest>,
        expires_s: u32,
    ) -> Self {
        let patience = core.config.timers.patience();
        core.start(TimerKey::Subscription(id, SubscriptionTimer::Answer), patience);
        Self {
            id,
            key,
            event,
            asked_by: incoming.cseq.number,
            stage: Stage::Asked(Box::new(Asked { transaction, incoming })),
            expires_s,
            until: core.now,
            waiting: VecDeque::new(),
            transaction: None,
            tries: 0,
        }
    }

    fn timer(&self, timer: SubscriptionTimer) -> TimerKey {
        TimerKey::Subscription(self.id, timer)
    }

    fn tell(&self, core: &mut Core, event: SubscriptionEvent) {
        core.event(UaEvent::Subscription(event));
    }

    fn end(&self, core: &mut Core, end: SubscriptionEnd) -> Life {
        self.tell(core, SubscriptionEvent::Ended { id: self.id, end });
        Life::Over
    }

    /// Whether a SUBSCRIBE with this Event is about this subscription. A REFER's may always be named by its CSeq.
    pub(crate) fn is_named_by(&self, event: &Event) -> bool {
        self.event.matches(event) || (self.is_referral() && refer_event(self.asked_by).matches(event))
    }

    /// Whether a REFER made it.
    pub(crate) fn is_referral(&self) -> bool {
        self.event.package == "refer"
    }

    /// Gives its NOTIFYs an Event that tells it from other REFERs' of its dialog (RFC 3515 §2.4.6).
    pub(crate) fn number(&mut self) {
        self.event = refer_event(self.asked_by);
    }

    fn hold(&mut self, core: &mut Core, expires_s: u32) {
        let whole = Duration::from_secs(expires_s.into());
        self.until = core.now + whole;
        core.start(self.timer(SubscriptionTimer::Expire), whole);
    }

    fn close(&mut self, core: &mut Core, place: Place<'_>, end: SubscriptionEnd, last: Notify) {
        core.stop(self.timer(SubscriptionTimer::Expire));
        self.stage = Stage::Closing(end);
        self.waiting.push_back(last);
        self.send_next(core, place);
    }

    /// One of its timers fired.
    pub(crate) fn fire(&mut self, core: &mut Core, place: Place<'_>, timer: SubscriptionTimer) -> Life {
        match (timer, &self.stage) {
            (SubscriptionTimer::Answer, Stage::Asked(asked)) => {
                core.forget_server(asked.transaction);
                return self.end(core, SubscriptionEnd::Declined);
            }
            (SubscriptionTimer::Expire, Stage::Open(_)) => {
                let last = Notify::last(TerminationReason::Timeout, None);
                self.close(core, place, SubscriptionEnd::Expired, last);
            }
            _ => {}
        }
        Life::Kept
    }

    /// A SUBSCRIBE that refreshes or ends the subscription (RFC 6665 §4.2.1.4).
    pub(crate) fn refreshed(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        transaction: TransactionId,
        incoming: &IncomingRequest,
        expires_s: u32,
    ) -> Life {
        let refuse = |core: &mut Core, code| {
            let mut response = incoming.response(code, None);
            response.headers.push(core.server());
            core.respond(transaction, &response);
            Life::Kept
        };
        if place.dialog.receive_cseq(incoming.cseq.number) == Sequence::Stale {
            return refuse(core, StatusCode::SERVER_INTERNAL_ERROR);
        }
        match self.stage {
            Stage::Asked(_) => return refuse(core, StatusCode::REQUEST_PENDING),
            Stage::Closing(_) => return refuse(core, StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST),
            Stage::Open(_) => {}
        }
        place.dialog.refresh_target(&incoming.request.headers);
        let mut response = incoming.response(StatusCode::OK, None);
        response.headers.extend([
            place.dialog.contact(),
            Header::from_typed(&Expires(expires_s)),
            core.server(),
        ]);
        core.respond(transaction, &response);
        if expires_s == 0 {
            let last = Notify::last(TerminationReason::Timeout, None);
            self.close(core, place, SubscriptionEnd::Unsubscribed, last);
            return Life::Kept;
        }
        self.hold(core, expires_s);
        let body = headers::body(&incoming.request.headers, &incoming.request.body);
        self.tell(core, SubscriptionEvent::Refreshed { id: self.id, expires_s, body });
        Life::Kept
    }
}
