//! Responses on their way in: to the client transaction that they answer, or nowhere (RFC 3261 §17.1.3).

use super::acknowledging::refusal_ack;
use super::client::Heard;
use super::{ClientEvent, TransactionId};
use crate::endpoint::core::{Core, TimerKey};
use crate::message::header::CSeq;
use crate::message::{Method, Response};
use crate::transport::via;

impl Core {
    /// A response came: to its transaction, or nowhere.
    pub(crate) fn receive_response(&mut self, response: Response) {
        let Some(id) = self.client_of(&response) else {
            self.counters.stray_responses += 1;
            self.forward_stray(response);
            return;
        };
        let code = response.code.as_u16();
        self.stop(TimerKey::Silence(id));
        let Some(client) = self.transactions.clients.get_mut(&id) else { return };
        client.heard = Heard::Something;
        if client.request.method == Method::Invite
            && (200..300).contains(&code)
            && self.repeat_ack(id, &response)
        {
            return;
        }
        if self.has_too_many_forks(id) {
            self.counters.limited_forks += 1;
            return;
        }
        let Some(client) = self.transactions.clients.get_mut(&id) else { return };
        // Whoever has answered is not asked again another way.
        client.fallback = None;
        if code >= 300 && client.request.method == Method::Invite && client.ack.is_none() {
            client.ack = Some(refusal_ack(&client.request, &response).to_bytes());
        }
        let mut actions = Vec::new();
        client.machine.handle(ClientEvent::Response(code), &mut actions);
        self.carry_out_client(id, &actions, Some(response));
        if let Some(client) = self.transactions.clients.get_mut(&id) {
            client.shed();
        }
    }

    /// Whether as many forks have answered with a 2xx as one INVITE may have.
    pub(super) fn has_too_many_forks(&self, id: TransactionId) -> bool {
        let answered = self.transactions.clients.get(&id).map_or(0, |client| client.success_acks.len());
        answered >= self.config.limits.forks
    }

    pub(super) fn client_of(&self, response: &Response) -> Option<TransactionId> {
        let branch = via::branch(&response.headers)?;
        let cseq: CSeq = response.headers.typed().ok()??;
        self.transactions.client_keys.get(&self.keys.client(&branch, &cseq.method)).copied()
    }
}
