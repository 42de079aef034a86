//! Which recording was played: by the spectrogram, as codecs and jitter buffers leave that alone and move phases about.

use super::Sound;
use super::spectrum::amplitude;
use std::ops::Range;
use std::time::Duration;

/// Window of one column: two periods of a low voice.
const WINDOW: Duration = Duration::from_millis(24);
const HOP: Duration = Duration::from_millis(4);
/// Rate at which the telephone band is looked at.
const RATE: u32 = 8_000;
/// Rows, in Hz: a quarter of an octave apart, from a voice's pitch to the telephone band's end.
const ROWS: [f64; 18] = [
    178.0, 212.0, 252.0, 299.0, 356.0, 423.0, 503.0, 599.0, 712.0, 847.0, 1_007.0, 1_197.0, 1_424.0, 1_693.0,
    2_014.0, 2_395.0, 2_848.0, 3_387.0,
];
/// Amplitude (-60 dBFS) under which a row counts as silent.
const FLOOR: f64 = 0.001;

type Column = [f64; ROWS.len()];

/// The loudness of a sound by time and frequency.
#[derive(Debug, Clone)]
pub struct Spectrogram {
    columns: Vec<Column>,
}

impl Sound {
    /// The sound's spectrogram in the telephone band.
    #[must_use]
    pub fn spectrogram(&self) -> Spectrogram {
        let narrow = self.narrowed();
        let at = |time: Duration| (time.as_secs_f64() * f64::from(RATE)) as usize;
        let windows = narrow.windows(at(WINDOW)).step_by(at(HOP));
        let loudness = |samples: &[i16], hz| amplitude(samples, RATE, hz).max(FLOOR).ln();
        Spectrogram { columns: windows.map(|samples| ROWS.map(|hz| loudness(samples, hz))).collect() }
    }

    /// The samples at [`RATE`], of which the sound's own is a multiple. What came from a telephone has nothing above the
    /// band that could fold into it.
    fn narrowed(&self) -> Vec<i16> {
        let each = (self.rate / RATE).max(1) as usize;
        let mean = |part: &[i16]| part.iter().map(|sample| i32::from(*sample)).sum::<i32>() / each as i32;
        self.samples.chunks_exact(each).map(|part| mean(part) as i16).collect()
    }
}

impl Spectrogram {
    /// How long the sound is.
    #[must_use]
    pub fn length(&self) -> Duration {
        HOP * self.columns.len() as u32 + WINDOW - HOP
    }

    /// Where `word` is heard best of all that begins `within`, and how well: 1 is the same sound, 0 has nothing to do
    /// with it.
    #[must_use]
    pub fn find(&self, word: &Self, within: Range<Duration>) -> (Duration, f64) {
        let column = |time: Duration| (time.as_secs_f64() / HOP.as_secs_f64()) as usize;
        let places = column(within.start)..column(within.end);
        let parts = places.filter_map(|at| Some((at, self.columns.get(at..at + word.columns.len())?)));
        let scores = parts.map(|(at, part)| (HOP * at as u32, correlation(part, &word.columns)));
        scores.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default()
    }
}

/// Pearson's, over all rows and columns.
fn correlation(a: &[Column], b: &[Column]) -> f64 {
    let pairs = || a.iter().flatten().zip(b.iter().flatten());
    let count = pairs().count().max(1) as f64;
    let (mut mean_a, mut mean_b) = (0.0, 0.0);
    pairs().for_each(|(a, b)| (mean_a, mean_b) = (mean_a + a / count, mean_b + b / count));
    let (mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in pairs() {
        let (a, b) = (a - mean_a, b - mean_b);
        (aa, ab, bb) = (aa + a * a, ab + a * b, bb + b * b);
    }
    if aa * bb == 0.0 { 0.0 } else { ab / (aa * bb).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::RATE;
    use crate::tone::{Sound, Tone};
    use std::time::Duration;

    fn word(notes: [f64; 3]) -> Sound {
        let note = |hz| Tone::at(hz).sound(RATE, Duration::from_millis(100)).samples;
        Sound { rate: RATE, samples: notes.into_iter().flat_map(note).collect() }
    }

    #[test]
    fn a_word_is_found_where_it_is_and_another_is_not_taken_for_it() {
        let (right, wrong) = (word([300.0, 900.0, 500.0]), word([900.0, 300.0, 500.0]));
        let silence = vec![0; 2_000];
        let all = Sound { rate: RATE, samples: [&silence[..], &right.samples, &silence].concat() };
        let heard = all.spectrogram();
        let (place, score) = heard.find(&right.spectrogram(), Duration::ZERO..all.length());
        assert!(place.abs_diff(Duration::from_millis(250)) <= Duration::from_millis(16), "{place:?}");
        // Its columns lie between those of the whole, 2 ms off, so its notes' edges differ a little.
        assert!(score > 0.9, "{score}");
        let (_, other) = heard.find(&wrong.spectrogram(), Duration::ZERO..all.length());
        assert!(other < 0.6, "{other}");
    }
}
