//! What is wrong with a configuration, where, and what to write instead.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One fault: `offhook.toml:12: trunks[0].port: ...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file's name, or the environment variable's.
    pub place: String,
    /// The line, from 1; none for an environment variable or a whole file.
    pub line: Option<usize>,
    /// The field, as a dotted path.
    pub field: Option<String>,
    /// What is wrong and what to write instead.
    pub advice: String,
}

impl Fault {
    /// A fault of a file as a whole.
    pub fn whole(place: &str, advice: String) -> Self {
        Self { place: place.to_owned(), line: None, field: None, advice }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ": {field}")?;
        }
        write!(f, ": {}", self.advice)
    }
}

/// Every fault of a configuration; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// The text that spans point into, and behind its end one position for each environment variable.
pub(super) struct Source<'a> {
    name: &'a str,
    text: &'a str,
    variables: Vec<String>,
}

impl<'a> Source<'a> {
    pub(super) fn new(name: &'a str, text: &'a str) -> Self {
        Self { name, text, variables: Vec::new() }
    }

    /// The span that stands for an environment variable.
    pub(super) fn variable(&mut self, name: &str) -> Range<usize> {
        // Two apart from the text, so that the span of its very end is never mistaken for a variable.
        let at = self.text.len() + 2 + self.variables.len();
        self.variables.push(name.to_owned());
        at..at + 1
    }

    /// A fault at a span; an empty span at 0 is a default that was not written at all.
    pub(super) fn fault(&self, span: Range<usize>, field: &str, advice: String) -> Fault {
        let field = (!field.is_empty()).then(|| field.to_owned());
        let variable =
            span.start.checked_sub(self.text.len() + 2).and_then(|index| self.variables.get(index));
        if let Some(variable) = variable {
            return Fault { place: variable.clone(), line: None, field, advice };
        }
        let line = (span.end > 0).then(|| self.line(span.start));
        Fault { place: self.name.to_owned(), line, field, advice }
    }

    /// A fault of the TOML grammar.
    pub(super) fn syntax(&self, error: &toml::de::Error) -> Fault {
        let advice = format!("this is not TOML: {}", one_line(error.message()));
        self.fault(error.span().unwrap_or(0..0), "", advice)
    }

    /// A fault of a field's name or type.
    pub(super) fn shape(&self, error: &toml::de::Error, table: &DeTable<'_>) -> Fault {
        let span = error.span().unwrap_or(0..0);
        let field = path_at(table, span.start).unwrap_or_default();
        self.fault(span, &field, advice(error.message()))
    }

    fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().iter().take(at);
        before.filter(|byte| **byte == b'\n').count() + 1
    }
}

fn one_line(message: &str) -> String {
    message.split('\n').collect::<Vec<_>>().join(", ")
}

/// serde says what it expected; a reader wants to know what to write.
fn advice(message: &str) -> String {
    let message = one_line(message);
    if message.starts_with("unknown field") {
        let written = message.split('`').nth(1).unwrap_or_default();
        let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        let nearest = nearest(written, &known);
        let list = known.join(", ");
        return match nearest {
            Some(nearest) => format!("unknown field; write {nearest} (known here: {list})"),
            None => format!("unknown field; remove it, or write one of: {list}"),
        };
    }
    if let Some(missing) = message.strip_prefix("missing field ") {
        return format!("a field is missing; add {}", missing.trim_matches('`'));
    }
    match message.split_once(", expected ") {
        Some((found, expected)) => format!("{found}; write {expected}"),
        None => message,
    }
}

/// The known name that differs least, if it differs by little.
fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let scored = known.iter().map(|name| (distance(written, name), *name));
    scored.min_by_key(|(distance, _)| *distance).filter(|(distance, _)| *distance <= 2).map(|(_, name)| name)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[row.len() - 1]
}

/// The dotted path of the innermost key or value that contains a position.
fn path_at(table: &DeTable<'_>, at: usize) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let name = key.get_ref().as_ref();
        if key.span().contains(&at) && !holds(value, at) {
            return Some(name.to_owned());
        }
        inside(value, at).map(|rest| if rest.is_empty() { name.to_owned() } else { join(name, &rest) })
    })
}

fn join(name: &str, rest: &str) -> String {
    if rest.starts_with('[') { format!("{name}{rest}") } else { format!("{name}.{rest}") }
}

/// A table's header counts as the span of both its key and its value; what is in it may lie outside.
fn inside(value: &Spanned<DeValue<'_>>, at: usize) -> Option<String> {
    let deeper = match value.get_ref() {
        DeValue::Table(table) => path_at(table, at),
        DeValue::Array(array) => array.iter().enumerate().find_map(|(index, element)| {
            inside(element, at).map(|rest| {
                let index = format!("[{index}]");
                if rest.is_empty() { index } else { join(&index, &rest) }
            })
        }),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => None,
    };
    deeper.or_else(|| value.span().contains(&at).then(String::new))
}

fn holds(value: &Spanned<DeValue<'_>>, at: usize) -> bool {
    inside(value, at).is_some_and(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_slip_is_recognised() {
        assert_eq!(nearest("lisen", &["origins", "listen"]), Some("listen"));
        assert_eq!(nearest("colour", &["origins", "listen"]), None);
    }

    #[test]
    fn serde_wording_becomes_advice() {
        let unknown = advice("unknown field `lisen`, expected one of `listen`, `origins`");
        assert_eq!(unknown, "unknown field; write listen (known here: listen, origins)");
        assert_eq!(advice("missing field `name`"), "a field is missing; add name");
        assert_eq!(
            advice("invalid type: string \"x\", expected u16"),
            "invalid type: string \"x\"; write u16"
        );
    }
}
