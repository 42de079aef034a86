//! A registration that is kept fresh (RFC 3261 §10.2).

use std::time::{Duration, Instant};

use super::authenticate::{AUTHENTICATION_TRIES_MAX, Authentication};
use super::command::{NextHop, Register, RegistrationId};
use super::credentials::Credentials;
use super::event::UaEvent;
use super::headers;
use super::outbound::{self, Outbound};
use super::resend::{Change, resend};
use super::user::User;
use crate::dialog::MAX_FORWARDS;
use crate::endpoint::core::{Core, TimerKey};
use crate::endpoint::error::CommandError;
use crate::message::header::{CSeq, Contact, Expires, MinExpires, RetryAfter};
use crate::message::{Header, HeaderName, Headers, Method, NameAddr, Request, Response};
use crate::transaction::TransactionId;
use crate::transaction::hop::{Hop, Locate};
use crate::transaction::table::{Delivery, Outcome};
use crate::transport::FlowId;
use crate::transport::destination::Destination;
use crate::transport::keep_alive::Agreed;

/// The first pause after a failure, doubled by each further one (RFC 5626 §4.5).
const BACK_OFF_FIRST_S: u64 = 30;
/// The longest pause.
const BACK_OFF_MAX_S: u64 = 1800;
/// Registrations that lost their flow come back within this time of each other.
const RECOVERY_MS: u64 = 1000;
/// A refresh happens after three quarters of the granted time, or a little later by chance.
const REFRESH_PERCENT: u64 = 75;
const REFRESH_JITTER_PERCENT: u64 = 10;
/// An `Expires` that a registrar may ask for at most: a day.
const EXPIRES_MAX_S: u32 = 86_400;

/// The timer of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RegistrationTimer {
    /// Time to refresh, or to try again.
    Refresh,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intent {
    Keep,
    Withdraw,
}

/// Whether the registration is still of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Kept,
    Over,
}

/// One address of record at one registrar.
#[derive(Debug)]
pub(crate) struct Registration {
    id: RegistrationId,
    register: Register,
    authentication: Authentication,
    call_id: String,
    tag: String,
    cseq: u32,
    hop: Hop,
    /// Where the last REGISTER went.
    way: Destination,
    transaction: TransactionId,
    tries: u8,
    failures: u32,
    intent: Intent,
    /// The stream that the registrar confirmed it on, and when.
    flow: Option<FlowId>,
    confirmed: Instant,
}

impl Registration {
    /// Sends the first REGISTER.
    pub(crate) fn start(
        core: &mut Core,
        id: RegistrationId,
        mut register: Register,
    ) -> Result<Self, CommandError> {
        if let Some(outbound) = &register.outbound {
            outbound.check()?;
        }
        let hop = core.hop(&register.target, &register.registrar)?;
        let mut registration = Self {
            id,
            authentication: Authentication::new(register.credentials.take(), &hop),
            call_id: core.random.token(),
            tag: core.random.token(),
            cseq: 0,
            way: hop.contact(),
            hop,
            transaction: TransactionId(0),
            tries: 0,
            failures: 0,
            intent: Intent::Keep,
            flow: None,
            confirmed: core.now,
            register,
        };
        registration.send(core);
        Ok(registration)
    }

    /// Withdraws the binding.
    pub(crate) fn withdraw(&mut self, core: &mut Core) {
        self.intent = Intent::Withdraw;
        core.stop(self.timer());
        self.send(core);
    }

    /// Answers challenges with these credentials from now on, and asks again at once.
    pub(crate) fn reauthorize(&mut self, core: &mut Core, credentials: Credentials) {
        self.authentication.replace(Some(credentials));
        if self.intent == Intent::Keep {
            core.stop(self.timer());
            self.send(core);
        }
    }

    /// Notes what a response says about the registrar.
    pub(crate) fn note(&mut self, core: &mut Core, delivery: &Delivery) {
        self.authentication.note(core, delivery);
    }

    /// Refreshes, or tries again.
    pub(crate) fn fire(&mut self, core: &mut Core) {
        self.send(core);
    }

