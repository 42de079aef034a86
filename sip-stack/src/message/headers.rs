//! The headers of a message: an ordered list of names and values, typed on demand.

mod runs;
mod values;

use std::ops::Range;

use bytes::Bytes;
use bytestring::ByteString;

use super::grammar;
use super::header::{HeaderError, Shape, TypedHeader};
use super::limits::LIST_VALUES_MAX;
use super::name::HeaderName;
use super::text::Text;

pub(super) use runs::Run;

/// One header line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Which.
    pub name: HeaderName,
    /// All of the line behind the colon, unfolded.
    pub value: Text,
}

impl Header {
    /// A header from text.
    pub fn new(name: HeaderName, value: impl Into<Text>) -> Self {
        Self { name, value: value.into() }
    }

    /// A header from its typed form.
    pub fn from_typed<H: TypedHeader>(header: &H) -> Self {
        let mut value = String::with_capacity(64);
        header.write(&mut value);
        Self::new(H::NAME, value)
    }
}

/// As many lines as most messages have, and no more than a small allocation holds.
const LINES_USUAL: usize = 21;

/// Headers in the order of the wire. A header that comes on several lines is several entries.
///
/// Parsed headers are spans of the head they came in; nothing is copied until one is changed.
#[derive(Clone, Default)]
pub struct Headers {
    head: ByteString,
    entries: Vec<Entry>,
}

#[derive(Clone)]
struct Entry {
    name: HeaderName,
    value: Value,
}

#[derive(Clone)]
enum Value {
    /// Where in the head the value lies, always whole UTF-8; and where its line begins, if it is as we write it.
    Span {
        start: u32,
        end: u32,
        line: Option<u32>,
    },
    Owned(Text),
}

impl Value {
    fn own(&mut self, head: &[u8]) {
        if let Self::Span { start, end, .. } = *self {
            *self = Self::Owned(Text::from_wire(head.get(start as usize..end as usize).unwrap_or_default()));
        }
    }
}

impl Headers {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// For the lines of a head, which comes when [`settle`](Self::settle) is called behind the last of them.
    pub(super) fn of_head() -> Self {
        Self { head: ByteString::new(), entries: Vec::with_capacity(LINES_USUAL) }
    }

    /// Appends a line of the head, and where it begins if we would write it just so.
    pub(super) fn push_span(&mut self, name: HeaderName, span: Range<usize>, line: Option<usize>) {
        let (start, end, line) = (span.start as u32, span.end as u32, line.map(|start| start as u32));
        self.entries.push(Entry { name, value: Value::Span { start, end, line } });
    }

    /// Takes the head that the spans lie in. One with bytes that are no UTF-8 is not kept: its values are, and those
    /// bytes are read as Latin-1.
    pub(super) fn settle(&mut self, head: Bytes) {
        match ByteString::try_from(head.clone()) {
            Ok(text) => self.head = text,
            Err(_) => self.entries.iter_mut().for_each(|entry| entry.value.own(&head)),
        }
    }

    fn text<'a>(&'a self, entry: &'a Entry) -> &'a str {
        match &entry.value {
            Value::Span { start, end, .. } => {
                self.head.get(*start as usize..*end as usize).unwrap_or_default()
            }
            Value::Owned(text) => text.as_str(),
        }
    }

    fn bytes<'a>(&'a self, entry: &'a Entry) -> &'a [u8] {
        self.text(entry).as_bytes()
    }

    /// Names and values as bytes, for the writer.
    pub(super) fn raw(&self) -> impl Iterator<Item = (&HeaderName, &[u8])> {
        self.entries.iter().map(|entry| (&entry.name, self.bytes(entry)))
    }

    /// The value of one line by its index.
    pub(crate) fn value_at(&self, index: usize) -> Option<&str> {
        self.entries.get(index).map(|entry| self.text(entry))
    }

    /// Takes one line out by its index.
    pub(crate) fn remove_at(&mut self, index: usize) {
        self.entries.remove(index);
    }

