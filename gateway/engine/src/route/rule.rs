//! One route: which numbers, under which conditions, changed how, to where.

use std::fmt;
use std::sync::Arc;

use super::change::{Change, NumberRegex};
use super::condition::{Condition, patterns_text};
use super::group::TrunkGroup;
use super::prefix::{Prefix, PrefixTable};
use super::{Heading, RouteRequest};
use crate::grants::Pattern;
use crate::ids::{TrunkId, UserId};

/// Which numbers a route is for.
#[derive(Clone, Debug)]
pub enum Numbers {
    /// Any of these.
    Patterns(Vec<Pattern>),
    /// Those that match.
    Regex(NumberRegex),
    /// Those with a prefix in a table, whose row says where they go.
    Table(Arc<NumberTable>),
}

/// Prefixes, and where each leads.
#[derive(Clone, Debug)]
pub struct NumberTable {
    /// For reasons.
    pub name: String,
    /// Places in `leads`.
    pub prefixes: PrefixTable<u32>,
    /// Where they lead.
    pub leads: Vec<RouteTo>,
}

/// Where a route leads.
#[derive(Clone, Debug)]
pub enum RouteTo {
    /// Out, to trunks: for calls of users.
    Trunks(Arc<TrunkGroup>),
    /// In, to a user: for calls of trunks.
    User(UserId),
    /// Nowhere: the call is refused.
    Nowhere,
    /// Out, to where the row of the route's table says.
    Row,
}

/// One route. The first that fits a call decides.
#[derive(Clone, Debug)]
pub struct Route {
    /// For reasons.
    pub name: String,
    /// Which numbers.
    pub numbers: Numbers,
    /// What else has to be true, all of it.
    pub conditions: Vec<Condition>,
    /// What becomes of the number.
    pub change: Change,
    /// What callees see, whatever the caller says.
    pub caller_id: Option<String>,
    /// Where it leads.
    pub to: RouteTo,
}

/// Whether a route fits a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It does, and decides.
    Taken,
    /// It is for calls that go the other way.
    OtherWay,
    /// It is for other numbers.
    Number,
    /// The condition at this place is not met.
    Condition(usize),
}

impl Route {
    /// A route that looks at nothing but the number.
    pub fn new(name: impl Into<String>, pattern: Pattern, to: RouteTo) -> Self {
        Self {
            name: name.into(),
            numbers: Numbers::Patterns(vec![pattern]),
            conditions: Vec::new(),
            change: Change::default(),
            caller_id: None,
            to,
        }
    }

    /// Where it leads this call, or why it does not.
    pub(super) fn judge(&self, request: &RouteRequest<'_>) -> Result<&RouteTo, Fit> {
        if !self.to.carries(request.heading()) {
            return Err(Fit::OtherWay);
        }
        let to = self.lead(request.number).ok_or(Fit::Number)?;
        match self.conditions.iter().position(|condition| !condition.holds(request, &self.name)) {
            Some(place) => Err(Fit::Condition(place)),
            None => Ok(to),
        }
    }

    fn lead(&self, number: &str) -> Option<&RouteTo> {
        match &self.numbers {
            Numbers::Patterns(patterns) => {
                patterns.iter().any(|pattern| pattern.matches(number)).then_some(&self.to)
            }
            Numbers::Regex(regex) => regex.is_match(number).then_some(&self.to),
            Numbers::Table(table) => table.row(number).map(|(_, to)| to),
        }
    }

    /// The number as it goes on; `None` if nothing is left of it.
    pub(super) fn rewrite(&self, number: &str) -> Option<String> {
        match &self.numbers {
            Numbers::Regex(regex) => self.change.apply(&regex.rewrite(number)),
            Numbers::Patterns(_) | Numbers::Table(_) => self.change.apply(number),
        }
    }
}

impl NumberTable {
    /// The longest prefix of a number, and where it leads.
    pub(super) fn row(&self, number: &str) -> Option<(Prefix, &RouteTo)> {
        let (prefix, place) = self.prefixes.longest(number)?;
        Some((prefix, self.leads.get(*place as usize)?))
    }
}

impl RouteTo {
    /// Trunks in this order.
    pub fn trunks(trunks: impl IntoIterator<Item = TrunkId>) -> Self {
        Self::Trunks(Arc::new(TrunkGroup::listed(trunks)))
    }

    const fn carries(&self, heading: Heading) -> bool {
        match self {
            Self::Trunks(_) | Self::Row => matches!(heading, Heading::Out),
            Self::User(_) => matches!(heading, Heading::In),
            Self::Nowhere => true,
        }
    }
}

/// The numbers, for a sentence.
impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Patterns(patterns) => f.write_str(&patterns_text(patterns)),
            Self::Regex(regex) => write!(f, "the expression {}", regex.text()),
            Self::Table(table) => write!(f, "the table {}", table.name),
        }
    }
}
