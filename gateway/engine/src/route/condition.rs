//! What else has to be true of a call, beside its number.

use std::fmt;
use std::sync::Arc;

use super::RouteRequest;
use super::calendar::Calendar;
use super::chance::chance;
use crate::grants::Pattern;
use crate::ids::{TrunkId, UserId};

/// One condition; within one, any of the values will do.
#[derive(Clone, Debug)]
pub enum Condition {
    /// The caller id.
    Caller(Vec<Pattern>),
    /// The user who calls.
    User(Vec<UserId>),
    /// The trunk that brings the call.
    Source(Vec<TrunkId>),
    /// A header of the call, and its value.
    Header { name: String, values: Vec<Pattern> },
    /// The caller's language; `de` stands for `de-AT` too.
    Language(Vec<String>),
    /// A time within these hours.
    During(Vec<Arc<Calendar>>),
    /// A time outside of these hours.
    Outside(Vec<Arc<Calendar>>),
    /// This share of calls, 0 to 100; the same call is always in or always out.
    Percent(f64),
}

impl Condition {
    /// Whether a call meets it; `route` makes the shares of several routes independent.
    pub(super) fn holds(&self, request: &RouteRequest<'_>, route: &str) -> bool {
        match self {
            Self::Caller(patterns) => request.caller.is_some_and(|caller| any(patterns, caller)),
            Self::User(users) => request.user.is_some_and(|user| users.contains(user)),
            Self::Source(trunks) => request.source.is_some_and(|trunk| trunks.contains(trunk)),
            Self::Header { name, values } => request.header(name).is_some_and(|value| any(values, value)),
            Self::Language(languages) => {
                request.language.is_some_and(|spoken| languages.iter().any(|wanted| speaks(spoken, wanted)))
            }
            Self::During(calendars) => calendars.iter().any(|calendar| calendar.is_open(request.at)),
            Self::Outside(calendars) => !calendars.iter().any(|calendar| calendar.is_open(request.at)),
            Self::Percent(percent) => chance(request.call, route) * 100.0 < *percent,
        }
    }

    /// What is true of the call instead, for a sentence.
    pub(super) fn found(&self, request: &RouteRequest<'_>, route: &str) -> String {
        let or_none = |value: Option<&str>| value.map_or_else(|| "none".to_owned(), str::to_owned);
        match self {
            Self::Caller(_) => format!("the caller id is {}", or_none(request.caller)),
            Self::User(_) => format!("the user is {}", or_none(request.user.map(UserId::as_str))),
            Self::Source(_) => format!("the trunk is {}", or_none(request.source.map(TrunkId::as_str))),
            Self::Header { name, .. } => format!("{name} is {}", or_none(request.header(name))),
            Self::Language(_) => format!("the language is {}", or_none(request.language)),
            Self::During(calendars) | Self::Outside(calendars) => {
                let clock = calendars.first().map(|calendar| calendar.clock(request.at)).unwrap_or_default();
                format!("it is {clock}")
            }
            Self::Percent(_) => format!("this call is at {:.2} of 100", chance(request.call, route) * 100.0),
        }
    }
}

/// What it asks for, for a sentence.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caller(patterns) => write!(f, "caller id {}", patterns_text(patterns)),
            Self::User(users) => write!(f, "user {}", joined(users)),
            Self::Source(trunks) => write!(f, "trunk {}", joined(trunks)),
            Self::Header { name, values } => write!(f, "{name} {}", patterns_text(values)),
            Self::Language(languages) => write!(f, "language {}", joined(languages)),
            Self::During(calendars) => write!(f, "during {}", names(calendars)),
            Self::Outside(calendars) => write!(f, "outside {}", names(calendars)),
            Self::Percent(percent) => write!(f, "{percent} % of calls"),
        }
    }
}

fn any(patterns: &[Pattern], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(text))
}

/// The basic filtering of RFC 4647 §3.3.1.
fn speaks(spoken: &str, wanted: &str) -> bool {
    let begins = spoken.get(..wanted.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(wanted));
    begins && matches!(spoken.as_bytes().get(wanted.len()), None | Some(b'-'))
}

pub(super) fn patterns_text(patterns: &[Pattern]) -> String {
    joined(patterns)
}

fn names(calendars: &[Arc<Calendar>]) -> String {
    joined(calendars.iter().map(|calendar| &calendar.name))
}

pub(super) fn joined<T: fmt::Display>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(" or ")
}
