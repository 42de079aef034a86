//! `Diversion` (RFC 5806 §4).

use super::shape::address;

address! {
    /// Who sent the call on, the latest first (RFC 5806 §4).
    Diversion: List
}

impl Diversion {
    /// Why: `user-busy`, `no-answer`, `unconditional`, ...
    pub fn reason(&self) -> Option<&str> {
        self.params.get("reason")
    }

    /// How often the call was sent on there.
    pub fn counter(&self) -> Option<u8> {
        self.params.get("counter")?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use crate::message::TypedHeader;

    use super::*;

    #[test]
    fn a_diversion_says_why_and_how_often() {
        let value = "\"Bob\" <sip:+15551002@example.com>;reason=no-answer;counter=2;privacy=off";
        let diversion = Diversion::parse(value).unwrap();
        assert_eq!((diversion.reason(), diversion.counter()), (Some("no-answer"), Some(2)));
    }
}
