//! The subscriptions of an endpoint, and the dialogs that they speak in.

use std::collections::{BTreeMap, BTreeSet};

use crate::dialog::{Dialog, Sequence};
use crate::message::header::Event;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::InviteId;
use crate::ua::authenticate::Authentication;
use crate::ua::call::{Call, DialogKey};
use crate::ua::subscription::{Attempt, Notifier, Place, Subscriber, SubscriptionId, UsageKey};

/// Whose a dialog is.
#[derive(Debug)]
enum Holder {
    /// A call's, as long as the call lives.
    Call(InviteId),
    /// The subscriptions' alone.
    Own(Box<OwnDialog>),
}

#[derive(Debug)]
struct OwnDialog {
    dialog: Dialog,
    authentication: Authentication,
}

#[derive(Debug)]
struct SharedDialog {
    holder: Holder,
    users: BTreeSet<SubscriptionId>,
    /// Whether a peer's REFER has had its subscription here, so that the next needs an id (RFC 3515 §2.4.6).
    referred: bool,
}

/// Whether an Event needs an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    Yes,
    No,
}

/// One end of a subscription.
#[derive(Debug)]
pub(super) enum Usage {
    Subscriber(Box<Subscriber>),
    Notifier(Box<Notifier>),
}

impl Usage {
    pub(super) fn key(&self) -> &UsageKey {
        match self {
            Self::Subscriber(subscriber) => &subscriber.key,
            Self::Notifier(notifier) => &notifier.key,
        }
    }
}

/// The tables.
#[derive(Debug, Default)]
pub(super) struct Usages {
    pub(super) attempts: BTreeMap<SubscriptionId, Attempt>,
    attempt_keys: BTreeMap<DialogKey, SubscriptionId>,
    pub(super) usages: BTreeMap<SubscriptionId, Usage>,
    dialogs: BTreeMap<UsageKey, SharedDialog>,
    /// The dialogs of calls that subscriptions share.
    calls: BTreeMap<InviteId, UsageKey>,
    picked: u64,
}

/// The dialog of a call as it was before something happened to the call.
#[derive(Debug)]
pub(super) struct Kept(Dialog);

impl Usages {
    /// How many there are, with those that are asked for.
    pub(super) fn len(&self) -> usize {
        self.usages.len() + self.attempts.len()
    }

    /// The next id of the endpoint's own choice.
    pub(super) fn pick(&mut self) -> SubscriptionId {
        let id = SubscriptionId(SubscriptionId::FIRST_INCOMING.0 | self.picked);
        self.picked = self.picked.wrapping_add(1);
        id
    }

    pub(super) fn knows(&self, id: SubscriptionId) -> bool {
        self.usages.contains_key(&id) || self.attempts.contains_key(&id)
    }

    pub(super) fn keep_attempt(&mut self, attempt: Attempt) {
        if let Some(key) = attempt.key() {
            self.attempt_keys.insert(key, attempt.id);
        }
        self.attempts.insert(attempt.id, attempt);
    }

    pub(super) fn forget_attempt(&mut self, id: SubscriptionId) {
        if let Some(key) = self.attempts.remove(&id).and_then(|attempt| attempt.key()) {
            self.attempt_keys.remove(&key);
        }
    }

    /// The attempt with this Call-ID and From tag.
    pub(super) fn attempt_by_key(&self, key: &DialogKey) -> Option<SubscriptionId> {
        self.attempt_keys.get(key).copied()
    }

    /// Checks and takes over the sequence number of a request inside a dialog of subscriptions.
    pub(super) fn receive_cseq(&mut self, key: &UsageKey, number: u32) -> Option<Sequence> {
        match &mut self.dialogs.get_mut(key)?.holder {
            Holder::Own(own) => Some(own.dialog.receive_cseq(number)),
            Holder::Call(_) => None,
        }
    }

    /// The attempt that a NOTIFY may answer.
    pub(super) fn attempt_of(&self, notify: &IncomingRequest) -> Option<SubscriptionId> {
        let key = (notify.call_id.clone(), notify.to_tag.clone()?);
        self.attempt_keys.get(&key).copied()
    }

    /// Puts a subscription into a dialog of its own.
    pub(super) fn keep_alone(
        &mut self,
        id: SubscriptionId,
        usage: Usage,
        dialog: Dialog,
        authentication: Authentication,
    ) {
        let holder = Holder::Own(Box::new(OwnDialog { dialog, authentication }));
        let shared = SharedDialog { holder, users: BTreeSet::from([id]), referred: false };
        self.dialogs.insert(usage.key().clone(), shared);
        self.usages.insert(id, usage);
    }

