//! Conferences: what their members say is mixed every 20 ms.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use super::entry::Entry;
use super::{CodecKind, MediaEvent, Outbox, PortId, Refusal, RoomId};
use crate::bridge::{Ear, Frame, Hearing, Mixer, Outlet, Playout, Voice};
use crate::jitter::Smoother;
use crate::resample::Resampler;
use crate::vad::VoiceDetector;

/// Sound is mixed at the best rate that a port has; G.711 is raised to it.
const RATE: u32 = 16_000;
const FRAME: Duration = Duration::from_millis(20);
const FRAME_LEN: usize = 320;
/// What waits for a whole packet, at most 60 ms and a frame.
const WAITING_MAX: usize = 4 * FRAME_LEN;
/// A worker that was held up for longer leaves frames out.
const LATE_MAX: Duration = Duration::from_millis(200);

/// One port's place in a room.
pub(super) struct Seat {
    room: RoomId,
    number: usize,
    ear: Option<Ear>,
    arrived: Smoother,
    voice: VoiceDetector,
    mouth: Option<Mouth>,
}

/// How one hears the room.
struct Mouth {
    playout: Playout,
    resampler: Resampler,
    waiting: Vec<i16>,
}

impl Mouth {
    fn new(now: Instant, outlet: &Outlet) -> Option<Self> {
        let playout = Playout::new(now, outlet.formats()?, outlet.sender.free_at())?;
        let resampler = Resampler::new(RATE, playout.rate()).ok()?;
        Some(Self { playout, resampler, waiting: Vec::with_capacity(WAITING_MAX) })
    }

    fn say(&mut self, now: Instant, pcm: &[i16], outlet: &mut Outlet) {
        let mut own = [0; FRAME_LEN];
        let made = self.resampler.process(pcm, &mut own);
        self.waiting.extend_from_slice(&own[..made]);
        let packet = self.playout.samples();
        while self.waiting.len() >= packet {
            if outlet.can_send() {
                self.playout.send(now, &self.waiting[..packet], outlet);
            } else {
                self.playout.pause();
            }
            self.waiting.drain(..packet);
        }
    }
}

impl Seat {
    fn new(now: Instant, room: RoomId, number: usize) -> Self {
        let arrived = Smoother::new(RATE, now);
        Self { room, number, ear: None, arrived, voice: VoiceDetector::default(), mouth: None }
    }

    /// The port's peer says something.
    pub(super) fn hear(&mut self, now: Instant, codec: CodecKind, frame: &Frame) {
        if !self.ear.as_ref().is_some_and(|ear| ear.suits(codec)) {
            self.ear = Ear::new(codec, RATE);
        }
        if let Some((begin, pcm)) = self.ear.as_mut().and_then(|ear| ear.hear(frame)) {
            self.arrived.insert(now, begin, pcm);
        }
    }

    fn say(&mut self, now: Instant, pcm: &[i16], outlet: &mut Outlet) {
        let suits = |mouth: &Mouth| outlet.formats().is_some_and(|formats| mouth.playout.suits(formats));
        if !self.mouth.as_ref().is_some_and(suits) {
            self.mouth = Mouth::new(now, outlet);
        }
        if let Some(mouth) = &mut self.mouth {
            mouth.say(now, pcm, outlet);
        }
    }
}

/// All rooms of a worker. A port is in one at most, so there are no more rooms than ports.
#[derive(Default)]
pub(super) struct Rooms {
    rooms: BTreeMap<RoomId, Room>,
    next: Option<Instant>,
}

struct Room {
    mixer: Mixer,
    members: Vec<(PortId, usize)>,
    due: Instant,
    sums: [i32; FRAME_LEN],
}

impl Rooms {
    /// When a room is due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next
    }

    pub(super) fn join(
        &mut self,
        now: Instant,
        id: RoomId,
        port: PortId,
        entries: &mut HashMap<PortId, Entry>,
    ) -> Result<(), Refusal> {
        let entry = entries.get_mut(&port).ok_or(Refusal::UnknownPort)?;
        self.leave(now, entry);
        let room = self.rooms.entry(id).or_insert_with(|| Room {
            mixer: Mixer::new(FRAME_LEN),
            members: Vec::new(),
            due: now + FRAME,
            sums: [0; FRAME_LEN],
        });
        let number = room.mixer.join();
        room.members.push((port, number));
        entry.seat = Some(Box::new(Seat::new(now, id, number)));
        entry.sender.voice = Voice::Own;
        self.find_next();
        Ok(())
    }

    /// Takes a port out of its room, if it is in one; what it said last fades out.
    pub(super) fn leave(&mut self, now: Instant, entry: &mut Entry) {
        let Some(mut seat) = entry.seat.take() else { return };
        entry.sender.voice = if entry.playing.is_some() { Voice::Own } else { Voice::Bridge };
        if let Some(room) = self.rooms.get_mut(&seat.room) {
            if let Some(said) = room.mixer.said(seat.number) {
                seat.arrived.play(now, said);
            }
            room.mixer.leave(seat.number);
            room.members.retain(|(port, _)| *port != entry.id);
        }
        self.rooms.retain(|_, room| !room.members.is_empty());
        self.find_next();
    }

    pub(super) fn set_hearing(
        &mut self,
        (listener, talker): (PortId, PortId),
        hearing: Hearing,
        entries: &HashMap<PortId, Entry>,
    ) -> Result<(), Refusal> {
        let seat =
            |port| entries.get(&port).and_then(|entry| entry.seat.as_ref()).ok_or(Refusal::UnknownPort);
        let (listens, talks) = (seat(listener)?, seat(talker)?);
        if listens.room != talks.room {
            return Err(Refusal::UnknownPort);
        }
        let room = self.rooms.get_mut(&listens.room).ok_or(Refusal::UnknownPort)?;
        room.mixer.set_hearing(listens.number, talks.number, hearing);
        Ok(())
    }

    /// Mixes what is due.
    pub(super) fn handle_timeout(
        &mut self,
        now: Instant,
        entries: &mut HashMap<PortId, Entry>,
        outbox: &mut Outbox,
    ) {
        if self.next.is_none_or(|next| now < next) {
            return;
        }
        for room in self.rooms.values_mut() {
            if now > room.due + LATE_MAX {
                room.due = now;
            }
            while now >= room.due {
                room.mix(now, entries, outbox);
                room.due += FRAME;
            }
        }
        self.find_next();
    }

    fn find_next(&mut self) {
        self.next = self.rooms.values().map(|room| room.due).min();
    }
}

impl Room {
    fn mix(&mut self, now: Instant, entries: &mut HashMap<PortId, Entry>, outbox: &mut Outbox) {
        for (port, number) in &self.members {
            let seat = entries.get_mut(port).and_then(|entry| entry.seat.as_mut());
            if let (Some(seat), Some(said)) = (seat, self.mixer.said(*number)) {
                seat.arrived.play(now, said);
            }
        }
        self.mixer.measure();
        let mut heard = [0; FRAME_LEN];
        for (port, number) in &self.members {
            let Some(entry) = entries.get_mut(port) else { continue };
            self.mixer.mix(*number, &mut self.sums, &mut heard);
            let Some(mut seat) = entry.seat.take() else { continue };
            if let Some(talk) = seat.voice.handle(self.mixer.level(*number)) {
                outbox.event(MediaEvent::Talking { port: *port, talk });
            }
            // What is played to one alone takes the room's place.
            if entry.playing.is_none() {
                seat.say(now, &heard, &mut entry.outlet(outbox));
            }
            entry.seat = Some(seat);
        }
        self.mixer.finish();
    }
}
