//! A fault names file, line, field and what to write instead.

use server::config::{Config, Fault};

const VALID: &str = r#"
[auth]
hs256_secret = "0123456789abcdef0123456789abcdef"

[[users]]
name = "alice"

[[trunks]]
name = "carrier"
address = "127.0.0.1:5080"

[[routes]]
any = true
trunks = ["carrier"]
"#;

fn parse(text: &str, variables: &[(&str, &str)]) -> Result<Config, Vec<Fault>> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::parse("offhook.toml", text, variables.collect::<Vec<_>>().into_iter()).map_err(|faults| faults.0)
}

fn only_fault(text: &str) -> Fault {
    let mut faults = parse(text, &[]).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}

/// `VALID`, 14 lines, with more behind it.
fn with(more: &str) -> String {
    format!("{VALID}{more}")
}

#[test]
fn a_valid_file_is_read() {
    let config = parse(VALID, &[]).unwrap();
    assert_eq!(config.users[0].name.get_ref(), "alice");
    let server::config::TrunkAddress::Host { port, .. } = &config.trunks[0].address else { panic!() };
    assert_eq!(*port, 5080);
}

#[test]
fn an_unknown_key_is_an_error_with_the_right_name() {
    let fault = only_fault(&with("[http]\nlisen = [\"127.0.0.1:80\"]\n"));
    assert_eq!((fault.line, fault.field.as_deref()), (Some(16), Some("http.lisen")));
    assert!(fault.advice.contains("write listen"), "{fault}");
    assert!(fault.to_string().starts_with("offhook.toml:16: http.lisen: "), "{fault}");
}

#[test]
fn an_unknown_key_inside_a_list_of_tables_is_found() {
    let fault = only_fault(&VALID.replace("address =", "adress ="));
    assert_eq!(fault.line, Some(10));
    assert!(fault.advice.contains("write address"), "{fault}");
}

#[test]
fn a_wrong_type_says_what_to_write() {
    let fault = only_fault(&with("[media]\nport = \"high\"\n"));
    assert_eq!((fault.line, fault.field.as_deref()), (Some(16), Some("media.port")));
    assert!(fault.advice.contains("u16"), "{fault}");
}

#[test]
fn values_with_a_form_of_their_own_show_an_example_of_it() {
    for (more, line, field, example) in [
        ("[sip]\nlisten = [\"5060\"]\n", 16, "sip.listen", "udp:0.0.0.0:5060"),
        ("[sip]\nlisten = [\"tls:[::]:5061\"]\n", 16, "sip.listen", "certificate_key in [sip.tls]"),
        ("[sip.tls]\ncertificate_key = \"a.key\"\n", 16, "sip.tls.certificate_key", "PEM file"),
        ("[http]\norigins = [\"phone.example\"]\n", 16, "http.origins", "https://phone.example"),
        ("[media]\nrtp_ports = \"40-20\"\n", 16, "media.rtp_ports", "30000-39999"),
        ("[log]\nlevel = \"loud\"\n", 16, "log.level", "debug"),
        ("[calls]\nring_timeout_s = 0\n", 16, "calls.ring_timeout_s", "1 to 600"),
        ("[calls]\nresume_window_s = 301\n", 16, "calls.resume_window_s", "0 to 300"),
        ("[sip]\ndns_servers = [\"ns.example\"]\n", 16, "sip.dns_servers", "192.0.2.53"),
        ("[sip]\ndns_servers = [\"192.0.2.53:0\"]\n", 16, "sip.dns_servers", "[2001:db8::53]:5353"),
        ("[sip]\nfirst_response_s = 33\n", 16, "sip.first_response_s", "1 to 32"),
    ] {
        let fault = only_fault(&with(more));
        assert_eq!(fault.line, Some(line), "{fault}");
        assert!(fault.field.as_deref().unwrap().starts_with(field), "{fault}");
        assert!(fault.advice.contains(example), "{fault}");
    }
}

#[test]
fn names_must_meet() {
    let fault = only_fault(&VALID.replace("trunks = [\"carrier\"]", "trunks = [\"carier\"]"));
    assert_eq!((fault.line, fault.field.as_deref()), (Some(14), Some("routes[0].trunks")));
    assert!(fault.advice.contains("carrier"), "{fault}");
    let fault = only_fault(&with("[[numbers]]\nnumber = \"+49\"\nuser = \"bob\"\n"));
    assert_eq!((fault.line, fault.field.as_deref()), (Some(17), Some("numbers[0].user")));
    let fault = only_fault(&with("[[users]]\nname = \"alice\"\n"));
    assert_eq!(fault.field.as_deref(), Some("users[1].name"));
}

#[test]
fn a_weak_secret_and_no_key_at_all_are_refused() {
    let fault = only_fault(&VALID.replace("0123456789abcdef0123456789abcdef", "short"));
    assert_eq!((fault.line, fault.field.as_deref()), (Some(3), Some("auth.hs256_secret")));
    assert!(!fault.to_string().contains("\"short\""), "a secret was printed: {fault}");
    assert!(only_fault("").advice.contains("hs256_secret"));
}

