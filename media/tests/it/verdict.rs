//! Whether sound flows is told within three seconds, each way, and if not, why.

use std::time::{Duration, Instant};

use media::CodecKind::{self, Opus, Pcmu};
use media::sdp::SrtpMode;
use media::srtp::{EXPANSION_MAX, MasterKey, Protector, Suite};
use media::verdict::Absence::{Codec, Dtls, Held, Muted, NoIcePair, NothingReceived, NothingSent};
use media::verdict::Absence::{SrtpAuthentication, WrongSource};
use media::verdict::Sound::{Absent, Flowing, Silent};
use media::verdict::{Sound, Verdict};
use media::{MediaCommand, MediaEvent, PortId, Socket};

use crate::speech::{browser_format, tone_packets};
use crate::srtp_trunk::{crypto_line, key};
use crate::world::{BROWSER, TICK, TRUNK, World};

const IN_TIME: Duration = Duration::from_secs(3);

/// What each says in its packets, if anything.
#[derive(Clone, Copy)]
struct Talk<'a> {
    browser: Option<(CodecKind, &'a [Vec<u8>])>,
    trunk: Option<&'a [Vec<u8>]>,
}

impl World {
    fn judge(&mut self) {
        for port in [BROWSER, TRUNK] {
            self.command(MediaCommand::Judge { port });
        }
    }

    /// Both talk for a while.
    fn talk(&mut self, talk: Talk, until: Instant) {
        for at in 0.. {
            if self.now >= until {
                return;
            }
            self.step(TICK);
            if let Some((codec, packets)) = talk.browser {
                let (payload_type, clock) = browser_format(codec);
                self.browser_sends(payload_type, false, clock / 50, &packets[at % packets.len()]);
            }
            if let Some(packets) = talk.trunk {
                self.trunk_sends(0, false, 160, &packets[at % packets.len()]);
            }
        }
    }

    fn verdicts(&self, of: PortId) -> Vec<Verdict> {
        let judged = |event: &MediaEvent| {
            let MediaEvent::Judged { port, verdict } = event else { return None };
            (*port == of).then_some(*verdict)
        };
        self.events.iter().filter_map(judged).collect()
    }

    /// The only verdict, in time.
    fn verdict(&mut self, of: PortId, talk: Talk) -> [Sound; 2] {
        self.judge();
        self.talk(talk, self.now + IN_TIME);
        let [Verdict { incoming, outgoing }] = self.verdicts(of)[..] else {
            panic!("{:?}", self.verdicts(of));
        };
        [incoming, outgoing]
    }
}

const NOBODY: Talk = Talk { browser: None, trunk: None };

#[test]
fn of_a_call_in_which_both_talk() {
    let (opus, pcmu) = (tone_packets(Opus, 20, 50), tone_packets(Pcmu, 20, 50));
    let mut world = World::call(&[Opus], Pcmu);
    world.judge();
    world.talk(Talk { browser: Some((Opus, &opus)), trunk: Some(&pcmu) }, world.now + Duration::from_secs(1));
    for port in [BROWSER, TRUNK] {
        assert_eq!(world.verdicts(port), [Verdict { incoming: Flowing, outgoing: Flowing }], "at once");
    }
    world.talk(Talk { browser: Some((Opus, &opus)), trunk: Some(&pcmu) }, world.now + IN_TIME * 10);
    assert_eq!(world.verdicts(TRUNK).len(), 1, "and once");
}

#[test]
fn of_one_who_says_nothing() {
    let nothing = vec![vec![0xFF; 160]];
    let pcmu = tone_packets(Pcmu, 20, 50);
    // Decoded on its way, or not.
    for codecs in [[Opus], [Pcmu]] {
        let mut world = World::call(&codecs, Pcmu);
        assert_eq!(world.verdict(TRUNK, Talk { trunk: Some(&nothing), ..NOBODY })[0], Silent, "{codecs:?}");
        world.talk(Talk { trunk: Some(&nothing), ..NOBODY }, world.now + IN_TIME * 10);
        assert_eq!(world.verdicts(TRUNK).len(), 1, "{codecs:?}");
        world.talk(Talk { trunk: Some(&pcmu), ..NOBODY }, world.now + IN_TIME * 5);
        assert_eq!(world.verdicts(TRUNK)[1].incoming, Flowing, "{codecs:?}");
    }
}

#[test]
fn of_a_trunk_that_sends_nothing() {
    let opus = tone_packets(Opus, 20, 50);
    let mut world = World::call(&[Opus], Pcmu);
    let verdict = world.verdict(TRUNK, Talk { browser: Some((Opus, &opus)), trunk: None });
    assert_eq!(verdict, [Absent(NothingReceived), Flowing]);
    let [Verdict { incoming, outgoing }] = world.verdicts(BROWSER)[..] else { panic!() };
    assert_eq!([incoming, outgoing], [Flowing, Absent(NothingSent)]);
}

