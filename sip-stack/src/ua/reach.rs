//! How far a request may still go, and what of that a back-to-back user agent hands on (RFC 7332, RFC 5393 §5.3).

use crate::message::header::{MaxBreadth, MaxForwards};
use crate::message::{Header, Headers};

/// What RFC 3261 §8.1.1.6 starts with.
const FIRST: u8 = 70;

/// How many more hops a request of ours may take, and into how many branches it may be forked at once.
///
/// A call of its own starts afresh, which is the default. One that is made from an incoming call takes
/// [`Reach::after`] it, so that loops through back-to-back user agents end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// `Max-Forwards` (RFC 3261 §20.22).
    pub max_forwards: u8,
    /// `Max-Breadth`; a user agent writes none of its own accord (RFC 5393 §5.3.4).
    pub max_breadth: Option<u32>,
}

impl Default for Reach {
    fn default() -> Self {
        Self { max_forwards: FIRST, max_breadth: None }
    }
}

impl Reach {
    /// What is left to the request that a back-to-back user agent makes from one with these headers: one hop less,
    /// and the same breadth, which several such requests have to share. `None` if it may not go on: the answer is
    /// 483 (RFC 7332 §4).
    pub fn after(incoming: &Headers) -> Option<Self> {
        let hops = incoming.typed::<MaxForwards>().ok().flatten().map_or(FIRST, |hops| hops.0);
        let max_breadth = incoming.typed::<MaxBreadth>().ok().flatten().map(|breadth| breadth.0);
        Some(Self { max_forwards: hops.checked_sub(1)?, max_breadth })
    }

    /// The headers that say so.
    pub(crate) fn headers(self) -> impl Iterator<Item = Header> {
        let hops = Header::from_typed(&MaxForwards(self.max_forwards));
        std::iter::once(hops).chain(self.max_breadth.map(|breadth| Header::from_typed(&MaxBreadth(breadth))))
    }
}
