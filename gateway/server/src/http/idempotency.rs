//! `Idempotency-Key`: a request that costs money, sent again, is not done again.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::ErrorCode;
use api::rest::Call;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use serde_json::Value;

use super::reject::Reject;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const KEY_BYTES_MAX: usize = 128;
/// Requests that are remembered; a day's worth at one every nine seconds.
const REMEMBERED_MAX: usize = 10_000;

/// Who sent which key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    user: String,
    key: String,
}

impl Key {
    /// The key of a request, if it has one.
    pub(super) fn of(user: &str, headers: &HeaderMap) -> Result<Option<Self>, Reject> {
        let Some(value) = headers.get(HEADER) else { return Ok(None) };
        match value.to_str() {
            Ok(key) if (1..=KEY_BYTES_MAX).contains(&key.len()) => {
                Ok(Some(Self { user: user.to_owned(), key: key.to_owned() }))
            }
            Ok(_) | Err(_) => {
                let detail = format!("Idempotency-Key has 1 to {KEY_BYTES_MAX} printable characters");
                Err(Reject::new(ErrorCode::InvalidMessage, detail))
            }
        }
    }
}

struct Entry {
    body: u64,
    done: Done,
}

enum Done {
    NotYet,
    With(Answer),
}

/// What came of a request.
#[derive(Clone)]
pub(super) enum Answer {
    /// It was done.
    Done,
    /// It made a call.
    Call(Box<Call>),
    /// It made something else.
    Made(Value),
}

#[derive(Default)]
struct Memory {
    entries: HashMap<Key, Entry>,
    order: VecDeque<Key>,
}

/// The requests that are remembered.
#[derive(Clone, Default)]
pub(super) struct Replays(Arc<Mutex<Memory>>);

/// What a request is.
pub(super) enum Begun {
    /// The first of its key.
    First(Slot),
    /// The same again, done before.
    Replay(Answer),
}

/// Where the first request's answer is kept; dropped without one, the key is free again.
pub(super) struct Slot {
    replays: Replays,
    key: Option<Key>,
}

impl Replays {
    /// Notes a request, or recognises it.
    pub(super) fn begin(&self, key: Key, body: &[u8]) -> Result<Begun, Reject> {
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        let body = hasher.finish();
        let mut memory = self.memory();
        match memory.entries.get(&key) {
            Some(entry) if entry.body != body => {
                Err(Reject::new(ErrorCode::WrongState, "this Idempotency-Key was used with another body"))
            }
            Some(Entry { done: Done::With(answer), .. }) => Ok(Begun::Replay(answer.clone())),
            Some(Entry { done: Done::NotYet, .. }) => Err(Reject::new(
                ErrorCode::WrongState,
                "the first request with this Idempotency-Key is being done",
            )),
            None => {
                memory.remember(key.clone(), Entry { body, done: Done::NotYet });
                Ok(Begun::First(Slot { replays: self.clone(), key: Some(key) }))
            }
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn remember(&mut self, key: Key, entry: Entry) {
        if self.order.len() >= REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.entries.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.entries.insert(key, entry);
    }
}

impl Slot {
    /// Keeps the answer.
    pub(super) fn keep(mut self, answer: Answer) {
        if let Some(key) = self.key.take()
            && let Some(entry) = self.replays.memory().entries.get_mut(&key)
        {
            entry.done = Done::With(answer);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            let mut memory = self.replays.memory();
            memory.entries.remove(&key);
            memory.order.retain(|kept| *kept != key);
        }
    }
}

/// Marks an answer as given before.
pub(super) fn replayed(mut response: Response) -> Response {
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
