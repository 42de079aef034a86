//! Numbers and addresses in logs.

use std::fmt;

/// Shows no more of a number or URI than its last two characters.
pub struct Redacted<'a>(pub &'a str);

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 2;
        let hidden = self.0.chars().count().saturating_sub(SHOWN);
        f.write_str("…")?;
        // Nothing at all of what would be shown whole.
        if hidden > 0 {
            f.write_str(
                &self.0.chars().skip(hidden).filter(|c| c.is_ascii_alphanumeric()).collect::<String>(),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardly_anything_is_left() {
        assert_eq!(Redacted("+441632960123").to_string(), "…23");
        assert_eq!(Redacted("12").to_string(), "…");
        assert_eq!(Redacted("").to_string(), "…");
    }
}
