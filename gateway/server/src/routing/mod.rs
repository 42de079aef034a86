//! From `[[routes]]`, `[[trunk_groups]]`, `[[calendars]]` and their files to the engine's routes.

mod dry_run;
mod tables;

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::route::{
    Calendar, Change, Condition, Member, NumberFormat, NumberRegex, NumberStyle, Numbers, RateTable, Route,
    RouteTo, Strategy, TrunkGroup,
};
use engine::{Pattern, TrunkId, UserId};
use toml::Spanned;

pub use dry_run::dry_run;

use crate::config::{self, Config, List, NumberPattern};
use crate::rim::StartError;

/// The routes, and the prices of trunks by name; files are read once.
pub struct Routing {
    /// In the order in which they are looked at.
    pub routes: Vec<Route>,
    /// By trunk.
    pub rates: BTreeMap<String, Arc<RateTable>>,
}

/// What routes refer to.
struct Known {
    groups: BTreeMap<String, Arc<TrunkGroup>>,
    calendars: BTreeMap<String, Arc<Calendar>>,
}

impl Routing {
    /// Builds what a checked configuration says.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, with the line that is wrong.
    pub fn build(config: &Config) -> Result<Self, StartError> {
        let known = Known { groups: groups(config), calendars: calendars(config)? };
        let mut sorted: Vec<&config::Route> = config.routes.iter().map(Spanned::get_ref).collect();
        // Those without a priority keep their place among those of 0.
        sorted.sort_by_key(|route| route.priority.unwrap_or(0));
        let mut routes: Vec<Route> = Vec::new();
        for route in sorted {
            let name = title(route, &routes);
            routes.push(build(route, name, config, &known)?);
        }
        let mut rates = BTreeMap::new();
        for trunk in &config.trunks {
            if let Some(path) = &trunk.rates {
                rates.insert(trunk.name.get_ref().clone(), Arc::new(tables::rates(path)?));
            }
        }
        Ok(Self { routes, rates })
    }
}

/// Chance follows from names too, so that two routes must not share one.
fn title(route: &config::Route, before: &[Route]) -> String {
    let title = route.title();
    let is_taken = |name: &String| before.iter().any(|route| route.name == *name);
    let mut numbered = (2..).map(|number| format!("{title} ({number})"));
    if is_taken(&title) { numbered.find(|name| !is_taken(name)).unwrap_or(title) } else { title }
}

fn groups(config: &Config) -> BTreeMap<String, Arc<TrunkGroup>> {
    let group = |group: &config::TrunkGroup| {
        let weights = group.weights.as_ref().map(|weights| weights.get_ref().as_slice()).unwrap_or_default();
        let trunks = group.trunks.get_ref().iter();
        let members = trunks.enumerate().map(|(place, trunk)| Member {
            trunk: TrunkId::from(trunk.as_str()),
            weight: weights.get(place).copied().unwrap_or(1),
        });
        let strategy = match group.strategy {
            config::Strategy::Listed => Strategy::Listed,
            config::Strategy::Weighted => Strategy::Weighted,
            config::Strategy::LeastCost => Strategy::LeastCost,
        };
        Arc::new(TrunkGroup { strategy, members: members.collect() })
    };
    config.trunk_groups.iter().map(|named| (named.name.get_ref().clone(), group(named))).collect()
}

fn calendars(config: &Config) -> Result<BTreeMap<String, Arc<Calendar>>, StartError> {
    let mut calendars = BTreeMap::new();
    for calendar in &config.calendars {
        let name = calendar.name.get_ref();
        let hours = calendar.hours.iter().map(|hours| hours.0).collect();
        let holidays = calendar.holidays.iter().map(|day| day.0).collect();
        let built = Calendar::new(name.clone(), calendar.time_zone.get_ref(), hours, holidays);
        let built = built.map_err(|error| StartError::new(format!("calendar {name}: {error}")))?;
        calendars.insert(name.clone(), Arc::new(built));
    }
    Ok(calendars)
}

fn build(route: &config::Route, name: String, config: &Config, known: &Known) -> Result<Route, StartError> {
    let text = |written: &Option<Spanned<String>>| written.as_ref().map(|text| text.get_ref().clone());
    let (strip, prepend) = (route.strip.as_ref().map_or(0, |strip| *strip.get_ref()), text(&route.prepend));
    Ok(Route {
        numbers: numbers(route, config, known)?,
        conditions: conditions(route, known),
        change: Change { strip: strip.into(), prepend: prepend.unwrap_or_default() },
        caller_id: text(&route.caller_id),
        to: to(route, known),
        name,
    })
}

