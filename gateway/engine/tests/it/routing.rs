//! Where a call goes, rule by rule.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use engine::route::{
    Calendar, Change, Choice, Condition, Fit, Hop, Member, NoRoute, NumberFormat, NumberRegex, NumberStyle,
    NumberTable, Numbers, PrefixTable, Rate, RateTable, RouteRequest, Strategy, TrunkGroup, Way, plan,
};
use engine::{CallId, Directory, Route, RouteQuestion, RouteTo, TrunkId, UserId};
use media::DtmfMethod;
use uuid::Uuid;

use crate::world::{CARRIER, World, config, directory, trunk};

/// Tuesday 2026-11-24, 19:24 in UTC, 20:24 in Berlin.
const EVENING: u64 = 1_795_548_240;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn to(names: &[&str]) -> RouteTo {
    RouteTo::trunks(names.iter().map(|&name| name.into()))
}

fn route(name: &str, pattern: &str, trunks: &[&str]) -> Route {
    Route::new(name, pattern.parse().unwrap(), to(trunks))
}

/// Everything to `spare`, unless the first route takes it to `carrier` under a condition.
fn conditional(condition: Condition) -> Directory {
    let first = Route { conditions: vec![condition], ..route("first", "*", &["carrier"]) };
    with(vec![first, route("rest", "*", &["spare"])])
}

fn with(routes: Vec<Route>) -> Directory {
    Directory { routes, ..directory() }
}

const REQUEST: RouteRequest<'static> = RouteRequest {
    number: "+49301234",
    caller: None,
    user: None,
    source: None,
    headers: &[],
    language: None,
    call: CallId(Uuid::from_u128(1)),
    at: UNIX_EPOCH,
};

fn hops(request: &RouteRequest<'_>, directory: &Directory) -> Vec<Hop> {
    match plan(request, directory).outcome {
        Ok(Way::Trunks { hops, .. }) => hops,
        other => panic!("no trunks: {other:?}"),
    }
}

fn trunks(request: &RouteRequest<'_>, directory: &Directory) -> Vec<String> {
    hops(request, directory).iter().map(|hop| hop.trunk.to_string()).collect()
}

fn goes_first(request: &RouteRequest<'_>, directory: &Directory) -> bool {
    trunks(request, directory) == ["carrier"]
}

#[test]
fn the_first_route_that_fits_decides_and_nothing_else_is_allowed() {
    let blocked = Route::new("premium", "+4990*".parse().unwrap(), RouteTo::Nowhere);
    let directory = with(vec![blocked, route("germany", "+49*", &["spare", "nowhere", "carrier"])]);
    let found = plan(&REQUEST, &directory);
    assert_eq!(found.steps, [Fit::Number, Fit::Taken]);
    assert_eq!(trunks(&REQUEST, &directory), ["spare", "carrier"]);
    let to = |number| plan(&RouteRequest { number, ..REQUEST }, &directory).outcome;
    assert_eq!(to("+4990123"), Err(NoRoute::Refused("premium".to_owned())));
    assert_eq!(to("+1"), Err(NoRoute::NoneFits));
    let lost = with(vec![route("lost", "*", &["nowhere"])]);
    assert_eq!(plan(&REQUEST, &lost).outcome, Err(NoRoute::NoTrunk("lost".to_owned())));
}

#[test]
fn a_table_leads_by_the_longest_prefix() {
    let prefixes = [("+49", 0), ("+4930", 1), ("+4990", 2)];
    let prefixes = prefixes.into_iter().map(|(prefix, lead)| (prefix.parse().unwrap(), lead)).collect();
    let table = NumberTable {
        name: "plan.csv".to_owned(),
        prefixes: PrefixTable::new(prefixes).unwrap(),
        leads: vec![to(&["carrier"]), to(&["spare"]), RouteTo::Nowhere],
    };
    let by_table =
        Route { numbers: Numbers::Table(Arc::new(table)), to: RouteTo::Row, ..route("table", "*", &[]) };
    let directory = with(vec![by_table, route("rest", "*", &["old"])]);
    let to = |number| trunks(&RouteRequest { number, ..REQUEST }, &directory);
    assert_eq!(
        (to("+49301"), to("+4989"), to("+1")),
        (vec!["spare".into()], vec!["carrier".into()], vec!["old".into()])
    );
    let refused = plan(&RouteRequest { number: "+49900", ..REQUEST }, &directory).outcome;
    assert_eq!(refused, Err(NoRoute::Refused("table".to_owned())));
}

