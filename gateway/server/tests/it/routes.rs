//! Routes of a configuration, and what they say about a call.

use std::path::PathBuf;

use serde_json::{Value, json};
use server::app;
use server::config::Config;

use crate::gateway::{Gateway, SECRET, Setup, program, text, token};

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Before the route of the common setup, which takes everything to `carrier`.
const ROUTES: &str = r#"
[[trunks]]
name = "local"
address = "127.0.0.1:9"
number_format = "national"
country_code = "49"

[[calendars]]
name = "office"
time_zone = "Europe/Berlin"
hours = ["mon-fri 09:00-17:00"]
holidays = ["12-25"]

[[routes]]
name = "blocked"
priority = -3
prefix = "+4990"
refuse = true

[[routes]]
name = "office calls"
priority = -2
regex = '0([1-9]\d+)'
replace = "+49${1}"
during = ["office"]
users = ["alice"]
caller_id = "+4930100"
trunks = ["local", "carrier"]

[[routes]]
name = "reception"
priority = -1
prefix = "+4930"
source_trunks = ["carrier"]
outside = ["office"]
user = "alice"
"#;

async fn tested(gateway: &Gateway, asked: Value) -> Value {
    let answer = gateway.post("/v1/routes/test", &program(), &asked).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn a_tested_route_says_in_words_and_in_json_where_a_call_goes() {
    let gateway = Gateway::set_up(Setup { more: ROUTES, ..Setup::default() }).await;
    let noon = json!({"to": "030 1234", "user": "alice", "at": "2026-11-24T11:00:00Z"});
    let found = tested(&gateway, noon).await;
    assert_eq!(
        found["explanation"],
        "0301234 goes by the route office calls to local as 0301234, then to carrier as +49301234"
    );
    assert_eq!(found["routes"][0]["name"], "blocked");
    assert_eq!(found["routes"][0]["reason"], "0301234 is not among +4990*");
    assert_eq!(found["routes"][1]["taken"], true);
    let local = json!({
        "type": "trunk", "trunk": "local", "number": "0301234", "caller_id": "030100",
        "reason": "number 1 of the list", "reachable": true
    });
    assert_eq!(found["destinations"][0], local);
    let evening = json!({"to": "0301234", "user": "alice", "at": "2026-11-24T19:00:00Z"});
    let found = tested(&gateway, evening).await;
    let reason = "is for during office, but it is tue 2026-11-24 20:00";
    assert_eq!(found["routes"][1]["reason"], reason);
    assert_eq!(found["destinations"][0]["number"], "0301234");
    assert_eq!(found["destinations"][0]["trunk"], "carrier");
    let refused = tested(&gateway, json!({"to": "+49901", "user": "alice"})).await;
    assert_eq!((&refused["allowed"], &refused["destinations"]), (&json!(false), &json!([])));
    let inbound = json!({"to": "+493012", "source_trunk": "carrier", "at": "2026-12-25T11:00:00Z"});
    let found = tested(&gateway, inbound).await;
    assert_eq!(
        (&found["destinations"][0]["type"], &found["destinations"][0]["user"]),
        (&json!("user"), &json!("alice"))
    );
    gateway.stop().await;
}

#[tokio::test]
async fn testing_routes_takes_the_scope_and_names_that_exist() {
    let gateway = Gateway::alone().await;
    let reader = token(&json!({"scopes": ["calls:read", "calls:write"]}));
    assert_eq!(gateway.post("/v1/routes/test", &reader, &json!({"to": "600"})).await.status, 403);
    for (asked, code) in [
        (json!({"to": "hello"}), "invalid-number"),
        (json!({"to": "600", "user": "eve"}), "user-unknown"),
        (json!({"to": "600", "source_trunk": "nobody"}), "invalid-message"),
        (json!({"to": "600", "colour": 1}), "unknown-field"),
    ] {
        let answer = gateway.post("/v1/routes/test", &program(), &asked).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (422, Some(code)), "{asked}");
    }
    gateway.stop().await;
}

