//! Keys that a program wants pressed: how many, until which sign, within which time.

use std::time::Duration;

use super::play::{PlayEnding, Playlist};
use super::{Call, CallFact, LegIndex};
use crate::ids::{CollectId, LegId, PlayId};
use crate::leg::dtmf;
use crate::switch::{Context, Refused};

/// Which keys a program wants.
#[derive(Clone, Debug)]
pub struct Collect {
    /// So many are enough.
    pub max: usize,
    /// Fewer are not what was asked for.
    pub min: usize,
    /// Any of these ends the collection and is not part of it.
    pub terminators: String,
    /// How long the first may take, from the end of the prompt.
    pub first_digit: Duration,
    /// How long each further one may take.
    pub inter_digit: Duration,
    /// What is played before; the first key interrupts it.
    pub prompt: Option<Playlist>,
    /// Who may know the keys.
    pub privacy: Privacy,
}

/// Who may know the keys that a program collects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// All who hear of the call's events.
    Open,
    /// Nobody but the program that takes them, once: events leave them out.
    Redacted,
}

/// Why a collection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectEnding {
    /// Enough keys.
    MaxDigits,
    /// A terminator.
    Terminator,
    /// No key at all.
    FirstDigitTimeout,
    /// No further key.
    InterDigitTimeout,
    /// A program stopped it.
    Stopped,
    /// Whose keys were waited for is gone.
    Gone,
}

/// What was collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// The collection.
    pub id: CollectId,
    /// The keys; `None` where they are redacted.
    pub digits: Option<String>,
    /// How many.
    pub count: usize,
    /// Whether they are as many as were asked for at least.
    pub complete: bool,
    /// Why it ended.
    pub ending: CollectEnding,
}

/// A collection that goes on.
#[derive(Debug)]
pub(super) struct Collecting {
    id: CollectId,
    leg: LegIndex,
    wanted: Collect,
    digits: String,
    prompt: Option<PlayId>,
}

impl Call {
    /// Begins to collect what one leg presses, the far side's unless it is named. One collection at a time.
    pub(crate) fn collect(
        &mut self,
        context: &mut Context<'_>,
        leg: Option<LegId>,
        mut wanted: Collect,
    ) -> Result<CollectId, Refused> {
        let leg = match leg {
            Some(id) => self.live_leg(id)?,
            None => self.far.ok_or(Refused::WrongState)?,
        };
        if self.collecting.is_some() || !self.can_hear(leg) {
            return Err(Refused::WrongState);
        }
        wanted.terminators = wanted
            .terminators
            .chars()
            .map(dtmf::digit)
            .collect::<Option<_>>()
            .ok_or(Refused::InvalidDigits)?;
        let id = context.ids.collect(context.now);
        self.collected = None;
        self.emit(context, Some(leg), CallFact::CollectStarted { collect: id });
        let prompt = wanted.prompt.take();
        self.collecting = Some(Collecting { id, leg, wanted, digits: String::new(), prompt: None });
        self.redact_recording(context);
        let prompt = prompt.map(|list| self.play_to(context, vec![leg], list));
        if let Some(collecting) = self.collecting.as_mut().filter(|_| prompt.is_some()) {
            collecting.prompt = prompt;
        } else {
            self.await_first_digit(context);
        }
        Ok(id)
    }

    /// Ends the collection with what there is.
    pub(crate) fn stop_collect(&mut self, context: &mut Context<'_>) {
        self.interrupt_prompt(context);
        self.end_collect(context, CollectEnding::Stopped);
    }

    /// The keys of a redacted collection, for whoever asks first.
    pub(crate) fn take_digits(&mut self, collect: CollectId) -> Result<String, Refused> {
        let (_, digits) = self.collected.take_if(|(id, _)| *id == collect).ok_or(Refused::WrongState)?;
        Ok(digits)
    }

    /// Whether a leg's keys are collected, and who may know them.
    pub(super) fn collects(&self, leg: LegIndex) -> Option<Privacy> {
        let collecting = self.collecting.as_ref().filter(|collecting| collecting.leg == leg);
        collecting.map(|collecting| collecting.wanted.privacy)
    }

    /// Whether keys are collected that nobody is to know.
    pub(super) fn is_redacting(&self) -> bool {
        self.collecting.as_ref().is_some_and(|own| own.wanted.privacy == Privacy::Redacted)
    }

    /// A key was pressed on the leg whose keys are collected.
    pub(super) fn take_digit(&mut self, context: &mut Context<'_>, digit: char) {
        let Some(collecting) = &mut self.collecting else { return };
        let ends = collecting.wanted.terminators.contains(digit);
        if !ends {
            collecting.digits.push(digit);
        }
        let full = collecting.digits.len() >= collecting.wanted.max;
        let inter_digit = collecting.wanted.inter_digit;
        self.interrupt_prompt(context);
        match (ends, full) {
            (true, _) => self.end_collect(context, CollectEnding::Terminator),
            (false, true) => self.end_collect(context, CollectEnding::MaxDigits),
            (false, false) => self.timers.collect = Some(context.now.instant + inter_digit),
        }
    }

    /// A playing has ended; after a prompt the first key is waited for.
    pub(super) fn on_prompt_ended(&mut self, context: &Context<'_>, play: PlayId) {
        if let Some(collecting) = self.collecting.as_mut().filter(|own| own.prompt == Some(play)) {
            collecting.prompt = None;
            self.await_first_digit(context);
        }
    }

    /// The time for the next key is over.
    pub(super) fn on_collect_timeout(&mut self, context: &mut Context<'_>) {
        let none = self.collecting.as_ref().is_some_and(|collecting| collecting.digits.is_empty());
        let ending = if none { CollectEnding::FirstDigitTimeout } else { CollectEnding::InterDigitTimeout };
        self.end_collect(context, ending);
    }

    /// A leg is gone, and what it would have pressed.
    pub(super) fn leave_collect(&mut self, context: &mut Context<'_>, leg: LegIndex) {
        if self.collecting.as_ref().is_some_and(|collecting| collecting.leg == leg) {
            self.end_collect(context, CollectEnding::Gone);
        }
    }

    fn await_first_digit(&mut self, context: &Context<'_>) {
        if let Some(collecting) = &self.collecting {
            self.timers.collect = Some(context.now.instant + collecting.wanted.first_digit);
        }
    }

    fn interrupt_prompt(&mut self, context: &mut Context<'_>) {
        if let Some(play) = self.collecting.as_mut().and_then(|collecting| collecting.prompt.take()) {
            self.halt_play(context, play, PlayEnding::Interrupted);
        }
    }

    fn end_collect(&mut self, context: &mut Context<'_>, ending: CollectEnding) {
        self.timers.collect = None;
        let Some(Collecting { id, leg, wanted, digits, .. }) = self.collecting.take() else { return };
        let (count, complete) = (digits.len(), digits.len() >= wanted.min);
        let digits = match wanted.privacy {
            Privacy::Open => Some(digits),
            Privacy::Redacted => {
                self.collected = Some((id, digits));
                None
            }
        };
        let collected = Collected { id, digits, count, complete, ending };
        self.emit(context, Some(leg), CallFact::CollectEnded(collected));
        self.redact_recording(context);
    }
}
