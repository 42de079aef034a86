//! `Answer-Mode` (RFC 5373 §4.1).

use super::shape::token_params;

token_params! {
    /// Whether the phone shall answer by itself (RFC 5373 §4.1).
    AnswerMode: Single {
        /// `Auto` or `Manual`.
        mode
    }
}

impl AnswerMode {
    /// Whether the phone shall answer by itself.
    pub fn is_automatic(&self) -> bool {
        self.mode.eq_ignore_ascii_case("Auto")
    }

    /// Whether a phone that will not do so shall refuse the call.
    pub fn is_required(&self) -> bool {
        self.params.contains("require")
    }
}
