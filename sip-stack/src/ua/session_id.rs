//! `Session-ID` (RFC 7989): what both ends of a session call it, through every element that makes new calls of it.
//! Our half follows from the Call-ID and our secret, so that nothing has to be remembered for it.

use crate::endpoint::config::SessionIds;
use crate::endpoint::core::Core;
use crate::message::header::{SessionId, SessionUuid};
use crate::message::{Header, HeaderName, Headers};

impl Core {
    /// Adds the header to a message of the dialog or request with this Call-ID, unless it has one (RFC 7989 §6).
    /// `heard` is what the peer said last: our half is its remote one, and the other way round.
    pub(crate) fn name_session(&self, headers: &mut Headers, heard: Option<SessionUuid>) {
        if self.config.session_ids == SessionIds::Off || headers.contains(&HeaderName::SessionId) {
            return;
        }
        let call_id = headers.get(&HeaderName::CallId).unwrap_or_default();
        let ours = self.random.derived(&format!("session {call_id}"));
        if let Ok(ours) = ours.parse() {
            let name = SessionId::new(ours, heard.unwrap_or(SessionUuid::NULL));
            headers.push(Header::from_typed(&name));
        }
    }
}

/// The half of whoever sent the message.
pub(crate) fn heard(headers: &Headers) -> Option<SessionUuid> {
    headers.typed::<SessionId>().ok().flatten().map(|id| id.local).filter(|half| *half != SessionUuid::NULL)
}
