//! What a trunk asks for a minute, by the longest prefix and the date.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use super::prefix::{Prefix, PrefixTable, PrefixTableError};

/// Digits behind the point of a price.
const FRACTION_DIGITS: usize = 9;
const UNIT: u64 = 1_000_000_000;

/// The price of a minute, in thousand-millionths of whatever currency the tables are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price(pub u64);

/// A text that is no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a price such as 0.0125")]
pub struct InvalidPrice;

impl FromStr for Price {
    type Err = InvalidPrice;

    fn from_str(text: &str) -> Result<Self, InvalidPrice> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > FRACTION_DIGITS {
            return Err(InvalidPrice);
        }
        let whole: u64 = whole.parse().map_err(|_| InvalidPrice)?;
        let fraction: u64 = format!("{fraction:0<FRACTION_DIGITS$}").parse().map_err(|_| InvalidPrice)?;
        let price = whole.checked_mul(UNIT).and_then(|units| units.checked_add(fraction));
        price.map(Self).ok_or(InvalidPrice)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:0FRACTION_DIGITS$}", self.0 % UNIT);
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{}", self.0 / UNIT),
            fraction => write!(f, "{}.{fraction}", self.0 / UNIT),
        }
    }
}

/// One price of a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What a minute costs.
    pub price: Price,
    /// When, in seconds since 1970; `i64::MIN..i64::MAX` for always.
    pub effective: Range<i64>,
}

/// Rates by prefix. Numbers and prefixes are those of E.164, with or without their `+`.
#[derive(Clone, Debug)]
pub struct RateTable {
    prefixes: PrefixTable<Range<u32>>,
    rates: Vec<Rate>,
}

impl RateTable {
    /// A table of these, in any order; prefixes are without `+`.
    ///
    /// # Errors
    ///
    /// More prefixes than a table holds.
    pub fn new(mut rows: Vec<(Prefix, Rate)>) -> Result<Self, PrefixTableError> {
        // Of those in effect at one time, the one that began last counts: it is found first.
        rows.sort_by_key(|(prefix, rate)| (*prefix, std::cmp::Reverse(rate.effective.start)));
        let mut entries: Vec<(Prefix, Range<u32>)> = Vec::new();
        for (place, (prefix, _)) in (0..).zip(&rows) {
            match entries.last_mut() {
                Some((last, range)) if last == prefix => range.end = place + 1,
                Some(_) | None => entries.push((*prefix, place..place + 1)),
            }
        }
        let rates = rows.into_iter().map(|(_, rate)| rate).collect();
        Ok(Self { prefixes: PrefixTable::new(entries)?, rates })
    }

    /// How many prefixes have rates.
    pub fn len(&self) -> usize {
        self.prefixes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.prefixes.is_empty()
    }

    /// The price of a number's longest prefix that has one at this time.
    pub fn price(&self, number: &str, at: SystemTime) -> Option<(Prefix, Price)> {
        let number = number.strip_prefix('+').unwrap_or(number);
        let at = seconds(at);
        self.prefixes.matches(number).find_map(|(prefix, places)| {
            let rates = self.rates.get(places.start as usize..places.end as usize)?;
            let rate = rates.iter().find(|rate| rate.effective.contains(&at))?;
            Some((prefix, rate.price))
        })
    }
}

fn seconds(at: SystemTime) -> i64 {
    let since = at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(since).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn row(prefix: &str, price: &str, effective: Range<i64>) -> (Prefix, Rate) {
        (prefix.parse().unwrap(), Rate { price: price.parse().unwrap(), effective })
    }

    #[test]
    fn the_longest_prefix_in_effect_counts_and_of_its_rates_the_newest() {
        const ALWAYS: Range<i64> = i64::MIN..i64::MAX;
        let table = RateTable::new(vec![
            row("49", "0.01", ALWAYS),
            row("4915", "0.08", ALWAYS),
            row("4915", "0.06", 1000..i64::MAX),
            row("4930", "0.005", 2000..3000),
        ]);
        let table = table.unwrap();
        let price = |number: &str, at| {
            let at = UNIX_EPOCH + Duration::from_secs(at);
            table.price(number, at).map(|(prefix, price)| format!("{prefix} {price}"))
        };
        assert_eq!(price("+49151", 999).as_deref(), Some("4915 0.08"));
        assert_eq!(price("49151", 1000).as_deref(), Some("4915 0.06"));
        assert_eq!(price("+4930", 1999).as_deref(), Some("49 0.01"));
        assert_eq!(price("+4930", 2000).as_deref(), Some("4930 0.005"));
        assert_eq!(price("+4930", 3000).as_deref(), Some("49 0.01"));
        assert_eq!(price("+1", 0), None);
    }

    #[test]
    fn prices_are_exact() {
        for (text, units, printed) in [
            ("0.0125", 12_500_000, "0.0125"),
            ("3", 3_000_000_000, "3"),
            ("1.000000001", 1_000_000_001, "1.000000001"),
        ] {
            let price: Price = text.parse().unwrap();
            assert_eq!((price, price.to_string().as_str()), (Price(units), printed));
        }
        for text in ["", ".5", "-1", "1,5", "1.0000000001", "99999999999999999999", "1.x"] {
            assert_eq!(text.parse::<Price>(), Err(InvalidPrice), "{text}");
        }
    }
}
