//! What the owner asks of its publications.

use std::time::Instant;

use super::{CommandError, Endpoint};
use crate::transaction::table::Delivery;
use crate::ua::Body;
use crate::ua::publication::publisher::Life;
use crate::ua::publication::{PublicationId, Publish, Publisher};

impl Endpoint {
    /// Publishes event state (RFC 3903), and keeps it fresh until [`unpublish`](Self::unpublish).
    ///
    /// # Errors
    /// The id is taken, the limit of [`Limits::outgoing`](crate::Limits::outgoing) is reached, no listener fits the
    /// target, or a header of the caller's own is one that the endpoint writes.
    pub fn publish(&mut self, now: Instant, id: PublicationId, publish: Publish) -> Result<(), CommandError> {
        self.core.now = now;
        if self.publications.contains_key(&id) {
            return Err(CommandError::IdTaken);
        }
        if self.publications.len() >= self.core.config.limits.outgoing {
            return Err(CommandError::Limit);
        }
        let publisher = Publisher::start(&mut self.core, id, publish)?;
        self.publications.insert(id, publisher);
        self.settle();
        Ok(())
    }

    /// Publishes another state in the place of the last one.
    ///
    /// # Errors
    /// The id is unknown, or its state is being removed.
    pub fn republish(&mut self, now: Instant, id: PublicationId, body: Body) -> Result<(), CommandError> {
        self.core.now = now;
        let publisher = self.publications.get_mut(&id).ok_or(CommandError::UnknownId)?;
        publisher.modify(&mut self.core, body)?;
        self.settle();
        Ok(())
    }

    /// Takes the state back; [`PublicationEvent::Ended`](crate::PublicationEvent::Ended) follows.
    ///
    /// # Errors
    /// The id is unknown.
    pub fn unpublish(&mut self, now: Instant, id: PublicationId) -> Result<(), CommandError> {
        self.core.now = now;
        let publisher = self.publications.get_mut(&id).ok_or(CommandError::UnknownId)?;
        publisher.remove(&mut self.core);
        self.settle();
        Ok(())
    }

    pub(super) fn publication_outcome(&mut self, id: PublicationId, delivery: &Delivery) {
        let Some(publisher) = self.publications.get_mut(&id) else { return };
        publisher.note(&mut self.core, delivery);
        if publisher.outcome(&mut self.core, delivery) == Life::Over {
            self.publications.remove(&id);
        }
    }

    pub(super) fn fire_publication(&mut self, id: PublicationId) {
        if let Some(publisher) = self.publications.get_mut(&id) {
            publisher.fire(&mut self.core);
        }
    }
}
