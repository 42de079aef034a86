//! The user agent: calls, registrations and pings over transactions and dialogs.

pub mod command;
pub mod event;

pub use command::{Body, Credentials, Invite, InviteId, Reason, Register, RegistrationId, Respond, Target};
pub use event::{EndedBy, Source, UaEvent};
