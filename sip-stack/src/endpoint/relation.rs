//! INVITEs that name a dialog of ours: Replaces (RFC 3891), Join (RFC 3911), Target-Dialog (RFC 4538).

use super::{Endpoint, Hangup};
use crate::message::header::{Join, Replaces, TargetDialog};
use crate::message::{HeaderName, Headers, StatusCode, TypedHeader};
use crate::ua::call::{Call, Stage};
use crate::ua::relation::{Relation, RelationKind};
use crate::ua::{InviteId, Reason};

impl Endpoint {
    /// The calls that an INVITE is about, or why it is refused (RFC 3891 §3, RFC 3911 §4). A header that the owner
    /// does not serve says nothing.
    pub(super) fn relations(&self, headers: &Headers) -> Result<Vec<Relation>, StatusCode> {
        let replaces = self.read::<Replaces>(headers, RelationKind::Replaces)?;
        let join = self.read::<Join>(headers, RelationKind::Join)?;
        let target = self.read::<TargetDialog>(headers, RelationKind::TargetDialog)?;
        if replaces.is_some() && join.is_some() {
            return Err(StatusCode::BAD_REQUEST);
        }
        let mut relations = Vec::new();
        if let Some(named) = replaces {
            let id = self.named(named.call_id.0.as_str(), (named.to_tag(), named.from_tag()))?;
            if named.is_early_only() && self.is_answered(id) {
                return Err(StatusCode::BUSY_HERE);
            }
            relations.push(Relation { kind: RelationKind::Replaces, call: id });
        }
        if let Some(named) = join {
            let id = self.named(named.call_id.0.as_str(), (named.to_tag(), named.from_tag()))?;
            relations.push(Relation { kind: RelationKind::Join, call: id });
        }
        if let Some(named) = target {
            let tags = (named.local_tag(), named.remote_tag());
            let call = self.call_named(named.call_id.0.as_str(), tags);
            relations.extend(call.map(|call| Relation { kind: RelationKind::TargetDialog, call: call.id }));
        }
        Ok(relations)
    }

    fn read<H: TypedHeader>(&self, headers: &Headers, kind: RelationKind) -> Result<Option<H>, StatusCode> {
        if !self.core.config.relations.contains(&kind) {
            return Ok(None);
        }
        match headers.get_all(&H::NAME).count() {
            0 => Ok(None),
            1 => headers.typed().map_err(|_| StatusCode::BAD_REQUEST),
            _ => Err(StatusCode::BAD_REQUEST),
        }
    }

    /// The call to replace or join: answered, or early and of our own making.
    fn named(&self, call_id: &str, tags: (Option<&str>, Option<&str>)) -> Result<InviteId, StatusCode> {
        let call = self.call_named(call_id, tags).ok_or(StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST)?;
        match call.stage {
            Stage::Calling(_) | Stage::Talking(_) => Ok(call.id),
            Stage::Ringing(_) | Stage::Over => Err(StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST),
            Stage::Leaving(_) => Err(StatusCode::DECLINE),
        }
    }

    fn call_named(&self, call_id: &str, tags: (Option<&str>, Option<&str>)) -> Option<&Call> {
        let (ours, theirs) = tags;
        let id = self.dialogs.get(&(call_id.to_owned(), ours?.to_owned()))?;
        self.calls.get(id).filter(|call| call.is_with(theirs.unwrap_or_default()))
    }

    fn is_answered(&self, id: InviteId) -> bool {
        matches!(self.calls.get(&id).map(|call| &call.stage), Some(Stage::Talking(_)))
    }

    /// Ends the calls that an answered one has taken the place of.
    pub(super) fn end_replaced(&mut self) {
        while let Some(id) = self.core.replaced.pop_front() {
            let text = Some("Replaced by another call".to_owned());
            let reason = Some(Reason { protocol: "SIP".to_owned(), cause: 200, text });
            let hangup = Hangup { code: 486, reason, headers: Vec::new() };
            self.with_call(id, |call, core| {
                // It may be ending already.
                let _ = call.hangup(core, hangup);
            });
        }
    }

    /// A header that only an INVITE may carry (RFC 3891 §3, RFC 3911 §4).
    pub(super) fn misplaces_relation(&self, headers: &Headers) -> bool {
        let served = |kind| self.core.config.relations.contains(&kind);
        (served(RelationKind::Replaces) && headers.contains(&HeaderName::Replaces))
            || (served(RelationKind::Join) && headers.contains(&HeaderName::Join))
    }
}
