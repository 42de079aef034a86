//! What the DNS said lately, bounded in number and in time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::name::Name;
use super::query::{Answer, Record, RecordKind};

/// Answers kept at once; beyond, the one that ends first gives way.
const ANSWERS_MAX: usize = 4096;
/// Records kept of one answer.
const RECORDS_MAX: usize = 256;
/// No answer is believed longer than a day.
const TTL_MAX: Duration = Duration::from_secs(86_400);
/// A name that does not exist may exist soon: RFC 2308 §5 permits hours, callers do not.
const NEGATIVE_TTL_MAX: Duration = Duration::from_secs(300);
/// A server that failed is not asked again at once (RFC 2308 §7.1).
const FAILURE_TTL: Duration = Duration::from_secs(5);

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    pub(crate) name: Name,
    pub(crate) kind: RecordKind,
}

/// What is known about a question.
#[derive(Clone, Debug)]
pub(crate) enum Known {
    Records(Arc<[Record]>),
    Nothing,
    Failure,
}

/// The answers.
#[derive(Debug, Default)]
pub(crate) struct Cache(BTreeMap<Question, (Known, Instant)>);

impl Cache {
    pub(crate) fn get(&self, now: Instant, question: &Question) -> Option<Known> {
        self.0.get(question).filter(|(_, until)| now < *until).map(|(known, _)| known.clone())
    }

    /// Takes an answer over, cut to size.
    pub(crate) fn put(&mut self, now: Instant, question: Question, answer: Answer) -> Known {
        let (known, ttl) = match answer {
            Answer::Records { mut records, ttl } => {
                records.retain(|record| kind(record) == question.kind);
                records.truncate(RECORDS_MAX);
                match records.is_empty() {
                    true => (Known::Nothing, ttl.min(NEGATIVE_TTL_MAX)),
                    false => (Known::Records(records.into()), ttl.min(TTL_MAX)),
                }
            }
            Answer::NoSuchName { ttl } => (Known::Nothing, ttl.min(NEGATIVE_TTL_MAX)),
            Answer::Failure => (Known::Failure, FAILURE_TTL),
        };
        if self.0.len() >= ANSWERS_MAX && !self.0.contains_key(&question) {
            self.evict();
        }
        self.0.insert(question, (known.clone(), now + ttl));
        known
    }

    fn evict(&mut self) {
        let first = self.0.iter().min_by_key(|(_, (_, until))| *until).map(|(question, _)| question.clone());
        if let Some(question) = first {
            self.0.remove(&question);
        }
    }
}

fn kind(record: &Record) -> RecordKind {
    match record {
        Record::Naptr(_) => RecordKind::Naptr,
        Record::Srv(_) => RecordKind::Srv,
        Record::A(_) => RecordKind::A,
        Record::Aaaa(_) => RecordKind::Aaaa,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_cache_gives_up_what_ends_first() {
        let now = Instant::now();
        let mut cache = Cache::default();
        let question = |number: usize| Question {
            name: Name::new(&format!("n{number}.example")).unwrap(),
            kind: RecordKind::A,
        };
        for number in 0..=ANSWERS_MAX {
            let ttl = Duration::from_secs(1 + number as u64);
            let records = vec![Record::A([192, 0, 2, 1].into())];
            cache.put(now, question(number), Answer::Records { records, ttl });
        }
        assert_eq!(cache.0.len(), ANSWERS_MAX);
        assert!(cache.get(now, &question(0)).is_none());
        assert!(cache.get(now, &question(ANSWERS_MAX)).is_some());
    }
}
