//! `Privacy` (RFC 3323 §4.2).

use super::shape::token_list;

token_list! {
    /// What shall be kept from the other side: `id`, `header`, `session`, `user`, `critical`, `none` (RFC 3323 §4.2).
    Privacy, Single, b';', ";"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;

    #[test]
    fn semicolons_part_the_words() {
        let privacy = Privacy::parse("header ; id;critical").unwrap();
        assert!(privacy.contains("ID") && privacy.contains("critical") && !privacy.contains("user"));
        assert!(Privacy::parse("header, id").is_err());
    }
}
