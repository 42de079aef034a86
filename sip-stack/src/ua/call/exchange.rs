//! Where the exchange that an INVITE began stands in one of its dialogs (RFC 3264 §4, RFC 6337 §2.2). Only
//! messages that must arrive count: INVITE, reliable provisional responses, 2xx, PRACK and ACK.
//!
//! ```text
//!    +------+  our description    +---------+
//!    | Open |-------------------->| Offered |
//!    +------+                     +---------+
//!       |                              | the peer's description
//!       | the peer's description       V
//!       |        +------+        +---------+
//!       +------->| Owed |------->| Settled |---+ any description:
//!                +------+        +---------+<--+ surplus
//!                  our description
//! ```

/// The exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// Nobody has offered.
    Open,
    /// The peer owes an answer.
    Offered,
    /// We owe an answer.
    Owed,
    /// It is over; the next offer comes in a request of its own.
    Settled,
}

/// What a description is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Offer,
    Answer,
    /// One too many, to be ignored (RFC 6337 §3.1.1).
    Surplus,
}

impl Exchange {
    /// After the INVITE that we sent.
    pub(super) fn of_sent<T>(offer: Option<&T>) -> Self {
        if offer.is_some() { Self::Offered } else { Self::Open }
    }

    /// After the INVITE that came.
    pub(super) fn of_received<T>(offer: Option<&T>) -> Self {
        if offer.is_some() { Self::Owed } else { Self::Open }
    }

    /// A description of the peer's in a message that must arrive.
    pub(super) fn hear(&mut self) -> Meaning {
        let (next, meaning) = match self {
            Self::Open => (Self::Owed, Meaning::Offer),
            Self::Offered => (Self::Settled, Meaning::Answer),
            Self::Owed | Self::Settled => (*self, Meaning::Surplus),
        };
        *self = next;
        meaning
    }

    /// A description of ours in a message that must arrive.
    pub(super) fn say(&mut self) -> Meaning {
        let (next, meaning) = match self {
            Self::Open => (Self::Offered, Meaning::Offer),
            Self::Owed => (Self::Settled, Meaning::Answer),
            Self::Offered | Self::Settled => (*self, Meaning::Surplus),
        };
        *self = next;
        meaning
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_early_offer_is_answered_once() {
        let mut exchange = Exchange::of_sent(Some(&()));
        assert_eq!(exchange.say(), Meaning::Surplus);
        assert_eq!(exchange.hear(), Meaning::Answer);
        assert_eq!(exchange.hear(), Meaning::Surplus);
    }

    #[test]
    fn a_late_offer_turns_the_roles_round() {
        let mut exchange = Exchange::of_sent::<()>(None);
        assert_eq!(exchange.hear(), Meaning::Offer);
        assert_eq!(exchange.hear(), Meaning::Surplus);
        assert_eq!(exchange.say(), Meaning::Answer);
        assert_eq!(exchange, Exchange::Settled);
    }
}
