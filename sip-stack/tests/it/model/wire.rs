//! What may be seen on the wire: numbers grow, and no request is answered in two ways.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::pair::{Seen, Side};

/// RFC 3261 §17.2: for this long after a final response its transaction still knows it.
const NON_INVITE: Duration = Duration::from_secs(31);
const INVITE_SUCCESS: Duration = Duration::from_secs(31);
/// Timer I, less than T4 after the ACK.
const INVITE_REFUSAL: Duration = Duration::from_secs(4);

/// Around its end nobody can tell whether a final response is still the transaction's, or another's that begins.
const ENDING: Duration = Duration::from_secs(2);

/// Transactions by side, branch, method and number; and by From, since a request that is answered without a
/// transaction leaves its branch to whoever forges another with it.
type Transaction = (Side, String, String, String);

/// What was seen.
#[derive(Default)]
pub(super) struct Wire {
    /// The final response, and until when it is the only one.
    finals: BTreeMap<Transaction, (Duration, String)>,
    branches: BTreeSet<(Side, String)>,
    /// The last number of each direction of each dialog.
    numbers: BTreeMap<(Side, String, String), u32>,
}

impl Wire {
    pub(super) fn see(&mut self, seen: &Seen) {
        let Some((branch, cseq)) = names(seen) else { return };
        if seen.first_line().starts_with("SIP/2.0 ") {
            self.response(seen, branch, cseq);
        } else {
            self.request(seen, branch, cseq);
        }
    }

    fn response(&mut self, seen: &Seen, branch: String, cseq: &str) {
        let code = seen.word().to_owned();
        // Over a stream a transaction ends with its response, and a repetition begins another.
        if code.starts_with('1') || !seen.header("Via").is_some_and(|via| via.starts_with("SIP/2.0/UDP ")) {
            return;
        }
        let is_invite = cseq.ends_with(" INVITE");
        let memory = match (is_invite, code.starts_with('2')) {
            (false, _) => NON_INVITE,
            (true, true) => INVITE_SUCCESS,
            (true, false) => INVITE_REFUSAL,
        };
        let from = seen.header("From").unwrap_or_default().to_owned();
        let key = (seen.from, branch, cseq.to_owned(), from);
        match self.finals.get(&key) {
            Some((until, before)) if seen.at < *until => {
                assert_eq!(*before, code, "answered in two ways: {}", seen.text);
            }
            Some((until, _)) if seen.at < *until + ENDING => {}
            Some(_) | None => {
                self.finals.insert(key, (seen.at + memory, code));
            }
        }
    }

    fn request(&mut self, seen: &Seen, branch: String, cseq: &str) {
        let (number, method) = cseq.split_once(' ').unwrap_or_default();
        if matches!(method, "ACK" | "CANCEL") || !self.branches.insert((seen.from, branch)) {
            return;
        }
        let number: u32 = number.parse().unwrap();
        let side = |name| seen.header(name).unwrap_or_default().to_owned();
        let key = (seen.from, side("Call-ID"), format!("{} {}", side("From"), side("To")));
        let last = self.numbers.insert(key, number).unwrap_or(0);
        assert!(number > last, "CSeq {number} after {last}: {}", seen.text);
    }
}

/// What names the transaction of a message, with its direction: branch and CSeq.
pub(super) fn names(seen: &Seen) -> Option<(String, &str)> {
    let branch = seen.header("Via")?.split(";branch=").nth(1).unwrap_or_default();
    let branch = branch.split(';').next().unwrap_or_default().to_owned();
    Some((branch, seen.header("CSeq")?))
}
