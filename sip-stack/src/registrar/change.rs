//! What became of a binding, as the event package `reg` tells it (RFC 3680 §5.3).

use std::sync::Arc;

use super::{Aor, Binding};

/// One fact about one binding.
#[derive(Clone, Debug)]
pub struct Change {
    /// Whose binding.
    pub aor: Aor,
    /// The binding as it is now, or as it was.
    pub binding: Arc<Binding>,
    /// What happened.
    pub event: BindingEvent,
}

/// Why a binding changed, in the words of RFC 3680.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BindingEvent {
    /// A REGISTER made it.
    Registered,
    /// A REGISTER prolonged it.
    Refreshed,
    /// A REGISTER, or the owner, made it end earlier.
    Shortened,
    /// Nobody refreshed it.
    Expired,
    /// A REGISTER removed it.
    Unregistered,
    /// The owner removed it; the user agent may register again.
    Deactivated,
    /// Its flow failed, so that it is set aside (RFC 5626 §7).
    Probation,
}

impl BindingEvent {
    /// The word of the `event` attribute.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Refreshed => "refreshed",
            Self::Shortened => "shortened",
            Self::Expired => "expired",
            Self::Unregistered => "unregistered",
            Self::Deactivated => "deactivated",
            Self::Probation => "probation",
        }
    }

    /// Whether the binding is still there.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Registered | Self::Refreshed | Self::Shortened)
    }
}
