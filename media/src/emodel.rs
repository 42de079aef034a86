//! How good a call sounds to people, from what was measured of it: the E-model (ITU-T G.107) with default values for
//! all that a gateway cannot know.

use std::time::Duration;

use crate::worker::CodecKind;

/// Ro and what does not depend on the network: a call without loss and delay has R = 93.2 (G.107 §7.7, table 3).
const RO: f32 = 94.77;
const SIMULTANEOUS: f32 = 1.42;
/// Loudness of the talker's echo (TELR) and what is left of the listener's (WEPL), dB.
const TALKER_ECHO: f32 = 65.0;
const LISTENER_ECHO: f32 = 110.0;
/// Frame and look-ahead of a G.711 packet of 20 ms; of the other codecs it is a few ms more, which no one hears.
const PACKET: Duration = Duration::from_millis(20);
/// What a receiver waits for stragglers, in units of the jitter.
const PLAYOUT_JITTERS: u32 = 2;

/// What one direction of a leg went through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impairments {
    /// What it was encoded with.
    pub codec: CodecKind,
    /// Share of packets that did not come, 0 to 1.
    pub loss: f32,
    /// How much longer losses last than if each were by chance, 1 and up (G.107 §7.5).
    pub burst_ratio: f32,
    /// There and back.
    pub round_trip: Duration,
    /// Interarrival jitter.
    pub jitter: Duration,
}

impl Impairments {
    /// Mean opinion score, conversational and estimated: 1 (bad) to 4.4.
    pub fn mos(&self) -> f32 {
        mos_of(self.rating())
    }

    /// The transmission rating R, 0 and below (useless) to 93.
    pub fn rating(&self) -> f32 {
        RO - SIMULTANEOUS - delay_impairment(self.mouth_to_ear()) - self.equipment_impairment()
    }

    fn mouth_to_ear(&self) -> Duration {
        self.round_trip / 2 + PACKET + self.jitter * PLAYOUT_JITTERS
    }

    /// Ie-eff (G.107 §7.5).
    fn equipment_impairment(&self) -> f32 {
        let (base, robustness) = equipment(self.codec);
        let percent = self.loss.clamp(0.0, 1.0) * 100.0;
        base + (95.0 - base) * percent / (percent / self.burst_ratio.max(1.0) + robustness)
    }
}

/// Ie and Bpl of a codec. G.711's are with concealment (G.113 table I.2). For G.722 on this narrowband scale the same
/// is taken. Opus is not in G.113: its pair is fitted to the scores of libopus with in-band FEC at 24 kbit/s.
const fn equipment(codec: CodecKind) -> (f32, f32) {
    match codec {
        CodecKind::Pcmu | CodecKind::Pcma | CodecKind::G722 => (0.0, 25.1),
        CodecKind::Opus => (12.0, 75.0),
    }
}

/// Id: talker's echo, listener's echo, and delay as such (G.107 §7.4).
fn delay_impairment(one_way: Duration) -> f32 {
    let ms = one_way.as_secs_f32() * 1000.0;
    if ms < 1.0 {
        return 0.0;
    }
    let loudness =
        TALKER_ECHO - 40.0 * ((1.0 + ms / 10.0) / (1.0 + ms / 150.0)).log10() + 6.0 * (-0.3 * ms * ms).exp();
    let talker = (RO - (80.0 + 2.5 * (loudness - 14.0))) / 2.0;
    let talker = (talker + talker.hypot(10.0) - 1.0) * (1.0 - (-ms).exp());
    let listener = (RO - 10.5 * (LISTENER_ECHO + 7.0) * (2.0 * ms + 1.0).powf(-0.25)) / 2.0;
    let listener = listener + listener.hypot(13.0);
    talker + listener + absolute_delay_impairment(ms)
}

/// Idd: none up to 100 ms.
fn absolute_delay_impairment(ms: f32) -> f32 {
    if ms <= 100.0 {
        return 0.0;
    }
    let x = (ms / 100.0).log2();
    let sixth = |value: f32| (1.0 + value.powi(6)).powf(1.0 / 6.0);
    25.0 * (sixth(x) - 3.0 * sixth(x / 3.0) + 2.0)
}

/// G.107 annex B.
fn mos_of(rating: f32) -> f32 {
    let rating = rating.clamp(0.0, 100.0);
    (1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(loss: f32, burst_ratio: f32, one_way_ms: u64) -> Impairments {
        let round_trip = Duration::from_millis(2 * one_way_ms.saturating_sub(20));
        Impairments { codec: CodecKind::Pcmu, loss, burst_ratio, round_trip, jitter: Duration::ZERO }
    }

    /// G.107 annex B, table B.2: R of 90, 80, 70, 60 and 50.
    #[test]
    fn the_scores_of_annex_b() {
        for (rating, mos) in [(90.0, 4.34), (80.0, 4.03), (70.0, 3.60), (60.0, 3.10), (50.0, 2.58)] {
            assert!((mos_of(rating) - mos).abs() < 0.01, "{rating}: {}", mos_of(rating));
        }
        assert_eq!((mos_of(-20.0), mos_of(100.0)), (1.0, 4.5));
    }

    /// The known straight-line approximation: 0.024 a millisecond, and 0.11 more of each beyond 177.
    #[test]
    fn delay_costs_little_until_it_costs_much() {
        for (ms, rating) in [(20, 92.7), (100, 90.8), (150, 89.6), (250, 79.2), (300, 72.5)] {
            let ours = of(0.0, 1.0, ms).rating();
            assert!((ours - rating).abs() < 0.8, "{ms} ms: {ours}");
        }
    }

    /// G.113: with Bpl 25.1, 5 % of loss by chance costs 15.8.
    #[test]
    fn loss_costs_more_in_bursts() {
        let cost = |loss, burst| of(0.0, 1.0, 20).rating() - of(loss, burst, 20).rating();
        assert!((cost(0.05, 1.0) - 15.8).abs() < 0.1, "{}", cost(0.05, 1.0));
        assert!(cost(0.05, 2.0) > cost(0.05, 1.0));
        assert!(of(1.0, 1.0, 20).mos() < 1.5);
    }

    #[test]
    fn opus_holds_out_longer() {
        let mos = |codec, loss| Impairments { codec, ..of(loss, 1.0, 50) }.mos();
        assert!(mos(CodecKind::Opus, 0.0) < mos(CodecKind::Pcmu, 0.0));
        assert!(mos(CodecKind::Opus, 0.1) > mos(CodecKind::Pcmu, 0.1) + 0.2);
    }
}
