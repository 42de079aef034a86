//! `Feature-Caps` (RFC 6809 §6.3).

use super::shape::star;

star! {
    /// What an element on the way can do (RFC 6809 §6.3).
    FeatureCaps
}
