//! Calendars, groups of trunks and routes: what has to meet, and what cannot be.

use std::collections::BTreeSet;
use std::ops::Range;

use engine::route::{InvalidRegex, NumberRegex};
use toml::Spanned;

use super::super::fields::{Config, Trunk};
use super::super::list::List;
use super::super::routing::{NumberStyle, Route, Strategy, TrunkGroup};
use super::{Report, listed, unique};

/// The names that others refer to.
struct Names<'a> {
    trunks: BTreeSet<&'a str>,
    groups: BTreeSet<&'a str>,
    users: BTreeSet<&'a str>,
    calendars: BTreeSet<&'a str>,
}

pub(super) fn check(config: &Config, fault: Report<'_>) {
    fn names<'a>(names: impl Iterator<Item = &'a Spanned<String>>) -> BTreeSet<&'a str> {
        names.map(|name| name.get_ref().as_str()).collect()
    }
    let known = Names {
        trunks: names(config.trunks.iter().map(|trunk| &trunk.name)),
        groups: names(config.trunk_groups.iter().map(|group| &group.name)),
        users: names(config.users.iter().map(|user| &user.name)),
        calendars: names(config.calendars.iter().map(|calendar| &calendar.name)),
    };
    calendars(config, fault);
    unique("trunk_groups", "name", config.trunk_groups.iter().map(|group| &group.name), fault);
    for (index, group) in config.trunk_groups.iter().enumerate() {
        members(&format!("trunk_groups[{index}]"), group, config, &known, fault);
    }
    for (index, trunk) in config.trunks.iter().enumerate() {
        spelling(&format!("trunks[{index}]"), trunk, fault);
    }
    unique("routes", "name", config.routes.iter().filter_map(|route| route.get_ref().name.as_ref()), fault);
    for (index, route) in config.routes.iter().enumerate() {
        let place = Place { path: format!("routes[{index}]"), span: route.span() };
        kind(&place, route.get_ref(), fault);
        references(&place, route.get_ref(), &known, fault);
        changes(&place, route.get_ref(), fault);
        if let (Some(sources), None) = (&route.get_ref().source_trunks, &route.get_ref().user)
            && !route.get_ref().refuse
        {
            let advice = "calls of trunks can go to users only; write user = \"...\" or refuse = true";
            fault(sources.span(), &format!("{}.source_trunks", place.path), advice.to_owned());
        }
    }
}

fn calendars(config: &Config, fault: Report<'_>) {
    unique("calendars", "name", config.calendars.iter().map(|calendar| &calendar.name), fault);
    for (index, calendar) in config.calendars.iter().enumerate() {
        let zone = &calendar.time_zone;
        if engine::route::Calendar::new(String::new(), zone.get_ref(), Vec::new(), Vec::new()).is_err() {
            let advice = format!(
                "{:?} is no time zone; write one of the IANA database, such as \"Europe/Berlin\"",
                zone.get_ref()
            );
            fault(zone.span(), &format!("calendars[{index}].time_zone"), advice);
        }
        if calendar.hours.is_empty() {
            let advice = "empty; write hours such as \"mon-fri 09:00-17:30\"".to_owned();
            fault(calendar.name.span(), &format!("calendars[{index}].hours"), advice);
        }
    }
}

fn members(path: &str, group: &TrunkGroup, config: &Config, known: &Names<'_>, fault: Report<'_>) {
    let trunks = &group.trunks;
    all_known(trunks, &format!("{path}.trunks"), "trunk", &known.trunks, fault);
    if trunks.get_ref().is_empty() {
        fault(trunks.span(), &format!("{path}.trunks"), "empty; write the names of trunks".to_owned());
    }
    let weights = group.weights.as_ref();
    let span = weights.map_or_else(|| trunks.span(), Spanned::span);
    let count = weights.map(|weights| weights.get_ref().len());
    match (group.strategy, count) {
        (Strategy::Weighted, count) if count != Some(trunks.get_ref().len()) => {
            let advice = "write as many weights as trunks, such as weights = [3, 1]".to_owned();
            fault(span, &format!("{path}.weights"), advice);
        }
        (Strategy::Listed | Strategy::LeastCost, Some(_)) => {
            let advice =
                "weights count for strategy = \"weighted\" only; write that, or remove them".to_owned();
            fault(span, &format!("{path}.weights"), advice);
        }
        (Strategy::Weighted, _) | (Strategy::Listed | Strategy::LeastCost, None) => {}
    }
    let priced = |trunk: &Trunk| trunk.rates.is_some() && trunks.get_ref().contains(trunk.name.get_ref());
    if group.strategy == Strategy::LeastCost && !config.trunks.iter().any(priced) {
        let advice = "no trunk of it has prices; write rates = \"...csv\" in its [[trunks]]".to_owned();
        fault(trunks.span(), &format!("{path}.strategy"), advice);
    }
}

fn spelling(path: &str, trunk: &Trunk, fault: Report<'_>) {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fields = [
        ("country_code", trunk.country_code.as_ref(), "49"),
        ("international_prefix", trunk.international_prefix.as_ref(), "00"),
        ("national_prefix", trunk.national_prefix.as_ref(), "0"),
    ];
    for (field, written, example) in fields {
        if let Some(written) = written.filter(|written| !digits(written.get_ref())) {
            fault(
                written.span(),
                &format!("{path}.{field}"),
                format!("write digits alone, such as \"{example}\""),
            );
        }
    }
    let has_country = trunk.country_code.as_ref().is_some_and(|code| !code.get_ref().is_empty());
    if trunk.number_format == NumberStyle::National && !has_country {
        let advice =
            "\"national\" needs the trunk's country; add country_code = \"49\" for example".to_owned();
        fault(trunk.name.span(), &format!("{path}.number_format"), advice);
    }
}

