//! When somebody is there: hours of the week in a time zone, but for holidays.

use std::str::FromStr;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

const MINUTES_PER_DAY: u16 = 24 * 60;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Hours on some days of the week; those that end before they begin end on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Monday first.
    days: [bool; 7],
    from_minute: u16,
    until_minute: u16,
}

/// A text that is no hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected hours such as \"mon-fri 09:00-17:30\", \"sat,sun 10:00-14:00\" or \"daily 22:00-06:00\"")]
pub struct InvalidHours;

impl Hours {
    fn cover(&self, weekday: usize, minute: u16) -> bool {
        let wraps = self.until_minute <= self.from_minute;
        let end = if wraps { self.until_minute + MINUTES_PER_DAY } else { self.until_minute };
        self.days.get(weekday) == Some(&true) && (self.from_minute..end).contains(&minute)
    }
}

impl FromStr for Hours {
    type Err = InvalidHours;

    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        let (days, times) = text.trim().split_once(' ').ok_or(InvalidHours)?;
        let (from, until) = times.trim().split_once('-').ok_or(InvalidHours)?;
        let (from_minute, until_minute) = (minute(from)?, minute(until)?);
        if from_minute == MINUTES_PER_DAY {
            return Err(InvalidHours);
        }
        Ok(Self { days: weekdays(days)?, from_minute, until_minute })
    }
}

fn weekdays(text: &str) -> Result<[bool; 7], InvalidHours> {
    if text == "daily" {
        return Ok([true; 7]);
    }
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (weekday(first)?, weekday(last)?);
        // From Saturday to Monday is three days.
        let span = (last + 7 - first) % 7;
        (0..=span).for_each(|offset| days[(first + offset) % 7] = true);
    }
    Ok(days)
}

fn weekday(text: &str) -> Result<usize, InvalidHours> {
    DAYS.iter().position(|day| *day == text).ok_or(InvalidHours)
}

fn minute(text: &str) -> Result<u16, InvalidHours> {
    let (hour, minute) = text.split_once(':').ok_or(InvalidHours)?;
    let number = |text: &str| -> Result<u16, InvalidHours> {
        let two_digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| two_digits).ok_or(InvalidHours)
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let of_day = hour * 60 + minute;
    if minute < 60 && of_day <= MINUTES_PER_DAY { Ok(of_day) } else { Err(InvalidHours) }
}

/// A day without hours: of one year, or of every year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holiday {
    year: Option<i16>,
    month: i8,
    day: i8,
}

/// A text that is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a day such as \"2026-04-03\", or \"12-25\" for that of every year")]
pub struct InvalidHoliday;

impl Holiday {
    fn is(&self, date: Date) -> bool {
        (self.month, self.day) == (date.month(), date.day())
            && self.year.is_none_or(|year| year == date.year())
    }
}

impl FromStr for Holiday {
    type Err = InvalidHoliday;

    fn from_str(text: &str) -> Result<Self, InvalidHoliday> {
        // A leap year, so that its last day of February is one.
        let (dated, yearly) =
            if text.len() == 5 { (format!("2000-{text}"), true) } else { (text.to_owned(), false) };
        let plain = dated.len() == 10 && dated.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let date: Date = dated.parse().ok().filter(|_| plain).ok_or(InvalidHoliday)?;
        Ok(Self { year: (!yearly).then(|| date.year()), month: date.month(), day: date.day() })
    }
}

/// Hours of the week, but for holidays.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// For reasons.
    pub name: String,
    zone: TimeZone,
    hours: Vec<Hours>,
    holidays: Vec<Holiday>,
}

/// No time zone of that name is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no time zone of the IANA database, such as \"Europe/Berlin\"")]
pub struct UnknownZone;

impl Calendar {
    /// A calendar in a time zone of the IANA database, which the program carries along.
    ///
    /// # Errors
    ///
    /// [`UnknownZone`]
    pub fn new(
        name: String,
        zone: &str,
        hours: Vec<Hours>,
        holidays: Vec<Holiday>,
    ) -> Result<Self, UnknownZone> {
        let zone = TimeZone::get(zone).map_err(|_| UnknownZone)?;
        Ok(Self { name, zone, hours, holidays })
    }

    /// Whether this moment is within the hours.
    pub fn is_open(&self, at: SystemTime) -> bool {
        let Some(local) = self.local(at) else { return false };
        let minute = local.hour() as u16 * 60 + local.minute() as u16;
        let before = local.date().yesterday();
        // Hours that went past midnight belong to the day on which they began.
        self.opens(local.date(), minute) || before.is_ok_and(|day| self.opens(day, minute + MINUTES_PER_DAY))
    }

