//! A conference: each hears the others, or those of them that a matrix says.

use crate::gain::{Level, SILENCE_DBOV};

/// Those who are heard at once, the loudest; more only add noise.
const TALKERS_MAX: usize = 8;
/// In a room of more than [`TALKERS_MAX`], one who was heard stays so until another is this much louder, dB.
const STAY_DB: f32 = 6.0;
/// A frame's level counts for the next ones, falling by so much a frame.
const FALL_DB: f32 = 1.5;

/// Louder sums are made softer, and get back so much of their loudness a frame.
const PEAK_MAX: u32 = 32_000;
const RECOVERY: f32 = 0.01;

/// What takes part, by number; each has a place in the matrix as long as it is in the room.
#[derive(Debug)]
pub(crate) struct Mixer {
    /// Samples of one frame.
    len: usize,
    members: Vec<Option<Member>>,
    /// All members, the loudest first.
    loudest: Vec<(f32, usize)>,
}

#[derive(Debug)]
struct Member {
    /// What it says in this frame.
    said: Vec<i16>,
    /// Its level, dBov, and the same held for a while.
    now: f32,
    level: f32,
    /// The factor of its sound at the end of the last frame, for each who may hear it.
    gains: Vec<f32>,
    /// Whom it hears; by number.
    hears: Vec<Hearing>,
    /// What the sum for it was multiplied by at the end of the last frame.
    limit: f32,
    talks: Talks,
    presence: Presence,
}

/// Whether one is in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Here,
    /// Its last frame fades out.
    Leaving,
}

/// Whether one is among those who are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Talks {
    Yes,
    No,
}

/// Whether one hears another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hearing {
    /// It does.
    Hears,
    /// It does not.
    Deaf,
}

impl Mixer {
    /// A room without members, for frames of `len` samples.
    pub(crate) fn new(len: usize) -> Self {
        Self { len, members: Vec::new(), loudest: Vec::new() }
    }

    /// A new member hears all and is heard by all; its number.
    pub(crate) fn join(&mut self) -> usize {
        let free = self.members.iter().position(Option::is_none);
        let number = free.unwrap_or(self.members.len());
        if free.is_none() {
            self.members.push(None);
        }
        let places = self.members.len();
        for member in self.members.iter_mut().flatten() {
            member.gains.resize(places, 0.0);
            member.hears.resize(places, Hearing::Hears);
            // Who was here under this number before.
            (member.gains[number], member.hears[number]) = (0.0, Hearing::Hears);
        }
        self.members[number] = Some(Member {
            said: vec![0; self.len],
            now: SILENCE_DBOV,
            level: SILENCE_DBOV,
            gains: vec![0.0; places],
            hears: vec![Hearing::Hears; places],
            limit: 1.0,
            talks: Talks::No,
            presence: Presence::Here,
        });
        self.loudest.reserve(places);
        number
    }

    /// Takes a member out once its last frame, which is `said`, has faded out.
    pub(crate) fn leave(&mut self, number: usize) {
        if let Some(Some(member)) = self.members.get_mut(number) {
            member.presence = Presence::Leaving;
        }
    }

    /// Ends a frame: who has left is forgotten.
    pub(crate) fn finish(&mut self) {
        let has_left = |member: &mut Member| member.presence == Presence::Leaving;
        for place in &mut self.members {
            place.take_if(has_left);
        }
    }

    /// Sets one place of the matrix.
    pub(crate) fn set_hearing(&mut self, listener: usize, talker: usize, hearing: Hearing) {
        if let Some(Some(member)) = self.members.get_mut(listener)
            && let Some(place) = member.hears.get_mut(talker)
        {
            *place = hearing;
        }
    }

    /// Where a member's next frame is to be written, of the length of a frame.
    pub(crate) fn said(&mut self, number: usize) -> Option<&mut [i16]> {
        Some(&mut self.members.get_mut(number)?.as_mut()?.said)
    }

    /// How loud what a member says in this frame is, dBov.
    pub(crate) fn level(&self, number: usize) -> f32 {
        let member = self.members.get(number).and_then(Option::as_ref);
        member.map_or(SILENCE_DBOV, |member| member.now)
    }

    /// Measures what all have said in this frame, and finds who is heard.
    pub(crate) fn measure(&mut self) {
        self.loudest.clear();
        for (number, member) in self.members.iter_mut().enumerate() {
            let Some(member) = member else { continue };
            let mut level = Level::default();
            level.add(&member.said);
            member.now = level.dbov();
            member.level = member.now.max(member.level - FALL_DB);
            let favour = if member.talks == Talks::Yes { STAY_DB } else { 0.0 };
            self.loudest.push((member.level + favour, number));
            member.talks = Talks::No;
        }
        self.loudest.sort_unstable_by(|one, other| other.0.total_cmp(&one.0));
        for (_, number) in self.loudest.iter().take(TALKERS_MAX) {
            if let Some(Some(member)) = self.members.get_mut(*number) {
                member.talks = Talks::Yes;
            }
        }
    }

    /// What a member hears in this frame. Who begins or ceases to be heard is faded in or out within it.
    pub(crate) fn mix(&mut self, listener: usize, out: &mut [i32], pcm: &mut [i16]) {
        out.fill(0);
        for talker in 0..self.members.len() {
            let target = if self.is_heard(listener, talker) { 1.0 } else { 0.0 };
            let Some(Some(member)) = self.members.get_mut(talker) else { continue };
            let Some(gain) = member.gains.get_mut(listener) else { continue };
            let from = std::mem::replace(gain, target);
            add(&member.said, (from, target), out);
        }
        if let Some(Some(member)) = self.members.get_mut(listener) {
            limit(out, &mut member.limit, pcm);
        }
    }

    fn is_heard(&self, listener: usize, talker: usize) -> bool {
        let (Some(Some(listening)), Some(Some(talking))) =
            (self.members.get(listener), self.members.get(talker))
        else {
            return false;
        };
        let hears = listening.hears.get(talker) == Some(&Hearing::Hears);
        let talks = talking.talks == Talks::Yes && talking.presence == Presence::Here;
        listener != talker && hears && talks
    }
}

/// Makes sums that are too loud softer, instead of cutting off their peaks; softness goes away slowly.
fn limit(sums: &[i32], factor: &mut f32, pcm: &mut [i16]) {
    let peak = sums.iter().map(|sum| sum.unsigned_abs()).max().unwrap_or(0);
    let fitting = if peak > PEAK_MAX { PEAK_MAX as f32 / peak as f32 } else { 1.0 };
    let target = fitting.min(*factor + RECOVERY);
    let from = std::mem::replace(factor, target);
    let step = (target - from) / sums.len().max(1) as f32;
    for (at, (sample, sum)) in pcm.iter_mut().zip(sums).enumerate() {
        // Saturates while the factor glides.
        *sample = (*sum as f32 * (from + step * at as f32)) as i16;
    }
}

fn add(said: &[i16], (from, to): (f32, f32), out: &mut [i32]) {
    match (from, to) {
        (0.0, 0.0) => {}
        (1.0, 1.0) => {
            for (sum, sample) in out.iter_mut().zip(said) {
                *sum += i32::from(*sample);
            }
        }
        _ => {
            let step = (to - from) / said.len().max(1) as f32;
            let mut factor = from;
            for (sum, sample) in out.iter_mut().zip(said) {
                factor += step;
                *sum += (f32::from(*sample) * factor) as i32;
            }
        }
    }
}
