//! One call: the INVITE usage of a dialog, from its first INVITE to its end.
//!
//! ```text
//!   invite()  +---------+ 2xx                    2xx sent +---------+  INVITE came
//!  ---------->| Calling |-----------+      +--------------| Ringing |<-------------
//!             +---------+           V      V              +---------+
//!                  |             +-----------+                 |
//!   300-699,       |             |  Talking  |                 | 300-699 sent,
//!   nobody there   |             +-----------+                 | CANCEL, BYE
//!                  |    BYE came |     | BYE sent              |
//!                  V             V     V                       V
//!              +------+<---------+  +---------+            +------+
//!              | Over |<------------| Leaving |            | Over |
//!              +------+  answered   +---------+            +------+
//! ```

mod calling;
mod cancel;
mod exchange;
mod first_invite;
mod in_dialog;
mod leave_fork;
mod leaving;
mod place;
mod prack_in;
mod prack_out;
mod redirect;
mod refresh;
mod reliable;
mod reoffer_in;
mod reoffer_out;
mod reoffer_progress_in;
mod reoffer_progress_out;
mod ringing;
mod session;
mod talking;

pub(crate) use calling::{Calling, abandon_fork, acknowledge_late};
pub(crate) use leaving::Leaving;
pub(crate) use refresh::refuse_interval;
pub(crate) use ringing::Ringing;
use session::Session;
pub(crate) use talking::Talking;

use std::time::Duration;

use super::authenticate::Authentication;
use super::command::{InviteId, Reason};
use super::event::{EndedBy, UaEvent};
use super::identity::Trust;
use super::relation::DialogName;
use crate::dialog::Dialog;
use crate::endpoint::Hangup;
use crate::endpoint::core::{Core, TimerKey};
use crate::message::Headers;
use crate::message::header::Expires;

/// The timers of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CallTimer {
    /// CANCEL was sent and no final response came (RFC 3261 §9.1).
    CancelPatience,
    /// A fork that nobody wants has answered, and others may.
    LastForks,
    /// Our INVITE and no response at all.
    FirstResponse,
    /// The time that the INVITE gave itself is over (RFC 3261 §13.3.1).
    Expires,
    /// A provisional response to repeat each minute (RFC 3261 §13.3.1.1).
    KeepRinging,
    /// A reliable provisional response to repeat (RFC 3262 §3).
    RepeatReliable,
    /// Its PRACK never came.
    ReliablePatience,
    /// A 2xx to repeat (RFC 3261 §13.3.1.4).
    RepeatSuccess,
    /// Its ACK never came.
    AckPatience,
    /// A re-INVITE to try again after a 491 (RFC 3261 §14.1).
    Glare,
    /// The session to refresh (RFC 4028 §10).
    Refresh,
    /// The session to give up.
    Expire,
}

/// Where a call is.
#[derive(Debug)]
pub(crate) enum Stage {
    /// Our INVITE has no final response.
    Calling(Box<Calling>),
    /// The peer's INVITE has no final response.
    Ringing(Box<Ringing>),
    /// A 2xx made it a session.
    Talking(Box<Talking>),
    /// Our BYE is on its way.
    Leaving(Box<Leaving>),
    /// Nothing left to do.
    Over,
}

impl Stage {
    /// The session with this peer.
    fn session(&mut self, remote_tag: &str) -> Option<&mut Session> {
        let is_meant = |session: &Session| session.dialog.remote_tag == remote_tag;
        match self {
            Self::Calling(calling) => {
                calling.forks.iter_mut().map(|fork| &mut fork.session).find(|session| is_meant(session))
            }
            Self::Ringing(ringing) => Some(&mut ringing.session).filter(|session| is_meant(session)),
            Self::Talking(talking) => Some(&mut talking.session).filter(|session| is_meant(session)),
            Self::Leaving(_) | Self::Over => None,
        }
    }

    /// The session of an early dialog, or the only one.
    fn session_of_fork(&mut self, fork: u32) -> Option<&mut Session> {
        match self {
            Self::Calling(calling) => {
                calling.forks.iter_mut().map(|each| &mut each.session).find(|session| session.fork == fork)
            }
            Self::Ringing(ringing) => Some(&mut ringing.session),
            Self::Talking(talking) => Some(&mut talking.session),
            Self::Leaving(_) | Self::Over => None,
        }
    }

    /// Every session of the call.
    fn sessions(&mut self) -> Vec<&mut Session> {
        match self {
            Self::Calling(calling) => calling.forks.iter_mut().map(|fork| &mut fork.session).collect(),
            Self::Ringing(ringing) => vec![&mut ringing.session],
            Self::Talking(talking) => vec![&mut talking.session],
            Self::Leaving(_) | Self::Over => Vec::new(),
        }
    }
}