    /// Puts a subscription into a dialog that is there: a call's, or that of other subscriptions.
    pub(super) fn keep_beside(&mut self, id: SubscriptionId, usage: Usage, call: Option<InviteId>) {
        if let Some(call) = call {
            self.calls.insert(call, usage.key().clone());
            let holder = Holder::Call(call);
            let shared = || SharedDialog { holder, users: BTreeSet::new(), referred: false };
            self.dialogs.entry(usage.key().clone()).or_insert_with(shared);
        }
        if let Some(shared) = self.dialogs.get_mut(usage.key()) {
            shared.users.insert(id);
        }
        self.usages.insert(id, usage);
    }

    /// Forgets a subscription, and its dialog if it was the last in one of their own.
    pub(super) fn forget(&mut self, id: SubscriptionId) {
        let Some(usage) = self.usages.remove(&id) else { return };
        let Some(shared) = self.dialogs.get_mut(usage.key()) else { return };
        shared.users.remove(&id);
        if !shared.users.is_empty() {
            return;
        }
        match &shared.holder {
            Holder::Own(_) => {
                self.dialogs.remove(usage.key());
            }
            // A call remembers that a REFER was there.
            Holder::Call(_) => {}
        }
    }

    /// Whether the dialog is one of subscriptions.
    pub(super) fn has_dialog(&self, key: &UsageKey) -> bool {
        self.dialogs.get(key).is_some_and(|shared| matches!(shared.holder, Holder::Own(_)))
    }

    /// Whether the next REFER of the peer's in this dialog is its first.
    pub(super) fn refer_once(&mut self, key: &UsageKey) -> First {
        let Some(shared) = self.dialogs.get_mut(key) else { return First::Yes };
        match std::mem::replace(&mut shared.referred, true) {
            true => First::No,
            false => First::Yes,
        }
    }

    /// The subscription of ours that a NOTIFY tells of: the one that its Event names, else the oldest that it may
    /// mean.
    pub(super) fn told_by(&self, key: &UsageKey, event: &Event) -> Option<SubscriptionId> {
        let subscribers = || {
            let users = self.dialogs.get(key).into_iter().flat_map(|shared| &shared.users);
            users.filter_map(|id| match self.usages.get(id)? {
                Usage::Subscriber(subscriber) => Some(subscriber),
                Usage::Notifier(_) => None,
            })
        };
        let named = subscribers().find(|subscriber| subscriber.is_named_by(event));
        named.or_else(|| subscribers().find(|subscriber| subscriber.is_told_by(event))).map(|found| found.id)
    }

    /// The subscription of the peer's that a SUBSCRIBE refreshes.
    pub(super) fn refreshed_by(&self, key: &UsageKey, event: &Event) -> Option<SubscriptionId> {
        let users = &self.dialogs.get(key)?.users;
        users.iter().copied().find(|id| match self.usages.get(id) {
            Some(Usage::Notifier(notifier)) => notifier.is_named_by(event),
            Some(Usage::Subscriber(_)) | None => false,
        })
    }

    /// A usage and its place, both to be changed.
    pub(super) fn at<'a>(
        &'a mut self,
        calls: &'a mut BTreeMap<InviteId, Call>,
        id: SubscriptionId,
    ) -> Option<(&'a mut Usage, Place<'a>)> {
        let usage = self.usages.get_mut(&id)?;
        let shared = self.dialogs.get_mut(usage.key())?;
        let place = match &mut shared.holder {
            Holder::Own(own) => Place { dialog: &mut own.dialog, authentication: &mut own.authentication },
            Holder::Call(call) => calls.get_mut(call)?.place_with(&usage.key().remote_tag)?,
        };
        Some((usage, place))
    }

    /// The dialog of a call, if subscriptions share it, before something happens to the call.
    pub(super) fn before(&self, calls: &mut BTreeMap<InviteId, Call>, id: InviteId) -> Option<Kept> {
        let key = self.calls.get(&id)?;
        let place = calls.get_mut(&id)?.place_with(&key.remote_tag)?;
        Some(Kept(place.dialog.clone()))
    }

    /// The call is over; its dialog lives on for the subscriptions that are left (RFC 6665 §4.5.2).
    pub(super) fn inherit(&mut self, call: InviteId, kept: Option<Kept>, authentication: Authentication) {
        let Some(key) = self.calls.remove(&call) else { return };
        let Some(shared) = self.dialogs.get_mut(&key) else { return };
        match kept.filter(|_| !shared.users.is_empty()) {
            Some(Kept(dialog)) => {
                shared.holder = Holder::Own(Box::new(OwnDialog { dialog, authentication }));
            }
            None => {
                self.dialogs.remove(&key);
            }
        }
    }
}
