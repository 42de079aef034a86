//! `Require` (RFC 3261 §20.32).

use super::shape::token_list;

token_list! {
    /// What the other side must understand (RFC 3261 §20.32).
    Require
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;

    #[test]
    fn lists_may_be_empty_but_not_have_holes() {
        assert_eq!(Require::parse(""), Ok(Require::default()));
        assert!(Require::parse("timer , 100rel").unwrap().contains("100REL"));
        assert!(Require::parse("a,,b").is_err());
    }
}
