//! The longest prefix of a number, among very many: a sorted list, each entry with the next shorter one.

use std::fmt;
use std::str::FromStr;

/// Signs of a prefix: as many as a word of 64 bits holds. E.164 with its `+` has 16.
pub const PREFIX_SIGNS_MAX: usize = 16;
/// Entries of one table.
pub const PREFIXES_MAX: usize = 4_000_000;

const BITS_PER_SIGN: usize = 4;
const NONE: u32 = u32::MAX;
const SIGNS: &[u8] = b"0123456789*#+";

/// The beginning of a number: digits, `*`, `#`, `+`; empty for all numbers.
///
/// A word with 4 bits a sign from the top and zeros behind the last, so that a prefix sorts right before all that
/// begin with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prefix(u64);

/// A text that is no prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected up to 16 of 0-9, *, # and +")]
pub struct InvalidPrefix;

/// A prefix that is listed twice, or more prefixes than a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrefixTableError {
    /// Two values for one prefix.
    #[error("the prefix {0} is listed twice")]
    Twice(Prefix),
    /// Over [`PREFIXES_MAX`].
    #[error("over {PREFIXES_MAX} prefixes")]
    TooMany,
}

impl Prefix {
    /// The first signs of a number, up to what is no sign of one.
    fn of_number(number: &str) -> Self {
        Self(number.bytes().take(PREFIX_SIGNS_MAX).map_while(code).zip(0..).fold(0, place))
    }

    const fn begins(self, number: Self) -> bool {
        let behind = self.0.trailing_zeros() as usize / BITS_PER_SIGN * BITS_PER_SIGN;
        self.0 == 0 || number.0 >> behind << behind == self.0
    }
}

fn code(sign: u8) -> Option<u64> {
    SIGNS.iter().position(|known| *known == sign).map(|place| place as u64 + 1)
}

fn place(word: u64, (code, place): (u64, usize)) -> u64 {
    word | code << (64 - BITS_PER_SIGN * (place + 1))
}

impl FromStr for Prefix {
    type Err = InvalidPrefix;

    fn from_str(text: &str) -> Result<Self, InvalidPrefix> {
        let legal = text.len() <= PREFIX_SIGNS_MAX && text.bytes().all(|sign| code(sign).is_some());
        if legal { Ok(Self::of_number(text)) } else { Err(InvalidPrefix) }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes = (1..=PREFIX_SIGNS_MAX).map(|place| self.0 >> (64 - BITS_PER_SIGN * place) & 0xf);
        let signs = codes.map_while(|code| SIGNS.get((code as usize).checked_sub(1)?));
        signs.copied().map(char::from).try_for_each(|sign| write!(f, "{sign}"))
    }
}

/// Values by prefix; 16 bytes an entry and the value.
#[derive(Clone, Debug)]
pub struct PrefixTable<V> {
    prefixes: Vec<Prefix>,
    /// The place of the longest shorter prefix that begins this one.
    shorter: Vec<u32>,
    values: Vec<V>,
}

impl<V> PrefixTable<V> {
    /// A table of these, in any order.
    ///
    /// # Errors
    ///
    /// [`PrefixTableError`]
    pub fn new(mut entries: Vec<(Prefix, V)>) -> Result<Self, PrefixTableError> {
        if entries.len() > PREFIXES_MAX {
            return Err(PrefixTableError::TooMany);
        }
        entries.sort_by_key(|(prefix, _)| *prefix);
        if let Some(pair) = entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(PrefixTableError::Twice(pair[0].0));
        }
        let (prefixes, values): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        Ok(Self { shorter: shorter(&prefixes), prefixes, values })
    }

    /// How many prefixes there are.
    pub fn len(&self) -> usize {
        self.prefixes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.prefixes.is_empty()
    }

    /// The longest prefix of a number, and its value.
    pub fn longest(&self, number: &str) -> Option<(Prefix, &V)> {
        self.matches(number).next()
    }

    /// All prefixes of a number with their values, the longest first.
    pub fn matches(&self, number: &str) -> impl Iterator<Item = (Prefix, &V)> {
        let number = Prefix::of_number(number);
        // All between the longest match and the number begin with that match, so the chain leads to it.
        let last = self.prefixes.partition_point(|prefix| *prefix <= number).checked_sub(1);
        let next = |place: &usize| self.shorter.get(*place).map(|shorter| *shorter as usize);
        let chain = std::iter::successors(last, next);
        let entries = chain.map_while(|place| Some((*self.prefixes.get(place)?, self.values.get(place)?)));
        entries.filter(move |(prefix, _)| prefix.begins(number))
    }
}