    fn with_name<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let name = name.clone();
        self.entries.iter().filter(move |entry| entry.name == name)
    }

    /// The number of lines.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&HeaderName, &str)> {
        self.entries.iter().map(|entry| (&entry.name, self.text(entry)))
    }

    /// The value of the first line with this name.
    pub fn get(&self, name: &HeaderName) -> Option<&str> {
        self.entries.iter().find(|entry| entry.name == *name).map(|entry| self.text(entry))
    }

    /// The values of all lines with this name, in order; commas are not split.
    pub fn get_all<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a str> + use<'a> {
        self.with_name(name).map(|entry| self.text(entry))
    }

    /// Whether there is a line with this name.
    pub fn contains(&self, name: &HeaderName) -> bool {
        self.with_name(name).next().is_some()
    }

    /// The header's typed form; of a list of values the first.
    ///
    /// # Errors
    /// The value is malformed, or a header that may come once comes twice.
    pub fn typed<H: TypedHeader>(&self) -> Result<Option<H>, HeaderError> {
        match H::SHAPE {
            Shape::Single => self.single(),
            Shape::Joined => self.joined(),
            Shape::Lines => self.values_of::<H>().next().map(H::parse).transpose(),
            Shape::List => {
                let first = self.values_of::<H>().next().map(H::parse_first).transpose()?;
                Ok(first.map(|(value, _)| value))
            }
        }
    }

    /// The values of the lines of a header whose name is known when compiling: this is what reading one costs.
    fn values_of<'a, H: TypedHeader>(&'a self) -> impl Iterator<Item = &'a str> + use<'a, H> {
        self.entries.iter().filter(|entry| entry.name.is_known::<H>()).map(|entry| self.text(entry))
    }

    /// All values of the header, over all its lines.
    ///
    /// # Errors
    /// A value is malformed, there are more than [`LIST_VALUES_MAX`], or a header that may come once comes
    /// twice.
    pub fn typed_all<H: TypedHeader>(&self) -> Result<Vec<H>, HeaderError> {
        match H::SHAPE {
            Shape::Single | Shape::Joined => Ok(self.typed()?.into_iter().collect()),
            Shape::Lines => bounded(self.values_of::<H>(), |line| H::parse(line).map(|value| (value, None))),
            Shape::List => bounded(self.values_of::<H>(), H::parse_first),
        }
    }

    fn single<H: TypedHeader>(&self) -> Result<Option<H>, HeaderError> {
        let mut values = self.values_of::<H>();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(HeaderError::Repeated(H::NAME));
        }
        H::parse(value).map(Some)
    }

    fn joined<H: TypedHeader>(&self) -> Result<Option<H>, HeaderError> {
        let mut values = self.values_of::<H>();
        let Some(first) = values.next() else { return Ok(None) };
        let Some(second) = values.next() else { return H::parse(first).map(Some) };
        let mut all = format!("{first},{second}");
        values.for_each(|value| all.extend([",", value]));
        H::parse(&all).map(Some)
    }

    /// Appends a line.
    pub fn push(&mut self, header: Header) {
        self.entries.push(Entry::from(header));
    }

    /// Puts a line before all others, as a proxy or client does with its Via.
    pub fn push_front(&mut self, header: Header) {
        self.entries.insert(0, Entry::from(header));
    }

    /// Replaces all lines of this name by one, at the place of the first; appends if there is none.
    pub fn set(&mut self, header: Header) {
        let Some(at) = self.entries.iter().position(|entry| entry.name == header.name) else {
            return self.push(header);
        };
        let mut index = 0;
        self.entries.retain(|entry| {
            index += 1;
            index <= at + 1 || entry.name != header.name
        });
        self.entries[at] = Entry::from(header);
    }

    /// Replaces the first value of a list header and leaves its other values alone; appends if there is none.
    ///
    /// This is how a server writes `received` and `rport` into the topmost Via.
    pub fn set_first<H: TypedHeader>(&mut self, header: &H) {
        let mut value = String::with_capacity(96);
        header.write(&mut value);
        let Some(at) = self.entries.iter().position(|entry| entry.name == H::NAME) else {
            return self.push(Header::new(H::NAME, value));
        };
        for other in grammar::split_list(self.text(&self.entries[at])).skip(1) {
            value.extend([", ", other]);
        }
        self.entries[at] = Entry::from(Header::new(H::NAME, value));
    }

    /// Takes all lines of this name out; whether there were any.
    pub fn remove(&mut self, name: &HeaderName) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.name != *name);
        self.entries.len() < before
    }
}

/// The values of some lines, read by a rule that yields one and what follows it.
fn bounded<'a, H: TypedHeader>(
    lines: impl Iterator<Item = &'a str>,
    first: impl Fn(&'a str) -> Result<(H, Option<&'a str>), HeaderError>,
) -> Result<Vec<H>, HeaderError> {
    let mut parsed = Vec::new();
    for line in lines {
        let mut rest = Some(line);
        while let Some(text) = rest {
            if parsed.len() == LIST_VALUES_MAX {
                return Err(HeaderError::TooMany(H::NAME));
            }
            let (value, after) = first(text)?;
            parsed.push(value);
            rest = after;
        }
    }
    Ok(parsed)
}

impl From<Header> for Entry {
    fn from(header: Header) -> Self {
        Self { name: header.name, value: Value::Owned(header.value) }
    }
}

impl Extend<Header> for Headers {
    fn extend<I: IntoIterator<Item = Header>>(&mut self, headers: I) {
        self.entries.extend(headers.into_iter().map(Entry::from));
    }
}

impl FromIterator<Header> for Headers {
    fn from_iter<I: IntoIterator<Item = Header>>(headers: I) -> Self {
        let mut all = Self::new();
        all.extend(headers);
        all
    }
}

impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Headers {}

impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
