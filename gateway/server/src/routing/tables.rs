//! Files of prefixes: CSV, `#` for remarks, a first line with the names of the columns.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

use api::Timestamp;
use csv::{ReaderBuilder, StringRecord, Trim};
use engine::route::{
    NumberTable, PREFIXES_MAX, Prefix, PrefixTable, PrefixTableError, Rate, RateTable, RouteTo,
};

use crate::rim::StartError;

/// Bytes of a file: a few million rows.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
const MILLIS_PER_S: i64 = 1000;

/// Reads a table of prices: `prefix,price` a minute, and where they are not for ever `from` and `until`, as days or
/// moments of UTC.
///
/// # Errors
///
/// A sentence with file, line and column.
pub(super) fn rates(path: &Path) -> Result<RateTable, StartError> {
    let file = Table::open(path, &["prefix", "price"], &["from", "until"])?;
    let mut rows = Vec::new();
    file.each_row(|row| {
        let prefix = row.text(0);
        let prefix: Prefix = row.parsed(0, prefix.strip_prefix('+').unwrap_or(prefix))?;
        let price = row.parsed(1, row.text(1))?;
        let effective =
            Range { start: row.moment(2)?.unwrap_or(i64::MIN), end: row.moment(3)?.unwrap_or(i64::MAX) };
        rows.push((prefix, Rate { price, effective }));
        Ok(())
    })?;
    RateTable::new(rows).map_err(|error| whole(path, &error))
}

/// Reads a table of numbers: `prefix,to`, where `to` is a trunk, a group of trunks, or `refuse`; `lead` knows them.
///
/// # Errors
///
/// A sentence with file, line and column.
pub(super) fn numbers(
    path: &Path,
    lead: impl Fn(&str) -> Option<RouteTo>,
) -> Result<NumberTable, StartError> {
    let file = Table::open(path, &["prefix", "to"], &[])?;
    let (mut leads, mut places, mut entries) = (Vec::new(), BTreeMap::<String, u32>::new(), Vec::new());
    file.each_row(|row| {
        let prefix: Prefix = row.parsed(0, row.text(0))?;
        let to = row.text(1);
        let place = match places.get(to) {
            Some(place) => *place,
            None => {
                let found = lead(to).ok_or_else(|| {
                    row.fault(1, &format!("there is no trunk or group {to:?}; write one that is, or refuse"))
                })?;
                let place = u32::try_from(leads.len()).unwrap_or(u32::MAX);
                leads.push(found);
                places.insert(to.to_owned(), place);
                place
            }
        };
        entries.push((prefix, place));
        Ok(())
    })?;
    let prefixes = PrefixTable::new(entries).map_err(|error| whole(path, &error))?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok(NumberTable { name, prefixes, leads })
}

fn whole(path: &Path, error: &PrefixTableError) -> StartError {
    StartError::new(format!("{}: {error}", path.display()))
}

/// An open file, and where its columns are.
struct Table<'a> {
    path: &'a Path,
    reader: csv::Reader<File>,
    columns: Vec<(&'static str, Option<usize>)>,
}

impl<'a> Table<'a> {
    fn open(
        path: &'a Path,
        required: &[&'static str],
        optional: &[&'static str],
    ) -> Result<Self, StartError> {
        let unreadable = |error: &dyn std::fmt::Display| {
            StartError::new(format!(
                "{} cannot be read ({error}): write the path of a CSV file",
                path.display()
            ))
        };
        let file = File::open(path).map_err(|error| unreadable(&error))?;
        let len = file.metadata().map_err(|error| unreadable(&error))?.len();
        if len > FILE_BYTES_MAX {
            return Err(unreadable(&format!("over {FILE_BYTES_MAX} bytes")));
        }
        let mut reader =
            ReaderBuilder::new().comment(Some(b'#')).trim(Trim::All).flexible(true).from_reader(file);
        let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
        let place =
            |name: &'static str| (name, header.iter().position(|column| column.eq_ignore_ascii_case(name)));
        let columns: Vec<_> = required.iter().chain(optional).copied().map(place).collect();
        if columns.iter().take(required.len()).any(|(_, place)| place.is_none()) {
            let wanted = required.join(",");
            let advice = format!("{}:1: the first line names the columns; write {wanted}", path.display());
            return Err(StartError::new(advice));
        }
        Ok(Self { path, reader, columns })
    }

    fn each_row(
        mut self,
        mut take: impl FnMut(&Row<'_>) -> Result<(), StartError>,
    ) -> Result<(), StartError> {
        let mut record = StringRecord::new();
        let mut count = 0;
        loop {
            match self.reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return Err(StartError::new(format!("{}: {error}", self.path.display()))),
            }
            count += 1;
            if count > PREFIXES_MAX {
                return Err(whole(self.path, &PrefixTableError::TooMany));
            }
            take(&Row { path: self.path, record: &record, columns: &self.columns })?;
        }
    }
}

struct Row<'a> {
    path: &'a Path,
    record: &'a StringRecord,
    columns: &'a [(&'static str, Option<usize>)],
}

impl Row<'_> {
    /// What a column says; empty where there is none.
    fn text(&self, column: usize) -> &str {
        let place = self.columns.get(column).and_then(|(_, place)| *place);
        place.and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    fn parsed<T>(&self, column: usize, text: &str) -> Result<T, StartError>
    where
        T: std::str::FromStr<Err: std::fmt::Display>,
    {
        text.parse().map_err(|error| self.fault(column, &format!("{text:?}: {error}")))
    }

    /// Seconds since 1970.
    fn moment(&self, column: usize) -> Result<Option<i64>, StartError> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let whole = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
        let moment: Timestamp = whole.parse().map_err(|_| {
            self.fault(
                column,
                &format!("{text:?}: expected a day such as 2026-03-01 or 2026-03-01T12:00:00Z"),
            )
        })?;
        Ok(Some(moment.millis() / MILLIS_PER_S))
    }

    fn fault(&self, column: usize, advice: &str) -> StartError {
        let line = self.record.position().map_or(0, csv::Position::line);
        let name = self.columns.get(column).map_or("", |(name, _)| name);
        StartError::new(format!("{}:{line}: {name}: {advice}", self.path.display()))
    }
}
