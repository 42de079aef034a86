//! Sounds that a program has played to one leg or to both sides, in place of what they would hear.
//!
//! A list goes to each leg as a track of its own: a worker plays one sound, tells when it has ended, and gets the next.

use std::sync::Arc;
use std::time::{Duration, Instant};

use media::MediaCommand;
use media::source::{self, PlayEnd, PlaySettings, Repeat, Source};

use super::{Call, CallFact, LegIndex};
use crate::ids::{LegId, PlayId};
use crate::leg::LegState;
use crate::leg::port::Descriptions;
use crate::switch::{Context, Refused};

/// One thing to play.
#[derive(Clone, Debug)]
pub struct Sound {
    /// What listeners know it by.
    pub name: String,
    /// What is heard.
    pub source: Source,
}

/// What to play, and how.
#[derive(Clone, Debug)]
pub struct Playlist {
    /// One after the other; at least one.
    pub sounds: Vec<Sound>,
    /// How often all of them.
    pub repeat: Repeat,
    /// Louder or softer, in dB.
    pub volume_db: i8,
}

/// Why a playing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayEnding {
    /// All of it was played.
    Finished,
    /// A program stopped it.
    Stopped,
    /// Another took its place on every leg.
    Replaced,
    /// A key that was waited for was pressed.
    Interrupted,
    /// Whoever heard it is gone.
    Gone,
    /// It could not be played.
    Failed,
}

/// A list that is being played.
#[derive(Debug)]
pub(super) struct Play {
    id: PlayId,
    /// The only one that hears it.
    only: Option<LegIndex>,
    list: Arc<Playlist>,
    began: Instant,
    tracks: Vec<Track>,
}

/// How far it has come on one leg.
#[derive(Debug)]
struct Track {
    leg: LegIndex,
    /// What the worker plays now.
    now: source::PlayId,
    /// Which of the list.
    at: usize,
    /// How often the list was played whole.
    rounds: u32,
    /// Why it is told to stop.
    stopping: Option<PlayEnding>,
}

impl Track {
    /// Goes on to the next sound; false at the end of all.
    fn advance(&mut self, list: &Playlist) -> bool {
        // Of a single sound the worker makes all the rounds, without a gap.
        if list.sounds.len() == 1 {
            return false;
        }
        self.at += 1;
        if self.at < list.sounds.len() {
            return true;
        }
        (self.at, self.rounds) = (0, self.rounds.saturating_add(1));
        match list.repeat {
            Repeat::Once => false,
            Repeat::Times(times) => self.rounds < times,
            Repeat::Forever => true,
        }
    }
}

impl Call {
    /// Plays a list to one leg, or to both sides.
    pub(crate) fn play(
        &mut self,
        context: &mut Context<'_>,
        leg: Option<LegId>,
        list: Playlist,
    ) -> Result<PlayId, Refused> {
        let legs = self.hearers(leg)?;
        Ok(self.play_to(context, legs, list))
    }

    /// Plays a list to legs that can hear.
    pub(super) fn play_to(
        &mut self,
        context: &mut Context<'_>,
        legs: Vec<LegIndex>,
        list: Playlist,
    ) -> PlayId {
        for leg in &legs {
            self.end_plays(context, *leg, PlayEnding::Replaced);
        }
        let id = context.ids.play(context.now);
        let sounds = list.sounds.iter().map(|sound| sound.name.clone()).collect();
        let only = if let [leg] = legs[..] { Some(leg) } else { None };
        self.emit(context, only, CallFact::PlayStarted { play: id, sounds });
        let list = Arc::new(list);
        let track = |leg: &LegIndex| {
            let now = source::PlayId(context.ids.number());
            Track { leg: *leg, now, at: 0, rounds: 0, stopping: None }
        };
        let tracks: Vec<_> = legs.iter().map(track).collect();
        for track in &tracks {
            self.send_sound(context, track.leg, track.now, (&list, 0));
        }
        self.plays.push(Play { id, only, list, began: context.now.instant, tracks });
        id
    }

    /// Ends what is played to one leg, or all of it; each fades out first.
    pub(crate) fn stop_play(&mut self, context: &mut Context<'_>, leg: Option<LegId>) -> Result<(), Refused> {
        let only = leg.map(|leg| self.live_leg(leg)).transpose()?;
        let tracks = self.plays.iter().flat_map(|play| &play.tracks).map(|track| track.leg);
        let legs: Vec<_> = tracks.filter(|leg| only.is_none_or(|only| only == *leg)).collect();
        for leg in legs {
            self.halt(context, leg, PlayEnding::Stopped);
        }
        Ok(())
    }

    /// Ends one playing.
    pub(super) fn halt_play(&mut self, context: &mut Context<'_>, play: PlayId, ending: PlayEnding) {
        let playing = self.plays.iter().filter(|playing| playing.id == play);
        let legs: Vec<_> = playing.flat_map(|playing| &playing.tracks).map(|track| track.leg).collect();
        for leg in legs {
            self.halt(context, leg, ending);
        }
    }

