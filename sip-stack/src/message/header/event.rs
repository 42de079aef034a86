//! `Event` (RFC 6665 §8.2.1).

use super::shape::token_params;

token_params! {
    /// What is subscribed to or told (RFC 6665 §8.2.1).
    Event: Single {
        /// The event package with its templates, such as `presence.winfo`.
        package
    }
}

impl Event {
    /// What tells subscriptions of one dialog and package apart.
    pub fn id(&self) -> Option<&str> {
        self.params.get("id")
    }

    /// Whether both are about the same subscription: package and id are compared with regard to case, as they
    /// came (RFC 6665 §8.2.1).
    pub fn matches(&self, other: &Self) -> bool {
        self.package == other.package && self.id() == other.id()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;

    #[test]
    fn the_id_makes_a_difference_and_other_parameters_do_not() {
        let event = |value| Event::parse(value).unwrap();
        assert!(event("dialog;sla;id=1").matches(&event("dialog ; id=1")));
        assert!(!event("dialog;id=1").matches(&event("dialog")));
        assert!(!event("presence").matches(&event("presence.winfo")));
    }
}
