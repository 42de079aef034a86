//! What the registrar knows of one contact.

use std::time::{Duration, Instant};

use smol_str::SmolStr;

use super::Aor;
use crate::message::NameAddr;
use crate::ua::Source;

/// A binding wherever it lies: for events (the `id` of RFC 3680 §5.2) and for [`Registrar::flow_failed`].
///
/// [`Registrar::flow_failed`]: super::Registrar::flow_failed
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BindingRef {
    /// Whose.
    pub aor: Aor,
    /// Which; stays the same while the contact is refreshed.
    pub id: u64,
}

/// Whether the flow of a binding is believed to reach its user agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowState {
    /// It is.
    Alive,
    /// It failed: the binding is set aside until it is refreshed (RFC 5626 §7).
    Failed,
}

/// One contact of an address of record (RFC 3261 §10).
#[derive(Clone, Debug)]
pub struct Binding {
    /// The same for all refreshes of the contact.
    pub id: u64,
    /// The contact with its parameters, but for `expires`; push parameters (RFC 8599) are the URI's.
    pub contact: NameAddr,
    /// The Call-ID of the last REGISTER.
    pub call_id: SmolStr,
    /// Its CSeq.
    pub cseq: u32,
    /// When the contact was first registered.
    pub registered: Instant,
    /// When it was last refreshed.
    pub updated: Instant,
    /// When it ends.
    pub expires: Instant,
    /// The proxies between us and the user agent, nearest first (RFC 3327).
    pub path: Vec<NameAddr>,
    /// How the REGISTER reached us.
    pub flow: Source,
    /// Whether that way still works.
    pub flow_state: FlowState,
    /// The flow's number in its instance where outbound (RFC 5626) applies.
    pub reg_id: Option<u32>,
    /// Preference in thousandths (RFC 3261 §20.10); 1000 where the contact names none.
    pub q: u16,
    /// Names the instance's temporary GRUUs (RFC 5627 §5.4); another Call-ID makes another one.
    pub session: Option<u64>,
}

impl Binding {
    /// The instance-id (RFC 5626 §4.1), without its angle brackets.
    pub fn instance(&self) -> Option<&str> {
        instance(&self.contact)
    }

    /// What wakes the user agent, if it sleeps (RFC 8599 §4.1).
    pub fn push(&self) -> Option<Push<'_>> {
        let params = &self.contact.uri.params;
        Some(Push {
            provider: params.get("pn-provider").filter(|provider| !provider.is_empty())?,
            param: params.get("pn-param"),
            prid: params.get("pn-prid"),
        })
    }

    /// How long the binding will last.
    pub fn remaining(&self, now: Instant) -> Duration {
        self.expires.saturating_duration_since(now)
    }

    /// The same in whole seconds, rounded up, as responses say it.
    pub fn remaining_s(&self, now: Instant) -> u64 {
        let remaining = self.remaining(now);
        remaining.as_secs() + u64::from(remaining.subsec_nanos() > 0)
    }

    pub(super) fn is_current(&self, now: Instant) -> bool {
        self.expires > now
    }
}

/// The push notification parameters of a contact, as they travelled (RFC 8599 §14.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// `pn-provider`
    pub provider: &'a str,
    /// `pn-param`
    pub param: Option<&'a str>,
    /// `pn-prid`
    pub prid: Option<&'a str>,
}

/// The instance-id of a contact, without its angle brackets.
pub(super) fn instance(contact: &NameAddr) -> Option<&str> {
    let quoted = contact.params.get("+sip.instance")?;
    let inside = quoted.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(quoted);
    Some(inside).filter(|inside| !inside.is_empty())
}
