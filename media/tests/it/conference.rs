//! Rooms: each hears the others and not itself, or whom the matrix says.

use std::collections::HashMap;
use std::time::Instant;

use media::CodecKind::{self, G722, Opus, Pcmu};
use media::codec::{decoder, encoder};
use media::rtp::{Header, Packet};
use media::sdp::SrtpMode;
use media::vad::Talk;
use media::{
    DtmfMethod, Hearing, MediaCommand, MediaEvent, Output, PortId, PortSpec, Refusal, RoomId, Socket, Worker,
};

use crate::tone::{AMPLITUDE, Tone, amplitude};
use crate::world::{TICK, Trunk, World};

const ROOM: RoomId = RoomId(1);

/// One who speaks a tone of its own.
struct Member {
    codec: CodecKind,
    trunk: Trunk,
    tone: Option<Tone>,
    encoder: Box<dyn media::codec::Encoder>,
    heard: Vec<(Header, Vec<u8>)>,
}

/// Phones around one worker, in virtual time.
pub(crate) struct Party {
    now: Instant,
    worker: Worker,
    members: HashMap<PortId, Member>,
    events: Vec<MediaEvent>,
}

fn rate_of(codec: CodecKind) -> u32 {
    codec.sample_rate().min(16_000)
}

impl Party {
    /// Members 1, 2, and so on, in a room; each speaks at 400 Hz and a number times 150.
    fn of(codecs: &[CodecKind]) -> Self {
        let mut party =
            Self { now: World::new().now, worker: World::large(), members: HashMap::new(), events: vec![] };
        for (number, codec) in (1..).zip(codecs) {
            party.open(PortId(number), *codec);
            party.command(MediaCommand::Mix { port: PortId(number), room: ROOM });
        }
        party
    }

    fn open(&mut self, port: PortId, codec: CodecKind) {
        let (local, codecs) = ("10.0.0.1".parse().unwrap(), vec![codec]);
        self.command(MediaCommand::Open {
            port,
            spec: PortSpec::RtpOffer { local, codecs, dtmf: DtmfMethod::Auto, srtp: SrtpMode::Off },
        });
        let trunk = Trunk::new();
        let sdp = trunk.describe(codec, "sendrecv").replace("opus/8000", "opus/48000/2").into();
        let signalled_from = trunk.address.ip();
        self.command(MediaCommand::SetAnswer { port, sdp, signalled_from });
        let rate = rate_of(codec);
        let (tone, heard) = (Some(Tone::new(frequency(port), rate)), Vec::new());
        let encoder = encoder(codec, rate).unwrap();
        self.members.insert(port, Member { codec, trunk, tone, encoder, heard });
    }

    fn command(&mut self, command: MediaCommand) {
        self.worker.handle_command(self.now, command);
        self.drain();
    }

    /// All speak, each packet in its time.
    fn talk(&mut self, ms: u32) {
        for _ in 0..ms / 20 {
            let mut ports: Vec<_> = self.members.keys().copied().collect();
            ports.sort();
            for port in ports {
                let member = self.members.get_mut(&port).unwrap();
                let Some(tone) = &mut member.tone else { continue };
                let mut payload = [0; 1_500];
                let samples = rate_of(member.codec) as usize / 50;
                let len = member.encoder.encode(&tone.frame(samples), &mut payload).unwrap();
                let number = member.codec.static_payload_type().unwrap_or(96);
                let ticks = member.codec.rtp_clock() / 50;
                let mut packet = member.trunk.packet(number, false, ticks, &payload[..len]);
                let from = member.trunk.address;
                self.worker.handle_packet(self.now, Socket::Rtp(port), from, &mut packet);
                self.drain();
            }
            self.now += TICK;
            self.worker.handle_timeout(self.now);
            self.drain();
        }
    }

