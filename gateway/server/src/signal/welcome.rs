//! The first frame of the gateway.

use api::ws::{Limits, ServerFrame, ServerInfo, Welcome};

use super::session::Session;
use super::{MESSAGE_BYTES_MAX, PING_S, TIMEOUT_S};
use crate::node::Mode;

/// Whether a session begins or goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entrance {
    Fresh,
    Resumed,
}

impl Session {
    /// Answers the `hello` that came as `id`; `seq` is where the session stands.
    pub(super) fn welcome(
        &self,
        id: String,
        seq: u64,
        entrance: Entrance,
        resume_token: String,
    ) -> ServerFrame {
        let config = &self.node.config;
        let limits = Limits {
            message_bytes: MESSAGE_BYTES_MAX as u32,
            messages_per_s: *config.limits.messages_per_s.get_ref(),
            calls: config.limits.calls_per_session,
        };
        let data = Welcome {
            session: api::SessionId(self.id.0),
            resumed: entrance == Entrance::Resumed,
            user: self.user.clone(),
            resume_token,
            resume_window_s: *config.calls.resume_window_s.get_ref(),
            ping_s: PING_S,
            timeout_s: TIMEOUT_S,
            ice_servers: Vec::new(),
            limits,
            capabilities: Vec::new(),
            server: ServerInfo {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                region: config.region.clone().unwrap_or_else(|| "local".to_owned()),
            },
            demo: self.node.mode == Mode::Demo,
        };
        ServerFrame::Welcome { id, seq, data: Box::new(data) }
    }
}
