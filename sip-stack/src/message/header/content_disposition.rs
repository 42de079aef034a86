//! `Content-Disposition` (RFC 3261 §20.11).

use super::shape::token_params;

token_params! {
    /// What the body is for (RFC 3261 §20.11).
    ContentDisposition: Single {
        /// `session`, `render`, `icon`, `alert`, `early-session`, `by-reference`, `info-package`, ...
        disposition
    }
}

impl ContentDisposition {
    /// Whether it is this disposition, in any case.
    pub fn is(&self, disposition: &str) -> bool {
        self.disposition.eq_ignore_ascii_case(disposition)
    }

    /// Whether a receiver that does not know what to do with the body may leave it alone.
    pub fn is_optional(&self) -> bool {
        self.params.get("handling").is_some_and(|handling| handling.eq_ignore_ascii_case("optional"))
    }
}
