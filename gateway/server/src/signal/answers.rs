//! Requests of one session by their id, so that one sent again is not done twice.

use std::collections::{HashMap, VecDeque};

use api::ws::ServerFrame;

/// Requests that are remembered; a client repeats only its latest.
const REMEMBERED_MAX: usize = 256;

/// What to do with a request.
pub(super) enum Seen {
    /// Do it.
    New,
    /// It is being done; its answer comes.
    Pending,
    /// It was done; answer so again.
    Answered(Box<ServerFrame>),
}

/// The latest requests and their answers.
#[derive(Default)]
pub(super) struct Answers {
    by_id: HashMap<String, Option<ServerFrame>>,
    order: VecDeque<String>,
}

impl Answers {
    /// Notes a request, or recognises it.
    pub(super) fn begin(&mut self, id: &str) -> Seen {
        match self.by_id.get(id) {
            Some(Some(answer)) => return Seen::Answered(Box::new(answer.clone())),
            Some(None) => return Seen::Pending,
            None => {}
        }
        if self.order.len() >= REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_id.remove(&oldest);
        }
        self.order.push_back(id.to_owned());
        self.by_id.insert(id.to_owned(), None);
        Seen::New
    }

    /// Notes a request's answer.
    pub(super) fn end(&mut self, id: &str, answer: &ServerFrame) {
        if let Some(slot) = self.by_id.get_mut(id) {
            *slot = Some(answer.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use api::ws::Empty;

    use super::*;

    #[test]
    fn a_request_is_done_once_and_answered_again() {
        let mut answers = Answers::default();
        assert!(matches!(answers.begin("1"), Seen::New));
        assert!(matches!(answers.begin("1"), Seen::Pending));
        answers.end("1", &ServerFrame::Ok { id: "1".to_owned(), data: Empty {} });
        assert!(matches!(answers.begin("1"), Seen::Answered(_)));
    }

    #[test]
    fn memory_stays_bounded() {
        let mut answers = Answers::default();
        (0..10 * REMEMBERED_MAX).for_each(|n| drop(answers.begin(&n.to_string())));
        assert_eq!(answers.by_id.len(), REMEMBERED_MAX);
    }
}
