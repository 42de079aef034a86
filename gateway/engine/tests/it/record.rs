//! A call's recording, as far as the engine decides about it.

use std::time::Duration;

use engine::{
    CallCommand, CallFact, Cause, Collect, PausedBy, Privacy, RecordingFault, RecordingId, RecordingReport,
    RecordingResult, Refused, Reply, RtcRequest,
};
use media::tap::{RecordControl, RecordFormat};
use media::{MediaCommand, MediaEvent, PortId};

use crate::world::{ANN, CALL, World};

fn record(world: &mut World) -> RecordingId {
    match world.command(CallCommand::StartRecording { call: CALL, leg: None }) {
        Ok(Reply::Recording(recording)) => recording,
        other => panic!("a recording wanted, got {other:?}"),
    }
}

/// What the worker was told of the recording.
fn controls(world: &World) -> Vec<(PortId, RecordControl)> {
    let controls = world.media.iter().filter_map(|command| match command {
        MediaCommand::ControlRecord { port, control } => Some((*port, *control)),
        _ => None,
    });
    controls.collect()
}

/// What listeners were told of the recording.
fn told(world: &World) -> Vec<CallFact> {
    let is_one = |fact: &&CallFact| {
        matches!(
            fact,
            CallFact::RecordingStarted { .. }
                | CallFact::RecordingPaused { .. }
                | CallFact::RecordingResumed { .. }
                | CallFact::RecordingEnded { .. }
        )
    };
    world.facts().into_iter().filter(is_one).cloned().collect()
}

fn completed() -> RecordingResult {
    RecordingResult::Completed { length: Duration::from_secs(3), bytes: 96_044, sha256: [7; 32] }
}

fn report(world: &mut World, recording: RecordingId, result: RecordingResult) {
    let report = RecordingReport { call: CALL, recording, result };
    world.switch.handle_recording(world.now, report);
    world.drain();
}

#[test]
fn a_recording_is_started_paused_resumed_and_stopped() {
    let (mut world, _) = World::talking();
    let id = record(&mut world);
    let port = world.trunk_port();
    assert!(
        matches!(world.media.last(), Some(MediaCommand::Record { port: recorded, recording, format: RecordFormat::Wav })
        if *recorded == port && recording.0 == id.0.as_u128())
    );
    assert_eq!(
        world.command(CallCommand::StartRecording { call: CALL, leg: None }),
        Err(Refused::WrongState)
    );
    let by = PausedBy::Program;
    for command in [
        CallCommand::PauseRecording { call: CALL },
        CallCommand::PauseRecording { call: CALL },
        CallCommand::ResumeRecording { call: CALL },
        CallCommand::StopRecording { call: CALL },
    ] {
        world.command(command).unwrap();
    }
    assert_eq!(world.command(CallCommand::StopRecording { call: CALL }), Err(Refused::WrongState));
    let wanted = [RecordControl::Pause, RecordControl::Resume, RecordControl::Stop];
    assert_eq!(controls(&world), wanted.map(|control| (port, control)));
    report(&mut world, id, completed());
    let facts = [
        CallFact::RecordingStarted { recording: id },
        CallFact::RecordingPaused { recording: id, by },
        CallFact::RecordingResumed { recording: id },
        CallFact::RecordingEnded { recording: id, result: completed() },
    ];
    assert_eq!(told(&world), facts);
    let second = record(&mut world);
    assert_eq!(world.switch.call(CALL).unwrap().recordings, [id, second]);
}

#[test]
fn the_file_is_told_of_after_the_end_of_the_call_too() {
    let (mut world, _) = World::talking();
    let id = record(&mut world);
    world.ask(ANN, CALL, RtcRequest::Hangup).unwrap();
    let ended = world.events.last().unwrap().seq;
    report(&mut world, id, completed());
    let last = world.events.last().unwrap();
    assert_eq!(last.fact, CallFact::RecordingEnded { recording: id, result: completed() });
    assert_eq!(last.seq, ended + 1);
    assert_eq!(world.switch.call(CALL).unwrap().recordings, [id]);
    world.assert_clean();
}

#[test]
fn a_full_disk_ends_the_recording_and_not_the_call() {
    let (mut world, _) = World::talking();
    let id = record(&mut world);
    let failed = RecordingResult::Failed(RecordingFault::DiskFull);
    report(&mut world, id, failed.clone());
    assert_eq!(controls(&world), [(world.trunk_port(), RecordControl::Stop)]);
    assert_eq!(told(&world).last(), Some(&CallFact::RecordingEnded { recording: id, result: failed }));
    assert_eq!(world.switch.live_calls(), 1);
    record(&mut world);
}

#[test]
fn a_recording_lasts_so_long_at_most() {
    let (mut world, _) = World::talking();
    record(&mut world);
    world.advance(Duration::from_secs(4 * 3600 - 1));
    assert_eq!(controls(&world), []);
    world.advance(Duration::from_secs(1));
    assert_eq!(controls(&world), [(world.trunk_port(), RecordControl::Stop)]);
}

#[test]
fn nothing_is_recorded_while_keys_are_redacted() {
    let (mut world, _) = World::talking();
    let id = record(&mut world);
    let wanted = Collect {
        max: 1,
        min: 1,
        terminators: String::new(),
        first_digit: Duration::from_secs(5),
        inter_digit: Duration::from_secs(5),
        prompt: None,
        privacy: Privacy::Redacted,
    };
    world.command(CallCommand::Collect { call: CALL, leg: None, wanted: wanted.clone() }).unwrap();
    let paused = CallFact::RecordingPaused { recording: id, by: PausedBy::Redaction };
    assert_eq!(told(&world).last(), Some(&paused));
    assert_eq!(world.command(CallCommand::ResumeRecording { call: CALL }), Err(Refused::WrongState));
    let port = world.trunk_port();
    let press = |world: &mut World| {
        let duration = Duration::from_millis(100);
        world.media_event(MediaEvent::Digit { port, digit: '1', duration, relayed: false });
    };
    press(&mut world);
    assert_eq!(told(&world).last(), Some(&CallFact::RecordingResumed { recording: id }));
    world.command(CallCommand::PauseRecording { call: CALL }).unwrap();
    world.command(CallCommand::Collect { call: CALL, leg: None, wanted }).unwrap();
    let before = controls(&world).len();
    world.command(CallCommand::ResumeRecording { call: CALL }).unwrap();
    assert_eq!(controls(&world).len(), before, "the keys are still collected");
    press(&mut world);
    assert_eq!(controls(&world).last(), Some(&(port, RecordControl::Resume)));
}

#[test]
fn a_recorded_browser_that_comes_back_is_another_port() {
    let (mut world, _) = World::talking();
    let near = world.switch.call(CALL).unwrap().legs[0].id;
    world.command(CallCommand::StartRecording { call: CALL, leg: Some(near) }).unwrap();
    world.ask(ANN, CALL, RtcRequest::Reattach { sdp: "v=0 offer".to_owned() }).unwrap();
    assert_eq!(world.command(CallCommand::PauseRecording { call: CALL }), Err(Refused::WrongState));
    record(&mut world);
    world.command(CallCommand::Hangup { call: CALL }).unwrap();
    world.assert_ended(Cause::Normal);
}
