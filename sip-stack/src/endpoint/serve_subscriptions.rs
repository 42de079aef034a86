//! SUBSCRIBE, NOTIFY and REFER on their way in, and the outcomes of ours.

use std::sync::Arc;

use super::Endpoint;
use super::usages::{First, Usage};
use crate::dialog::{Dialog, Sequence};
use crate::endpoint::core::TimerKey;
use crate::endpoint::services::Package;
use crate::message::header::{Accept, Event, Expires, TargetDialog};
use crate::message::{Header, HeaderName, Method, Response, StatusCode};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::transaction::sending::to_tag;
use crate::transaction::serving::Received;
use crate::transaction::table::Delivery;
use crate::ua::authenticate::Authentication;
use crate::ua::subscription::attempt::{Step, Wanted};
use crate::ua::subscription::subscriber::Subscriber;
use crate::ua::subscription::{
    Life, Notifier, SubscriptionEnd, SubscriptionEvent, SubscriptionId, SubscriptionTimer, UsageKey, referral,
};
use crate::ua::{InviteId, UaEvent, headers};

/// RFC 6665 §4.2.1.1: an interval of an hour or more is never too brief.
const NEVER_TOO_BRIEF_S: u32 = 3600;

/// How long a REFER's subscription lasts unless it is refreshed: longer than most calls ring.
const REFER_EXPIRES_S: u32 = 180;

/// Why a request is refused: the code, and a header that says more.
type Refusal = (StatusCode, Option<Header>);

impl Endpoint {
    /// A SUBSCRIBE, NOTIFY or REFER, inside a dialog or outside.
    pub(super) fn serve_subscription(&mut self, transaction: TransactionId, received: &Received) {
        let incoming = &received.incoming;
        let served = if incoming.request.method == Method::Notify {
            self.serve_notify(transaction, incoming)
        } else if incoming.request.method == Method::Subscribe {
            self.serve_subscribe(transaction, incoming)
        } else {
            self.serve_refer(transaction, incoming)
        };
        if let Err((code, header)) = served {
            self.answer(transaction, incoming, code, header);
        }
    }

    /// Whether it is an OPTIONS in a dialog of subscriptions (RFC 3261 §11.2).
    pub(super) fn serves_beside(&self, incoming: &IncomingRequest) -> bool {
        let is_ours = || usage_key(incoming).is_some_and(|key| self.usages.has_dialog(&key));
        incoming.request.method == Method::Options && is_ours()
    }

    fn serve_notify(
        &mut self,
        transaction: TransactionId,
        incoming: &IncomingRequest,
    ) -> Result<(), Refusal> {
        let event = event_of(incoming)?;
        let nobody = (StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST, None);
        let key = usage_key(incoming).ok_or(nobody.clone())?;
        let known = self.usages.told_by(&key, &event);
        let id = known.or_else(|| self.fork(incoming, &event, &key)).ok_or(nobody)?;
        self.with_usage(id, |usage, core, place| match usage {
            Usage::Subscriber(subscriber) => subscriber.notified(core, place, transaction, incoming),
            Usage::Notifier(_) => Life::Kept,
        });
        if known.is_none() {
            self.leave_unwanted(id);
        }
        Ok(())
    }

    /// The NOTIFY of one more notifier that an attempt reached (RFC 6665 §4.4.1).
    fn fork(&mut self, incoming: &IncomingRequest, event: &Event, key: &UsageKey) -> Option<SubscriptionId> {
        let attempt_id = self.usages.attempt_of(incoming)?;
        self.usages.attempts.get_mut(&attempt_id)?.catch_up(&self.core);
        let attempt = self.usages.attempts.get(&attempt_id)?;
        let names_it = attempt.plan.event.matches(event)
            || (attempt.request.method == Method::Refer && event.package == "refer");
        if !names_it {
            return None;
        }
        let has_room = self.usages.len() < self.core.config.limits.subscriptions || attempt.forks == 0;
        if attempt.forks >= self.core.config.limits.forks || !has_room {
            self.core.counters.limited_forks += 1;
            return None;
        }
        let dialog = Dialog::of_notify(&attempt.request, incoming)?;
        Some(self.branch(attempt_id, dialog, key.clone(), Some(event.clone())))
    }

