//! Times on the wire: RFC 3339, UTC, milliseconds.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The first moment that four digits of a year cannot say: 10000-01-01, in seconds since 1970.
const YEAR_10000_S: u64 = 253_402_300_800;

/// A moment, printed as `2026-03-01T12:00:00.250Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(SystemTime);

/// A text that is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a time such as 2026-03-01T12:00:00.250Z")]
pub struct TimestampError;

impl Timestamp {
    /// Milliseconds since 1970; 0 for earlier moments.
    pub fn millis(self) -> i64 {
        let since = self.0.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    /// The moment so many milliseconds after 1970; 1970 itself for negative ones.
    pub fn from_millis(millis: i64) -> Self {
        Self(UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
    }

    /// Milliseconds from an earlier moment to this one; 0 if it is later.
    pub fn millis_since(self, earlier: Self) -> u64 {
        u64::try_from(self.millis() - earlier.millis()).unwrap_or(0)
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(time)
    }
}

/// The civil date of a day counted from 1970-01-01, proleptic Gregorian, from 1970 on.
fn civil(days: u64) -> (u64, u64, u64) {
    // Years are counted from March, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year_of_era + next, month, day)
}

/// Days from 1970-01-01 to a civil date; the reverse of [`civil`].
const fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year / 400 * 146_097 + year % 400 * 365 + year % 400 / 4 - year % 400 / 100 + day_of_year - 719_468
}

/// RFC 3339 §5.6 in UTC, from 1970 on: `2026-03-01T12:00:00Z`, with or without a fraction.
impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let text = text.strip_suffix(['Z', 'z']).ok_or(TimestampError)?;
        let (date, time) = text.split_once(['T', 't', ' ']).ok_or(TimestampError)?;
        let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
        let real = year >= 1970 && (1..=12).contains(&month) && day >= 1 && hour < 24 && minute < 60;
        if !real || second > 60 || civil(days(year, month, day)) != (year, month, day) {
            return Err(TimestampError);
        }
        if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TimestampError);
        }
        let millis: u64 = format!("{fraction:0<3.3}").parse().map_err(|_| TimestampError)?;
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
        Ok(Self(UNIX_EPOCH + Duration::from_millis(seconds * 1000 + millis)))
    }
}

/// Three numbers of so many digits.
fn numbers(text: &str, between: char, digits: [usize; 3]) -> Result<[u64; 3], TimestampError> {
    let mut parts = text.split(between);
    let mut found = [0; 3];
    for (number, digits) in found.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits).ok_or(TimestampError)?;
        let decimal = part.bytes().all(|byte| byte.is_ascii_digit());
        *number = part.parse().ok().filter(|_| decimal).ok_or(TimestampError)?;
    }
    if parts.next().is_some() { Err(TimestampError) } else { Ok(found) }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.0.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let seconds = since.as_secs().min(YEAR_10000_S - 1);
        let (year, month, day) = civil(seconds / 86_400);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        let millis = since.subsec_millis();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time", "description": "RFC 3339, UTC, milliseconds." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(millis: u64) -> String {
        Timestamp(UNIX_EPOCH + Duration::from_millis(millis)).to_string()
    }

    #[test]
    fn known_moments_print_as_the_calendar_says() {
        assert_eq!(printed(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(printed(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(printed(1_772_366_400_250), "2026-03-01T12:00:00.250Z");
        assert_eq!(printed(4_107_542_399_999), "2100-02-28T23:59:59.999Z");
        assert_eq!(printed(4_107_542_400_000), "2100-03-01T00:00:00.000Z");
    }

    #[test]
    fn what_is_printed_is_read_again_and_nothing_else() {
        for millis in [0, 951_782_400_000, 1_772_366_400_250, 4_107_542_399_999, 253_402_300_799_999] {
            assert_eq!(printed(millis).parse(), Ok(Timestamp(UNIX_EPOCH + Duration::from_millis(millis))));
        }
        let short: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        assert_eq!(short.to_string(), "2026-03-01T12:00:00.000Z");
        let fine: Timestamp = "2026-03-01T12:00:00.1234567Z".parse().unwrap();
        assert_eq!(fine.to_string(), "2026-03-01T12:00:00.123Z");
        for text in [
            "",
            "2026-03-01",
            "2026-03-01T12:00:00",
            "2026-02-29T12:00:00Z",
            "2026-13-01T12:00:00Z",
            "2026-03-01T24:00:00Z",
            "2026-03-01T12:00:00.Z",
            "2026-03-01T12:00:+1Z",
            "1969-12-31T23:59:59Z",
            "2026-03-01T12:00:00+01:00",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(TimestampError), "{text}");
        }
    }
}
