//! When a port is judged, and which verdicts are worth telling.

use std::time::{Duration, Instant};

use super::entry::Entry;
use super::{MediaEvent, Outbox};
use crate::verdict::{Absence, Evidence, Sound, Tally, Verdict};

/// How often it is looked at until the first verdict. When both ways flow, that is told at once.
const LOOK: Duration = Duration::from_millis(500);
/// When the first is told at the latest; afterwards, how long nothing has to come to be told. Even a sender of nothing
/// but descriptions of silence (DTX) is heard every 400 ms.
const WINDOW: Duration = Duration::from_millis(2_500);
/// A peer that comes and goes is not told of more often.
const APART: Duration = Duration::from_secs(10);

/// Judges one port, from the command on.
pub(super) struct Judge {
    /// What was counted when the window began.
    former: Tally,
    began: Instant,
    next_look: Instant,
    told: Option<(Verdict, Instant)>,
}

impl Judge {
    fn new(now: Instant, former: Tally) -> Self {
        Self { former, began: now, next_look: now + LOOK, told: None }
    }

    pub(super) fn due(&self) -> Instant {
        self.next_look
    }

    /// Whether a verdict is told at this look.
    fn is_news(&self, now: Instant, verdict: Verdict) -> bool {
        let Some((told, at)) = self.told else {
            let is_fine = [verdict.incoming, verdict.outgoing] == [Sound::Flowing; 2];
            return is_fine || now >= self.began + WINDOW;
        };
        let differs = differs(told.incoming, verdict.incoming) || differs(told.outgoing, verdict.outgoing);
        differs && now >= at + APART
    }

    /// The next look; the first verdict's window goes on until it is told.
    fn proceed(&mut self, now: Instant, tally: Tally) {
        if self.told.is_none() {
            self.next_look = now + LOOK;
        } else {
            (self.former, self.began, self.next_look) = (tally, now, now + WINDOW);
        }
    }
}

/// Pauses in a conversation are no news, nor is what was done by command.
fn differs(former: Sound, now: Sound) -> bool {
    match (former, now) {
        (_, Sound::Absent(Absence::Held | Absence::Muted | Absence::NothingSent)) => false,
        (Sound::Absent(before), Sound::Absent(after)) => before != after,
        (Sound::Absent(_), Sound::Flowing | Sound::Silent) | (Sound::Silent, Sound::Flowing) => true,
        (Sound::Flowing | Sound::Silent, Sound::Absent(_)) => true,
        (Sound::Flowing, Sound::Flowing | Sound::Silent) | (Sound::Silent, Sound::Silent) => false,
    }
}

impl Entry {
    /// From now on it is told whether sound flows.
    pub(super) fn start_judging(&mut self, now: Instant) {
        self.inbound.stage.listen_closely();
        self.judge = Some(Box::new(Judge::new(now, self.tally())));
    }

    /// Looks whether sound flows, when that is due.
    pub(super) fn judge(&mut self, now: Instant, outbox: &mut Outbox) {
        let Some(mut judge) = self.judge.take_if(|judge| now >= judge.next_look) else { return };
        let tally = self.tally();
        let verdict = self.evidence(tally.since(judge.former)).verdict();
        if judge.is_news(now, verdict) {
            judge.told = Some((verdict, now));
            outbox.event(MediaEvent::Judged { port: self.id, verdict });
        }
        match judge.told.map(|(told, _)| told.incoming) {
            None => {}
            // It may be heard yet.
            Some(Sound::Silent) => self.inbound.stage.listen_closely(),
            Some(Sound::Flowing | Sound::Absent(_)) => self.inbound.stage.forget_loudest(),
        }
        judge.proceed(now, tally);
        self.judge = Some(judge);
    }

    fn tally(&self) -> Tally {
        let stage = self.inbound.stage.tally();
        Tally { sent: self.sender.packets(), ..self.port.tally(stage) }
    }

    fn evidence(&self, tally: Tally) -> Evidence {
        let formats = self.port.formats();
        let stage = &self.inbound.stage;
        Evidence {
            link: self.port.link(),
            expects_media: formats.map(|formats| formats.expects_media()),
            can_send: formats.map(|formats| formats.can_send()),
            is_muted: stage.is_muted(),
            tally,
            loudest: stage.loudest(),
            is_hushed: stage.is_hushed(),
        }
    }
}
