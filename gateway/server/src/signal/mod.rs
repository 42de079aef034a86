//! Browser signalling: `GET /v1/rtc`, subprotocol `offhook.v1`.

mod answers;
mod attached;
mod hello;
mod lobby;
mod origin;
mod pass;
mod rate;
mod replay;
mod session;
mod socket;
mod welcome;

pub use lobby::Lobby;
pub use origin::{Origins, host_is_local};
pub use session::{PageOrigin, serve};

use std::time::Duration;

/// Bytes of a frame; a call's description is at most half of it.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// How long a stranger has to say hello.
pub const HELLO: Duration = Duration::from_secs(10);
/// How often a client sends `ping`.
pub const PING_S: u32 = 10;
/// After so long of nothing the other side counts as dead.
pub const TIMEOUT_S: u32 = 25;