#[test]
fn all_faults_are_told_at_once() {
    let faults = parse(&with("[[routes]]\ntrunks = [\"x\"]\n"), &[]).unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[test]
fn no_toml_is_said_with_its_line() {
    let fault = only_fault(&with("[http\n"));
    assert_eq!(fault.line, Some(15));
    assert!(fault.advice.contains("not TOML"), "{fault}");
}

#[test]
fn the_environment_replaces_fields() {
    let config = parse(
        VALID,
        &[
            ("OFFHOOK_HTTP__LISTEN", "0.0.0.0:9000"),
            ("OFFHOOK_SIP__LISTEN", "[\"udp:127.0.0.1:6000\", \"tcp:127.0.0.1:6000\"]"),
            ("OFFHOOK_MEDIA__PORT", "41000"),
            ("OFFHOOK_TRUNKS__0__PASSWORD", "secret"),
            ("HOME", "/root"),
        ],
    );
    let config = config.unwrap();
    assert_eq!(config.http.listen[0].port(), 9000);
    assert_eq!(config.sip.listen.get_ref().len(), 2);
    assert_eq!(config.media.port, 41000);
    assert_eq!(config.trunks[0].password.as_ref().unwrap().expose(), "secret");
}

#[test]
fn a_fault_of_the_environment_names_the_variable() {
    let faults = parse(VALID, &[("OFFHOOK_HTTP__LISEN", "x")]).unwrap_err();
    assert_eq!((faults[0].place.as_str(), faults[0].line), ("OFFHOOK_HTTP__LISEN", None));
    let faults = parse(VALID, &[("OFFHOOK_TRUNKS__7__PASSWORD", "x")]).unwrap_err();
    assert_eq!(faults[0].place, "OFFHOOK_TRUNKS__7__PASSWORD");
}

#[test]
fn routes_say_what_cannot_be() {
    let route = "[[routes]]\nany = true\n";
    for (more, line, field, advice) in [
        (
            "[[routes]]\nprefix = \"1\"\nregex = '1'\ntrunks = [\"carrier\"]\n",
            18,
            "routes[1]",
            "exactly one of exact",
        ),
        ("[[routes]]\nprefix = \"1\"\n", 15, "routes[1]", "exactly one of trunks"),
        ("[[routes]]\nregex = '1('\ntrunks = \"carrier\"\n", 16, "routes[1].regex", "0([1-9]"),
        (
            "[[routes]]\nregex = '1'\nreplace = '${1}'\ntrunks = \"carrier\"\n",
            17,
            "routes[1].replace",
            "${1}",
        ),
        (&format!("{route}replace = '1'\ntrunks = \"carrier\"\n"), 17, "routes[1].replace", "regex"),
        (&format!("{route}group = \"x\"\n"), 17, "routes[1].group", "group of trunks"),
        (&format!("{route}user = \"bob\"\n"), 17, "routes[1].user", "alice"),
        (&format!("{route}user = \"alice\"\nstrip = 1\n"), 18, "routes[1].strip", "remove it"),
        (&format!("{route}percent = 101.0\ntrunks = \"carrier\"\n"), 17, "routes[1].percent", "0 to 100"),
        (&format!("{route}during = \"x\"\ntrunks = \"carrier\"\n"), 17, "routes[1].during", "calendar"),
        (
            &format!("{route}source_trunks = \"carrier\"\ntrunks = \"carrier\"\n"),
            17,
            "routes[1].source_trunks",
            "users only",
        ),
        (&format!("{route}prepend = \"a\"\ntrunks = \"carrier\"\n"), 17, "routes[1].prepend", "digits"),
        (
            "[[calendars]]\nname = \"o\"\ntime_zone = \"Mars\"\nhours = \"daily 00:00-24:00\"\n",
            17,
            "calendars[0].time_zone",
            "Europe/Berlin",
        ),
        (
            "[[calendars]]\nname = \"o\"\ntime_zone = \"UTC\"\nhours = \"always\"\n",
            18,
            "calendars[0].hours",
            "mon-fri",
        ),
        (
            "[[trunk_groups]]\nname = \"g\"\ntrunks = \"carrier\"\nweights = [1]\n",
            18,
            "trunk_groups[0].weights",
            "weighted",
        ),
        (
            "[[trunk_groups]]\nname = \"g\"\ntrunks = \"carrier\"\nstrategy = \"weighted\"\n",
            17,
            "trunk_groups[0].weights",
            "[3, 1]",
        ),
        (
            "[[trunk_groups]]\nname = \"g\"\ntrunks = \"carrier\"\nstrategy = \"least-cost\"\n",
            17,
            "trunk_groups[0].strategy",
            "rates",
        ),
    ] {
        let fault = only_fault(&with(more));
        assert_eq!((fault.line, fault.field.as_deref()), (Some(line), Some(field)), "{fault}");
        assert!(fault.advice.contains(advice), "{fault}");
    }
    let fault = only_fault(&VALID.replace("address =", "number_format = \"national\"\naddress ="));
    assert_eq!(fault.field.as_deref(), Some("trunks[0].number_format"));
}

#[test]
fn a_tls_trunk_needs_a_tls_listener() {
    let fault = only_fault(&VALID.replace("address =", "transport = \"tls\"\naddress ="));
    assert_eq!((fault.line, fault.field.as_deref()), (Some(9), Some("trunks[0].transport")));
    assert!(fault.advice.contains("tls:0.0.0.0:5061"), "{fault}");
}
