//! The Date header as a NumericDate and back (RFC 7519 §2).

use std::time::Duration;

use crate::message::header::Date;

const DAY_S: u64 = 86_400;

/// A date as the time since 1970; `None` before that.
pub fn unix_time(date: &Date) -> Option<Duration> {
    let days = days_before(date.year.into(), date.month.into())? + u64::from(date.day).checked_sub(1)?;
    let seconds = (u64::from(date.hour) * 60 + u64::from(date.minute)) * 60 + u64::from(date.second);
    Some(Duration::from_secs(days * DAY_S + seconds))
}

/// The time since 1970 as a date; `None` past the year 9999.
pub fn date_at(time: Duration) -> Option<Date> {
    let (days, second) = (time.as_secs() / DAY_S, time.as_secs() % DAY_S);
    // A year has at most 366 days, so that this never starts too late.
    let first = 1970 + days / 366;
    let year = (first..=9999).find(|year| days_before(*year + 1, 1).is_some_and(|next| next > days))?;
    let month = (1..=12).rev().find(|month| days_before(year, *month).is_some_and(|start| start <= days))?;
    let small = |number: u64| u8::try_from(number).ok();
    Some(Date {
        weekday: small((days + 3) % 7)?,
        year: u16::try_from(year).ok()?,
        month: small(month)?,
        day: small(days - days_before(year, month)? + 1)?,
        hour: small(second / 3600)?,
        minute: small(second / 60 % 60)?,
        second: small(second % 60)?,
    })
}

/// The days from 1970 to the first of a month.
fn days_before(year: u64, month: u64) -> Option<u64> {
    let past = year.checked_sub(1)?;
    let leap_days = |year: u64| year / 4 - year / 100 + year / 400;
    let of_years = year.checked_sub(1970)? * 365 + leap_days(past).checked_sub(leap_days(1969))?;
    let is_leap = leap_days(year) > leap_days(past);
    let lengths = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months = usize::try_from(month.checked_sub(1)?).ok()?;
    Some(of_years + lengths.iter().take(months).sum::<u64>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;

    #[test]
    fn dates_and_numbers_are_one_another() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Fri, 25 Sep 2015 19:12:25 GMT", 1_443_208_345),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            ("Fri, 31 Dec 2027 12:00:00 GMT", 1_830_254_400),
        ] {
            let date = Date::parse(text).unwrap();
            assert_eq!(unix_time(&date), Some(Duration::from_secs(seconds)), "{text}");
            assert_eq!(date_at(Duration::from_secs(seconds)), Some(date), "{text}");
        }
        assert_eq!(date_at(Duration::MAX), None);
    }
}
