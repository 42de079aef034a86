//! A trunk that is a SIP URI: the DNS says where its hosts are, and one that is silent costs little (RFC 3263).

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::gateway::{Gateway, Setup, Socket};
use crate::name_server::{NameServer, Record, Zone};
use crate::signal::{call_id, start};
use crate::trunk::{Request, Trunk};

const FAILOVER_MAX: Duration = Duration::from_secs(4);
/// One call on this machine, busy as it may be, without any waiting.
const AT_ONCE: Duration = Duration::from_millis(1_500);

async fn gateway(names: &NameServer, more: &str) -> Gateway {
    let sip = format!("{}\n{more}", names.field());
    Gateway::set_up(Setup { trunk_uri: Some("sip:carrier.example"), sip: &sip, ..Setup::default() }).await
}

fn hosts(first: &Trunk, second: &Trunk) -> Zone {
    let srv = |priority, trunk: &Trunk, target| {
        let port = trunk.address.port();
        ("_sip._udp.carrier.example", Record::Srv { priority, port, target })
    };
    vec![
        srv(1, first, "one.carrier.example"),
        srv(2, second, "two.carrier.example"),
        ("one.carrier.example", Record::A(Ipv4Addr::LOCALHOST)),
        ("two.carrier.example", Record::A(Ipv4Addr::LOCALHOST)),
    ]
}

/// Calls from a browser, which is told that whoever takes it is busy; says when the INVITE was there.
async fn dial(gateway: &Gateway, trunk: &Trunk) -> (Request, Duration) {
    let mut browser = gateway.browser().await;
    let begun = Instant::now();
    start(&mut browser, &call_id(), "600").await;
    let invite = trunk.request("INVITE").await;
    let took = begun.elapsed();
    trunk.respond(&invite, "486 Busy Here").await;
    assert_eq!(end_of(&mut browser).await["cause"], "busy");
    (invite, took)
}

async fn end_of(browser: &mut Socket) -> Value {
    browser.frame_of("call.ended").await["data"].clone()
}

async fn meet_a_silent_host(more: &str) {
    let (silent, alive) = (Trunk::bind().await, Trunk::bind().await);
    let names = NameServer::start(hosts(&silent, &alive)).await;
    let gateway = gateway(&names, more).await;

    let (invite, took) = dial(&gateway, &alive).await;
    assert!(took <= FAILOVER_MAX, "{took:?}");
    assert!(invite.text.starts_with("INVITE sip:600@carrier.example SIP/2.0\r\n"), "{}", invite.text);
    let heard = silent.heard();
    assert!(heard.first().is_some_and(|first| first.starts_with("INVITE ")), "{heard:?}");

    let (_, took) = dial(&gateway, &alive).await;
    assert!(took <= AT_ONCE, "{took:?}");
    silent.hears_nothing().await;
    gateway.stop().await;
}

#[tokio::test]
async fn a_call_passes_a_silent_host_within_seconds_and_the_next_one_at_once() {
    meet_a_silent_host("").await;
}

#[tokio::test]
async fn much_patience_with_a_trunk_is_not_spent_on_one_of_its_hosts() {
    meet_a_silent_host("first_response_s = 32").await;
}

#[tokio::test]
async fn a_name_that_does_not_exist_ends_the_call_with_a_clear_cause() {
    let names = NameServer::start(Vec::new()).await;
    let gateway = gateway(&names, "").await;
    let mut browser = gateway.browser().await;
    start(&mut browser, &call_id(), "600").await;
    let ended = end_of(&mut browser).await;
    assert_eq!(
        (&ended["state"], &ended["cause"]),
        (&json!("failed"), &json!("trunk-unreachable")),
        "{ended}"
    );
    assert_eq!(ended["sip_reason"], "No Such Name in the DNS", "{ended}");
    gateway.stop().await;
}