    /// Whether it was confirmed on this stream.
    pub(crate) fn is_on(&self, flow: FlowId) -> bool {
        self.flow == Some(flow)
    }

    /// The flow is gone, and with it the way back to us: registers anew at once (RFC 5626 §4.5), but not again and
    /// again at a registrar that closes each stream.
    pub(crate) fn lose_flow(&mut self, core: &mut Core) {
        self.flow = None;
        core.outbound.forget(self.id);
        let is_registered = self.failures == 0 && core.schedule.is_running(self.timer());
        if self.intent == Intent::Withdraw || !is_registered {
            return;
        }
        let age = core.now.saturating_duration_since(self.confirmed);
        let rest = Duration::from_secs(BACK_OFF_FIRST_S).saturating_sub(age);
        // A registrar that comes back is not met by everybody in the same moment.
        let by_chance = Duration::from_millis(core.random.below(RECOVERY_MS));
        core.start(self.timer(), rest + by_chance);
    }

    fn timer(&self) -> TimerKey {
        TimerKey::Registration(self.id, RegistrationTimer::Refresh)
    }

    fn send(&mut self, core: &mut Core) {
        self.tries = 0;
        self.cseq = self.cseq.wrapping_add(1);
        let hop = match (&self.hop, &self.register.target) {
            (Hop::Located(locate), _) => Hop::Located(Locate { contact: self.way, ..locate.clone() }),
            (Hop::Fixed(_) | Hop::Listed(..), NextHop::Address(target)) => {
                self.way = core.way_to(*target).unwrap_or(self.way);
                Hop::Fixed(self.way)
            }
            (Hop::Fixed(_) | Hop::Listed(..), NextHop::Resolve | NextHop::Uri(_)) => Hop::Fixed(self.way),
        };
        let mut request = self.request(core);
        self.authentication.anticipate(core, &mut request, &Hop::Fixed(self.way));
        self.transaction = core.request(request, hop, User::Register(self.id));
    }

    fn request(&self, core: &Core) -> Request {
        let expires_s = match self.intent {
            Intent::Keep => self.register.expires_s,
            Intent::Withdraw => 0,
        };
        let mut from = self.register.aor.clone();
        from.params.set("tag", self.tag.as_str());
        let mut headers = Headers::new();
        headers.extend([
            Header::new(HeaderName::MaxForwards, MAX_FORWARDS),
            Header::new(HeaderName::From, from.to_string()),
            Header::new(HeaderName::To, self.register.aor.to_string()),
            Header::new(HeaderName::CallId, self.call_id.as_str()),
            Header::from_typed(&CSeq { number: self.cseq, method: Method::Register }),
            Header::new(HeaderName::Contact, self.contact().to_string()),
            Header::new(HeaderName::Expires, expires_s.to_string()),
            core.allow(),
            core.user_agent(),
        ]);
        headers.extend(self.register.outbound.as_ref().map(|_| Outbound::supported()));
        Request::new(Method::Register, self.register.registrar.for_request_line(), headers)
    }

    /// Where we are, and by which flow.
    fn contact(&self) -> NameAddr {
        let mut contact = headers::own_contact(Some(&self.register.contact_user), &self.way);
        if let Some(outbound) = &self.register.outbound {
            outbound.write(&mut contact);
        }
        contact
    }

    /// What became of a REGISTER.
    pub(crate) fn outcome(&mut self, core: &mut Core, delivery: &Delivery) -> Life {
        if delivery.transaction != self.transaction {
            return Life::Kept;
        }
        self.way = delivery.way;
        match &delivery.outcome {
            Outcome::TimedOut => self.failed(core, 408, "Request Timeout", &Headers::new()),
            Outcome::TransportFailed => self.failed(core, 503, "Service Unavailable", &Headers::new()),
            Outcome::Unresolved(why) => self.failed(core, 503, &why.to_string(), &Headers::new()),
            Outcome::Response(response) => match response.code.as_u16() {
                ..200 => Life::Kept,
                200..300 => self.registered(core, delivery, response),
                300.. => self.refused(core, delivery, response),
            },
        }
    }