    fn drain(&mut self) {
        loop {
            match self.worker.poll_output() {
                Output::Bind { port, .. } => self.worker.handle_bound(self.now, port),
                Output::Transmit { socket: Socket::Rtp(port), .. } => {
                    let packet = Packet::parse(self.worker.payload()).unwrap();
                    let member = self.members.get_mut(&port).unwrap();
                    member.heard.push((packet.header, packet.payload.to_vec()));
                }
                Output::Event(event) => self.events.push(event),
                Output::Timeout(_) => return,
                Output::Transmit { .. } | Output::Unbind { .. } => {}
            }
        }
    }

    /// What a member heard since the last time, at its codec's rate.
    fn heard(&mut self, port: u64) -> Vec<i16> {
        let member = self.members.get_mut(&PortId(port)).unwrap();
        let rate = rate_of(member.codec);
        let mut decoder = decoder(member.codec, rate).unwrap();
        let mut pcm = Vec::new();
        for (_, payload) in member.heard.drain(..) {
            let mut frame = vec![0; rate as usize / 50];
            let len = decoder.decode(&payload, &mut frame).unwrap();
            pcm.extend(&frame[..len]);
        }
        pcm
    }

    /// How loud a member hears each of some others after things have settled, of the loudness they speak with.
    fn shares(&mut self, port: u64, others: &[u64]) -> Vec<f64> {
        self.heard(port);
        self.talk(600);
        let rate = rate_of(self.members[&PortId(port)].codec);
        let pcm = self.heard(port);
        let settled = &pcm[pcm.len() / 3..];
        others.iter().map(|other| amplitude(settled, frequency(PortId(*other)), rate) / AMPLITUDE).collect()
    }

    fn hear(&mut self, listener: u64, talker: u64, hearing: Hearing) {
        self.command(MediaCommand::SetHearing {
            listener: PortId(listener),
            talker: PortId(talker),
            hearing,
        });
    }

    fn silence(&mut self, port: u64) {
        self.members.get_mut(&PortId(port)).unwrap().tone = None;
    }
}

fn frequency(port: PortId) -> f64 {
    400.0 + 150.0 * port.0 as f64
}

fn assert_hears(shares: &[f64], expected: &[bool]) {
    for (share, expected) in shares.iter().zip(expected) {
        let ok = if *expected { (0.8..1.2).contains(share) } else { *share < 0.03 };
        assert!(ok, "{shares:?}, not {expected:?}");
    }
}

#[test]
fn each_hears_the_others_and_not_itself() {
    let mut party = Party::of(&[Pcmu, G722, Opus]);
    party.talk(600);
    for port in 1..=3 {
        let expected: Vec<_> = (1..=3).map(|other| other != port).collect();
        assert_hears(&party.shares(port, &[1, 2, 3]), &expected);
    }
}

#[test]
fn a_room_is_not_heard_in_another() {
    let mut party = Party::of(&[Pcmu, Pcmu, Pcmu, Pcmu]);
    for port in [3, 4] {
        party.command(MediaCommand::Mix { port: PortId(port), room: RoomId(2) });
    }
    party.talk(600);
    assert_hears(&party.shares(1, &[2, 3, 4]), &[true, false, false]);
    assert_hears(&party.shares(3, &[1, 2, 4]), &[false, false, true]);
}

#[test]
fn listen_whisper_and_barge_are_rows_of_the_matrix() {
    let mut party = Party::of(&[Pcmu, Pcmu, Opus]);
    // A caller, an agent, and a supervisor who listens.
    party.hear(1, 3, Hearing::Deaf);
    party.hear(2, 3, Hearing::Deaf);
    party.talk(600);
    assert_hears(&party.shares(3, &[1, 2]), &[true, true]);
    assert_hears(&party.shares(1, &[2, 3]), &[true, false]);
    // Whispers to the agent.
    party.hear(2, 3, Hearing::Hears);
    assert_hears(&party.shares(2, &[1, 3]), &[true, true]);
    assert_hears(&party.shares(1, &[2, 3]), &[true, false]);
    // Barges in.
    party.hear(1, 3, Hearing::Hears);
    assert_hears(&party.shares(1, &[2, 3]), &[true, true]);
}

