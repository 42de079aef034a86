//! `Recv-Info` (RFC 6086 §7.2).

use super::shape::token_params;

token_params! {
    /// An Info Package the sender takes; an empty value stands for none (RFC 6086 §7.2).
    RecvInfo: List {
        /// The package, such as `dtmf`.
        package
    }
}
