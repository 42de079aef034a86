//! What every face of the gateway shares.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::auth::Authority;
use crate::call::Mailbox;
use crate::config::{Config, User};
use crate::journal::{self, Feed};
use crate::media::Sounds;
use crate::recording::Shelf;
use crate::signal::Lobby;
use crate::sip;
use crate::webhook::Webhooks;

/// Whether the node runs the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// No configuration file: loopback, a demo phone, tokens for whoever asks.
    Demo,
    /// As configured.
    Configured,
}

/// The node, as its faces see it.
pub struct Node {
    /// The settings.
    pub config: Arc<Config>,
    /// Demo or not.
    pub mode: Mode,
    /// Checks and mints tokens.
    pub authority: Authority,
    /// The way to the calls.
    pub calls: Mailbox,
    /// Where browsers' SIP comes in.
    pub sip: sip::Door,
    /// Facts about calls.
    pub events: Feed,
    /// What outlives a restart.
    pub store: journal::Shared,
    /// Who is told by HTTP.
    pub webhooks: Webhooks,
    /// True once the node is about to stop.
    pub stopping: watch::Receiver<bool>,
    /// Who is connected, or may come back.
    pub places: Places,
    /// The way back.
    pub lobby: Lobby,
    /// What was recorded.
    pub recordings: Shelf,
    /// Files to play.
    pub sounds: Sounds,
}

impl Node {
    /// A configured user.
    pub fn user(&self, name: &str) -> Option<&User> {
        self.config.users.iter().find(|user| user.name.get_ref() == name)
    }

    /// Whether the node is about to stop.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}

/// How many browsers are connected, in all and by user.
pub struct Places {
    total_max: usize,
    user_max: usize,
    taken: Arc<Mutex<HashMap<String, usize>>>,
}

impl Places {
    /// Room for so many.
    pub fn new(total_max: u32, user_max: u32) -> Self {
        let max = |max| usize::try_from(max).unwrap_or(usize::MAX);
        Self { total_max: max(total_max), user_max: max(user_max), taken: Arc::default() }
    }

    /// Takes a place until it is dropped; `None` when there is no room.
    pub fn take(&self, user: &str) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let total: usize = taken.values().sum();
        let of_user = taken.get(user).copied().unwrap_or(0);
        if total >= self.total_max || of_user >= self.user_max {
            return None;
        }
        taken.insert(user.to_owned(), of_user + 1);
        metrics::gauge!("offhook_sessions").set((total + 1) as f64);
        Some(Place { user: user.to_owned(), taken: self.taken.clone() })
    }
}

/// One browser's place.
pub struct Place {
    user: String,
    taken: Arc<Mutex<HashMap<String, usize>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.user) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => drop(taken.remove(&self.user)),
        }
        metrics::gauge!("offhook_sessions").set(taken.values().sum::<usize>() as f64);
    }
}
