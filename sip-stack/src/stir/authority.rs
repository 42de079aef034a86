//! The TN Authorization List of a certificate (RFC 8226 §9).

use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};

/// `id-pe-TNAuthList`.
pub(super) const TN_AUTH_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.26");

const ENTRIES_MAX: usize = 10_000;
const NUMBER_DIGITS_MAX: usize = 15;

/// What a certificate's owner may speak for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TnEntry {
    /// All numbers of a provider, by its code. Which those are is not said.
    Provider(String),
    /// So many numbers from the first on, all of its length.
    Range {
        /// Digits.
        first: String,
        /// At least two.
        count: u64,
    },
    /// One number: digits, `#` and `*`.
    Number(String),
}

/// The list of one certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TnAuthList(Vec<TnEntry>);

/// The extension is malformed, or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a TN Authorization List")]
pub struct InvalidAuthority;

impl TnAuthList {
    /// Reads the extension's value.
    ///
    /// # Errors
    /// It is malformed, empty, or has more than ten thousand entries.
    pub fn from_der(der: &[u8]) -> Result<Self, InvalidAuthority> {
        let list = AnyRef::from_der(der).ok().filter(|list| list.tag() == Tag::Sequence);
        let entries = items(list.ok_or(InvalidAuthority)?.value())?;
        if entries.is_empty() {
            return Err(InvalidAuthority);
        }
        entries.into_iter().map(entry).collect::<Result<_, _>>().map(Self)
    }

    /// The entries.
    pub fn entries(&self) -> &[TnEntry] {
        &self.0
    }

    /// Whether the list has this number, by itself or in a range.
    pub fn has_number(&self, number: &str) -> bool {
        self.0.iter().any(|entry| match entry {
            TnEntry::Provider(_) => false,
            TnEntry::Range { first, count } => is_in_range(first, *count, number),
            TnEntry::Number(one) => one == number,
        })
    }

    /// The codes of providers.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|entry| match entry {
            TnEntry::Provider(code) => Some(code.as_str()),
            TnEntry::Range { .. } | TnEntry::Number(_) => None,
        })
    }
}

fn is_in_range(first: &str, count: u64, number: &str) -> bool {
    let value = |digits: &str| digits.parse::<u64>().ok().filter(|_| digits.len() == first.len());
    let offset = value(number).zip(value(first)).and_then(|(number, first)| number.checked_sub(first));
    offset.is_some_and(|offset| offset < count)
}

/// `CHOICE { spc [0], range [1], one [2] }`, all tags explicit.
fn entry(choice: AnyRef<'_>) -> Result<TnEntry, InvalidAuthority> {
    let tag = choice.tag();
    if !tag.is_context_specific() || !tag.is_constructed() {
        return Err(InvalidAuthority);
    }
    let inner = AnyRef::from_der(choice.value()).map_err(|_| InvalidAuthority)?;
    match tag.number().0 {
        0 => text(inner).map(TnEntry::Provider),
        1 => range(inner),
        2 => telephone_number(inner).map(TnEntry::Number),
        _ => Err(InvalidAuthority),
    }
}

fn range(sequence: AnyRef<'_>) -> Result<TnEntry, InvalidAuthority> {
    if sequence.tag() != Tag::Sequence {
        return Err(InvalidAuthority);
    }
    // What a later version appends is of no concern.
    let mut fields = items(sequence.value())?.into_iter();
    let first = telephone_number(fields.next().ok_or(InvalidAuthority)?)?;
    let count = fields.next().and_then(|count| count.decode_as::<u64>().ok()).ok_or(InvalidAuthority)?;
    let start: u64 = first.parse().map_err(|_| InvalidAuthority)?;
    let ceiling = 10_u64.pow(u32::try_from(first.len()).map_err(|_| InvalidAuthority)?);
    let fits = count >= 2 && start.checked_add(count).is_some_and(|end| end <= ceiling);
    if fits { Ok(TnEntry::Range { first, count }) } else { Err(InvalidAuthority) }
}

fn telephone_number(value: AnyRef<'_>) -> Result<String, InvalidAuthority> {
    let number = text(value)?;
    let is_number = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'#' | b'*');
    if number.len() > NUMBER_DIGITS_MAX || !number.bytes().all(is_number) {
        return Err(InvalidAuthority);
    }
    Ok(number)
}

/// `IA5String`
fn text(value: AnyRef<'_>) -> Result<String, InvalidAuthority> {
    let is_text = value.tag() == Tag::Ia5String && value.value().is_ascii() && !value.value().is_empty();
    let text = std::str::from_utf8(value.value()).ok().filter(|_| is_text);
    text.map(str::to_owned).ok_or(InvalidAuthority)
}

fn items(bytes: &[u8]) -> Result<Vec<AnyRef<'_>>, InvalidAuthority> {
    let mut reader = SliceReader::new(bytes).map_err(|_| InvalidAuthority)?;
    let mut items = Vec::new();
    while !reader.is_finished() {
        if items.len() >= ENTRIES_MAX {
            return Err(InvalidAuthority);
        }
        items.push(AnyRef::decode(&mut reader).map_err(|_| InvalidAuthority)?);
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{ spc "1234", range { "12155550000", 100 }, one "911" }`
    const LIST: &[u8] =
        b"\x30\x23\xa0\x06\x16\x041234\xa1\x12\x30\x10\x16\x0b12155550000\x02\x01\x64\xa2\x05\x16\x03911";

    #[test]
    fn numbers_are_in_ranges_and_by_themselves() {
        let list = TnAuthList::from_der(LIST).unwrap();
        assert_eq!(list.providers().collect::<Vec<_>>(), ["1234"]);
        for (number, expected) in [
            ("12155550000", true),
            ("12155550099", true),
            ("12155550100", false),
            ("12155549999", false),
            ("012155550001", false),
            ("+2155550001", false),
            ("911", true),
            ("1234", false),
            ("", false),
        ] {
            assert_eq!(list.has_number(number), expected, "{number}");
        }
    }

    #[test]
    fn broken_lists_are_refused() {
        for broken in [
            &b""[..],
            b"\x30\x00",
            b"\x30\x02\xa0\x00",
            b"\x30\x03\x16\x01\x31",
            b"\x30\x05\xa3\x03\x16\x01\x31",
            b"\x30\x05\xa2\x03\x16\x01\x61",
            // A range of one, and one that grows in length.
            b"\x30\x0a\xa1\x08\x30\x06\x16\x01\x31\x02\x01\x01",
            b"\x30\x0a\xa1\x08\x30\x06\x16\x01\x31\x02\x01\x0a",
        ] {
            assert_eq!(TnAuthList::from_der(broken), Err(InvalidAuthority), "{broken:?}");
        }
        assert!(TnAuthList::from_der(&LIST[..LIST.len() - 1]).is_err());
    }
}