    /// One more dialog of an attempt; the first has the attempt's id.
    fn branch(
        &mut self,
        of: SubscriptionId,
        dialog: Dialog,
        key: UsageKey,
        event: Option<Event>,
    ) -> SubscriptionId {
        let fork = self.usages.pick();
        let Some(attempt) = self.usages.attempts.get_mut(&of) else { return fork };
        let id = if attempt.forks == 0 { of } else { fork };
        attempt.forks += 1;
        let mut plan = attempt.plan.clone();
        plan.event = event.unwrap_or(plan.event);
        let authentication = Authentication::new(attempt.credentials.clone(), &attempt.way.into());
        let n = attempt.n(&self.core);
        let subscriber = Subscriber::new(&mut self.core, id, key, plan, n);
        self.usages.keep_alone(id, Usage::Subscriber(Box::new(subscriber)), dialog, authentication);
        if id != of {
            self.core.event(UaEvent::Subscription(SubscriptionEvent::Forked { id, of }));
        }
        id
    }

    /// The owner unsubscribed before there was a dialog to do it in.
    fn leave_unwanted(&mut self, id: SubscriptionId) {
        let key = self
            .usages
            .usages
            .get(&id)
            .map(|usage| (usage.key().call_id.clone(), usage.key().local_tag.clone()));
        let of = key.and_then(|key| self.usages.attempt_by_key(&key));
        if !of
            .and_then(|of| self.usages.attempts.get(&of))
            .is_some_and(|attempt| attempt.wanted == Wanted::No)
        {
            return;
        }
        self.with_usage(id, |usage, core, place| {
            if let Usage::Subscriber(subscriber) = usage {
                subscriber.leave(core, place);
            }
            Life::Kept
        });
    }

    fn serve_subscribe(
        &mut self,
        transaction: TransactionId,
        incoming: &Arc<IncomingRequest>,
    ) -> Result<(), Refusal> {
        let event = event_of(incoming)?;
        let key = usage_key(incoming);
        let known = key.as_ref().and_then(|key| self.usages.refreshed_by(key, &event));
        let refers = known.is_some() && event.package == "refer";
        let package = self.core.config.services.package(&event.package);
        let Some(package) = package.cloned().or_else(|| refers.then(refer_package)) else {
            return Err((StatusCode::BAD_EVENT, self.core.allow_events()));
        };
        let expires_s = expires(incoming, &package)?;
        let Some(id) = known else {
            return self.ask_subscription(transaction, incoming, (&package, event), expires_s);
        };
        self.with_usage(id, |usage, core, place| match usage {
            Usage::Notifier(notifier) => notifier.refreshed(core, place, transaction, incoming, expires_s),
            Usage::Subscriber(_) => Life::Kept,
        });
        Ok(())
    }

    fn ask_subscription(
        &mut self,
        transaction: TransactionId,
        incoming: &Arc<IncomingRequest>,
        (package, event): (&Package, Event),
        expires_s: u32,
    ) -> Result<(), Refusal> {
        let accept = incoming.request.headers.typed::<Accept>().ok().flatten();
        let wanted = |accept: &Accept| package.content_type.as_ref().is_none_or(|known| accept.takes(known));
        if !accept.as_ref().is_none_or(wanted) {
            return Err((StatusCode::NOT_ACCEPTABLE, None));
        }
        let (id, key, call) = self.place_for(incoming)?;
        let notifier =
            Notifier::ask(&mut self.core, id, key, event, transaction, Arc::clone(incoming), expires_s);
        self.keep_notifier(id, notifier, incoming, call)?;
        self.core.event(UaEvent::Subscription(SubscriptionEvent::Requested {
            id,
            call,
            expires_s,
            request: Box::new(incoming.request.clone()),
            source: incoming.source,
        }));
        Ok(())
    }

    fn serve_refer(
        &mut self,
        transaction: TransactionId,
        incoming: &Arc<IncomingRequest>,
    ) -> Result<(), Refusal> {
        let named = self.named_call(incoming);
        let bad = (StatusCode::BAD_REQUEST, None);
        let referred = referral::read(incoming, named).ok_or(bad)?;
        let (id, key, call) = self.place_for(incoming)?;
        let alone = Notifier::ask(
            &mut self.core,
            id,
            key.clone(),
            Event::new("refer"),
            transaction,
            Arc::clone(incoming),
            REFER_EXPIRES_S,
        );
        self.keep_notifier(id, alone, incoming, call)?;
        if self.usages.refer_once(&key) == First::No
            && let Some(Usage::Notifier(notifier)) = self.usages.usages.get_mut(&id)
        {
            notifier.number();
        }
        let referred = Box::new(crate::ua::subscription::Referred { call: call.or(named), ..referred });
        self.core.event(UaEvent::Subscription(SubscriptionEvent::Referred { id, referred }));
        Ok(())
    }