/// For each of the sorted prefixes the nearest one that begins it.
fn shorter(prefixes: &[Prefix]) -> Vec<u32> {
    let mut open: Vec<u32> = Vec::new();
    let mut shorter = Vec::with_capacity(prefixes.len());
    for (place, prefix) in (0..).zip(prefixes) {
        while open.last().is_some_and(|last| !prefixes[*last as usize].begins(*prefix)) {
            open.pop();
        }
        shorter.push(open.last().copied().unwrap_or(NONE));
        open.push(place);
    }
    shorter
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(prefixes: &[&str]) -> PrefixTable<usize> {
        let entries = prefixes.iter().enumerate().map(|(place, text)| (text.parse().unwrap(), place));
        PrefixTable::new(entries.collect()).unwrap()
    }

    fn longest(table: &PrefixTable<usize>, number: &str) -> Option<String> {
        table.longest(number).map(|(prefix, _)| prefix.to_string())
    }

    #[test]
    fn the_longest_of_several_counts() {
        let table = table(&["+49", "+4930", "+1", "0", "*21#"]);
        assert_eq!(longest(&table, "+49301234").as_deref(), Some("+4930"));
        assert_eq!(longest(&table, "+4989").as_deref(), Some("+49"));
        assert_eq!(longest(&table, "*21#").as_deref(), Some("*21#"));
        assert_eq!(longest(&table, "+4"), None);
        assert_eq!(longest(&table, "sip:bob@example.com"), None);
        let all: Vec<_> = table.matches("+49301234").map(|(prefix, _)| prefix.to_string()).collect();
        assert_eq!(all, ["+4930", "+49"]);
    }

    #[test]
    fn the_empty_prefix_begins_everything() {
        let table = table(&["", "5"]);
        for number in ["", "6", "sip:a@b", "99999999999999999999999999999999"] {
            assert_eq!(longest(&table, number).as_deref(), Some(""), "{number}");
        }
        assert_eq!(longest(&table, "5").as_deref(), Some("5"));
    }

    #[test]
    fn what_is_no_prefix_or_listed_twice_is_refused() {
        for text in ["a", "1 2", "12345678901234567", "é"] {
            assert_eq!(text.parse::<Prefix>(), Err(InvalidPrefix), "{text}");
        }
        let one: Prefix = "1".parse().unwrap();
        assert_eq!(PrefixTable::new(vec![(one, ()), (one, ())]).map(drop), Err(PrefixTableError::Twice(one)));
    }

    proptest! {
        #[test]
        fn any_table_finds_what_a_plain_search_finds(
            prefixes in proptest::collection::btree_set("[0-3+]{0,16}", 0..40),
            numbers in proptest::collection::vec("[0-3+]{0,20}", 1..20),
        ) {
            let listed: Vec<&str> = prefixes.iter().map(String::as_str).collect();
            let table = table(&listed);
            for number in numbers {
                let mut plain: Vec<&str> =
                    listed.iter().copied().filter(|prefix| number.starts_with(prefix)).collect();
                plain.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
                let found: Vec<String> =
                    table.matches(&number).map(|(prefix, _)| prefix.to_string()).collect();
                prop_assert_eq!(found, plain);
            }
        }
    }
}