fn numbers(route: &config::Route, config: &Config, known: &Known) -> Result<Numbers, StartError> {
    if let Some(path) = &route.table {
        let lead = |name: &str| lead(name, config, known);
        return tables::numbers(path, lead).map(|table| Numbers::Table(Arc::new(table)));
    }
    if let Some(regex) = &route.regex {
        let replace = route.replace.as_ref().map(|replace| replace.get_ref().as_str());
        let built = NumberRegex::new(regex.get_ref(), replace);
        return built.map(Numbers::Regex).map_err(|error| StartError::new(format!("a route: {error}")));
    }
    let pattern = match (&route.exact, &route.prefix) {
        (Some(exact), _) => Pattern::Exact(exact.clone()),
        (None, Some(prefix)) => Pattern::Prefix(prefix.clone()),
        (None, None) => Pattern::Any,
    };
    Ok(Numbers::Patterns(vec![pattern]))
}

/// Where a row's word leads: a group, a trunk, or `refuse`.
fn lead(name: &str, config: &Config, known: &Known) -> Option<RouteTo> {
    if let Some(group) = known.groups.get(name) {
        return Some(RouteTo::Trunks(group.clone()));
    }
    if config.trunks.iter().any(|trunk| trunk.name.get_ref() == name) {
        return Some(RouteTo::trunks([TrunkId::from(name)]));
    }
    (name == "refuse").then_some(RouteTo::Nowhere)
}

fn to(route: &config::Route, known: &Known) -> RouteTo {
    let group = route.group.as_ref().and_then(|group| known.groups.get(group.get_ref()));
    match (&route.trunks, group, &route.user) {
        (Some(trunks), _, _) => {
            RouteTo::trunks(trunks.get_ref().iter().map(|name| TrunkId::from(name.as_str())))
        }
        (_, Some(group), _) => RouteTo::Trunks(group.clone()),
        (_, _, Some(user)) => RouteTo::User(UserId::from(user.get_ref().as_str())),
        (None, None, None) if route.table.is_some() => RouteTo::Row,
        (None, None, None) => RouteTo::Nowhere,
    }
}

fn conditions(route: &config::Route, known: &Known) -> Vec<Condition> {
    fn names(written: &Option<Spanned<List<String>>>) -> Option<&[String]> {
        written.as_ref().map(|names| &names.get_ref()[..])
    }
    let calendars =
        |names: &[String]| names.iter().filter_map(|name| known.calendars.get(name)).cloned().collect();
    let callers = (!route.callers.is_empty()).then(|| Condition::Caller(patterns(&route.callers)));
    let users = names(&route.users);
    let sources = names(&route.source_trunks);
    let headers = route.headers.iter();
    let languages = (!route.languages.is_empty()).then(|| Condition::Language(route.languages.to_vec()));
    let found = [
        users.map(|users| Condition::User(users.iter().map(|name| UserId::from(name.as_str())).collect())),
        sources.map(|trunks| {
            Condition::Source(trunks.iter().map(|name| TrunkId::from(name.as_str())).collect())
        }),
        callers,
        languages,
        names(&route.during).map(|names| Condition::During(calendars(names))),
        names(&route.outside).map(|names| Condition::Outside(calendars(names))),
        route.percent.as_ref().map(|percent| Condition::Percent(*percent.get_ref())),
    ];
    let headers =
        headers.map(|(name, values)| Condition::Header { name: name.clone(), values: patterns(values) });
    found.into_iter().flatten().chain(headers).collect()
}

fn patterns(written: &[NumberPattern]) -> Vec<Pattern> {
    written.iter().filter_map(|pattern| pattern.0.parse().ok()).collect()
}

/// How a trunk spells numbers; `00` and `0` are what most countries dial.
pub fn number_format(trunk: &config::Trunk) -> NumberFormat {
    let text = |written: &Option<Spanned<String>>| written.as_ref().map(|text| text.get_ref().clone());
    NumberFormat {
        style: match trunk.number_format {
            config::NumberStyle::Unchanged => NumberStyle::Unchanged,
            config::NumberStyle::E164 => NumberStyle::E164,
            config::NumberStyle::E164Digits => NumberStyle::E164Digits,
            config::NumberStyle::International => NumberStyle::International,
            config::NumberStyle::National => NumberStyle::National,
        },
        country_code: text(&trunk.country_code),
        international_prefix: text(&trunk.international_prefix).unwrap_or_else(|| "00".to_owned()),
        national_prefix: text(&trunk.national_prefix).unwrap_or_else(|| "0".to_owned()),
    }
}
