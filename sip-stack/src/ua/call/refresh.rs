//! The session timer (RFC 4028).

use std::time::Duration;

use super::reoffer_out::Purpose;
use super::{Call, CallTimer, Stage};
use crate::endpoint::core::Core;
use crate::message::header::{MinSe, Refresher, SessionExpires};
use crate::message::{Header, HeaderName, Headers};
use crate::ua::headers;

/// RFC 4028 §10: who waits for the peer's refresh ends the session this long before the interval is over.
const GRACE: Duration = Duration::from_secs(32);

/// A refresh that meets another offer waits this long.
const BUSY: Duration = Duration::from_secs(4);

/// A refresh that the peer refused is tried again after this long, until the session is over.
const REFUSED: Duration = Duration::from_secs(32);

/// Who has to refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeper {
    Us,
    Peer,
}

/// A negotiated interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    expires_s: u32,
    pub(super) keeper: Keeper,
}

/// The `Min-SE` of a 422.
pub(super) fn min_se(headers: &Headers) -> Option<u32> {
    headers.typed::<MinSe>().ok().flatten().map(|min| min.seconds)
}

fn session_expires(headers: &Headers) -> Option<SessionExpires> {
    headers.typed::<SessionExpires>().ok().flatten()
}

fn supports_timer(headers: &Headers) -> bool {
    [HeaderName::Supported, HeaderName::Require]
        .iter()
        .any(|name| headers::has_option(headers, name, "timer"))
}

/// The `Min-SE` to answer with 422 when a peer that knows the timer asks for too short an interval.
pub(crate) fn refuse_interval(core: &Core, request: &Headers) -> Option<Header> {
    let min_s = core.config.session_timer.min_se_s;
    let short = session_expires(request).is_some_and(|asked| asked.seconds < min_s);
    (short && supports_timer(request)).then(|| Header::new(HeaderName::MinSe, min_s.to_string()))
}

/// The callee's choice (RFC 4028 §9): what the caller asked for, or our own interval and our own refreshes.
pub(super) fn accept(core: &Core, request: &Headers, response: &mut Headers) -> Option<Interval> {
    let supported = supports_timer(request);
    let asked = session_expires(request);
    if asked.is_none() && !supported {
        return None;
    }
    let ours = core.config.session_timer.expires_s.max(min_se(request).unwrap_or(0));
    let expires_s =
        asked.as_ref().map_or(ours, |asked| asked.seconds.max(core.config.session_timer.min_se_s));
    let refresher = match asked.map(|asked| asked.refresher()) {
        Some(Some(named)) if supported => named,
        Some(None) if supported => Refresher::Uac,
        _ => Refresher::Uas,
    };
    response.push(Header::from_typed(&SessionExpires::new(expires_s, Some(refresher))));
    if refresher == Refresher::Uac {
        response.push(Header::new(HeaderName::Require, "timer"));
    }
    let keeper = if refresher == Refresher::Uas { Keeper::Us } else { Keeper::Peer };
    Some(Interval { expires_s, keeper })
}

impl Call {
    /// The 2xx of a request of ours settles the interval (RFC 4028 §7.2); without the header there is none.
    pub(super) fn start_session_timer(&mut self, core: &mut Core, response: &Headers) {
        let interval = session_expires(response).map(|granted| Interval {
            expires_s: granted.seconds.max(core.config.session_timer.min_se_s),
            keeper: if granted.refresher() == Some(Refresher::Uas) { Keeper::Peer } else { Keeper::Us },
        });
        self.run_session_timer(core, interval);
    }

    pub(super) fn run_session_timer(&mut self, core: &mut Core, interval: Option<Interval>) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        talking.interval = interval;
        core.stop(self.timer(CallTimer::Refresh));
        core.stop(self.timer(CallTimer::Expire));
        let Some(interval) = interval else { return };
        let expires = Duration::from_secs(interval.expires_s.into());
        match interval.keeper {
            Keeper::Us => {
                core.start(self.timer(CallTimer::Refresh), expires / 2);
                core.start(self.timer(CallTimer::Expire), expires);
            }
            Keeper::Peer => core.start(self.timer(CallTimer::Expire), expires - GRACE.min(expires / 3)),
        }
    }

    pub(super) fn refresh_session(&mut self, core: &mut Core) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        if talking.is_negotiating() {
            return core.start(self.timer(CallTimer::Refresh), BUSY);
        }
        let session = &talking.session;
        let purpose = if session.peer_allows_update || session.local_body.is_none() {
            Purpose::RefreshByUpdate
        } else {
            Purpose::RefreshByInvite
        };
        let (fork, body) = (session.fork, session.local_body.clone());
        self.offer(core, fork, purpose, body);
    }

    /// The peer refused our refresh but kept the dialog; the session lives until its interval is over.
    pub(super) fn refresh_once_more(&self, core: &mut Core) {
        let Stage::Talking(talking) = &self.stage else { return };
        if talking.interval.is_some_and(|interval| interval.keeper == Keeper::Us) {
            core.start(self.timer(CallTimer::Refresh), REFUSED);
        }
    }
}

/// The interval that a request of ours asks for: the one that runs, and the same keeper; and `Min-SE` if a 422 has
/// named one.
pub(super) fn request_headers(core: &Core, interval: Option<Interval>, min_se: Option<u32>) -> Vec<Header> {
    let asked = interval.map_or(core.config.session_timer.expires_s, |interval| interval.expires_s);
    let refresher = interval.map(|interval| match interval.keeper {
        Keeper::Us => Refresher::Uac,
        Keeper::Peer => Refresher::Uas,
    });
    let expires = SessionExpires::new(asked.max(min_se.unwrap_or(0)), refresher);
    let min_se = min_se.map(|seconds| Header::new(HeaderName::MinSe, seconds.to_string()));
    std::iter::once(Header::from_typed(&expires)).chain(min_se).collect()
}