#[test]
fn an_expression_rewrites_and_changes_come_after() {
    let regex = NumberRegex::new(r"0([1-9]\d*)", Some("49${1}")).unwrap();
    let change = Change { strip: 0, prepend: "+".to_owned() };
    let home = Route { numbers: Numbers::Regex(regex), change, ..route("home", "*", &["carrier"]) };
    let nine =
        Route { change: Change { strip: 1, prepend: String::new() }, ..route("nine", "9*", &["carrier"]) };
    let directory = with(vec![home, nine]);
    let sent = |number| match plan(&RouteRequest { number, ..REQUEST }, &directory).outcome {
        Ok(Way::Trunks { hops, .. }) => Ok(hops[0].number.clone()),
        Ok(other) => panic!("{other:?}"),
        Err(why) => Err(why),
    };
    assert_eq!(sent("0301234"), Ok("+49301234".to_owned()));
    assert_eq!(sent("9112"), Ok("112".to_owned()));
    assert_eq!(sent("9"), Err(NoRoute::NoNumber("nine".to_owned())));
    assert_eq!(sent("00301234"), Err(NoRoute::NoneFits));
}

#[test]
fn a_sip_uri_is_routed_and_never_rewritten() {
    let change = Change { strip: 2, prepend: "9".to_owned() };
    let directory = with(vec![Route { change, ..route("all", "*", &["carrier"]) }]);
    let hops = hops(&RouteRequest { number: "sip:bob@example.com", ..REQUEST }, &directory);
    assert_eq!(hops[0].number, "sip:bob@example.com");
}

#[test]
fn callers_users_headers_and_languages_choose() {
    let berlin = conditional(Condition::Caller(vec!["+4930*".parse().unwrap()]));
    assert!(goes_first(&RouteRequest { caller: Some("+49301"), ..REQUEST }, &berlin));
    assert!(!goes_first(&RouteRequest { caller: Some("+49891"), ..REQUEST }, &berlin));
    assert!(!goes_first(&REQUEST, &berlin));
    let (ann, bob) = (UserId::from("ann"), UserId::from("bob"));
    let anns = conditional(Condition::User(vec![ann.clone()]));
    assert!(goes_first(&RouteRequest { user: Some(&ann), ..REQUEST }, &anns));
    assert!(!goes_first(&RouteRequest { user: Some(&bob), ..REQUEST }, &anns));
    let values = vec!["sales".parse().unwrap(), "support*".parse().unwrap()];
    let desk = conditional(Condition::Header { name: "X-Desk".to_owned(), values });
    for (value, taken) in [("sales", true), ("support-2", true), ("salesman", false)] {
        let headers = [("x-desk".to_owned(), value.to_owned())];
        assert_eq!(goes_first(&RouteRequest { headers: &headers, ..REQUEST }, &desk), taken, "{value}");
    }
    assert!(!goes_first(&REQUEST, &desk));
    let german = conditional(Condition::Language(vec!["de".to_owned()]));
    for (language, taken) in [("de", true), ("DE-at", true), ("den", false), ("en", false)] {
        let request = RouteRequest { language: Some(language), ..REQUEST };
        assert_eq!(goes_first(&request, &german), taken, "{language}");
    }
}

#[test]
fn hours_choose_in_their_own_time_zone() {
    let evening = |zone: &str| {
        let hours = vec!["mon-fri 20:00-21:00".parse().unwrap()];
        Arc::new(Calendar::new("evening".to_owned(), zone, hours, Vec::new()).unwrap())
    };
    let now = RouteRequest { at: at(EVENING), ..REQUEST };
    assert!(goes_first(&now, &conditional(Condition::During(vec![evening("Europe/Berlin")]))));
    assert!(!goes_first(&now, &conditional(Condition::During(vec![evening("UTC")]))));
    assert!(goes_first(&now, &conditional(Condition::Outside(vec![evening("UTC")]))));
    let either = conditional(Condition::During(vec![evening("UTC"), evening("Europe/Berlin")]));
    assert!(goes_first(&now, &either));
}