    /// Has the worker stop what a leg hears.
    fn halt(&mut self, context: &mut Context<'_>, leg: LegIndex, ending: PlayEnding) {
        let Some(port) = self.port(leg).map(|port| port.id) else {
            return self.end_plays(context, leg, ending);
        };
        let tracks = self.plays.iter_mut().flat_map(|play| &mut play.tracks);
        for track in tracks.filter(|track| track.leg == leg) {
            track.stopping = Some(ending);
            context.media(self.worker, MediaCommand::StopPlay { port });
        }
    }

    /// A worker has come to the end of one sound.
    pub(super) fn on_played(&mut self, context: &mut Context<'_>, sound: source::PlayId, end: PlayEnd) {
        let Some((list, track)) = self.track(|track| track.now == sound) else { return };
        let leg = track.leg;
        let ending = match (end, track.stopping) {
            (PlayEnd::Finished, None) if track.advance(&list) => return self.play_next(context, leg),
            (PlayEnd::Finished | PlayEnd::Stopped, Some(ending)) => ending,
            (PlayEnd::Finished, None) => PlayEnding::Finished,
            (PlayEnd::Stopped, None) => PlayEnding::Stopped,
            (PlayEnd::Replaced, _) => PlayEnding::Replaced,
            (PlayEnd::Failed, _) => PlayEnding::Failed,
        };
        self.end_plays(context, leg, ending);
    }

    /// A browser's new port hears the sound again that the old one heard.
    pub(super) fn play_again(&mut self, context: &mut Context<'_>, leg: LegIndex) {
        match self.track(|track| track.leg == leg).and_then(|(_, track)| track.stopping) {
            Some(ending) => self.end_plays(context, leg, ending),
            None => self.play_next(context, leg),
        }
    }

    fn play_next(&mut self, context: &mut Context<'_>, leg: LegIndex) {
        let now = source::PlayId(context.ids.number());
        let Some((list, track)) = self.track(|track| track.leg == leg) else { return };
        track.now = now;
        let at = track.at;
        self.send_sound(context, leg, now, (&list, at));
    }

    fn track(&mut self, is_it: impl Fn(&Track) -> bool) -> Option<(Arc<Playlist>, &mut Track)> {
        self.plays.iter_mut().find_map(|play| {
            let track = play.tracks.iter_mut().find(|track| is_it(track))?;
            Some((play.list.clone(), track))
        })
    }

    fn send_sound(
        &self,
        context: &mut Context<'_>,
        leg: LegIndex,
        play: source::PlayId,
        (list, at): (&Playlist, usize),
    ) {
        let (Some(port), Some(sound)) = (self.port(leg), list.sounds.get(at)) else { return };
        let repeat = if list.sounds.len() == 1 { list.repeat } else { Repeat::Once };
        let settings = PlaySettings { repeat, volume_db: list.volume_db.into(), from: Duration::ZERO };
        let (port, source) = (port.id, sound.source.clone());
        context.media(self.worker, MediaCommand::Play { port, play, source, settings });
    }

    /// Nothing more is played to a leg; a playing that has none left is over.
    pub(super) fn end_plays(&mut self, context: &mut Context<'_>, leg: LegIndex, ending: PlayEnding) {
        for play in &mut self.plays {
            play.tracks.retain(|track| track.leg != leg);
        }
        let over = self.plays.extract_if(.., |play| play.tracks.is_empty()).collect::<Vec<_>>();
        for Play { id, only, began, .. } in over {
            let lasted = context.now.instant.duration_since(began);
            self.emit(context, only, CallFact::PlayEnded { play: id, ending, lasted });
            self.on_prompt_ended(context, id);
        }
    }

    /// Who is to hear it: the leg that is named, or both sides, as far as they can.
    fn hearers(&self, leg: Option<LegId>) -> Result<Vec<LegIndex>, Refused> {
        let named = leg.map(|leg| self.live_leg(leg)).transpose()?;
        let wanted = match named {
            Some(leg) => vec![leg],
            None => self.near.into_iter().chain(self.far).collect(),
        };
        let hearers: Vec<_> = wanted.into_iter().filter(|leg| self.can_hear(*leg)).collect();
        if hearers.is_empty() { Err(Refused::WrongState) } else { Ok(hearers) }
    }

    /// A trunk hears once sound may flow to it; a browser as soon as it is described.
    pub(super) fn can_hear(&self, leg: LegIndex) -> bool {
        let described = self.port(leg).is_some_and(|port| port.descriptions == Descriptions::Complete);
        let own = &self.legs[leg];
        described && own.is_live() && (own.sip().is_none() || own.state() >= LegState::Early)
    }
}
