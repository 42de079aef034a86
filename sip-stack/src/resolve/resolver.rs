//! All resolutions at once: one question to the DNS for however many wait for it.

use std::collections::BTreeMap;
use std::time::Instant;

use super::addresses::Family;
use super::cache::{Cache, Known, Question};
use super::means::Means;
use super::query::{Answer, QueryId};
use super::resolution::{Context, Next, Resolution, Start};
use super::subject::Subject;
use super::unresolved::Unresolved;
use crate::endpoint::config::Config;
use crate::endpoint::random::Random;
use crate::message::Uri;
use crate::transaction::TransactionId;
use crate::ua::{LocateId, Target};

/// URIs that are being resolved at once.
const RESOLUTIONS_MAX: usize = 10_000;
/// Questions that wait for an answer.
const QUERIES_MAX: usize = 1_000;

/// Who waits for targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Waiter {
    /// A request, under the id that its transaction will have.
    Request(TransactionId),
    /// A response that cannot go back where its request came from.
    Response(TransactionId),
    /// The owner itself.
    Owner(LocateId),
}

/// What came of a resolution.
pub(crate) type Outcome = Result<Vec<Target>, Unresolved>;

#[derive(Debug)]
struct Query {
    question: Question,
    waiters: Vec<Waiter>,
}

/// The resolutions under way, and what the DNS said lately.
#[derive(Debug)]
pub(crate) struct Resolver {
    means: Means,
    family: Family,
    cache: Cache,
    resolutions: BTreeMap<Waiter, Resolution>,
    queries: BTreeMap<QueryId, Query>,
    open: BTreeMap<Question, QueryId>,
    last: u64,
    /// Questions that nobody has been asked yet.
    fresh: Vec<QueryId>,
}

impl Resolver {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            means: Means::of(config),
            family: config.family,
            cache: Cache::default(),
            resolutions: BTreeMap::new(),
            queries: BTreeMap::new(),
            open: BTreeMap::new(),
            last: 0,
            fresh: Vec::new(),
        }
    }

    /// What a URI says of itself.
    ///
    /// # Errors
    /// It has no host, or a transport that is of no use.
    pub(crate) fn subject(&self, uri: &Uri) -> Result<Subject, Unresolved> {
        Subject::of(uri, &self.means)
    }

    /// Begins; `None` while an answer is missing.
    pub(crate) fn start(
        &mut self,
        now: Instant,
        waiter: Waiter,
        subject: Subject,
        random: &mut Random,
    ) -> Option<Outcome> {
        if self.resolutions.len() >= RESOLUTIONS_MAX {
            return Some(Err(Unresolved::Limit));
        }
        match Resolution::start(subject, &self.means) {
            Start::Done(next) => outcome(next),
            Start::Pending(mut resolution) => {
                let next = Next::Ask(resolution.ask(&self.means));
                self.drive(now, waiter, resolution, next, random)
            }
        }
    }

    /// Asks, takes what is known, and goes on until an answer is missing or the end is reached.
    fn drive(
        &mut self,
        now: Instant,
        waiter: Waiter,
        mut resolution: Resolution,
        mut next: Next,
        random: &mut Random,
    ) -> Option<Outcome> {
        while let Next::Ask(questions) = next {
            for question in questions {
                if let Some(known) = self.known(now, &question, waiter) {
                    resolution.note(&question, known);
                }
            }
            if !resolution.is_complete() {
                self.resolutions.insert(waiter, resolution);
                return None;
            }
            let mut context = Context { means: &self.means, family: self.family, random };
            next = resolution.advance(&mut context);
        }
        outcome(next)
    }

    /// What is known of a question; if nothing, `waiter` is told once it is.
    fn known(&mut self, now: Instant, question: &Question, waiter: Waiter) -> Option<Known> {
        if let Some(known) = self.cache.get(now, question) {
            return Some(known);
        }
        if let Some(query) = self.open.get(question).and_then(|id| self.queries.get_mut(id)) {
            query.waiters.push(waiter);
            return None;
        }
        if self.queries.len() >= QUERIES_MAX {
            return Some(Known::Failure);
        }
        self.last += 1;
        let id = QueryId(self.last);
        self.open.insert(question.clone(), id);
        self.queries.insert(id, Query { question: question.clone(), waiters: vec![waiter] });
        self.fresh.push(id);
        None
    }

    /// The questions to ask since the last look.
    pub(crate) fn take_fresh(&mut self) -> Vec<(QueryId, Question)> {
        let fresh = std::mem::take(&mut self.fresh);
        let question = |id: QueryId| Some((id, self.queries.get(&id)?.question.clone()));
        fresh.into_iter().filter_map(question).collect()
    }

    /// An answer came; whoever has all of theirs is done.
    pub(crate) fn answer(
        &mut self,
        now: Instant,
        id: QueryId,
        answer: Answer,
        random: &mut Random,
    ) -> Vec<(Waiter, Outcome)> {
        let Some(Query { question, waiters }) = self.queries.remove(&id) else { return Vec::new() };
        self.open.remove(&question);
        let known = self.cache.put(now, question.clone(), answer);
        let mut done = Vec::new();
        for waiter in waiters {
            let Some(mut resolution) = self.resolutions.remove(&waiter) else { continue };
            if !resolution.note(&question, known.clone()) {
                self.resolutions.insert(waiter, resolution);
                continue;
            }
            let mut context = Context { means: &self.means, family: self.family, random };
            let next = resolution.advance(&mut context);
            let outcome = self.drive(now, waiter, resolution, next, random);
            done.extend(outcome.map(|outcome| (waiter, outcome)));
        }
        done
    }

    /// Nobody waits any more. The question stays open: its answer is worth keeping.
    pub(crate) fn abandon(&mut self, waiter: Waiter) {
        self.resolutions.remove(&waiter);
    }
}

fn outcome(next: Next) -> Option<Outcome> {
    match next {
        Next::Found(targets) => Some(Ok(targets)),
        Next::Failed(why) => Some(Err(why)),
        Next::Ask(_) => None,
    }
}
