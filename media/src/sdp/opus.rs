use super::limit;

/// The rates that stand for a bandwidth (RFC 7587 §6.1).
const RATE_MIN: u32 = 8_000;
const RATE_MAX: u32 = 48_000;
/// Bits per second that Opus can keep to.
const BITRATE_MIN: u32 = 6_000;
const BITRATE_MAX: u32 = 510_000;

/// What a peer says of the Opus that it takes, in `a=fmtp` (RFC 7587 §6.1). `stereo` and `sprop-stereo` are not among it:
/// every decoder takes mono, which is all that a telephone has, and ours makes mono of stereo. Neither is
/// `sprop-maxcapturerate`: a packet tells its bandwidth itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpusParameters {
    /// `maxplaybackrate`: it plays no wider sound, samples per second.
    pub playback_rate: u32,
    /// `maxaveragebitrate`, bits per second.
    pub bitrate: u32,
    /// `useinbandfec`.
    pub fec: bool,
    /// `usedtx`: it prefers that silence is not sent.
    pub dtx: bool,
    /// `cbr`: packets of one length, which tell an eavesdropper less.
    pub cbr: bool,
}

impl Default for OpusParameters {
    /// What holds for a peer that says nothing.
    fn default() -> Self {
        Self { playback_rate: RATE_MAX, bitrate: BITRATE_MAX, fec: false, dtx: false, cbr: false }
    }
}

impl OpusParameters {
    /// Reads what follows the payload type in `a=fmtp`: parameters between semicolons, in any order and case. Unknown
    /// ones and values out of all reason are passed over.
    pub fn parse(value: &str) -> Self {
        let mut read = Self::default();
        for parameter in value.split(';').take(limit::OPUS_PARAMETERS) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let Ok(value) = value.trim().parse::<u32>() else { continue };
            match name.trim().to_ascii_lowercase().as_str() {
                "maxplaybackrate" => read.playback_rate = value.clamp(RATE_MIN, RATE_MAX),
                "maxaveragebitrate" => read.bitrate = value.clamp(BITRATE_MIN, BITRATE_MAX),
                "useinbandfec" => read.fec = value == 1,
                "usedtx" => read.dtx = value == 1,
                "cbr" => read.cbr = value == 1,
                _ => {}
            }
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read() {
        let read = OpusParameters::parse(
            "minptime=10; useinbandfec=1;UseDTX=1 ;stereo=1;maxplaybackrate=16000;cbr=1; maxaveragebitrate=20000",
        );
        let expected =
            OpusParameters { playback_rate: 16_000, bitrate: 20_000, fec: true, dtx: true, cbr: true };
        assert_eq!(read, expected);
    }

    #[test]
    fn silence_and_nonsense_leave_the_defaults() {
        for value in ["", ";;;=;", "useinbandfec", "useinbandfec=2", "maxplaybackrate=much", "cbr=-1"] {
            assert_eq!(OpusParameters::parse(value), OpusParameters::default(), "{value}");
        }
        let read = OpusParameters::parse("maxplaybackrate=1;maxaveragebitrate=4000000000");
        assert_eq!((read.playback_rate, read.bitrate), (8_000, 510_000));
    }
}