/// Where a route is.
struct Place {
    path: String,
    span: Range<usize>,
}

fn written(fields: &[bool]) -> usize {
    fields.iter().filter(|written| **written).count()
}

/// One kind of numbers, one kind of destination.
fn kind(place: &Place, route: &Route, fault: Report<'_>) {
    let span = || route.trunks.as_ref().map_or_else(|| place.span.clone(), Spanned::span);
    let numbers = [
        route.exact.is_some(),
        route.prefix.is_some(),
        route.regex.is_some(),
        route.table.is_some(),
        route.any,
    ];
    if written(&numbers) != 1 {
        let advice = "write exactly one of exact = \"...\", prefix = \"...\", regex = \"...\", table = \"...csv\" \
                      and any = true";
        fault(span(), &place.path, advice.to_owned());
    }
    let ways = written(&[route.trunks.is_some(), route.group.is_some(), route.user.is_some(), route.refuse]);
    if route.table.is_some() && ways != 0 {
        let advice = "the rows of a table say where calls go; remove trunks, group, user and refuse";
        fault(span(), &place.path, advice.to_owned());
    }
    if route.table.is_none() && ways != 1 {
        let advice =
            "write exactly one of trunks = [\"...\"], group = \"...\", user = \"...\" and refuse = true";
        fault(span(), &place.path, advice.to_owned());
    }
}

fn references(place: &Place, route: &Route, known: &Names<'_>, fault: Report<'_>) {
    let lists = [
        ("trunks", "trunk", &route.trunks, &known.trunks),
        ("source_trunks", "trunk", &route.source_trunks, &known.trunks),
        ("users", "user", &route.users, &known.users),
        ("during", "calendar", &route.during, &known.calendars),
        ("outside", "calendar", &route.outside, &known.calendars),
    ];
    for (field, what, names, known) in lists {
        if let Some(names) = names {
            all_known(names, &format!("{}.{field}", place.path), what, known, fault);
        }
    }
    let single = [
        ("group", "group of trunks", &route.group, &known.groups),
        ("user", "user", &route.user, &known.users),
    ];
    for (field, what, name, known) in single {
        if let Some(name) = name
            && !known.contains(name.get_ref().as_str())
        {
            let advice = format!("there is no {what} {:?}; write one of: {}", name.get_ref(), listed(known));
            fault(name.span(), &format!("{}.{field}", place.path), advice);
        }
    }
    if let (Some(users), Some(_)) = (&route.users, &route.user) {
        let advice = "a route to a user is for calls of trunks, which no user places; remove users";
        fault(users.span(), &format!("{}.users", place.path), advice.to_owned());
    }
}

fn all_known(
    names: &Spanned<List<String>>,
    path: &str,
    what: &str,
    known: &BTreeSet<&str>,
    fault: Report<'_>,
) {
    for name in names.get_ref().iter().filter(|name| !known.contains(name.as_str())) {
        let advice = format!("there is no {what} {name:?}; write one of: {}", listed(known));
        fault(names.span(), path, advice);
    }
}

fn changes(place: &Place, route: &Route, fault: Report<'_>) {
    expression(place, route, fault);
    let goes_out = route.user.is_none() && !route.refuse;
    let spans = [
        ("strip", route.strip.as_ref().map(Spanned::span)),
        ("prepend", route.prepend.as_ref().map(Spanned::span)),
        ("replace", route.replace.as_ref().map(Spanned::span)),
        ("caller_id", route.caller_id.as_ref().map(Spanned::span)),
    ];
    for (field, span) in spans {
        if let Some(span) = span.filter(|_| !goes_out) {
            let advice = "changes nothing where no call goes out to a trunk; remove it".to_owned();
            fault(span, &format!("{}.{field}", place.path), advice);
        }
    }
    let signs = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"+*#".contains(&byte));
    if let Some(prepend) = route.prepend.as_ref().filter(|prepend| !signs(prepend.get_ref())) {
        let advice = "write digits, *, # and + alone, such as \"+49\"".to_owned();
        fault(prepend.span(), &format!("{}.prepend", place.path), advice);
    }
    if let Some(percent) = route.percent.as_ref().filter(|percent| !(0.0..=100.0).contains(percent.get_ref()))
    {
        fault(percent.span(), &format!("{}.percent", place.path), "write a number from 0 to 100".to_owned());
    }
}

fn expression(place: &Place, route: &Route, fault: Report<'_>) {
    let replace = route.replace.as_ref();
    let Some(regex) = &route.regex else {
        if let Some(replace) = replace {
            let advice = "replaces what regex found; write regex = \"...\", or strip and prepend".to_owned();
            fault(replace.span(), &format!("{}.replace", place.path), advice);
        }
        return;
    };
    let built = NumberRegex::new(regex.get_ref(), replace.map(|replace| replace.get_ref().as_str()));
    match (built, replace) {
        (Err(error @ InvalidRegex::Syntax(_)), _) => {
            let advice = format!("{error}; write one such as '0([1-9]\\d*)'");
            fault(regex.span(), &format!("{}.regex", place.path), advice);
        }
        (Err(error), Some(replace)) => {
            fault(
                replace.span(),
                &format!("{}.replace", place.path),
                format!("{error}; such as \"+49${{1}}\""),
            );
        }
        (Err(_), None) | (Ok(_), _) => {}
    }
}
