//! A port plays the tone of a country in its cadence.

use std::time::Duration;

use media::CodecKind::{self, G722, Opus, Pcmu};
use media::source::{PlayEnd, PlayId, PlaySettings, Repeat, Signal, Source, Tone};
use media::{MediaCommand, MediaEvent, PortId};

use crate::bridge_transcodes::heard_by_trunk;
use crate::tone::amplitude;
use crate::world::{BROWSER, TRUNK, World};

pub(crate) const FOREVER: PlaySettings =
    PlaySettings { repeat: Repeat::Forever, volume_db: 0.0, from: Duration::ZERO };

impl World {
    pub(crate) fn play(&mut self, port: PortId, source: Source, settings: PlaySettings) {
        self.command(MediaCommand::Play { port, play: PlayId(port.0 + 100), source, settings });
    }

    /// How what was played on a port ended, and after how much.
    pub(crate) fn played(&self, of: PortId) -> Vec<(PlayEnd, Duration)> {
        let end = |event: &MediaEvent| {
            let MediaEvent::Played { port, play, end, position } = event else { return None };
            assert_eq!(play.0, port.0 + 100);
            (*port == of).then_some((*end, *position))
        };
        self.events.iter().filter_map(end).collect()
    }
}

/// What the trunk hears in `seconds`.
fn hear(codec: CodecKind, country: &str, signal: Signal, seconds: u64) -> Vec<i16> {
    let mut world = World::call(&[Opus], codec);
    world.play(TRUNK, Source::Tone(Tone::of_country(country, signal)), FOREVER);
    world.run(Duration::from_secs(seconds));
    assert_eq!(world.trunk.received.len() as u64, seconds * 50 + 1);
    assert!(world.trunk.received[0].header.marker);
    assert!(world.trunk.received[1..].iter().all(|packet| !packet.header.marker));
    world.assert_trunk_stream(160);
    heard_by_trunk(&world, codec)
}

/// Peak of each of two sines at -10 dBm0 together: what a table of E.180 gives at each, in its own amplitude.
fn assert_level(found: f64, sines: f64) {
    let db = 20.0 * (found / (7_200.0 / sines.sqrt())).log10();
    assert!(db.abs() < 1.0, "{db:.1} dB off");
}

#[test]
fn ringback_of_the_united_states() {
    let pcm = hear(Pcmu, "us", Signal::Ringback, 7);
    for at in [0, 6_000] {
        let on = &pcm[at * 8 + 400..at * 8 + 7_600];
        assert_level(amplitude(on, 440.0, 8_000), 2.0);
        assert_level(amplitude(on, 480.0, 8_000), 2.0);
    }
    assert!(pcm[2_030 * 8..5_990 * 8].iter().all(|sample| sample.abs() < 20), "a pause of four seconds");
}

#[test]
fn busy_of_germany_in_wideband() {
    let pcm = hear(G722, "DE", Signal::Busy, 2);
    assert_level(amplitude(&pcm[800..7_200], 425.0, 16_000), 1.0);
    assert!(amplitude(&pcm[8_400..15_000], 425.0, 16_000) < 50.0);
    assert_level(amplitude(&pcm[16_400..22_000], 425.0, 16_000), 1.0);
}

#[test]
fn every_country_has_all_signals_and_others_have_what_is_recommended() {
    let countries =
        ["AT", "AU", "BE", "BR", "CA", "CH", "CN", "DE", "DK", "ES", "FI", "FR", "GB", "IN", "IT"];
    let more = ["JP", "MX", "NL", "NO", "NZ", "PL", "PT", "SE", "SG", "US", "ZA"];
    let signals = [Signal::Ringback, Signal::Busy, Signal::Congestion, Signal::CallWaiting];
    for country in countries.into_iter().chain(more) {
        let tones = signals.map(|signal| Tone::of_country(country, signal));
        assert_ne!(tones[0], tones[1], "{country}");
        for tone in tones {
            assert!((300..1_500).contains(&tone.frequencies[0]), "{country}");
            assert!(tone.length().is_some_and(|length| length < Duration::from_secs(20)), "{country}");
        }
    }
    let plain = Tone::of_country("??", Signal::Busy);
    assert_eq!((plain.frequencies, plain.cadence), ([425, 0, 0], &[500, 500][..]));
}

#[test]
fn once_round_it_ends_and_is_told() {
    let mut world = World::call(&[Opus], Pcmu);
    let beep = Tone { frequencies: [1_400, 0, 0], cadence: &[200, 40] };
    world.play(TRUNK, Source::Tone(beep), PlaySettings::default());
    world.play(
        BROWSER,
        Source::Tone(beep),
        PlaySettings { repeat: Repeat::Times(3), ..PlaySettings::default() },
    );
    world.run(Duration::from_secs(2));
    assert_eq!(world.played(TRUNK), [(PlayEnd::Finished, Duration::from_millis(240))]);
    assert_eq!(world.trunk.received.len(), 12);
    let (end, position) = world.played(BROWSER)[0];
    assert_eq!(end, PlayEnd::Finished);
    assert!(position.abs_diff(Duration::from_millis(720)) < Duration::from_millis(20), "{position:?}");
}
