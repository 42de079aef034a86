//! What the 200 to a REGISTER says (RFC 3261 §10.3 step 8 and its extensions).

use std::time::Instant;

use super::wanted::{Contacts, Wanted};
use super::{Binding, Bindings, LocationTable, Registrar, gruu};
use crate::message::header::{Path, ServiceRoute};
use crate::message::{Header, HeaderName};

impl<L: LocationTable> Registrar<L> {
    pub(super) fn granted(&self, now: Instant, wanted: &Wanted, bindings: &Bindings) -> Vec<Header> {
        let contacts = bindings.iter().map(|binding| self.contact(now, wanted, bindings, binding));
        let mut headers: Vec<Header> = contacts.collect();
        headers.extend(wanted.path.iter().map(|hop| Header::from_typed(&Path(hop.clone()))));
        let service_route = self.config.service_route.iter();
        headers.extend(service_route.map(|hop| Header::from_typed(&ServiceRoute(hop.clone()))));
        if applies_outbound(wanted) {
            headers.push(Header::new(HeaderName::Require, "outbound"));
            let is_direct = wanted.path.is_empty();
            let flow_timer_s = self.config.flow_timer_s.filter(|_| is_direct);
            headers.extend(flow_timer_s.map(|s| Header::new(HeaderName::FlowTimer, s.to_string())));
        }
        headers
    }

    fn contact(&self, now: Instant, wanted: &Wanted, all: &Bindings, binding: &Binding) -> Header {
        let mut contact = binding.contact.clone();
        contact.params.set("expires", binding.remaining_s(now).to_string());
        if wanted.supports.contains("gruu") {
            if let Some(gruu) = self.public_gruu(&wanted.uri, binding) {
                contact.params.set_quoted("pub-gruu", gruu);
            }
            let latest = gruu::latest(all, binding.instance()).unwrap_or(binding);
            if let Some(gruu) = self.temporary_gruu(&wanted.uri, latest) {
                contact.params.set_quoted("temp-gruu", gruu);
            }
        }
        Header::new(HeaderName::Contact, contact.to_string())
    }
}

/// Whether the request registers a flow and its sender knows of flows (RFC 5626 §6).
fn applies_outbound(wanted: &Wanted) -> bool {
    let Contacts::Update(updates) = &wanted.contacts else { return false };
    wanted.supports.contains("outbound") && updates.iter().any(|update| update.reg_id.is_some())
}
