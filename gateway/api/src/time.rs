//! Times on the wire: RFC 3339, UTC, milliseconds.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// The first moment that four digits of a year cannot say: 10000-01-01, in seconds since 1970.
const YEAR_10000_S: u64 = 253_402_300_800;

/// A moment, printed as `2026-03-01T12:00:00.250Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(SystemTime);

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
}
