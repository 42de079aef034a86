//! The loop around the switch: wait for one thing, handle it, drain, repeat.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use engine::{
    CallEvent, CallFact, Directory, Moment, Output, RecordingFault, RecordingReport, RecordingResult,
    RtcOrigin, SessionEvent, SipCommand, Switch, SwitchConfig,
};
use media::{MediaCommand, MediaEvent, Refusal};
use tokio::sync::{mpsc, oneshot};

use super::outboxes::{Outboxes, Waiting};
use super::{FromSession, Question};
use crate::journal::Journal;
use crate::recording::{Begun, Desk, Note};
use crate::telemetry::CallMeter;
use crate::{media as media_driver, sip, wire};

/// How soon a full mailbox of a worker is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(5);

/// Where inputs come from.
pub struct Sources {
    /// Programs, and the node itself.
    pub questions: mpsc::Receiver<Question>,
    /// Browsers.
    pub sessions: mpsc::Receiver<FromSession>,
    /// The SIP endpoint.
    pub sip: mpsc::Receiver<sip::Report>,
    /// The media workers.
    pub media: mpsc::Receiver<MediaEvent>,
    /// The writer of recordings.
    pub recordings: mpsc::Receiver<RecordingReport>,
}

/// Where outputs go.
pub struct Sinks {
    /// The SIP endpoint.
    pub sip: mpsc::Sender<sip::Request>,
    /// The media workers.
    pub media: Vec<media_driver::Handle>,
    /// The writer of recordings.
    pub recordings: Desk,
    /// What is kept of them, and told.
    pub journal: Journal,
}

/// Everything that can happen to calls.
enum Input {
    Question(Question),
    Session(FromSession),
    Sip(sip::Report),
    Media(MediaEvent),
    Recording(RecordingReport),
    Room,
    Deadline,
    Gone,
}

/// The switch with its mailboxes.
pub struct Driver {
    switch: Switch,
    sources: Sources,
    sinks: Sinks,
    outboxes: Outboxes,
    sip_waiting: VecDeque<SipCommand>,
    media_waiting: VecDeque<(u16, MediaCommand)>,
    /// What the switch hears next: refusals of full mailboxes, what sessions said before a program asked.
    ahead: VecDeque<Input>,
    draining: Option<oneshot::Sender<()>>,
    /// Recordings of which there will be a report.
    recordings: usize,
    meter: CallMeter,
}

impl Driver {
    /// Makes the switch.
    pub fn new(
        config: SwitchConfig,
        directory: Arc<Directory>,
        seed: [u8; 32],
        sources: Sources,
        sinks: Sinks,
    ) -> Self {
        Self {
            switch: Switch::new(config, directory, seed, now()),
            sources,
            sinks,
            outboxes: Outboxes::default(),
            sip_waiting: VecDeque::new(),
            media_waiting: VecDeque::new(),
            ahead: VecDeque::new(),
            draining: None,
            recordings: 0,
            meter: CallMeter::default(),
        }
    }

    /// Runs until the calls are drained or nobody is left to ask.
    pub async fn run(mut self) {
        loop {
            let deadline = self.drain();
            if self.draining.is_some() && self.settled() {
                return self.finish();
            }
            let input = match self.ahead.pop_front() {
                Some(input) => input,
                None => self.next(deadline).await,
            };
            match input {
                Input::Question(question) => self.question(question),
                Input::Session(message) => self.session(message),
                Input::Sip(sip::Report::Event(event)) => self.switch.handle_sip(now(), event),
                Input::Sip(sip::Report::InviteRefused(id)) => self.switch.handle_sip_refused(now(), id),
                Input::Media(event) => self.switch.handle_media(now(), event),
                Input::Recording(report) => {
                    self.recordings = self.recordings.saturating_sub(1);
                    self.switch.handle_recording(now(), report);
                }
                Input::Room => {}
                Input::Deadline => self.switch.handle_timeout(now()),
                Input::Gone => return,
            }
        }
    }

    async fn next(&mut self, deadline: Instant) -> Input {
        let retry = (!self.media_waiting.is_empty()).then(|| Instant::now() + TRY_AGAIN);
        let wake = retry.map_or(deadline, |retry| retry.min(deadline));
        let Sources { questions, sessions, sip, media, recordings } = &mut self.sources;
        tokio::select! {
            question = questions.recv() => {
                // A program may ask for a browser as soon as that is welcome.
                let waiting = sessions.len();
                let said = std::iter::from_fn(|| sessions.try_recv().ok()).take(waiting).map(Input::Session);
                self.ahead.extend(said);
                self.ahead.push_back(question.map_or(Input::Gone, Input::Question));
                self.ahead.pop_front().unwrap_or(Input::Room)
            }
            Some(message) = sessions.recv() => Input::Session(message),
            Some(report) = sip.recv() => Input::Sip(report),
            Some(event) = media.recv() => Input::Media(event),
            Some(report) = recordings.recv() => Input::Recording(report),
            _ = self.sinks.sip.reserve(), if !self.sip_waiting.is_empty() => Input::Room,
            () = tokio::time::sleep_until(wake.into()) => {
                if wake < deadline { Input::Room } else { Input::Deadline }
            }
        }
    }

