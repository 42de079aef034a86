//! Calls that a new INVITE is about, and the names of dialogs.

use super::command::InviteId;
use crate::message::header::{CallId, Join, Replaces, TargetDialog};
use crate::message::{Header, Params};

/// How a new call is about one that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// It takes its place (RFC 3891): with our 2xx the endpoint ends the other call.
    Replaces,
    /// It joins it (RFC 3911): the owner mixes the two, or refuses with 488.
    Join,
    /// Its sender is part of it (RFC 4538), which may be reason enough to let it ask.
    TargetDialog,
}

impl RelationKind {
    /// The option tag that says that it is served.
    pub(crate) const fn option_tag(self) -> &'static str {
        match self {
            Self::Replaces => "replaces",
            Self::Join => "join",
            Self::TargetDialog => "tdialog",
        }
    }
}

/// A call that a new INVITE is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// How.
    pub kind: RelationKind,
    /// Which.
    pub call: InviteId,
}

/// What a dialog is called (RFC 3261 §12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogName {
    /// Its Call-ID.
    pub call_id: String,
    /// Our tag.
    pub local_tag: String,
    /// The peer's tag.
    pub remote_tag: String,
}

/// Which dialogs a Replaces may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplacesWhen {
    /// Also an answered one.
    Always,
    /// Only one that nobody has answered.
    EarlyOnly,
}

impl DialogName {
    /// `Replaces` towards the peer of this dialog: for an INVITE to it, or for a REFER that makes another send one.
    pub fn replaces(&self, when: ReplacesWhen) -> Option<Header> {
        let mut params = self.params("to-tag", "from-tag");
        if when == ReplacesWhen::EarlyOnly {
            params.set_flag("early-only");
        }
        Some(Header::from_typed(&Replaces { call_id: self.call_id()?, params }))
    }

    /// `Join` towards the peer of this dialog.
    pub fn join(&self) -> Option<Header> {
        let params = self.params("to-tag", "from-tag");
        Some(Header::from_typed(&Join { call_id: self.call_id()?, params }))
    }

    /// `Target-Dialog` towards the peer of this dialog.
    pub fn target_dialog(&self) -> Option<Header> {
        let params = self.params("local-tag", "remote-tag");
        Some(Header::from_typed(&TargetDialog { call_id: self.call_id()?, params }))
    }

    fn call_id(&self) -> Option<CallId> {
        <CallId as crate::message::TypedHeader>::parse(&self.call_id).ok()
    }

    /// The tag of whoever gets the header comes first.
    fn params(&self, theirs: &str, ours: &str) -> Params {
        let mut params = Params::new();
        params.set(theirs, self.remote_tag.as_str());
        params.set(ours, self.local_tag.as_str());
        params
    }
}