#[test]
fn a_share_of_calls_is_the_same_whenever_it_is_asked_about() {
    let third = conditional(Condition::Percent(30.0));
    let taken = |number: u128| {
        let call = CallId(Uuid::from_u128(number));
        goes_first(&RouteRequest { call, ..REQUEST }, &third)
    };
    let share = (0..2000).filter(|number| taken(*number)).count();
    assert!((520..680).contains(&share), "{share} of 2000");
    assert!((0..100).all(|number| taken(number) == taken(number)));
    assert!(!goes_first(&REQUEST, &conditional(Condition::Percent(0.0))));
    assert!(goes_first(&REQUEST, &conditional(Condition::Percent(100.0))));
}

#[test]
fn weights_share_calls_out_and_every_member_is_a_way_out() {
    let member = |trunk: &str, weight| Member { trunk: trunk.into(), weight };
    let members = vec![member("carrier", 3), member("spare", 1), member("old", 0)];
    let group = Arc::new(TrunkGroup { strategy: Strategy::Weighted, members });
    let directory = with(vec![Route { to: RouteTo::Trunks(group), ..route("shared", "*", &[]) }]);
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..2000 {
        let call = CallId(Uuid::from_u128(number));
        let order = trunks(&RouteRequest { call, ..REQUEST }, &directory);
        assert_eq!((order.len(), order[2].as_str()), (3, "old"));
        *first.entry(order[0].clone()).or_default() += 1;
    }
    assert!((1420..1580).contains(&first["carrier"]), "{first:?}");
}

#[test]
fn the_cheapest_goes_first_at_the_prices_of_the_day() {
    let mut directory = directory();
    let mut price = |trunk: &str, rows: &[(&str, &str, std::ops::Range<i64>)]| {
        let rate = |(prefix, price, effective): &(&str, &str, std::ops::Range<i64>)| {
            (prefix.parse().unwrap(), Rate { price: price.parse().unwrap(), effective: effective.clone() })
        };
        let table = RateTable::new(rows.iter().map(rate).collect()).unwrap();
        directory.trunks.get_mut(&TrunkId::from(trunk)).unwrap().rates = Some(Arc::new(table));
    };
    let always = i64::MIN..i64::MAX;
    price("carrier", &[("49", "0.010", always.clone()), ("4930", "0.002", 1000..i64::MAX)]);
    price("spare", &[("49", "0.005", always)]);
    let members = ["old", "carrier", "spare"].map(|name| Member { trunk: name.into(), weight: 1 });
    let group = Arc::new(TrunkGroup { strategy: Strategy::LeastCost, members: members.to_vec() });
    directory.routes = vec![Route { to: RouteTo::Trunks(group), ..route("cheap", "*", &[]) }];
    let before = RouteRequest { at: at(999), ..REQUEST };
    assert_eq!(trunks(&before, &directory), ["spare", "carrier", "old"]);
    let after = RouteRequest { at: at(1000), ..REQUEST };
    assert_eq!(trunks(&after, &directory), ["carrier", "spare", "old"]);
    let choices: Vec<Choice> = hops(&after, &directory).iter().map(|hop| hop.choice).collect();
    let price = |text: &str| Choice::Price(text.parse().unwrap());
    assert_eq!(choices, [price("0.002"), price("0.005"), Choice::Unpriced]);
}

