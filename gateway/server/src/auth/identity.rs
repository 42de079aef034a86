//! Who a token speaks for, and the one function that decides what they may do.

use api::Grants;
use api::rest::Scope;

use super::Denied;

/// What a valid token says.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The user.
    pub user: String,
    /// What its browser may do; `None` leaves it to the configuration.
    pub grants: Option<Grants>,
    /// What it may do over REST.
    pub scopes: Vec<Scope>,
}

/// What somebody asks to do, over whichever face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// See calls.
    ReadCalls,
    /// Place, end and steer calls.
    WriteCalls,
    /// See and hear recordings.
    ReadRecordings,
    /// Delete recordings.
    DeleteRecordings,
    /// Follow the events.
    ReadEvents,
    /// Read the metrics.
    ReadMetrics,
    /// See and change what the API makes, and see who did.
    Configure,
    /// Mint a token with these scopes.
    MintToken(&'a [Scope]),
}

impl Identity {
    /// Decides.
    ///
    /// # Errors
    ///
    /// [`Denied::Scope`] names the scope that is missing.
    pub fn authorise(&self, action: Action<'_>) -> Result<(), Denied> {
        match action {
            Action::ReadCalls | Action::ReadMetrics => self.has(Scope::CallsRead),
            Action::WriteCalls => self.has(Scope::CallsWrite),
            Action::ReadRecordings => self.has(Scope::RecordingsRead),
            Action::DeleteRecordings => self.has(Scope::RecordingsDelete),
            Action::ReadEvents => self.has(Scope::EventsRead),
            Action::Configure => self.has(Scope::ConfigWrite),
            Action::MintToken(scopes) => {
                self.has(Scope::TokensMint)?;
                // Nobody hands out more than they have.
                scopes.iter().try_for_each(|scope| self.has(*scope))
            }
        }
    }

    fn has(&self, scope: Scope) -> Result<(), Denied> {
        if self.scopes.contains(&scope) { Ok(()) } else { Err(Denied::Scope(name(scope))) }
    }
}

const fn name(scope: Scope) -> &'static str {
    match scope {
        Scope::CallsRead => "calls:read",
        Scope::CallsWrite => "calls:write",
        Scope::TokensMint => "tokens:mint",
        Scope::EventsRead => "events:read",
        Scope::RecordingsRead => "recordings:read",
        Scope::RecordingsDelete => "recordings:delete",
        Scope::ConfigWrite => "config:write",
    }
}
