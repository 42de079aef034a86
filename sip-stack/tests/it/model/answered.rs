//! Every request that arrives gets a final response; that it gets no other one is the wire's business.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::wire::names;
use crate::pair::{Seen, Side};

/// RFC 4320 §4.2: after this long a request other than INVITE gets none any more.
const TOO_LATE: Duration = Duration::from_secs(32);

/// Who was asked, branch and method: what tells transactions apart (RFC 3261 §17.2.3).
type Question = (Side, String, String);

/// What was asked and answered.
#[derive(Default)]
pub(super) struct Answered {
    asked: BTreeMap<Question, Seen>,
    answered: BTreeSet<Question>,
    /// Offers outside of INVITE that their owners were late to answer.
    late: BTreeSet<Question>,
}

impl Answered {
    /// A message arrived.
    pub(super) fn arrive(&mut self, seen: &Seen) {
        let is_request = !seen.first_line().starts_with("SIP/2.0 ") && seen.word() != "ACK";
        if let (true, Some((branch, cseq))) = (is_request, names(seen)) {
            let question = (seen.from.other(), branch, method(cseq));
            self.asked.entry(question).or_insert_with(|| seen.clone());
        }
    }

    /// A message was sent.
    pub(super) fn send(&mut self, seen: &Seen) {
        let is_final = seen.first_line().starts_with("SIP/2.0 ") && !seen.word().starts_with('1');
        if let (true, Some((branch, cseq))) = (is_final, names(seen)) {
            self.answered.insert((seen.from, branch, method(cseq)));
        }
    }

    /// Notes which offers have waited for too long by now.
    pub(super) fn watch(&mut self, at: Duration) {
        let waits = |question: &Question, seen: &Seen| {
            let may_wait = matches!(seen.word(), "UPDATE" | "PRACK") && seen.header("Content-Type").is_some();
            may_wait && at >= seen.at + TOO_LATE && !self.answered.contains(question)
        };
        let late: Vec<Question> = self
            .asked
            .iter()
            .filter(|(question, seen)| waits(question, seen))
            .map(|(question, _)| question.clone())
            .collect();
        self.late.extend(late);
    }

    /// It is all over.
    pub(super) fn end(&self) {
        for (question, seen) in &self.asked {
            let is_settled = self.answered.contains(question) || self.late.contains(question);
            assert!(is_settled, "never answered, at {:?}: {}", seen.at, seen.text);
        }
    }
}

fn method(cseq: &str) -> String {
    cseq.split(' ').next_back().unwrap_or_default().to_owned()
}