#[test]
fn a_muted_member_hears_and_is_not_heard() {
    let mut party = Party::of(&[Pcmu, Pcmu, Pcmu]);
    party.command(MediaCommand::Mute { port: PortId(2), muted: true });
    party.talk(600);
    assert_hears(&party.shares(1, &[2, 3]), &[false, true]);
    assert_hears(&party.shares(2, &[1, 3]), &[true, true]);
}

#[test]
fn of_many_the_eight_loudest_are_heard() {
    let mut party = Party::of(&[Pcmu; 12]);
    (10..=12).for_each(|port| party.silence(port));
    party.talk(600);
    // All nine speak alike, and too loud for one line; one of them is left out, and stays so.
    let shares = party.shares(12, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let heard = shares.iter().filter(|share| (0.45..0.7).contains(*share));
    assert_eq!(heard.count(), 8, "{shares:?}");
    assert_eq!(shares.iter().filter(|share| **share < 0.03).count(), 1, "{shares:?}");
}

#[test]
fn joins_and_leaves_do_not_click() {
    let mut party = Party::of(&[Pcmu, Pcmu, Pcmu]);
    (1..=2).for_each(|port| party.silence(port));
    party.talk(600);
    party.heard(1);
    party.talk(200);
    party.command(MediaCommand::Unmix { port: PortId(3) });
    party.talk(400);
    party.command(MediaCommand::Mix { port: PortId(3), room: ROOM });
    party.talk(400);
    party.command(MediaCommand::Close { port: PortId(3) });
    party.members.remove(&PortId(3)).unwrap();
    party.talk(200);
    let pcm = party.heard(1);
    // Member 3 speaks at 850 Hz: no steeper than this, with room for G.711.
    let steepest = (AMPLITUDE * std::f64::consts::TAU * 850.0 / 8_000.0 * 1.15) as i32;
    let steps = pcm.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs());
    assert!(steps.clone().max().unwrap() < steepest, "a step of {:?} over {steepest}", steps.max());
    assert!(pcm.iter().any(|sample| sample.unsigned_abs() > 7_000));
    assert!(pcm[pcm.len() - 800..].iter().all(|sample| sample.abs() < 20));
}

#[test]
fn the_stream_goes_on_from_bridge_to_room_and_back() {
    let mut party = Party::of(&[Pcmu, Pcmu]);
    party.command(MediaCommand::Bridge { a: PortId(1), b: PortId(2) });
    party.talk(300);
    for port in [1, 2] {
        party.command(MediaCommand::Mix { port: PortId(port), room: ROOM });
    }
    party.talk(300);
    party.command(MediaCommand::Bridge { a: PortId(1), b: PortId(2) });
    party.talk(300);
    let heard = &party.members[&PortId(1)].heard;
    for pair in heard.windows(2) {
        let ticks = pair[1].0.timestamp.wrapping_sub(pair[0].0.timestamp);
        assert_eq!(pair[1].0.sequence, pair[0].0.sequence.wrapping_add(1));
        assert!((160..=480).contains(&ticks), "{ticks}");
        assert!(pair[1].0.marker || ticks == 160);
    }
    assert!(heard.len() > 40);
}

#[test]
fn who_speaks_is_told() {
    let mut party = Party::of(&[Pcmu, Opus]);
    party.silence(1);
    party.talk(1_000);
    party.silence(2);
    party.talk(1_000);
    let told = party.events.iter().filter_map(|event| {
        let MediaEvent::Talking { port, talk } = event else { return None };
        Some((port.0, *talk))
    });
    assert_eq!(told.collect::<Vec<_>>(), [(2, Talk::Began), (2, Talk::Ended)]);
}

#[test]
fn those_who_are_not_in_one_room_are_told() {
    let mut party = Party::of(&[Pcmu, Pcmu]);
    party.command(MediaCommand::Mix { port: PortId(2), room: RoomId(2) });
    party.hear(1, 2, Hearing::Deaf);
    party.hear(1, 7, Hearing::Deaf);
    let refused =
        |event: &&MediaEvent| matches!(event, MediaEvent::Refused { refusal: Refusal::UnknownPort, .. });
    assert_eq!(party.events.iter().filter(refused).count(), 2);
}