#[test]
fn each_trunk_gets_numbers_in_its_own_spelling() {
    let mut directory = directory();
    let format = NumberFormat {
        style: NumberStyle::National,
        country_code: Some("49".to_owned()),
        international_prefix: "00".to_owned(),
        national_prefix: "0".to_owned(),
    };
    directory.trunks.get_mut(&TrunkId::from("spare")).unwrap().number_format = format;
    directory.routes[1].caller_id = Some("+4989555".to_owned());
    let sent: Vec<_> = hops(&RouteRequest { caller: Some("+49301"), ..REQUEST }, &directory)
        .into_iter()
        .map(|hop| (hop.number, hop.caller_id.unwrap()))
        .collect();
    let pair = |number: &str, id: &str| (number.to_owned(), id.to_owned());
    assert_eq!(sent, [pair("+49301234", "+4989555"), pair("0301234", "089555")]);
    let mut world = World::with(config(), directory);
    world.start("+49301234").unwrap();
    world.fail(world.last_invite(), 503, false);
    let invites = world.invites();
    assert_eq!(invites[1].1.uri.to_string(), "sip:0301234@spare.example");
    assert_eq!(invites[1].1.from.uri.to_string(), "sip:089555@spare.example");
    assert_eq!(invites[1].1.to.uri.to_string(), "sip:0301234@spare.example");
}

#[test]
fn calls_of_trunks_follow_routes_to_users_and_then_numbers() {
    let mut directory = directory();
    let night = Route {
        conditions: vec![Condition::Source(vec!["carrier".into()])],
        ..Route::new("night", "+49*".parse().unwrap(), RouteTo::User("bob".into()))
    };
    directory.routes.insert(0, night);
    let source = TrunkId::from("carrier");
    let way = |number, source| match plan(&RouteRequest { number, source, ..REQUEST }, &directory).outcome {
        Ok(Way::User { user, route }) => Some((user.to_string(), route)),
        _ => None,
    };
    assert_eq!(way("+4930100", Some(&source)), Some(("bob".to_owned(), Some("night".to_owned()))));
    let spare = TrunkId::from("spare");
    assert_eq!(way("+4930100", Some(&spare)), Some(("ann".to_owned(), None)));
    assert_eq!(way("+1", Some(&spare)), None, "no route to trunks is open to trunks");
    let mut world = World::with(config(), directory);
    world.connect(crate::world::BOB, "bob", engine::Grants::all());
    world.incoming(CARRIER, "+4930100", Some("v=0"));
    assert_eq!(world.told(crate::world::BOB).len(), 1, "bob rings");
    assert!(world.told(crate::world::ANN).is_empty());
}

#[test]
fn a_number_as_the_trunk_spells_it_finds_its_user() {
    let (name, mut local) = trunk("local", "192.0.2.40:5060", DtmfMethod::Auto);
    local.number_format = NumberFormat {
        style: NumberStyle::National,
        country_code: Some("49".to_owned()),
        international_prefix: "00".to_owned(),
        national_prefix: "0".to_owned(),
    };
    let mut directory = directory();
    directory.trunks.insert(name, local);
    let mut world = World::with(config(), directory);
    for called in ["030100", "004930100", "ann"] {
        let id = world.incoming("192.0.2.40:5060", called, Some("v=0"));
        assert!(world.hangups(id).is_empty(), "{called} rings ann");
    }
    let id = world.incoming("192.0.2.40:5060", "030101", Some("v=0"));
    assert_eq!(world.hangups(id), [404]);
}

#[test]
fn a_decision_is_explained_in_words() {
    let mut directory = conditional(Condition::User(vec!["ann".into()]));
    directory.routes.insert(0, route("america", "+1*", &["carrier"]));
    let mut world = World::with(config(), directory);
    let asked =
        RouteQuestion { to: "+49 30 1234".to_owned(), user: Some("bob".into()), ..Default::default() };
    let found = world.switch.explain_route(world.now, &asked).unwrap();
    assert_eq!(found.sentence, "+49301234 goes by the route rest to spare as +49301234");
    let said: Vec<_> = found.routes.iter().map(|route| (route.taken, route.reason.as_str())).collect();
    let wanted = [
        (false, "+49301234 is not among +1*"),
        (false, "is for user ann, but the user is bob"),
        (true, "+49301234 is among *"),
    ];
    assert_eq!(said, wanted);
    let asked = RouteQuestion { user: Some("eve".into()), ..asked };
    assert_eq!(world.switch.explain_route(world.now, &asked), Err(engine::Refused::UnknownUser));
}
