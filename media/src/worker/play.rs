//! What a port plays of its own accord, in place of its bridge.

use std::time::{Duration, Instant};

use super::entry::Entry;
use super::{MediaEvent, Outbox};
use crate::bridge::{Outlet, Playout, Voice};
use crate::source::{PlayControl, PlayEnd, PlayId, PlaySettings, Player, Progress, Source};

/// Until both descriptions are known, it is looked at again so often.
const WAIT: Duration = Duration::from_millis(20);

/// One thing that is being played.
pub(super) struct Playing {
    id: PlayId,
    player: Player,
    playout: Option<Playout>,
    pcm: Vec<i16>,
    /// While there is no playout.
    next_look: Instant,
}

impl Playing {
    pub(super) fn due(&self) -> Instant {
        self.playout.as_ref().map_or(self.next_look, Playout::due)
    }

    /// Sends what is due; tells when it has ended.
    fn proceed(&mut self, now: Instant, outlet: &mut Outlet) -> Option<PlayEnd> {
        self.suit(now, outlet);
        let Some(playout) = &mut self.playout else {
            self.next_look = now + WAIT;
            return self.player.is_stopping().then_some(PlayEnd::Stopped);
        };
        while playout.is_due(now) {
            if self.player.fill(&mut self.pcm) == Progress::Over {
                return Some(if self.player.is_stopping() { PlayEnd::Stopped } else { PlayEnd::Finished });
            }
            if outlet.can_send() {
                playout.send(now, &self.pcm, outlet);
            } else {
                playout.pause();
            }
        }
        None
    }

    /// Follows what is negotiated.
    fn suit(&mut self, now: Instant, outlet: &Outlet) {
        let Some(formats) = outlet.formats() else { return };
        if self.playout.as_ref().is_some_and(|playout| playout.suits(formats)) {
            return;
        }
        self.playout = Playout::new(now, formats, outlet.sender.free_at());
        if let Some(playout) = &self.playout {
            self.player.set_rate(playout.rate());
            self.pcm.resize(playout.samples(), 0);
        }
    }
}

impl Entry {
    /// Begins at once, or when what was sent last is over.
    pub(super) fn start_play(
        &mut self,
        now: Instant,
        id: PlayId,
        (source, settings): (Source, PlaySettings),
        outbox: &mut Outbox,
    ) {
        self.end_play(PlayEnd::Replaced, outbox);
        let rate = self.port.formats().map_or(8_000, Playout::rate_for);
        let Some(player) = Player::new(source, settings, rate) else {
            let (port, end, position) = (self.id, PlayEnd::Failed, Duration::ZERO);
            return outbox.event(MediaEvent::Played { port, play: id, end, position });
        };
        self.sender.voice = Voice::Own;
        self.playing = Some(Box::new(Playing { id, player, playout: None, pcm: Vec::new(), next_look: now }));
        self.play(now, outbox);
    }

    pub(super) fn control_play(&mut self, control: PlayControl) {
        if let Some(playing) = &mut self.playing {
            playing.player.control(control);
        }
    }

    pub(super) fn feed(&mut self, pcm: &[i16]) {
        if let Some(playing) = &mut self.playing {
            playing.player.feed(pcm);
        }
    }

    pub(super) fn stop_play(&mut self, now: Instant, outbox: &mut Outbox) {
        if let Some(playing) = &mut self.playing {
            playing.player.stop();
        }
        self.play(now, outbox);
    }

    /// Sends what is due.
    pub(super) fn play(&mut self, now: Instant, outbox: &mut Outbox) {
        let Some(mut playing) = self.playing.take() else { return };
        let end = playing.proceed(now, &mut self.outlet(outbox));
        self.playing = Some(playing);
        if let Some(end) = end {
            self.end_play(end, outbox);
        }
    }

    fn end_play(&mut self, end: PlayEnd, outbox: &mut Outbox) {
        let Some(playing) = self.playing.take() else { return };
        self.sender.voice = if self.seat.is_some() { Voice::Own } else { Voice::Bridge };
        let (port, play, position) = (self.id, playing.id, playing.player.played());
        outbox.event(MediaEvent::Played { port, play, end, position });
    }
}
