//! Rows of figures: a line each on the terminal, the same rows in `target/bench.json`.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

/// One figure.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Stable over time; what a chart would be keyed by.
    pub name: String,
    /// In `unit`; `None` when skipped.
    pub value: Option<f64>,
    /// For example `us`, `kB`, `calls/s`.
    pub unit: &'static str,
    /// What it is measured against in the same run, or why it is skipped.
    pub against: String,
    /// `value` over the other's value, where there is one.
    pub ratio: Option<f64>,
}

impl Row {
    /// A figure that stands alone, or against a limit.
    pub(crate) fn plain(name: &str, value: f64, unit: &'static str, against: &str) -> Self {
        Self { name: name.to_owned(), value: Some(value), unit, against: against.to_owned(), ratio: None }
    }

    /// A figure that could not be taken, with the reason.
    pub(crate) fn skipped(name: &str, unit: &'static str, why: &str) -> Self {
        Self { name: name.to_owned(), value: None, unit, against: format!("skipped: {why}"), ratio: None }
    }
}

/// All rows of a run.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Prints a row at once and keeps it.
    pub(crate) fn add(&mut self, row: Row) {
        let show = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
        let line = format!(
            "{:32} {:>12} {:10} {:44} {:>8}\n",
            row.name,
            show(row.value),
            row.unit,
            row.against,
            show(row.ratio)
        );
        // A closed terminal must not lose the figures: they still go to the file.
        let _ = std::io::stdout().write_all(line.as_bytes());
        self.rows.push(row);
    }

    /// Writes the rows as JSON.
    pub(crate) fn write(&self, file: &Path) -> std::io::Result<()> {
        fs::write(file, serde_json::to_vec_pretty(&self.rows)?)
    }
}
