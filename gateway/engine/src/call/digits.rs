//! Digits from side to side.
//!
//! The bridge of two ports carries RFC 4733 events itself. What is left for the call: digits that come by a message
//! (a browser's request, INFO), and trunks that want INFO.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use media::{DtmfMethod, MediaCommand};

use super::bridge::{Carried, LegEvent, Talk};
use super::{Call, CallFact, LegIndex, Privacy};
use crate::leg::dtmf;
use crate::leg::pressed::Source;
use crate::switch::{Context, Refused, RtcNotice, SipCommand};

/// Digits that wait for their INFO, at most.
const INFO_QUEUE_MAX: usize = 128;
/// So long after a message, its digit comes in the sound or not at all.
const WITHHELD: Duration = Duration::from_millis(500);
/// Silence between two digits by INFO; receivers take shorter ones for one digit.
const INFO_GAP: Duration = Duration::from_millis(100);

/// Digits on their way to the trunk by INFO, one after the other, so that they arrive in order.
#[derive(Debug, Default)]
pub(super) struct InfoQueue(VecDeque<(LegIndex, char, Duration)>);

/// Digits that came in messages, and perhaps come in the sound yet.
#[derive(Debug, Default)]
pub(super) struct Withheld(VecDeque<(Instant, (LegIndex, char, Duration))>);

impl Withheld {
    /// Whether there is room for one more.
    fn push(&mut self, now: Instant, digit: (LegIndex, char, Duration)) -> bool {
        let has_room = self.0.len() < INFO_QUEUE_MAX;
        if has_room {
            self.0.push_back((now + WITHHELD, digit));
        }
        has_room
    }

    /// Takes out the one that the sound has told of.
    fn take(&mut self, leg: LegIndex, digit: char) -> bool {
        let found = self.0.iter().position(|(_, (of, sign, _))| (*of, *sign) == (leg, digit));
        found.and_then(|index| self.0.remove(index)).is_some()
    }

    fn pop(&mut self, now: Instant) -> Option<(LegIndex, char, Duration)> {
        self.0.pop_front_if(|(due, _)| *due <= now).map(|(_, digit)| digit)
    }

    fn due(&self) -> Option<Instant> {
        self.0.front().map(|(due, _)| *due)
    }
}

/// How digits reach the trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Media,
    Info,
}

impl Call {
    /// Sends digits to the trunk, for a browser or a program.
    pub(crate) fn send_digits(
        &mut self,
        context: &mut Context<'_>,
        digits: &str,
        each: Duration,
    ) -> Result<(), Refused> {
        let digits = dtmf::digits(digits).ok_or(Refused::InvalidDigits)?;
        let talks_to = self.near.and_then(|near| self.partner(near)).or(self.far);
        let leg = talks_to.ok_or(Refused::WrongState)?;
        if self.talk() == Talk::NotYet && !self.early_media {
            return Err(Refused::WrongState);
        }
        match self.way(leg) {
            Some(Way::Info) => self.queue_info(context, leg, &digits, each),
            Some(Way::Media) => {
                if let Some(port) = &self.legs[leg].port {
                    context.media(self.worker, MediaCommand::SendDigits { port: port.id, digits, each });
                }
                Ok(())
            }
            None => Err(Refused::WrongState),
        }
    }

    fn way(&self, leg: LegIndex) -> Option<Way> {
        let port = self.port(leg)?;
        let Some(sip) = self.legs[leg].sip() else { return port.rfc4733.then_some(Way::Media) };
        Some(match (sip.dtmf, port.rfc4733) {
            (DtmfMethod::Rfc4733, _) | (DtmfMethod::Auto, true) => Way::Media,
            (DtmfMethod::Info, _) | (DtmfMethod::Auto, false) => Way::Info,
        })
    }

    fn queue_info(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        digits: &str,
        each: Duration,
    ) -> Result<(), Refused> {
        if self.info.0.len() + digits.len() > INFO_QUEUE_MAX {
            return Err(Refused::LimitReached);
        }
        self.info.0.extend(digits.chars().map(|digit| (leg, digit, each)));
        if self.timers.digit.is_none() {
            self.send_next_info(context);
        }
        Ok(())
    }