    fn opens(&self, day: Date, minute: u16) -> bool {
        let weekday = weekday_of(day);
        let closed = self.holidays.iter().any(|holiday| holiday.is(day));
        !closed && self.hours.iter().any(|hours| hours.cover(weekday, minute))
    }

    /// The moment on the calendar's own clock, such as `tue 2026-11-24 19:24`.
    pub fn clock(&self, at: SystemTime) -> String {
        let Some(local) = self.local(at) else { return "a time outside of all calendars".to_owned() };
        let weekday = DAYS.get(weekday_of(local.date())).unwrap_or(&"");
        let (hour, minute) = (local.hour(), local.minute());
        format!("{weekday} {} {hour:02}:{minute:02}", local.date())
    }

    fn local(&self, at: SystemTime) -> Option<DateTime> {
        Some(self.zone.to_datetime(Timestamp::try_from(at).ok()?))
    }
}

fn weekday_of(day: Date) -> usize {
    usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(zone: &str, hours: &[&str], holidays: &[&str]) -> Calendar {
        let hours = hours.iter().map(|text| text.parse().unwrap()).collect();
        let holidays = holidays.iter().map(|text| text.parse().unwrap()).collect();
        Calendar::new("office".to_owned(), zone, hours, holidays).unwrap()
    }

    fn utc(text: &str) -> SystemTime {
        text.parse::<Timestamp>().unwrap().into()
    }

    #[test]
    fn hours_follow_the_zones_own_clock_in_summer_and_winter() {
        let office = calendar("Europe/Berlin", &["mon-fri 09:00-17:30"], &[]);
        for (at, open) in [
            ("2026-01-14T07:59:59Z", false),
            ("2026-01-14T08:00:00Z", true),
            ("2026-01-14T16:29:59Z", true),
            ("2026-01-14T16:30:00Z", false),
            ("2026-07-15T07:00:00Z", true),
            ("2026-07-15T15:30:00Z", false),
            ("2026-01-17T10:00:00Z", false),
        ] {
            assert_eq!(office.is_open(utc(at)), open, "{at}");
        }
        assert_eq!(office.clock(utc("2026-07-15T07:05:00Z")), "wed 2026-07-15 09:05");
    }

    #[test]
    fn hours_past_midnight_belong_to_the_day_on_which_they_began() {
        let night = calendar("UTC", &["fri 22:00-02:00"], &["2026-01-23"]);
        for (at, open) in [
            ("2026-01-16T22:00:00Z", true),
            ("2026-01-17T01:59:00Z", true),
            ("2026-01-17T02:00:00Z", false),
            ("2026-01-17T22:00:00Z", false),
            ("2026-01-23T23:00:00Z", false),
            ("2026-01-24T01:00:00Z", false),
        ] {
            assert_eq!(night.is_open(utc(at)), open, "{at}");
        }
    }

    #[test]
    fn holidays_of_one_year_and_of_every_year() {
        let office = calendar("America/New_York", &["daily 00:00-24:00"], &["12-25", "2026-11-26"]);
        for (at, open) in [
            ("2026-12-25T04:59:00Z", true),
            ("2026-12-25T05:00:00Z", false),
            ("2030-12-25T12:00:00Z", false),
            ("2026-11-26T12:00:00Z", false),
            ("2027-11-26T12:00:00Z", true),
        ] {
            assert_eq!(office.is_open(utc(at)), open, "{at}");
        }
    }

    #[test]
    fn what_is_no_calendar_is_refused() {
        for text in [
            "",
            "mon",
            "mon 9:00-17:00",
            "mo 09:00-17:00",
            "mon 09:00-24:01",
            "mon 24:00-01:00",
            "mon 09:60-10:00",
        ] {
            assert_eq!(text.parse::<Hours>(), Err(InvalidHours), "{text}");
        }
        for text in ["", "2026-02-29", "02-30", "25.12.", "2026-1-01"] {
            assert_eq!(text.parse::<Holiday>(), Err(InvalidHoliday), "{text}");
        }
        assert!("02-29".parse::<Holiday>().is_ok() && "sat-mon 10:00-11:00".parse::<Hours>().is_ok());
        assert!(Calendar::new(String::new(), "Europe/Atlantis", Vec::new(), Vec::new()).is_err());
    }
}