    /// The call that a Target-Dialog names (RFC 4538).
    fn named_call(&mut self, incoming: &IncomingRequest) -> Option<InviteId> {
        let named: TargetDialog = incoming.request.headers.typed().ok()??;
        let key = (named.call_id.0.to_string(), named.local_tag()?.to_owned());
        let id = *self.dialogs.get(&key)?;
        self.calls.get_mut(&id)?.place_with(named.remote_tag()?).map(|_| id)
    }

    /// The dialog that a new subscription of a peer's will have: that of its request, or a new one.
    fn place_for(
        &mut self,
        incoming: &IncomingRequest,
    ) -> Result<(SubscriptionId, UsageKey, Option<InviteId>), Refusal> {
        if self.usages.len() >= self.core.config.limits.subscriptions {
            self.core.counters.limited_subscriptions += 1;
            let retry_after = self.core.retry_after(self.core.config.limits.retry_after_s);
            return Err((StatusCode::SERVICE_UNAVAILABLE, Some(retry_after)));
        }
        let Some(key) = usage_key(incoming) else {
            let local_tag = self.core.random.token();
            let remote_tag = incoming.from_tag.clone().unwrap_or_default();
            let key = UsageKey { call_id: incoming.call_id.clone(), local_tag, remote_tag };
            return Ok((self.usages.pick(), key, None));
        };
        let call = self.call_of(incoming);
        let sequence = match call {
            Some(call) => self
                .calls
                .get_mut(&call)
                .and_then(|call| call.place_with(&key.remote_tag))
                .map(|place| place.dialog.receive_cseq(incoming.cseq.number)),
            None => self.usages.receive_cseq(&key, incoming.cseq.number),
        };
        match sequence {
            None => Err((StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST, None)),
            Some(Sequence::Stale) => Err((StatusCode::SERVER_INTERNAL_ERROR, None)),
            Some(Sequence::InOrder) => Ok((self.usages.pick(), key, call)),
        }
    }

    fn keep_notifier(
        &mut self,
        id: SubscriptionId,
        notifier: Notifier,
        incoming: &IncomingRequest,
        call: Option<InviteId>,
    ) -> Result<(), Refusal> {
        let usage = Usage::Notifier(Box::new(notifier));
        if incoming.to_tag.is_some() {
            self.usages.keep_beside(id, usage, call);
            return Ok(());
        }
        let contact = headers::contact(incoming.request.uri.user.as_deref(), &incoming.hop);
        let Some(dialog) = Dialog::of_request(incoming, &usage.key().local_tag, &contact) else {
            self.core.stop(TimerKey::Subscription(id, SubscriptionTimer::Answer));
            return Err((StatusCode::BAD_REQUEST, None));
        };
        self.usages.keep_alone(id, usage, dialog, Authentication::none());
        Ok(())
    }

