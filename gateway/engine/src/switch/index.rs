//! Which call an input belongs to, and how many calls there are of whom.

use std::collections::{BTreeMap, BTreeSet};

use media::PortId;
use sip_stack::InviteId;

use crate::grants::Grants;
use crate::ids::{CallId, SessionId, TrunkId, UserId};

/// Whether a browser can be told anything at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signalling {
    Attached,
    Detached,
}

/// A connected browser.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) user: UserId,
    pub(crate) grants: Grants,
    pub(crate) signalling: Signalling,
    /// The calls in which it has a live leg.
    pub(crate) calls: BTreeSet<CallId>,
}

/// Everything that is looked up by something else than a call's id. Every entry ends with the leg it belongs to.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) ports: BTreeMap<PortId, CallId>,
    pub(crate) invites: BTreeMap<InviteId, CallId>,
    pub(crate) sessions: BTreeMap<SessionId, Session>,
    trunk_legs: BTreeMap<TrunkId, u32>,
    user_calls: BTreeMap<UserId, u32>,
    worker_calls: BTreeMap<u16, u32>,
}

impl Index {
    pub(crate) fn sessions_of(&self, user: &UserId) -> Vec<SessionId> {
        let ringable = |session: &&Session| session.user == *user && session.grants.inbound;
        self.sessions.iter().filter(|(_, session)| ringable(session)).map(|(id, _)| *id).collect()
    }

    pub(crate) fn trunk_legs(&self, trunk: &TrunkId) -> u32 {
        self.trunk_legs.get(trunk).copied().unwrap_or(0)
    }

    pub(crate) fn user_calls(&self, user: &UserId) -> u32 {
        self.user_calls.get(user).copied().unwrap_or(0)
    }

    pub(crate) fn count_trunk_leg(&mut self, trunk: &TrunkId) {
        *self.trunk_legs.entry(trunk.clone()).or_default() += 1;
    }

    pub(crate) fn discount_trunk_leg(&mut self, trunk: &TrunkId) {
        discount(&mut self.trunk_legs, trunk);
    }

    pub(crate) fn count_user_call(&mut self, user: &UserId) {
        *self.user_calls.entry(user.clone()).or_default() += 1;
    }

    pub(crate) fn discount_user_call(&mut self, user: &UserId) {
        discount(&mut self.user_calls, user);
    }

    /// Puts a call on the media worker with the fewest, of `workers`.
    pub(crate) fn take_worker(&mut self, workers: u16) -> u16 {
        let calls = |worker: &u16| self.worker_calls.get(worker).copied().unwrap_or(0);
        let idlest = (0..workers).min_by_key(calls).unwrap_or(0);
        *self.worker_calls.entry(idlest).or_default() += 1;
        idlest
    }

    pub(crate) fn release_worker(&mut self, worker: u16) {
        discount(&mut self.worker_calls, &worker);
    }

    pub(crate) fn join_session(&mut self, session: SessionId, call: CallId) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.calls.insert(call);
        }
    }

    pub(crate) fn signalling(&self, session: SessionId) -> Signalling {
        self.sessions.get(&session).map_or(Signalling::Attached, |session| session.signalling)
    }

    pub(crate) fn leave_session(&mut self, session: SessionId, call: CallId) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.calls.remove(&call);
        }
    }

    /// Ports, INVITEs and counted legs that are still there.
    pub(crate) fn entries(&self) -> usize {
        let counts = self.trunk_legs.len() + self.user_calls.len() + self.worker_calls.len();
        self.ports.len() + self.invites.len() + counts
    }
}

fn discount<K: Ord>(counts: &mut BTreeMap<K, u32>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_go_to_the_idlest_worker() {
        let mut index = Index::default();
        let workers: Vec<u16> = (0..4).map(|_| index.take_worker(2)).collect();
        assert_eq!(workers, [0, 1, 0, 1]);
        index.release_worker(1);
        assert_eq!(index.take_worker(2), 1);
        (0..2).for_each(|worker| (0..2).for_each(|_| index.release_worker(worker)));
        assert_eq!(index.entries(), 0);
    }
}