    fn question(&mut self, question: Question) {
        match question {
            Question::Command { command, answer } => {
                let request = self.outboxes.expect(Waiting::Program(answer));
                self.switch.handle_command(now(), request, command);
            }
            // Whoever asked may have stopped waiting.
            Question::Call { id, answer } => drop(answer.send(self.switch.call(id))),
            Question::Calls { limit, after, answer } => {
                let calls =
                    self.switch.calls().skip_while(|call| after.is_some_and(|after| call.id != after));
                let _ = answer.send(calls.skip(usize::from(after.is_some())).take(limit).collect());
            }
            Question::Route { asked, answer } => {
                let _ = answer.send(self.switch.explain_route(now(), &asked));
            }
            Question::Directory(directory) => self.switch.set_directory(directory),
            Question::Drain { answer } => {
                self.draining = Some(answer);
                self.switch.drain(now());
            }
        }
    }

    fn session(&mut self, message: FromSession) {
        match message {
            FromSession::Connected { session, user, grants, outbox } => {
                self.outboxes.open(session, outbox);
                self.switch.handle_session(now(), SessionEvent::Connected { session, user, grants });
            }
            FromSession::Request { session, call, id, request } => {
                let waiting = self.outboxes.expect(Waiting::Session { session, id });
                self.switch.handle_rtc(now(), RtcOrigin { session, call, request: waiting }, request);
            }
            FromSession::Detached { session } => {
                self.switch.handle_session(now(), SessionEvent::Detached { session });
            }
            FromSession::Resumed { session, grants, page } => {
                self.switch.handle_session(now(), SessionEvent::Resumed { session, grants, page });
            }
            FromSession::Ended { session } => {
                self.outboxes.close(session);
                self.switch.handle_session(now(), SessionEvent::Ended { session });
            }
        }
    }

    /// Carries out everything that the switch asks for.
    fn drain(&mut self) -> Instant {
        loop {
            match self.switch.poll_output() {
                Output::Sip(command) => self.sip_waiting.push_back(command),
                Output::Media { worker, command } => self.media_waiting.push_back((worker, command)),
                Output::Rtc { session, call, notice } => self.outboxes.notice(session, call, notice),
                Output::Reply { request, result } => self.outboxes.reply(request, result),
                Output::Event(event) => {
                    self.meter.observe(&event);
                    self.begin_recording(&event);
                    self.sinks.journal.record(wire::event(event));
                }
                Output::Timeout(deadline) => {
                    self.send_media();
                    self.send_sip();
                    self.meter.live(self.switch.live_calls());
                    return deadline;
                }
            }
        }
    }

    /// Names a recording to its writer before the worker hears of it.
    fn begin_recording(&mut self, event: &CallEvent) {
        let CallFact::RecordingStarted { recording } = event.fact else { return };
        let begun = Begun { recording, call: event.call, leg: event.leg, at: event.at.into() };
        self.recordings += 1;
        if self.sinks.recordings.try_send(Note::Begun(begun)).is_err() {
            refused("recordings");
            let result = RecordingResult::Failed(RecordingFault::DiskSlow);
            let report = RecordingReport { call: event.call, recording, result };
            self.ahead.push_back(Input::Recording(report));
        }
    }

    fn send_sip(&mut self) {
        while let Some(command) = self.sip_waiting.pop_front() {
            let sent = self.sinks.sip.try_send(sip::Request::Command(command));
            match sent {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(sip::Request::Command(SipCommand::Invite(id, _)))) => {
                    refused("sip");
                    self.ahead.push_back(Input::Sip(sip::Report::InviteRefused(id)));
                }
                Err(mpsc::error::TrySendError::Full(sip::Request::Command(command))) => {
                    self.sip_waiting.push_front(command);
                    return;
                }
                Err(mpsc::error::TrySendError::Full(_) | mpsc::error::TrySendError::Closed(_)) => return,
            }
        }
    }

    fn send_media(&mut self) {
        let mut full = VecDeque::new();
        while let Some((worker, command)) = self.media_waiting.pop_front() {
            let Some(handle) = self.sinks.media.get(usize::from(worker)) else { continue };
            // A worker's commands keep their order.
            let behind = full.iter().any(|(earlier, _)| *earlier == worker);
            let request = media_driver::Request::Command(command);
            let refused = if behind { Err(request) } else { handle.send(request) };
            if let Err(media_driver::Request::Command(command)) = refused {
                self.put_off(&mut full, worker, command);
            }
        }
        self.media_waiting = full;
    }

    /// A full worker takes no new ports; what it must know about those it has, it gets later.
    fn put_off(&mut self, full: &mut VecDeque<(u16, MediaCommand)>, worker: u16, command: MediaCommand) {
        if let MediaCommand::Open { port, .. } = command {
            refused("media");
            self.ahead.push_back(Input::Media(MediaEvent::Refused { port, refusal: Refusal::Busy }));
        } else {
            full.push_back((worker, command));
        }
    }

    fn settled(&self) -> bool {
        self.switch.live_calls() == 0
            && self.recordings == 0
            && self.sip_waiting.is_empty()
            && self.media_waiting.is_empty()
            && self.ahead.is_empty()
    }

    fn finish(mut self) {
        self.outboxes.close_all();
        if let Some(answer) = self.draining.take() {
            let _ = answer.send(());
        }
    }
}

fn now() -> Moment {
    Moment { instant: Instant::now(), wall: SystemTime::now() }
}

fn refused(mailbox: &'static str) {
    metrics::counter!("offhook_mailbox_refused_total", "mailbox" => mailbox).increment(1);
}
