//! Rows of figures, in the shape of those of `tests/bench`, added to the same file.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

/// One figure.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Stable over time; what a chart would be keyed by.
    pub name: String,
    pub value: Option<f64>,
    pub unit: &'static str,
    /// What it is measured against in the same run.
    pub against: String,
    /// `value` over the other's value, where there is one.
    pub ratio: Option<f64>,
}

/// Prints the rows and puts them into the file, in the place of rows of the same names.
pub fn report(rows: &[Row], file: &Path) -> io::Result<()> {
    for row in rows {
        let show = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
        let (value, ratio) = (show(row.value), show(row.ratio));
        writeln!(io::stdout(), "{:32} {value:>12} {:10} {:44} {ratio:>8}", row.name, row.unit, row.against)?;
    }
    let mut all: Vec<Value> =
        fs::read(file).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default();
    all.retain(|old| rows.iter().all(|row| old["name"] != row.name.as_str()));
    for row in rows {
        all.push(serde_json::to_value(row)?);
    }
    fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
    fs::write(file, serde_json::to_vec_pretty(&all)?)
}
