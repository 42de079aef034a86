//! `Remote-Party-ID` (draft-ietf-sip-privacy-04 §5).

use super::shape::address;

address! {
    /// Who asks, as networks said it before P-Asserted-Identity (draft-ietf-sip-privacy-04 §5).
    RemotePartyId: List
}