    /// Acts on a subscription that may be gone, and forgets it if that was its end.
    fn with_usage(
        &mut self,
        id: SubscriptionId,
        act: impl FnOnce(&mut Usage, &mut crate::endpoint::core::Core, crate::ua::subscription::Place<'_>) -> Life,
    ) {
        let Some((usage, place)) = self.usages.at(&mut self.calls, id) else { return self.lose_usage(id) };
        let life = act(usage, &mut self.core, place);
        self.bury_usage(id, life);
    }

    /// The early dialog of a subscription went with the fork that lost the call.
    fn lose_usage(&mut self, id: SubscriptionId) {
        if self.usages.usages.contains_key(&id) {
            let end = SubscriptionEnd::Unanswered;
            self.core.event(UaEvent::Subscription(SubscriptionEvent::Ended { id, end }));
            self.bury_usage(id, Life::Over);
        }
    }

    /// What became of a SUBSCRIBE, REFER or NOTIFY of ours.
    pub(super) fn subscription_outcome(&mut self, id: SubscriptionId, delivery: &Delivery) {
        if let Some(attempt) = self.usages.attempts.get_mut(&id) {
            match attempt.outcome(&mut self.core, delivery) {
                Step::Wait => {}
                Step::Over => self.close_attempt(id),
                Step::Accepted(response) => self.accepted(id, delivery, &response),
            }
        }
        self.with_usage(id, |usage, core, place| {
            place.authentication.note(core, delivery);
            match usage {
                Usage::Subscriber(subscriber) => subscriber.outcome(core, place, delivery),
                Usage::Notifier(notifier) => notifier.outcome(core, place, delivery),
            }
        });
    }

    /// The 2xx of an attempt: of the dialog that its NOTIFY made, or of one that it makes itself.
    fn accepted(&mut self, of: SubscriptionId, delivery: &Delivery, response: &Response) {
        let Some(attempt) = self.usages.attempts.get(&of) else { return };
        let (forks, plan) = (attempt.forks, attempt.plan.event.clone());
        let Some(dialog) = Dialog::of_response(&delivery.request, response, delivery.way) else { return };
        let key = UsageKey {
            call_id: dialog.call_id.clone(),
            local_tag: dialog.local_tag.clone(),
            remote_tag: to_tag(&response.headers).unwrap_or_default(),
        };
        let known = self.usages.told_by(&key, &plan);
        // Whoever sent another tag will make its own dialog by its NOTIFY.
        let id = known.or_else(|| (forks == 0).then(|| self.branch(of, dialog, key, None))).unwrap_or(of);
        self.with_usage(id, |usage, core, _| {
            if let Usage::Subscriber(subscriber) = usage {
                subscriber.accepted(core, response);
            }
            Life::Kept
        });
        if known.is_none() {
            self.leave_unwanted(id);
        }
    }

    fn close_attempt(&mut self, id: SubscriptionId) {
        self.core.stop(TimerKey::Subscription(id, SubscriptionTimer::Forks));
        self.usages.forget_attempt(id);
    }

    pub(super) fn fire_subscription(&mut self, id: SubscriptionId, timer: SubscriptionTimer) {
        if timer == SubscriptionTimer::Forks {
            if let Some(attempt) = self.usages.attempts.get(&id) {
                attempt.close(&mut self.core);
                self.close_attempt(id);
            }
            return;
        }
        self.with_usage(id, |usage, core, place| match usage {
            Usage::Subscriber(subscriber) => subscriber.fire(core, place, timer),
            Usage::Notifier(notifier) => notifier.fire(core, place, timer),
        });
    }
}

/// The Event, which each of these requests has to have.
fn event_of(incoming: &IncomingRequest) -> Result<Event, Refusal> {
    match incoming.request.headers.typed() {
        Ok(Some(event)) => Ok(event),
        // RFC 3265's elders did without; nobody can know what they meant.
        Ok(None) => Err((StatusCode::BAD_EVENT, None)),
        Err(_) => Err((StatusCode::BAD_REQUEST, None)),
    }
}

fn usage_key(incoming: &IncomingRequest) -> Option<UsageKey> {
    let local_tag = incoming.to_tag.clone()?;
    let remote_tag = incoming.from_tag.clone().unwrap_or_default();
    Some(UsageKey { call_id: incoming.call_id.clone(), local_tag, remote_tag })
}

fn refer_package() -> Package {
    Package { expires_default_s: REFER_EXPIRES_S, ..Package::new("refer") }
}

/// The seconds that will be granted at most (RFC 6665 §4.2.1.1).
fn expires(incoming: &IncomingRequest, package: &Package) -> Result<u32, Refusal> {
    let asked = incoming.request.headers.typed::<Expires>().map_err(|_| (StatusCode::BAD_REQUEST, None))?;
    let asked_s = asked.map_or(package.expires_default_s, |asked| asked.0);
    let is_brief = (1..NEVER_TOO_BRIEF_S.min(package.expires_min_s)).contains(&asked_s);
    if is_brief {
        let min = Header::new(HeaderName::MinExpires, package.expires_min_s.to_string());
        return Err((StatusCode::INTERVAL_TOO_BRIEF, Some(min)));
    }
    Ok(asked_s.min(package.expires_max_s))
}
