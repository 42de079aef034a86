//! Which tone says what, by country. ITU-T E.180 recommends; what networks play stands in the list "Various tones used in
//! national networks" that ITU-T keeps for it. The values here agree with those of Asterisk's `indications.conf`, which
//! names that list (2003) for most of them; where that repeats a tone a few times only, it goes on here.

use super::Tone;

/// What a tone says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// The far phone rings.
    Ringback,
    /// The called is in another call.
    Busy,
    /// The network has no way.
    Congestion,
    /// Someone else calls.
    CallWaiting,
}

struct Row {
    country: &'static str,
    ringback: Tone,
    busy: Tone,
    congestion: Tone,
    call_waiting: Tone,
}

const fn tone(frequencies: [u16; 3], cadence: &'static [u16]) -> Tone {
    Tone { frequencies, cadence }
}

const fn one(frequency: u16, cadence: &'static [u16]) -> Tone {
    tone([frequency, 0, 0], cadence)
}

const fn two(one: u16, other: u16, cadence: &'static [u16]) -> Tone {
    tone([one, other, 0], cadence)
}

/// A carrier whose loudness goes up and down.
const fn modulated(carrier: u16, by: u16, cadence: &'static [u16]) -> Tone {
    tone([carrier - by, carrier, carrier + by], cadence)
}

const fn row(country: &'static str, [ringback, busy, congestion, call_waiting]: [Tone; 4]) -> Row {
    Row { country, ringback, busy, congestion, call_waiting }
}

/// A country that uses one frequency for all.
const fn plain(country: &'static str, hz: u16, cadences: [&'static [u16]; 4]) -> Row {
    let [ringback, busy, congestion, call_waiting] = cadences;
    row(country, [one(hz, ringback), one(hz, busy), one(hz, congestion), one(hz, call_waiting)])
}

const BRITISH_RING: &[u16] = &[400, 200, 400, 2_000];
const NORTH_AMERICA: [Tone; 4] = [
    two(440, 480, &[2_000, 4_000]),
    two(480, 620, &[500, 500]),
    two(480, 620, &[250, 250]),
    one(440, &[300, 9_700]),
];
/// What E.180 recommends (§5, §6, §7, §8) stands for a country that is not listed.
const RECOMMENDED: Row =
    plain("", 425, [&[1_000, 4_000], &[500, 500], &[250, 250], &[200, 600, 200, 10_000]]);

static ROWS: &[Row] = &[
    plain("AT", 420, [&[1_000, 5_000], &[400, 400], &[200, 200], &[40, 1_960]]),
    row(
        "AU",
        [
            two(413, 438, BRITISH_RING),
            one(425, &[375, 375]),
            one(425, &[375, 375]),
            one(425, &[200, 200, 200, 4_400]),
        ],
    ),
    row(
        "BE",
        [
            one(425, &[1_000, 3_000]),
            one(425, &[500, 500]),
            one(425, &[167, 167]),
            one(1_400, &[175, 175, 175, 3_500]),
        ],
    ),
    plain("BR", 425, [&[1_000, 4_000], &[250, 250], &[250, 250, 750, 250], &[50, 1_000]]),
    row("CA", NORTH_AMERICA),
    plain("CH", 425, [&[1_000, 4_000], &[500, 500], &[200, 200], &[200, 200, 200, 4_000]]),
    plain("CN", 450, [&[1_000, 4_000], &[350, 350], &[700, 700], &[400, 4_000]]),
    plain("DE", 425, [&[1_000, 4_000], &[480, 480], &[240, 240], &[200, 200, 200, 5_000]]),
    plain("DK", 425, [&[1_000, 4_000], &[500, 500], &[200, 200], &[200, 600, 200, 3_000]]),
    plain(
        "ES",
        425,
        [&[1_500, 3_000], &[200, 200], &[200, 200, 200, 200, 200, 600], &[175, 175, 175, 3_500]],
    ),
    plain("FI", 425, [&[1_000, 4_000], &[300, 300], &[200, 200], &[150, 150, 150, 8_000]]),
    plain("FR", 440, [&[1_500, 3_500], &[500, 500], &[250, 250], &[300, 10_000]]),
    row(
        "GB",
        [
            two(400, 450, BRITISH_RING),
            one(400, &[375, 375]),
            one(400, &[400, 350, 225, 525]),
            one(400, &[100, 4_000]),
        ],
    ),
    row(
        "IN",
        [
            modulated(400, 25, BRITISH_RING),
            one(400, &[750, 750]),
            one(400, &[250, 250]),
            one(400, &[200, 100, 200, 7_500]),
        ],
    ),
    plain("IT", 425, [&[1_000, 4_000], &[500, 500], &[200, 200], &[400, 100, 250, 100, 150, 14_000]]),
    row(
        "JP",
        [
            modulated(400, 16, &[1_000, 2_000]),
            one(400, &[500, 500]),
            one(400, &[500, 500]),
            modulated(400, 16, &[500, 8_000]),
        ],
    ),
    plain("MX", 425, [&[1_000, 4_000], &[250, 250], &[250, 250], &[200, 600, 200, 10_000]]),
    plain("NL", 425, [&[1_000, 4_000], &[500, 500], &[250, 250], &[500, 9_500]]),
    plain("NO", 425, [&[1_000, 4_000], &[500, 500], &[200, 200], &[200, 600, 200, 10_000]]),
    row(
        "NZ",
        [two(400, 450, BRITISH_RING), one(400, &[500, 500]), one(400, &[250, 250]), one(400, &[200, 3_000])],
    ),
    plain("PL", 425, [&[1_000, 4_000], &[500, 500], &[500, 500], &[150, 150, 150, 4_000]]),
    row(
        "PT",
        [one(425, &[1_000, 5_000]), one(425, &[500, 500]), one(425, &[200, 200]), one(440, &[300, 10_000])],
    ),
    plain("SE", 425, [&[1_000, 5_000], &[250, 250], &[250, 750], &[200, 500, 200, 9_100]]),
    row(
        "SG",
        [
            modulated(425, 24, BRITISH_RING),
            one(425, &[750, 750]),
            one(425, &[250, 250]),
            modulated(425, 24, &[300, 200, 300, 3_200]),
        ],
    ),
    row("US", NORTH_AMERICA),
    row(
        "ZA",
        [
            modulated(400, 33, BRITISH_RING),
            one(400, &[500, 500]),
            one(400, &[250, 250]),
            modulated(400, 33, &[250, 250, 250, 3_250]),
        ],
    ),
];

impl Tone {
    /// The tone of a country (ISO 3166, two letters, in either case); what E.180 recommends where the country is not
    /// known.
    pub fn of_country(country: &str, signal: Signal) -> Self {
        let row = ROWS.iter().find(|row| row.country.eq_ignore_ascii_case(country)).unwrap_or(&RECOMMENDED);
        match signal {
            Signal::Ringback => row.ringback,
            Signal::Busy => row.busy,
            Signal::Congestion => row.congestion,
            Signal::CallWaiting => row.call_waiting,
        }
    }
}
