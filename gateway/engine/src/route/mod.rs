//! Where a call goes: a pure function of the call and the directory.
//!
//! ```text
//!   number, caller, user, trunk, headers, language, time
//!        |
//!        v            no                 no
//!   first route ---> second route ---> ... ---> refused (a call of a trunk: the directory's numbers)
//!        | fits: number and all conditions
//!        v
//!   number rewritten ---> trunks in order: listed, weighted, least cost ---> each in its trunk's spelling
//! ```
//!
//! [`plan`] keeps what it found at each route, and [`explain`](Plan::explain) says it in words. Chance follows from the
//! call's id, so that asking again gives the same answer.

mod calendar;
mod chance;
mod change;
mod condition;
mod explain;
mod failover;
mod format;
mod group;
mod plan;
mod prefix;
mod rates;
mod rule;

use std::time::SystemTime;

pub use calendar::{Calendar, Holiday, Hours, InvalidHoliday, InvalidHours, UnknownZone};
pub use change::{Change, InvalidRegex, NumberRegex};
pub use condition::Condition;
pub use explain::{Arrival, ExplainedRoute, Explanation};
pub use failover::{Progress, Verdict, after_refusal};
pub use format::{NumberFormat, NumberStyle};
pub use group::{Choice, Member, Strategy, TrunkGroup};
pub use plan::{HOPS_MAX, Hop, NoRoute, Plan, Way, plan};
pub use prefix::{InvalidPrefix, PREFIX_SIGNS_MAX, PREFIXES_MAX, Prefix, PrefixTable, PrefixTableError};
pub use rates::{InvalidPrice, Price, Rate, RateTable};
pub use rule::{Fit, NumberTable, Numbers, Route, RouteTo};

use crate::ids::{CallId, TrunkId, UserId};

/// All that a decision looks at, beside the directory.
#[derive(Clone, Copy, Debug)]
pub struct RouteRequest<'a> {
    /// The number, as [`Destination`](crate::number::Destination) prints it; of a trunk's call as its spelling is read.
    pub number: &'a str,
    /// The caller id.
    pub caller: Option<&'a str>,
    /// Who calls, if it is a user.
    pub user: Option<&'a UserId>,
    /// Which trunk brings the call, if one does.
    pub source: Option<&'a TrunkId>,
    /// Names and values.
    pub headers: &'a [(String, String)],
    /// The caller's language, as RFC 5646 spells it.
    pub language: Option<&'a str>,
    /// What chance follows from.
    pub call: CallId,
    /// When.
    pub at: SystemTime,
}

/// Which way a call crosses the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heading {
    In,
    Out,
}

impl RouteRequest<'_> {
    const fn heading(&self) -> Heading {
        if self.source.is_some() { Heading::In } else { Heading::Out }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}
