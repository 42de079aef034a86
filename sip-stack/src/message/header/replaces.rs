//! `Replaces` (RFC 3891 §6.1).

use super::shape::dialog_id;

dialog_id! {
    /// The dialog that the new one takes the place of (RFC 3891 §6.1).
    Replaces {
        /// The tag of the side that gets this header.
        to_tag = "to-tag",
        /// The tag of the other side.
        from_tag = "from-tag",
    }
}

impl Replaces {
    /// Whether only an early dialog may be replaced.
    pub fn is_early_only(&self) -> bool {
        self.params.contains("early-only")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;

    #[test]
    fn both_tags_are_needed() {
        let header = Replaces::parse("98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff").unwrap();
        assert_eq!((header.to_tag(), header.from_tag()), (Some("ff87ff"), Some("r33th4x0r")));
        assert!(!header.is_early_only());
        for bad in ["98732@sip.example.com", "98732@a;to-tag=1", ";to-tag=1;from-tag=2"] {
            assert!(Replaces::parse(bad).is_err(), "{bad}");
        }
    }
}
