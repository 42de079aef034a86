//! A call's recording: both sides of one leg, by the worker; the file is the owner's business.

use std::time::{Duration, Instant};

use media::MediaCommand;
use media::tap::{self, RecordControl, RecordFormat};

use super::{Call, CallFact, LegIndex};
use crate::ids::{CallId, LegId, RecordingId};
use crate::switch::{Context, Refused};

/// Recordings of one call, one after the other.
const RECORDINGS_MAX: usize = 100;

/// Why a recording pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PausedBy {
    /// A program asked.
    Program,
    /// Keys are collected that nobody is to know.
    Redaction,
}

/// A recording that goes on.
#[derive(Debug)]
pub(super) struct Recording {
    id: RecordingId,
    leg: LegIndex,
    paused: Option<PausedBy>,
    /// When it has lasted long enough.
    pub(super) ends_at: Instant,
}

/// What became of a recording's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingResult {
    /// It is whole and closed.
    Completed {
        /// How long it plays, pauses left out.
        length: Duration,
        /// Bytes of the file.
        bytes: u64,
        /// Their SHA-256.
        sha256: [u8; 32],
    },
    /// It cannot be gone on with.
    Failed(RecordingFault),
}

/// Why a recording failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingFault {
    /// The disk is full.
    DiskFull,
    /// The disk does not keep up.
    DiskSlow,
    /// The file cannot be written.
    Unwritable,
}

/// News of a recording's file, for [`Switch::handle_recording`](crate::Switch::handle_recording).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingReport {
    /// The call.
    pub call: CallId,
    /// Its recording.
    pub recording: RecordingId,
    /// What became of it.
    pub result: RecordingResult,
}

impl Call {
    /// Begins to record a leg, the far side's unless it is named. A call is recorded once at a time.
    pub(crate) fn start_recording(
        &mut self,
        context: &mut Context<'_>,
        leg: Option<LegId>,
    ) -> Result<RecordingId, Refused> {
        let leg = match leg {
            Some(id) => self.live_leg(id)?,
            None => self.far.or(self.near).ok_or(Refused::WrongState)?,
        };
        if self.recording.is_some() || !self.can_hear(leg) {
            return Err(Refused::WrongState);
        }
        if self.recordings.len() >= RECORDINGS_MAX {
            return Err(Refused::LimitReached);
        }
        let id = context.ids.recording(context.now);
        self.recordings.push(id);
        let ends_at = context.now.instant + context.config.recording_max;
        // The owner has the file's name before the first piece comes.
        self.emit(context, Some(leg), CallFact::RecordingStarted { recording: id });
        if let Some(port) = self.port(leg).map(|port| port.id) {
            let recording = tap::RecordingId(id.0.as_u128());
            context.media(self.worker, MediaCommand::Record { port, recording, format: RecordFormat::Wav });
        }
        self.recording = Some(Recording { id, leg, paused: None, ends_at });
        self.redact_recording(context);
        Ok(id)
    }

    /// Leaves out what is said from now on.
    pub(crate) fn pause_recording(&mut self, context: &mut Context<'_>, by: PausedBy) -> Result<(), Refused> {
        let recording = self.recording.as_mut().ok_or(Refused::WrongState)?;
        let (id, leg) = (recording.id, recording.leg);
        // A program's pause outlasts that of a redaction.
        let former = recording.paused;
        if former != Some(PausedBy::Program) {
            recording.paused = Some(by);
        }
        if former.is_none() {
            self.control_recording(context, leg, RecordControl::Pause);
            self.emit(context, Some(leg), CallFact::RecordingPaused { recording: id, by });
        }
        Ok(())
    }

    /// Goes on, unless it is another's pause.
    pub(crate) fn resume_recording(
        &mut self,
        context: &mut Context<'_>,
        by: PausedBy,
    ) -> Result<(), Refused> {
        let is_redacting = self.is_redacting();
        let recording = self.recording.as_mut().ok_or(Refused::WrongState)?;
        let paused = match recording.paused {
            None => return Ok(()),
            Some(paused) if paused != by => return Err(Refused::WrongState),
            Some(_) => is_redacting.then_some(PausedBy::Redaction),
        };
        recording.paused = paused;
        let (id, leg) = (recording.id, recording.leg);
        if paused.is_none() {
            self.control_recording(context, leg, RecordControl::Resume);
            self.emit(context, Some(leg), CallFact::RecordingResumed { recording: id });
        }
        Ok(())
    }

    /// Ends the recording; its file is told of later.
    pub(crate) fn stop_recording(&mut self, context: &mut Context<'_>) -> Result<(), Refused> {
        let Recording { leg, .. } = self.recording.take().ok_or(Refused::WrongState)?;
        self.control_recording(context, leg, RecordControl::Stop);
        Ok(())
    }

    /// It has lasted long enough.
    pub(super) fn on_recording_timeout(&mut self, context: &mut Context<'_>) {
        // There is one, or its deadline would not have come.
        let _ = self.stop_recording(context);
    }

    /// A port is closed, and with it its recording.
    pub(super) fn leave_recording(&mut self, leg: LegIndex) {
        self.recording.take_if(|recording| recording.leg == leg);
    }

    /// Pauses while keys are collected that nobody is to know, and goes on after.
    pub(super) fn redact_recording(&mut self, context: &mut Context<'_>) {
        let change = if self.is_redacting() { Self::pause_recording } else { Self::resume_recording };
        // There may be none, or a program's own pause.
        let _ = change(self, context, PausedBy::Redaction);
    }

    /// The file's writer reports.
    pub(crate) fn on_recording(&mut self, context: &mut Context<'_>, report: RecordingReport) {
        let RecordingReport { recording, result, .. } = report;
        let failed = matches!(result, RecordingResult::Failed(_));
        if failed && self.recording.as_ref().is_some_and(|own| own.id == recording) {
            // There is one.
            let _ = self.stop_recording(context);
        }
        self.emit(context, None, CallFact::RecordingEnded { recording, result });
    }

    fn control_recording(&self, context: &mut Context<'_>, leg: LegIndex, control: RecordControl) {
        if let Some(port) = self.port(leg).map(|port| port.id) {
            context.media(self.worker, MediaCommand::ControlRecord { port, control });
        }
    }
}
