//! What the owner asks of subscriptions and REFERs, of both ends.

use std::time::Instant;

use super::usages::Usage;
use super::{CommandError, Endpoint};
use crate::endpoint::core::{Core, TimerKey};
use crate::message::header::{CallId, TargetDialog};
use crate::message::{Method, NameAddr, Params, StatusCode};
use crate::ua::subscription::place::Words;
use crate::ua::subscription::subscriber::Subscriber;
use crate::ua::subscription::{
    Attempt, Grant, Granted, Life, Notifier, Notify, Place, Refer, Referral, Subscribe, SubscriptionId,
    SubscriptionTimer, TellMe, UsageKey, attempt, referral,
};
use crate::ua::{Body, InviteId, Reply, Target, headers};

impl Endpoint {
    /// Subscribes under an id of the caller's choice, below [`SubscriptionId::FIRST_INCOMING`], and refreshes the
    /// subscription until [`unsubscribe`](Self::unsubscribe).
    ///
    /// # Errors
    /// The id is taken, the limit of subscriptions is reached, no listener fits the target, or a header of the
    /// caller's own is one that the endpoint writes.
    pub fn subscribe(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        subscribe: Subscribe,
    ) -> Result<(), CommandError> {
        self.attempt(now, id, |core| Attempt::subscribe(core, id, subscribe))
    }

    /// Asks somebody outside of calls to call somebody else (RFC 3515). The id is that of the subscription that
    /// tells how it goes.
    ///
    /// # Errors
    /// Those of [`subscribe`](Self::subscribe).
    pub fn refer(&mut self, now: Instant, id: SubscriptionId, refer: Refer) -> Result<(), CommandError> {
        self.attempt(now, id, |core| Attempt::refer(core, id, refer))
    }

    fn attempt(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        start: impl FnOnce(&mut Core) -> Result<Attempt, CommandError>,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        self.check_new(id)?;
        let attempt = start(&mut self.core)?;
        self.usages.keep_attempt(attempt);
        self.settle();
        Ok(())
    }

    fn check_new(&mut self, id: SubscriptionId) -> Result<(), CommandError> {
        if id >= SubscriptionId::FIRST_INCOMING || self.usages.knows(id) {
            return Err(CommandError::IdTaken);
        }
        if self.usages.len() >= self.core.config.limits.subscriptions {
            self.core.counters.limited_subscriptions += 1;
            return Err(CommandError::Limit);
        }
        Ok(())
    }

    /// Asks the peer of a call to call somebody else: a transfer (RFC 5589).
    ///
    /// A peer whose contact is a GRUU is asked outside of the call's dialog, which a Target-Dialog names
    /// (RFC 6665 §4.5.2, RFC 7647).
    ///
    /// # Errors
    /// Those of [`subscribe`](Self::subscribe); the call is not answered, or over.
    pub fn refer_in_call(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        call: InviteId,
        referral: Referral,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        self.check_new(id)?;
        headers::check_own(&referral.headers)?;
        let held = self.calls.get_mut(&call).ok_or(CommandError::UnknownId)?;
        let place = held.talking_place().ok_or(CommandError::WrongState)?;
        if place.dialog.ends().target.params.contains("gr") {
            let refer = beside(&place, referral).ok_or(CommandError::WrongState)?;
            return self.refer(now, id, refer);
        }
        let dialog = &place.dialog;
        let key = UsageKey {
            call_id: dialog.call_id.clone(),
            local_tag: dialog.local_tag.clone(),
            remote_tag: dialog.remote_tag.clone(),
        };
        let headers = referral::headers(&referral, None);
        let words = Words { method: Method::Refer, headers, body: referral.body.as_ref() };
        let subscriber = Subscriber::refer(&mut self.core, id, key, place, words);
        self.usages.keep_beside(id, Usage::Subscriber(Box::new(subscriber)), Some(call));
        self.settle();
        Ok(())
    }

    /// Refreshes a subscription now: for as long as it was asked for, or from now on for another time; with a body
    /// such as a new filter.
    ///
    /// # Errors
    /// There is no such subscription of ours, or a SUBSCRIBE of it waits for its response.
    pub fn refresh(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        expires_s: Option<u32>,
        body: Option<Body>,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        self.subscriber(id, |subscriber, core, place| {
            subscriber.refresh(core, place, expires_s, body.as_ref())
        })
    }

    /// Ends a subscription of ours; [`SubscriptionEvent::Ended`](crate::SubscriptionEvent::Ended) follows.
    ///
    /// # Errors
    /// There is no such subscription of ours.
    pub fn unsubscribe(&mut self, now: Instant, id: SubscriptionId) -> Result<(), CommandError> {
        self.core.now = now;
        if let Some(attempt) = self.usages.attempts.get_mut(&id) {
            attempt.wanted = attempt::Wanted::No;
            if !self.usages.usages.contains_key(&id) {
                return Ok(());
            }
        }
        self.subscriber(id, |subscriber, core, place| {
            subscriber.leave(core, place);
            Ok(())
        })
    }

    /// Takes a peer's SUBSCRIBE: 200, and the first NOTIFY at once.
    ///
    /// # Errors
    /// No SUBSCRIBE of this id waits, or a header is one that the endpoint writes.
    pub fn accept_subscription(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        grant: Grant,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        let credentials = grant.credentials.clone();
        self.notifier(id, |notifier, core, place| {
            if notifier.is_referral() {
                return Err(CommandError::WrongState);
            }
            if credentials.is_some() {
                place.authentication.replace(credentials);
            }
            notifier.accept(core, place, StatusCode::OK, grant)
        })
    }

