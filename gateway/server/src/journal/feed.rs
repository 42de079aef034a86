//! The events for whoever follows: first those of the log behind a cursor, then each as it is written.

use std::sync::Arc;

use store::{EventQuery, Topics};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::Shared;

/// Events that a slow follower may be behind; one more and it is told and cut.
const BEHIND_MAX: usize = 1024;
/// Events that are read from the log at once.
const PAGE: usize = 256;

/// An event that is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its cursor.
    pub cursor: u64,
    /// Its type.
    pub topic: String,
    /// Its call.
    pub call: Option<Uuid>,
    /// The event as JSON, without its cursor.
    pub body: String,
}

impl Recorded {
    /// The event as JSON, with its cursor.
    pub fn text(&self) -> String {
        text(self.cursor, &self.body)
    }
}

/// An event of the log as JSON, with its cursor.
pub fn text(cursor: u64, body: &str) -> String {
    format!("{{\"cursor\":\"{cursor}\",{}", body.strip_prefix('{').unwrap_or(body))
}

impl From<store::Event> for Recorded {
    fn from(event: store::Event) -> Self {
        Self { cursor: event.cursor, topic: event.topic, call: event.call, body: event.body }
    }
}

/// Which events somebody follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Those behind this cursor; only what happens from now on if there is none.
    pub after: Option<u64>,
    /// Of these types.
    pub topics: Topics,
    /// About this call.
    pub call: Option<Uuid>,
}

/// The way to the events.
#[derive(Clone)]
pub struct Feed {
    store: Shared,
    live: broadcast::Sender<Arc<Recorded>>,
}

/// Why a follower hears no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It was too slow.
    TooSlow,
    /// The log cannot be read.
    Unreadable,
    /// The node stops.
    Stopping,
}

impl Feed {
    pub(super) fn new(store: Shared) -> Self {
        Self { store, live: broadcast::channel(BEHIND_MAX).0 }
    }

    /// Nobody may be listening.
    pub(super) fn publish(&self, event: Arc<Recorded>) {
        let _ = self.live.send(event);
    }

    /// Follows from now on, or from a cursor on.
    pub fn follow(&self, wanted: Wanted) -> Follow {
        let reached = wanted.after.unwrap_or(0);
        let past = if wanted.after.is_some() { Past::Unread } else { Past::Read };
        let (store, live) = (self.store.clone(), self.live.subscribe());
        Follow { store, live, wanted, reached, past, page: Vec::new().into_iter() }
    }
}

/// Whether the log may hold events that a follower has not had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Past {
    Unread,
    Read,
}

/// One follower.
pub struct Follow {
    store: Shared,
    live: broadcast::Receiver<Arc<Recorded>>,
    wanted: Wanted,
    reached: u64,
    past: Past,
    page: std::vec::IntoIter<store::Event>,
}

impl Follow {
    /// The next event. Nothing is lost if this is given up halfway.
    ///
    /// # Errors
    ///
    /// Why there will be none.
    pub async fn next(&mut self) -> Result<Arc<Recorded>, Cut> {
        loop {
            if let Some(event) = self.page.next() {
                self.reached = event.cursor;
                return Ok(Arc::new(event.into()));
            }
            if self.past == Past::Unread {
                self.read().await?;
                continue;
            }
            match self.live.recv().await {
                Ok(event) if event.cursor > self.reached => {
                    self.reached = event.cursor;
                    if self.wants(&event) {
                        return Ok(event);
                    }
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return Err(Cut::TooSlow),
                Err(RecvError::Closed) => return Err(Cut::Stopping),
            }
        }
    }

    /// Reads a page of the log; what is written meanwhile comes live.
    async fn read(&mut self) -> Result<(), Cut> {
        let live = self.live.resubscribe();
        let Wanted { topics, call, .. } = self.wanted.clone();
        let query = EventQuery { after: self.reached, limit: PAGE, topics, call };
        let page = self.store.events(query).await.map_err(|_| Cut::Unreadable)?;
        self.live = live;
        self.page = page.items.into_iter();
        match page.next {
            // A page may be short, or empty, where few events are wanted.
            Some(next) => self.reached = next,
            None => self.past = Past::Read,
        }
        Ok(())
    }

    fn wants(&self, event: &Recorded) -> bool {
        self.wanted.topics.contain(&event.topic)
            && self.wanted.call.is_none_or(|call| event.call == Some(call))
    }
}

#[cfg(test)]
mod tests {
    use store::Embedded;

    use super::*;

    fn recorded(cursor: u64) -> Arc<Recorded> {
        let topic = if cursor.is_multiple_of(2) { "call.dtmf" } else { "call.held" };
        Arc::new(Recorded { cursor, topic: topic.to_owned(), call: None, body: "{\"a\":1}".to_owned() })
    }

    fn feed() -> Feed {
        Feed::new(Arc::new(Embedded::in_memory().unwrap()))
    }

    #[tokio::test]
    async fn a_follower_that_is_too_far_behind_is_cut_and_others_go_on() {
        let feed = feed();
        let (mut slow, mut quick) = (feed.follow(Wanted::default()), feed.follow(Wanted::default()));
        for cursor in 1..=BEHIND_MAX as u64 + 1 {
            feed.publish(recorded(cursor));
            assert_eq!(quick.next().await.unwrap().cursor, cursor);
        }
        assert_eq!(slow.next().await, Err(Cut::TooSlow));
    }

    #[tokio::test]
    async fn a_follower_hears_what_it_wants_with_its_cursor() {
        let feed = feed();
        let topics = Topics(vec!["call.dtmf".to_owned()]);
        let mut follow = feed.follow(Wanted { topics, ..Wanted::default() });
        (1..=4).for_each(|cursor| feed.publish(recorded(cursor)));
        assert_eq!(follow.next().await.unwrap().text(), "{\"cursor\":\"2\",\"a\":1}");
        assert_eq!(follow.next().await.unwrap().cursor, 4);
    }
}
