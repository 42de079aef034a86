//! `Date` (RFC 3261 §20.17).

use nom::Parser;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::char;
use nom::combinator::{map_res, verify};
use nom::sequence::preceded;

use super::{HeaderError, Shape, TypedHeader, parse_whole, push_display};
use crate::message::grammar::Parsed;
use crate::message::name::HeaderName;

/// A time in GMT, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// 0 is Monday.
    pub weekday: u8,
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 60.
    pub second: u8,
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl TypedHeader for Date {
    const NAME: HeaderName = HeaderName::Date;
    const SHAPE: Shape = Shape::Single;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        parse_whole::<Self, _>(value, date)
    }

    fn write(&self, out: &mut String) {
        let weekday = WEEKDAYS[usize::from(self.weekday) % 7];
        let month = MONTHS[usize::from(self.month).saturating_sub(1) % 12];
        let Self { year, day, hour, minute, second, .. } = self;
        push_display(
            out,
            &format_args!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT"),
        );
    }
}

/// `rfc1123-date`; the zone is GMT and no other.
fn date(input: &str) -> Parsed<'_, Date> {
    let (rest, (weekday, _, day)) = (one_of(&WEEKDAYS), tag(", "), digits(2, 31)).parse(input)?;
    let (rest, (month, year)) =
        (preceded(char(' '), one_of(&MONTHS)), preceded(char(' '), digits(4, 9999))).parse(rest)?;
    let (rest, hour) = preceded(char(' '), digits(2, 23)).parse(rest)?;
    let (rest, minute) = preceded(char(':'), digits(2, 59)).parse(rest)?;
    let (rest, second) = preceded(char(':'), digits(2, 60)).parse(rest)?;
    let (rest, _) = tag(" GMT")(rest)?;
    let [day, hour, minute, second] = [day, hour, minute, second].map(|number| number.to_le_bytes()[0]);
    Ok((rest, Date { weekday, year, month: month + 1, day, hour, minute, second }))
}

fn digits<'a>(count: usize, max: u16) -> impl FnMut(&'a str) -> Parsed<'a, u16> {
    move |input| {
        let digits = take_while_m_n(count, count, |letter: char| letter.is_ascii_digit());
        verify(map_res(digits, str::parse), |number: &u16| *number <= max).parse(input)
    }
}

fn one_of<'a, const N: usize>(names: &'static [&'static str; N]) -> impl FnMut(&'a str) -> Parsed<'a, u8> {
    move |input| {
        let (rest, word) = take_while_m_n(3, 3, |letter: char| letter.is_ascii_alphabetic())(input)?;
        let index = (0..).zip(names).find(|(_, name)| **name == word).map(|(index, _)| index);
        index.map_or_else(|| crate::message::grammar::fail(input), |index| Ok((rest, index)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_is_gmt() {
        let text = "Sat, 13 Nov 2010 23:29:00 GMT";
        let date = Date::parse(text).unwrap();
        assert_eq!((date.year, date.month, date.day, date.weekday), (2010, 11, 13, 5));
        let mut out = String::new();
        date.write(&mut out);
        assert_eq!(out, text);
        assert!(Date::parse("Fri, 01 Jan 2010 16:00:00 EST").is_err());
    }
}