#[test]
fn of_a_trunk_that_sends_from_elsewhere() {
    let mut world = World::call(&[Opus], Pcmu);
    world.trunk.address = "203.0.113.66:7000".parse().unwrap();
    let pcmu = tone_packets(Pcmu, 20, 50);
    assert_eq!(world.verdict(TRUNK, Talk { trunk: Some(&pcmu), ..NOBODY })[0], Absent(WrongSource));
}

#[test]
fn of_a_trunk_that_sends_what_was_not_agreed() {
    let mut world = World::call(&[Opus], Pcmu);
    world.judge();
    for _ in 0..150 {
        world.step(TICK);
        world.trunk_sends(99, false, 160, &[7; 33]);
    }
    assert_eq!(world.verdicts(TRUNK)[0].incoming, Absent(Codec));
}

#[test]
fn of_a_trunk_with_other_keys() {
    let suite = Suite::Aes128CmSha1_80;
    let mut world = World::new();
    world.srtp = SrtpMode::Mandatory;
    world.open_secure_trunk(&crypto_line(1, &key(suite)));
    world.judge();
    let mut protector = Protector::new(MasterKey::from_random(suite, [[99; 32], [98; 32]]));
    for sequence in 0..150 {
        world.step(TICK);
        let mut packet = world.trunk.packet(0, false, 160, &[0x55; 160]);
        let len = packet.len();
        packet.resize(len + EXPANSION_MAX, 0);
        let len = protector.protect_rtp(&mut packet, len, sequence).unwrap();
        packet.truncate(len);
        let from = world.trunk.address;
        world.inject(Socket::Rtp(TRUNK), from, packet);
    }
    assert_eq!(world.verdicts(TRUNK)[0].incoming, Absent(SrtpAuthentication));
}

#[test]
fn of_a_trunk_that_holds() {
    let mut world = World::call(&[Opus], Pcmu);
    world.reoffer(Pcmu, "inactive");
    assert_eq!(world.verdict(TRUNK, NOBODY), [Absent(Held); 2]);
}

#[test]
fn of_a_browser_that_never_comes() {
    let mut world = World::new();
    world.open_browser(&[Opus]);
    world.browser.outgoing.clear();
    world.command(MediaCommand::Judge { port: BROWSER });
    for _ in 0..150 {
        world.now += TICK;
        world.worker.handle_timeout(world.now);
        world.command(MediaCommand::Mute { port: BROWSER, muted: false });
    }
    let verdict = world.verdicts(BROWSER)[0];
    assert_eq!([verdict.incoming, verdict.outgoing], [Absent(NoIcePair); 2]);
}

#[test]
fn of_a_browser_whose_dtls_is_lost() {
    let mut world = World::new();
    world.lose_to_browser = Some(Box::new(|packet| (20..64).contains(&packet[0])));
    world.open_browser(&[Opus]);
    world.command(MediaCommand::Judge { port: BROWSER });
    world.run(IN_TIME);
    let verdict = world.verdicts(BROWSER)[0];
    assert_eq!([verdict.incoming, verdict.outgoing], [Absent(Dtls); 2]);
}

#[test]
fn of_a_browser_that_is_muted() {
    let opus = tone_packets(Opus, 20, 50);
    let mut world = World::call(&[Opus], Pcmu);
    world.command(MediaCommand::Mute { port: BROWSER, muted: true });
    let talk = Talk { browser: Some((Opus, &opus)), trunk: None };
    assert_eq!(world.verdict(BROWSER, talk)[0], Absent(Muted));
}

/// It is told again when sound ceases and when it is back, but not each time a peer comes and goes.
#[test]
fn of_a_trunk_that_comes_and_goes() {
    let pcmu = tone_packets(Pcmu, 20, 50);
    let (here, gone) = (Talk { trunk: Some(&pcmu), ..NOBODY }, NOBODY);
    let mut world = World::call(&[Opus], Pcmu);
    assert_eq!(world.verdict(TRUNK, here)[0], Flowing);
    world.talk(here, world.now + Duration::from_secs(10));
    world.talk(gone, world.now + Duration::from_secs(6));
    assert_eq!(world.verdicts(TRUNK)[1].incoming, Absent(NothingReceived));
    world.talk(here, world.now + Duration::from_secs(14));
    assert_eq!(world.verdicts(TRUNK)[2].incoming, Flowing);
    for _ in 0..10 {
        world.talk(gone, world.now + Duration::from_secs(3));
        world.talk(here, world.now + Duration::from_secs(3));
    }
    assert!(world.verdicts(TRUNK).len() <= 9, "{}", world.verdicts(TRUNK).len());
}
