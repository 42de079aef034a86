//! Steps 6 to 8 of RFC 3261 §10.3 on the bindings: all of a REGISTER, or nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::wanted::{Contacts, Refusal, Update, Wanted};
use super::{Aor, Binding, BindingEvent, Bindings, Change, FlowState, LocationTable, Registrar, binding};
use crate::message::{Header, HeaderName, StatusCode};
use crate::ua::Source;

/// The bindings as they will be, and what has become of each.
#[derive(Default)]
struct Draft {
    bindings: Vec<Arc<Binding>>,
    changes: Vec<Change>,
}

impl<L: LocationTable> Registrar<L> {
    /// Carries out what a REGISTER wants; the bindings that it leaves.
    pub(super) fn apply(
        &mut self,
        now: Instant,
        flow: Source,
        wanted: &Wanted,
    ) -> Result<(Bindings, Vec<Change>), Refusal> {
        let before = self.current(now, &wanted.aor);
        let draft = match &wanted.contacts {
            Contacts::Query => return Ok((before, Vec::new())),
            Contacts::RemoveAll => remove_all(wanted, &before)?,
            Contacts::Update(updates) => self.update(now, flow, wanted, &before, updates)?,
        };
        let limits = self.config.limits;
        if draft.bindings.len() > limits.bindings_per_aor && draft.bindings.len() > before.len() {
            return Err(StatusCode::FORBIDDEN.into());
        }
        if before.is_empty() && !draft.bindings.is_empty() && self.table.len() >= limits.aors {
            let header = Some(Header::new(HeaderName::RetryAfter, limits.retry_after_s.to_string()));
            return Err(Refusal { code: StatusCode::SERVICE_UNAVAILABLE, header });
        }
        let after: Bindings = draft.bindings.into();
        self.table.store(&wanted.aor, Arc::clone(&after));
        Ok((after, draft.changes))
    }

    /// The bindings that have not ended; one that has is only waiting for its timer.
    pub(super) fn current(&self, now: Instant, aor: &Aor) -> Bindings {
        let bindings = self.table.bindings(aor);
        if bindings.iter().all(|binding| binding.is_current(now)) {
            return bindings;
        }
        bindings.iter().filter(|binding| binding.is_current(now)).cloned().collect()
    }

    fn update(
        &self,
        now: Instant,
        flow: Source,
        wanted: &Wanted,
        before: &Bindings,
        updates: &[Update],
    ) -> Result<Draft, Refusal> {
        let mut draft = Draft { bindings: before.to_vec(), changes: Vec::new() };
        for update in updates {
            let known = draft.bindings.iter().position(|binding| is_meant(update, binding));
            let known = known.map(|at| draft.bindings.remove(at));
            refuse_stale(wanted, known.as_deref())?;
            let aor = wanted.aor.clone();
            match (known, update.expires_s) {
                (None, 0) => {}
                (Some(binding), 0) => {
                    draft.changes.push(Change { aor, binding, event: BindingEvent::Unregistered });
                }
                (known, _) => {
                    let binding = Arc::new(self.bind(now, flow, wanted, update, known.as_deref())?);
                    let event = event_of(known.as_deref(), &binding);
                    draft.bindings.push(Arc::clone(&binding));
                    draft.changes.push(Change { aor, binding, event });
                }
            }
        }
        Ok(draft)
    }

    fn bind(
        &self,
        now: Instant,
        flow: Source,
        wanted: &Wanted,
        update: &Update,
        known: Option<&Binding>,
    ) -> Result<Binding, Refusal> {
        let contact = update.contact.clone();
        let uri = contact.uri.to_string();
        let text =
            contact.to_string().len() + wanted.path.iter().map(|hop| hop.to_string().len()).sum::<usize>();
        if text > self.config.limits.binding_bytes {
            return Err(StatusCode::REQUEST_ENTITY_TOO_LARGE.into());
        }
        let (aor, call_id) = (wanted.aor.as_str().as_bytes(), wanted.call_id.as_bytes());
        let session = binding::instance(&contact)
            .map(|instance| self.ids.id(&[b"session", aor, instance.as_bytes(), call_id]));
        let reg_id = update.reg_id.unwrap_or_default().to_be_bytes();
        Ok(Binding {
            id: known
                .map_or_else(|| self.ids.id(&[b"id", aor, uri.as_bytes(), &reg_id, call_id]), |it| it.id),
            contact,
            call_id: wanted.call_id.clone(),
            cseq: wanted.cseq,
            registered: known.map_or(now, |known| known.registered),
            updated: now,
            expires: now + Duration::from_secs(update.expires_s.into()),
            path: wanted.path.clone(),
            flow,
            flow_state: FlowState::Alive,
            reg_id: update.reg_id,
            q: update.q,
            session,
        })
    }
}

/// Whether an update means this binding: the flow of an instance (RFC 5626 §6), else the same contact URI.
fn is_meant(update: &Update, binding: &Binding) -> bool {
    match update.reg_id {
        Some(_) => {
            update.reg_id == binding.reg_id && binding::instance(&update.contact) == binding.instance()
        }
        None => {
            let (ours, theirs) = (&update.contact.uri, &binding.contact.uri);
            binding.reg_id.is_none() && (ours == theirs || ours.matches(theirs))
        }
    }
}

/// Step 7: within one Call-ID the sequence rises, or the whole request fails.
fn refuse_stale(wanted: &Wanted, known: Option<&Binding>) -> Result<(), Refusal> {
    match known {
        Some(known) if known.call_id == wanted.call_id && known.cseq >= wanted.cseq => {
            Err(StatusCode::SERVER_INTERNAL_ERROR.into())
        }
        Some(_) | None => Ok(()),
    }
}

/// Step 6: `*` removes every binding, unless one of them is younger than the request.
fn remove_all(wanted: &Wanted, before: &Bindings) -> Result<Draft, Refusal> {
    let mut draft = Draft::default();
    for binding in before.iter() {
        refuse_stale(wanted, Some(binding))?;
        let (aor, binding) = (wanted.aor.clone(), Arc::clone(binding));
        draft.changes.push(Change { aor, binding, event: BindingEvent::Unregistered });
    }
    Ok(draft)
}

fn event_of(known: Option<&Binding>, binding: &Binding) -> BindingEvent {
    match known {
        None => BindingEvent::Registered,
        Some(known) if binding.expires < known.expires => BindingEvent::Shortened,
        Some(_) => BindingEvent::Refreshed,
    }
}