    fn registered(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) -> Life {
        if self.intent == Intent::Withdraw {
            return Life::Over;
        }
        self.failures = 0;
        if let Hop::Located(locate) = &mut self.hop {
            locate.peer = Some(self.way);
        }
        let granted_s = self.granted(response);
        let percent = REFRESH_PERCENT + core.random.below(REFRESH_JITTER_PERCENT);
        let refresh = Duration::from_millis(u64::from(granted_s) * 10 * percent).max(Duration::from_secs(1));
        core.start(self.timer(), refresh);
        (self.flow, self.confirmed) = (delivery.flow, core.now);
        if let Some(outbound) =
            self.register.outbound.as_ref().filter(|_| outbound::is_taken(&response.headers))
        {
            core.outbound.note(self.id, outbound, self.way);
        }
        core.keep_alive(self.id, &self.way, delivery.flow, Agreed::of(&response.headers));
        core.event(UaEvent::Registered { id: self.id, expires_s: granted_s });
        Life::Kept
    }

    /// The time granted to our contact, else to all (RFC 3261 §10.2.4), else what we asked for.
    fn granted(&self, response: &Response) -> u32 {
        let ours = self.contact();
        let contacts: Vec<Contact> = response.headers.typed_all().unwrap_or_default();
        let is_ours = |contact: &&Contact| {
            let Some(theirs) = contact.address() else { return false };
            theirs.uri.user == ours.uri.user
                && theirs.uri.host == ours.uri.host
                && theirs.uri.port == ours.uri.port
        };
        let of_contact = contacts.iter().find(is_ours).and_then(Contact::expires_s);
        let of_all = || response.headers.typed::<Expires>().ok().flatten().map(|expires| expires.0);
        of_contact.or_else(of_all).unwrap_or(self.register.expires_s)
    }

    fn refused(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) -> Life {
        let change =
            if self.tries < AUTHENTICATION_TRIES_MAX { self.change(core, delivery, response) } else { None };
        if let Some(change) = change {
            self.tries += 1;
            self.cseq = self.cseq.wrapping_add(1);
            self.transaction =
                resend(core, &delivery.request, self.cseq, change, delivery.hop(), User::Register(self.id));
            return Life::Kept;
        }
        self.failed(core, response.code.as_u16(), &response.reason, &response.headers)
    }

    fn change(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) -> Option<Change> {
        match response.code.as_u16() {
            401 | 407 => self.authentication.answer(core, delivery, response).map(Change::Authorize),
            423 => {
                let min = response.headers.typed::<MinExpires>().ok().flatten()?.0;
                let longer = (self.register.expires_s + 1..=EXPIRES_MAX_S).contains(&min);
                self.register.expires_s = if longer { min } else { return None };
                Some(Change::Expires(min))
            }
            // The edge keeps no flows: registered by address, as if there were none (RFC 5626 §4.2.1).
            439 if self.register.outbound.take().is_some() => {
                Some(Change::Contact(self.contact().to_string()))
            }
            _ => None,
        }
    }

    fn failed(&mut self, core: &mut Core, code: u16, reason: &str, headers: &Headers) -> Life {
        if self.intent == Intent::Withdraw {
            return Life::Over;
        }
        let retry_after_s = headers.typed::<RetryAfter>().ok().flatten().map(|after| after.seconds);
        core.outbound.forget(self.id);
        self.failures = self.failures.saturating_add(1);
        let ceiling = match &self.register.outbound {
            Some(outbound) => outbound::pause_max_s(self.failures, core.outbound.others(self.id, outbound)),
            None => (BACK_OFF_FIRST_S << (self.failures - 1).min(6)).min(BACK_OFF_MAX_S),
        };
        let pause = ceiling / 2 + core.random.below(ceiling / 2 + 1);
        let retry_in_s =
            u32::try_from(pause).unwrap_or(u32::MAX).max(retry_after_s.unwrap_or(0).min(EXPIRES_MAX_S));
        core.start(self.timer(), Duration::from_secs(retry_in_s.into()));
        core.event(UaEvent::RegistrationFailed {
            id: self.id,
            code,
            reason: reason.to_owned(),
            headers: headers.clone(),
            retry_in_s,
        });
        Life::Kept
    }
}
