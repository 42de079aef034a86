//! `OFFHOOK_SECTION__FIELD=value` in the environment replaces a field of the file.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Source};

const PREFIX: &str = "OFFHOOK_";
const ADVICE: &str = "no such place in the file; name an element of a list by its number from 0, such as \
                      OFFHOOK_TRUNKS__0__PASSWORD";

/// The variables that replace fields, in order of their names.
pub(super) struct Environment(Vec<(String, String)>);

impl Environment {
    pub(super) fn of(variables: impl Iterator<Item = (String, String)>) -> Self {
        let mut ours: Vec<_> = variables.filter(|(name, _)| name.starts_with(PREFIX)).collect();
        ours.sort();
        Self(ours)
    }

    /// Writes every variable into the table; a name that leads nowhere shows up later as an unknown field.
    pub(super) fn apply<'i>(
        &'i self,
        table: &mut Spanned<DeTable<'i>>,
        source: &mut Source<'_>,
    ) -> Result<(), Fault> {
        for (name, text) in &self.0 {
            let span = source.variable(name);
            let path = name[PREFIX.len()..].to_ascii_lowercase();
            let steps: Vec<&str> = path.split("__").collect();
            let placed = set(table.get_mut(), &steps, spanned(parsed(text), &span));
            placed.ok_or_else(|| source.fault(span, &path, ADVICE.to_owned()))?;
        }
        Ok(())
    }
}

/// The variable's text as TOML, or as a plain string if it is none.
fn parsed(text: &str) -> DeValue<'_> {
    DeValue::parse(text).map_or_else(|_| DeValue::String(text.into()), Spanned::into_inner)
}

/// Puts the variable's span on a value and on everything inside it.
fn spanned<'i>(value: DeValue<'i>, span: &Range<usize>) -> Spanned<DeValue<'i>> {
    let value = match value {
        DeValue::Array(array) => {
            DeValue::Array(array.into_iter().map(|element| spanned(element.into_inner(), span)).collect())
        }
        other @ (DeValue::Table(_)
        | DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)) => other,
    };
    Spanned::new(span.clone(), value)
}

fn set<'i>(table: &mut DeTable<'i>, steps: &[&str], value: Spanned<DeValue<'i>>) -> Option<()> {
    let (first, rest) = steps.split_first()?;
    if rest.is_empty() {
        // The map keeps an old key with its span; the new one must win to be named in faults.
        table.remove(*first);
        table.insert(Spanned::new(value.span(), (*first).to_owned().into()), value);
        return Some(());
    }
    if !table.contains_key(*first) {
        let empty = Spanned::new(value.span(), DeValue::Table(DeTable::new()));
        table.insert(Spanned::new(value.span(), (*first).to_owned().into()), empty);
    }
    set_inside(table.get_mut(*first)?, rest, value)
}

fn set_inside<'i>(
    place: &mut Spanned<DeValue<'i>>,
    steps: &[&str],
    value: Spanned<DeValue<'i>>,
) -> Option<()> {
    match place.get_mut() {
        DeValue::Table(table) => set(table, steps, value),
        DeValue::Array(array) => {
            let (index, rest) = steps.split_first()?;
            set_inside(array.get_mut(index.parse::<usize>().ok()?)?, rest, value)
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => None,
    }
}