/// How the endpoint finds the call of a request inside a dialog: Call-ID and our tag.
pub(crate) type DialogKey = (String, String);

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: InviteId,
    pub(crate) key: DialogKey,
    pub(crate) stage: Stage,
    pub(crate) authentication: Authentication,
    /// The largest `Min-SE` that a 422 has named (RFC 4028 §7.4).
    min_se: Option<u32>,
    /// Whether the peer may know who others are.
    pub(crate) trust: Trust,
}

impl Call {
    fn new(id: InviteId, key: DialogKey, stage: Stage, authentication: Authentication) -> Self {
        Self { id, key, stage, authentication, min_se: None, trust: Trust::default() }
    }

    /// The name of the dialog that lives, or was the first to ring.
    pub(crate) fn dialog_name(&self) -> Option<DialogName> {
        let dialog = match &self.stage {
            Stage::Calling(calling) => &calling.forks.first()?.session.dialog,
            Stage::Ringing(ringing) => &ringing.session.dialog,
            Stage::Talking(talking) => &talking.session.dialog,
            Stage::Leaving(leaving) => &leaving.dialog,
            Stage::Over => return None,
        };
        Some(DialogName {
            call_id: dialog.call_id.clone(),
            local_tag: dialog.local_tag.clone(),
            remote_tag: dialog.remote_tag.clone(),
        })
    }

    /// Whether one of its dialogs is with this peer; the tag 0 also means none at all (RFC 3891 §3).
    pub(crate) fn is_with(&self, remote_tag: &str) -> bool {
        let is_meant = |dialog: &Dialog| {
            dialog.remote_tag == remote_tag || (remote_tag == "0" && dialog.remote_tag.is_empty())
        };
        match &self.stage {
            Stage::Calling(calling) => calling.forks.iter().any(|fork| is_meant(&fork.session.dialog)),
            Stage::Ringing(ringing) => is_meant(&ringing.session.dialog),
            Stage::Talking(talking) => is_meant(&talking.session.dialog),
            Stage::Leaving(leaving) => is_meant(&leaving.dialog),
            Stage::Over => false,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// The time that the INVITE gave itself is over: the caller gives up, the callee takes it for given up.
    fn expire(&mut self, core: &mut Core) {
        match &self.stage {
            Stage::Calling(_) => self.cancel(core, Hangup { code: 487, reason: None, headers: Vec::new() }),
            Stage::Ringing(_) => self.canceled(core, None),
            Stage::Talking(_) | Stage::Leaving(_) | Stage::Over => {}
        }
    }

    /// Counts the time that an INVITE gives itself.
    fn watch_expiry(&self, core: &mut Core, invite: &Headers) {
        if let Ok(Some(expires)) = invite.typed::<Expires>() {
            core.start(self.timer(CallTimer::Expires), Duration::from_secs(expires.0.into()));
        }
    }

    pub(crate) fn timer(&self, timer: CallTimer) -> TimerKey {
        TimerKey::Call(self.id, timer)
    }

    /// One of the call's timers fired.
    pub(crate) fn fire(&mut self, core: &mut Core, timer: CallTimer) {
        match timer {
            CallTimer::CancelPatience => self.give_up_canceled(core),
            CallTimer::LastForks => self.give_up_canceled(core),
            CallTimer::FirstResponse => self.give_up_unheard(core),
            CallTimer::Expires => self.expire(core),
            CallTimer::KeepRinging => self.keep_ringing(core),
            CallTimer::RepeatReliable => self.repeat_reliable(core),
            CallTimer::ReliablePatience => self.give_up_reliable(core),
            CallTimer::RepeatSuccess => self.repeat_success(core),
            CallTimer::AckPatience => self.give_up_ack(core),
            CallTimer::Glare => self.retry_after_glare(core),
            CallTimer::Refresh => self.refresh_session(core),
            CallTimer::Expire => self.fail(core),
        }
    }

    /// The last event of the call.
    pub(crate) fn finish(&mut self, core: &mut Core, last: UaEvent) {
        self.stop_timers(core);
        self.stage = Stage::Over;
        core.event(last);
    }

    pub(crate) fn finish_ended(&mut self, core: &mut Core, by: EndedBy, reason: Option<Reason>) {
        let id = self.id;
        self.finish(core, UaEvent::Ended { id, by, reason });
    }

    pub(crate) fn stop_timers(&self, core: &mut Core) {
        let all = self.timer(CallTimer::CancelPatience)..=self.timer(CallTimer::Expire);
        core.schedule.stop_range(all);
    }
}
