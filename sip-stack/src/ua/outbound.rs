//! Client-initiated connections of a registration of ours (RFC 5626 §4): who we are, and by which flow we are reached.

use std::collections::BTreeMap;

use super::command::RegistrationId;
use super::user::User;
use crate::endpoint::error::CommandError;
use crate::message::header::Require;
use crate::message::{Header, HeaderName, Headers, NameAddr};
use crate::transport::destination::Destination;

/// What §4.5 begins the pauses with when no flow is left, in seconds.
const BASE_ALL_FAILED_S: u64 = 30;
/// The same while another flow of the instance is alive.
const BASE_OTHERS_ALIVE_S: u64 = 90;
/// The longest pause.
const PAUSE_MAX_S: u64 = 1800;

/// A registration by a flow that the registrar sends requests back on. Several of one instance, each with its number
/// and by another edge proxy, are several ways to the same phone, and one at a time is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbound {
    /// A URN that names this device for ever (§4.1), for example `urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6`.
    pub instance: String,
    /// Which of the instance's flows this is, from 1.
    pub reg_id: u32,
}

impl Outbound {
    /// Refuses what no Contact can say.
    pub(crate) fn check(&self) -> Result<(), CommandError> {
        let is_urn = self.instance.starts_with("urn:") && self.instance.len() > "urn:".len();
        let is_plain =
            self.instance.bytes().all(|octet| octet.is_ascii_graphic() && !b"\"<>\\".contains(&octet));
        match is_urn && is_plain && self.reg_id > 0 {
            true => Ok(()),
            false => Err(CommandError::InvalidArgument),
        }
    }

    /// Writes the flow into the Contact of a REGISTER (§4.2).
    pub(crate) fn write(&self, contact: &mut NameAddr) {
        contact.params.set("reg-id", self.reg_id.to_string());
        contact.params.set_quoted("+sip.instance", format!("<{}>", self.instance));
    }

    /// What a REGISTER by a flow supports (§4.2.1).
    pub(crate) fn supported() -> Header {
        Header::new(HeaderName::Supported, "path, outbound")
    }
}

/// Whether a registrar or edge proxy has taken a registration for a flow.
pub(crate) fn is_taken(headers: &Headers) -> bool {
    let required: Option<Require> = headers.typed().ok().flatten();
    required.is_some_and(|tags| tags.0.iter().any(|tag| tag.eq_ignore_ascii_case("outbound")))
}

/// The upper bound of the pause after this many failures in a row; at least half of it is waited (§4.5).
pub(crate) fn pause_max_s(failures: u32, others: OtherFlows) -> u64 {
    let base = match others {
        OtherFlows::Alive => BASE_OTHERS_ALIVE_S,
        OtherFlows::None => BASE_ALL_FAILED_S,
    };
    (base << failures.min(16)).min(PAUSE_MAX_S)
}

/// Whether an instance is still reached by another of its flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OtherFlows {
    Alive,
    None,
}

/// The flows that registrars have confirmed.
#[derive(Debug, Default)]
pub(crate) struct OutboundFlows(BTreeMap<RegistrationId, (String, Destination)>);

impl OutboundFlows {
    pub(crate) fn note(&mut self, id: RegistrationId, outbound: &Outbound, way: Destination) {
        self.0.insert(id, (outbound.instance.clone(), way));
    }

    pub(crate) fn forget(&mut self, id: RegistrationId) {
        self.0.remove(&id);
    }

    /// Whether another flow of this instance is alive.
    pub(crate) fn others(&self, id: RegistrationId, outbound: &Outbound) -> OtherFlows {
        match self.0.iter().any(|(other, (instance, _))| *other != id && *instance == outbound.instance) {
            true => OtherFlows::Alive,
            false => OtherFlows::None,
        }
    }

    /// A request that makes a dialog asks for the dialog's requests by the flow that it goes out on (§4.3).
    pub(crate) fn mark(&self, user: User, way: &Destination, headers: &mut Headers) {
        let makes_dialog = matches!(user, User::Invite(_) | User::Subscription(_));
        if !makes_dialog {
            return;
        }
        let is_flow = self.0.values().any(|(_, flow)| flow.is_at(&way.target()));
        let contact = headers.get(&HeaderName::Contact).and_then(|value| value.parse::<NameAddr>().ok());
        let Some(mut contact) = contact.filter(|contact| contact.uri.host == way.public_host()) else {
            return;
        };
        if is_flow == contact.uri.params.contains("ob") {
            return;
        }
        match is_flow {
            true => contact.uri.params.set_flag("ob"),
            false => drop(contact.uri.params.remove("ob")),
        }
        headers.set(Header::new(HeaderName::Contact, contact.to_string()));
    }
}