    /// Takes a peer's REFER: 202 and a first NOTIFY of `100 Trying`; [`refer_progress`](Self::refer_progress) tells
    /// the rest. With [`TellMe::Nothing`] it is 200 without a subscription, which only a peer that asked for none
    /// may be given (RFC 4488 §4).
    ///
    /// # Errors
    /// No REFER of this id waits, or the peer did ask to be told.
    pub fn accept_refer(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        tell: TellMe,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        if tell == TellMe::Nothing {
            return self.end_notifier(id, |notifier, core| notifier.accept_untold(core));
        }
        self.notifier(id, |notifier, core, place| {
            if !notifier.is_referral() {
                return Err(CommandError::WrongState);
            }
            let trying =
                Some(crate::ua::subscription::notifier::telling::progress_body(StatusCode::TRYING, ""));
            let grant = Grant { state: Granted::Active, ..Grant::active(trying) };
            notifier.accept(core, place, StatusCode::ACCEPTED, grant)
        })
    }

    /// Refuses a peer's SUBSCRIBE or REFER, with a challenge for example.
    ///
    /// # Errors
    /// None of this id waits, the code is none of 300 to 699, or a header is one that responses take over from
    /// their request.
    pub fn refuse_subscription(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        reply: Reply,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        self.end_notifier(id, |notifier, core| notifier.refuse(core, &reply))
    }

    /// Tells a subscriber something, or for the last time.
    ///
    /// # Errors
    /// There is no such subscription of a peer's, it is not accepted, too many NOTIFYs wait for it, or a header is
    /// one that the endpoint writes.
    pub fn notify(&mut self, now: Instant, id: SubscriptionId, notify: Notify) -> Result<(), CommandError> {
        self.core.now = now;
        self.notifier(id, |notifier, core, place| notifier.notify(core, place, notify))
    }

    /// Tells a peer how its REFER goes: the status of the call that it asked for. A final code is the last word
    /// (RFC 3515 §2.4.5).
    ///
    /// # Errors
    /// Those of [`notify`](Self::notify); the subscription is none of a REFER; the code is none of 100 to 699.
    pub fn refer_progress(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        code: u16,
        reason: &str,
    ) -> Result<(), CommandError> {
        self.core.now = now;
        let code = StatusCode::new(code).ok_or(CommandError::InvalidArgument)?;
        self.notifier(id, |notifier, core, place| notifier.progress(core, place, code, reason))
    }

    /// How many subscriptions are alive, of both ends.
    pub fn subscriptions(&self) -> usize {
        self.usages.len()
    }

    fn subscriber(
        &mut self,
        id: SubscriptionId,
        act: impl FnOnce(&mut Subscriber, &mut Core, Place<'_>) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        let done = match self.usages.at(&mut self.calls, id) {
            Some((Usage::Subscriber(subscriber), place)) => act(subscriber, &mut self.core, place),
            Some((Usage::Notifier(_), _)) | None => Err(CommandError::UnknownId),
        };
        self.settle();
        done
    }

    fn notifier(
        &mut self,
        id: SubscriptionId,
        act: impl FnOnce(&mut Notifier, &mut Core, Place<'_>) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        let done = match self.usages.at(&mut self.calls, id) {
            Some((Usage::Notifier(notifier), place)) => act(notifier, &mut self.core, place),
            Some((Usage::Subscriber(_), _)) | None => Err(CommandError::UnknownId),
        };
        self.settle();
        done
    }

    fn end_notifier(
        &mut self,
        id: SubscriptionId,
        act: impl FnOnce(&Notifier, &mut Core) -> Result<Life, CommandError>,
    ) -> Result<(), CommandError> {
        let Some(Usage::Notifier(notifier)) = self.usages.usages.get(&id) else {
            return Err(CommandError::UnknownId);
        };
        let life = act(notifier, &mut self.core)?;
        self.bury_usage(id, life);
        self.settle();
        Ok(())
    }

    /// Forgets a subscription that is over.
    pub(super) fn bury_usage(&mut self, id: SubscriptionId, life: Life) {
        if life == Life::Kept {
            return;
        }
        for timer in [
            SubscriptionTimer::Answer,
            SubscriptionTimer::N,
            SubscriptionTimer::Refresh,
            SubscriptionTimer::Expire,
        ] {
            self.core.stop(TimerKey::Subscription(id, timer));
        }
        self.usages.forget(id);
    }
}

/// A REFER to the device at the other end of a dialog, outside of it.
fn beside(place: &Place<'_>, referral: Referral) -> Option<Refer> {
    let (dialog, ends) = (&place.dialog, place.dialog.ends());
    let untagged = |value: &str| {
        let mut address: NameAddr = value.parse().ok()?;
        address.params.remove("tag");
        Some(address)
    };
    let mut params = Params::new();
    params.set("local-tag", dialog.remote_tag.as_str());
    params.set("remote-tag", dialog.local_tag.as_str());
    let way = &dialog.way;
    Some(Refer {
        uri: ends.target.clone(),
        target: Target { transport: way.transport, remote: way.remote, flow: way.flow }.into(),
        route: ends.route_set.iter().map(|route| route.uri.clone()).collect(),
        from: untagged(ends.local)?,
        to: untagged(ends.remote)?,
        target_dialog: Some(TargetDialog { call_id: CallId(dialog.call_id.as_str().into()), params }),
        referral,
        credentials: place.authentication.credentials(),
    })
}
