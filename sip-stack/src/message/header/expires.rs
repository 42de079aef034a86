//! `Expires` (RFC 3261 §20.19).

use super::shape::number;

number! {
    /// For how many seconds something holds (RFC 3261 §20.19).
    Expires(u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;

    #[test]
    fn a_number_has_to_fit() {
        assert_eq!(Expires::parse("007"), Ok(Expires(7)));
        assert!(Expires::parse("4294967296").is_err());
        assert!(Expires::parse("-1").is_err());
    }
}