    pub(super) fn send_next_info(&mut self, context: &mut Context<'_>) {
        let legs = &self.legs;
        let live = |leg: LegIndex| legs[leg].sip().filter(|_| legs[leg].is_live()).map(|sip| sip.invite);
        let next = std::iter::from_fn(|| self.info.0.pop_front());
        let mut next = next.filter_map(|(leg, digit, each)| Some((live(leg)?, digit, each)));
        let Some((invite, digit, each)) = next.next() else { return };
        context.sip(SipCommand::Info(invite, dtmf::write(digit, each)));
        self.timers.digit = Some(context.now.instant + each + INFO_GAP);
    }

    /// A side pressed a key: the other side gets it, listeners hear of it once.
    pub(super) fn pass_digit(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        digit: char,
        duration: Duration,
        carried: Carried,
    ) {
        let Some(digit) = dtmf::digit(digit) else { return };
        let (from, fact) = (leg, CallFact::Digit { digit, duration, from: self.legs[leg].side });
        // What a program collects is between it and that side, but for what the sound has carried already.
        match self.collects(leg) {
            None => {
                self.tell_digit(context, from, digit, duration);
                if carried == Carried::Not {
                    self.carry_digit(context, from, digit, duration);
                }
                self.emit(context, Some(leg), fact);
            }
            Some(privacy) => {
                if privacy == Privacy::Open {
                    self.emit(context, Some(leg), fact);
                }
                self.take_digit(context, digit);
            }
        }
    }

    /// A digit came in a leg's sound, unless it is one that came in a message.
    pub(super) fn hear_digit(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        (digit, duration, carried): (char, Duration, Carried),
    ) {
        let now = context.now.instant;
        let is_new = self.legs[leg].pressed.is_new(now, digit, duration, Source::Sound);
        if is_new || self.withheld.take(leg, digit) {
            self.on_leg_event(context, leg, LegEvent::Digit { digit, duration, carried });
        }
        self.timers.withheld = self.withheld.due();
    }

    /// A digit came in a message. If the sound of the leg may tell of it as well, and that would go on to a trunk by
    /// itself, it waits: nobody could take it back there.
    pub(super) fn read_digit(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        digit: char,
        duration: Duration,
    ) {
        let now = context.now.instant;
        if !self.legs[leg].pressed.is_new(now, digit, duration, Source::Message) {
            return;
        }
        let to_trunk = self.partner(leg).is_some_and(|partner| self.legs[partner].sip().is_some());
        let by_sound = self.port(leg).is_some_and(|port| port.rfc4733);
        if to_trunk && by_sound && self.withheld.push(now, (leg, digit, duration)) {
            self.timers.withheld = self.withheld.due();
            return;
        }
        self.on_leg_event(context, leg, LegEvent::Digit { digit, duration, carried: Carried::Not });
    }

    /// The sound did not tell of these.
    pub(super) fn release_digits(&mut self, context: &mut Context<'_>) {
        while let Some((leg, digit, duration)) = self.withheld.pop(context.now.instant) {
            self.on_leg_event(context, leg, LegEvent::Digit { digit, duration, carried: Carried::Not });
        }
        self.timers.withheld = self.withheld.due();
    }

    fn tell_digit(&self, context: &mut Context<'_>, from: LegIndex, digit: char, duration: Duration) {
        if let Some(hearer) = self.partner(from).or_else(|| self.other(from)) {
            self.tell(context, hearer, RtcNotice::Digit { digit, duration });
        }
    }

    /// Brings a digit to the other side that did not come with the sound: by INFO to a trunk, by RFC 4733 to a
    /// browser.
    fn carry_digit(&mut self, context: &mut Context<'_>, from: LegIndex, digit: char, each: Duration) {
        let Some(to) = self.partner(from) else { return };
        match self.way(to) {
            Some(Way::Media) if self.legs[from].sip().is_some() => {
                if let Some(port) = self.port(to) {
                    let digits = digit.to_string();
                    context.media(self.worker, MediaCommand::SendDigits { port: port.id, digits, each });
                }
            }
            Some(Way::Info) => {
                // A full queue means a key held down by a machine; those digits are lost on purpose.
                let _ = self.queue_info(context, to, digit.encode_utf8(&mut [0; 4]), each);
            }
            Some(Way::Media) | None => {}
        }
    }
}
