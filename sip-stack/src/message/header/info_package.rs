//! `Info-Package` (RFC 6086 §7.2).

use super::shape::token_params;

token_params! {
    /// What an INFO carries (RFC 6086 §7.2).
    InfoPackage: Single {
        /// The package, such as `dtmf`.
        package
    }
}
