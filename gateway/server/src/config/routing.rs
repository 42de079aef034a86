//! `[[calendars]]`, `[[trunk_groups]]` and `[[routes]]`: the fields.

use std::collections::BTreeMap;
use std::path::PathBuf;

use engine::route::{Holiday, Hours};
use serde::Deserialize;
use toml::Spanned;

use super::list::List;
use super::values::{NumberPattern, Parsed};

/// `[[calendars]]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    pub name: Spanned<String>,
    pub time_zone: Spanned<String>,
    pub hours: List<Parsed<Hours>>,
    #[serde(default)]
    pub holidays: List<Parsed<Holiday>>,
}

/// `[[trunk_groups]]`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct TrunkGroup {
    pub name: Spanned<String>,
    pub trunks: Spanned<List<String>>,
    #[serde(default)]
    pub strategy: Strategy,
    #[serde(default)]
    pub weights: Option<Spanned<Vec<u32>>>,
}

/// In which order the trunks of a group are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// As they are listed.
    #[default]
    Listed,
    /// By chance, in proportion to their weights.
    Weighted,
    /// The cheapest first.
    LeastCost,
}

/// How a trunk spells numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum NumberStyle {
    /// As they are.
    #[default]
    Unchanged,
    /// `+49301234`
    E164,
    /// `49301234`
    E164Digits,
    /// `0049301234`
    International,
    /// `0301234`
    National,
}

/// `[[routes]]`
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct Route {
    pub name: Option<Spanned<String>>,
    pub priority: Option<i32>,
    pub exact: Option<String>,
    pub prefix: Option<String>,
    pub regex: Option<Spanned<String>>,
    pub table: Option<PathBuf>,
    pub any: bool,
    pub callers: List<NumberPattern>,
    pub users: Option<Spanned<List<String>>>,
    pub source_trunks: Option<Spanned<List<String>>>,
    pub headers: BTreeMap<String, List<NumberPattern>>,
    pub languages: List<String>,
    pub during: Option<Spanned<List<String>>>,
    pub outside: Option<Spanned<List<String>>>,
    pub percent: Option<Spanned<f64>>,
    pub replace: Option<Spanned<String>>,
    pub strip: Option<Spanned<u8>>,
    pub prepend: Option<Spanned<String>>,
    pub caller_id: Option<Spanned<String>>,
    pub trunks: Option<Spanned<List<String>>>,
    pub group: Option<Spanned<String>>,
    pub user: Option<Spanned<String>>,
    pub refuse: bool,
}

impl Route {
    /// What it is called in reasons.
    pub fn title(&self) -> String {
        let pattern = || match (&self.exact, &self.prefix, &self.regex, &self.table) {
            (Some(exact), ..) => exact.clone(),
            (_, Some(prefix), ..) => format!("{prefix}*"),
            (_, _, Some(regex), _) => regex.get_ref().clone(),
            (_, _, _, Some(table)) => table.display().to_string(),
            (None, None, None, None) => "*".to_owned(),
        };
        self.name.as_ref().map_or_else(pattern, |name| name.get_ref().clone())
    }
}
