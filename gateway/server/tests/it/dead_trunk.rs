//! A trunk that gives no answer: the next one within seconds, later calls at once, and back when it answers a ping.

use std::time::{Duration, Instant};

use crate::gateway::{Gateway, Setup};
use crate::signal::{call_id, start};
use crate::trunk::{Request, Trunk};

/// Four seconds, and what a busy machine takes.
const FAILOVER_MAX: Duration = Duration::from_secs(5);
/// One call on this machine, busy as it may be, without any waiting.
const AT_ONCE: Duration = Duration::from_millis(1_500);

/// Calls from a browser, and waits for the INVITE at a trunk.
async fn dial(gateway: &Gateway, trunk: &Trunk) -> (Request, Duration) {
    let mut browser = gateway.browser().await;
    let begun = Instant::now();
    start(&mut browser, &call_id(), "600").await;
    (trunk.request("INVITE").await, begun.elapsed())
}

#[tokio::test]
async fn a_trunk_that_dies_costs_one_call_a_moment_and_rings_nobody_twice() {
    let (silent, alive) = (Trunk::bind().await, Trunk::bind().await);
    let more = format!(
        "[[trunks]]\nname = \"spare\"\naddress = \"{}\"\n\
         [[routes]]\npriority = -1\nexact = \"600\"\ntrunks = [\"carrier\", \"spare\"]\n",
        alive.address
    );
    let gateway = Gateway::set_up(Setup { trunk: silent.address, more: &more, ..Setup::default() }).await;

    let (invite, took) = dial(&gateway, &alive).await;
    assert!(took <= FAILOVER_MAX, "{took:?}");
    alive.respond(&invite, "180 Ringing").await;
    let late = silent.request("INVITE").await;
    silent.respond(&late, "180 Ringing").await;
    silent.request("CANCEL").await;
    alive.respond(&invite, "486 Busy Here").await;

    let (invite, took) = dial(&gateway, &alive).await;
    assert!(took <= AT_ONCE, "{took:?}");
    alive.respond(&invite, "486 Busy Here").await;

    let ping = silent.request("OPTIONS").await;
    silent.respond(&ping, "200 OK").await;
    // The word of the ping and the next call take different ways into the gateway.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (invite, took) = dial(&gateway, &silent).await;
    assert!(took <= AT_ONCE, "{took:?}");
    silent.respond(&invite, "486 Busy Here").await;
    gateway.stop().await;
}