#[tokio::test]
async fn tables_of_numbers_and_prices_decide() {
    let numbers = file("numbers.csv", "prefix,to\n# ours\n+49,cheapest\n+4990,refuse\n");
    let dear = file("dear.csv", "prefix,price\n49,0.02\n");
    let cheap = file("cheap.csv", "prefix,price,from,until\n49,0.03,,2026-06-01\n49,0.01,2026-06-01,\n");
    let more = format!(
        "[[trunks]]\nname = \"cheap\"\naddress = \"127.0.0.1:9\"\nrates = {cheap:?}\n\
         [[trunks]]\nname = \"dear\"\naddress = \"127.0.0.1:9\"\nrates = {dear:?}\n\
         [[trunk_groups]]\nname = \"cheapest\"\ntrunks = [\"dear\", \"cheap\"]\nstrategy = \"least-cost\"\n\
         [[routes]]\npriority = -1\ntable = {numbers:?}\n"
    );
    let gateway = Gateway::set_up(Setup { more: &more, ..Setup::default() }).await;
    for (at, first, reason) in [
        ("2026-05-31T23:59:59Z", "dear", "0.02 a minute"),
        ("2026-06-01T00:00:00Z", "cheap", "0.01 a minute"),
    ] {
        let found = tested(&gateway, json!({"to": "+49301", "at": at})).await;
        let first_of = &found["destinations"][0];
        assert_eq!((&first_of["trunk"], &first_of["reason"]), (&json!(first), &json!(reason)), "{at}");
    }
    let refused = tested(&gateway, json!({"to": "+49901"})).await;
    assert_eq!(
        refused["explanation"],
        "+49901 is refused: the route ".to_owned() + &numbers.display().to_string() + " refuses this call"
    );
    gateway.stop().await;
}

#[test]
fn a_fault_in_a_table_names_file_line_and_column() {
    let check = |field: &str, more: &str| {
        let setup = text(&Setup { trunk_fields: field, more, ..Setup::default() });
        let config = Config::parse("test", &setup, std::iter::empty()).unwrap();
        app::check(&config).map_err(|error| error.to_string()).unwrap_err()
    };
    for (name, rows, place, advice) in [
        ("price.csv", "prefix,price\n49,0.1\n50,cheap\n", ":3: price", "0.0125"),
        ("prefix.csv", "prefix,price\nabc,0.1\n", ":2: prefix", "0-9"),
        ("date.csv", "prefix,price,from\n49,1,tomorrow\n", ":2: from", "2026-03-01"),
        ("columns.csv", "49,0.1\n", ":1: ", "prefix,price"),
    ] {
        let path = file(name, rows);
        let said = check(&format!("rates = {path:?}"), "");
        assert!(said.contains(&format!("{name}{place}")) && said.contains(advice), "{said}");
    }
    let path = file("lead.csv", "prefix,to\n+49,nobody\n");
    let said = check("", &format!("[[routes]]\ntable = {path:?}\n"));
    assert!(said.contains("lead.csv:2: to: there is no trunk or group \"nobody\""), "{said}");
    let path = file("twice.csv", "prefix,to\n+49,carrier\n+49,refuse\n");
    assert!(check("", &format!("[[routes]]\ntable = {path:?}\n")).contains("twice"), "twice");
    assert!(check("rates = \"/nowhere.csv\"", "").contains("/nowhere.csv cannot be read"));
}

#[test]
fn the_command_line_says_where_a_number_goes() {
    let config = format!(
        "[auth]\nhs256_secret = \"{SECRET}\"\n[[users]]\nname = \"alice\"\n\
         [[trunks]]\nname = \"carrier\"\naddress = \"127.0.0.1:9\"\n\
         [[routes]]\nprefix = \"+49\"\nusers = [\"alice\"]\ntrunks = [\"carrier\"]\n"
    );
    let path = file("route_test.toml", &config);
    let run = |arguments: &[&str]| {
        let offhook = std::process::Command::new(env!("CARGO_BIN_EXE_offhook"))
            .args(["route-test", path.to_str().unwrap()])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8_lossy(&[offhook.stdout, offhook.stderr].concat()).into_owned()
    };
    let found = run(&["+49301", "alice"]);
    assert!(found.starts_with("+49301 goes by the route +49* to carrier as +49301\n"), "{found}");
    let refused = run(&["+49301"]);
    assert!(refused.starts_with("+49301 is refused: no route fits this number\n"), "{refused}");
    assert!(refused.contains("is for user alice, but the user is none"), "{refused}");
    assert!(run(&["hello"]).contains("not a number"));
}
