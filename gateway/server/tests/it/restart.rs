//! What a restart finds: after a stop everything, after a kill an end and a record for each call.

use serde_json::{Value, json};

use crate::gateway::{Gateway, program};
use crate::process::Folder;

/// A call that rings the browser of `alice`.
async fn ring(gateway: &Gateway) -> String {
    let mut browser = gateway.browser().await;
    let created = gateway.post("/v1/calls", &program(), &json!({"from_user": "alice", "to": "600"})).await;
    let created = created.json();
    let id = created["id"].as_str().unwrap_or_else(|| panic!("{created}")).to_owned();
    browser.frame_of("call.incoming").await;
    // The browser goes without a word, which its session outlives.
    id
}

async fn events(gateway: &Gateway, call: &str) -> Vec<Value> {
    let page = gateway.get(&format!("/v1/events?call={call}&limit=100"), &program()).await;
    page.json()["data"].as_array().unwrap().clone()
}

async fn written(gateway: &Gateway, call: &str) {
    while events(gateway, call).await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_a_kill_left_ends_once_and_has_one_record() {
    let folder = Folder::new();
    let first = folder.start("");
    let call = ring(&first.gateway).await;
    written(&first.gateway, &call).await;
    first.kill();
    for _ in 0..2 {
        let next = folder.start("");
        let record = next.gateway.get(&format!("/v1/cdrs/{call}"), &program()).await.json();
        assert_eq!(
            (&record["cause"], &record["state"]),
            (&json!("gateway-restart"), &json!("failed")),
            "{record}"
        );
        assert_eq!((&record["user"], &record["ended_by"]), (&json!("alice"), &json!("system")), "{record}");
        let events = events(&next.gateway, &call).await;
        let ends: Vec<_> = events.iter().filter(|event| event["type"] == "call.ended").collect();
        let [end] = ends.as_slice() else { panic!("{events:?}") };
        assert_eq!(end["data"]["cause"], json!("gateway-restart"));
        assert_eq!(events.last(), Some(*end));
        let seqs: Vec<_> = events.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
        assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "{seqs:?}");
        let records = next.gateway.get("/v1/cdrs", &program()).await.json();
        assert_eq!(records["data"].as_array().unwrap().len(), 1, "{records}");
        next.kill();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_writes_the_ends_of_its_calls_before_it_is_done() {
    let folder = Folder::new();
    let first = folder.start("");
    let call = ring(&first.gateway).await;
    first.stop().await;
    let second = folder.start("");
    let events = events(&second.gateway, &call).await;
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&"call.initiated"), Some(&"call.ended")), "{kinds:?}");
    let record = second.gateway.get(&format!("/v1/cdrs/{call}"), &program()).await.json();
    assert_eq!(record["cause"], events.last().unwrap()["data"]["cause"]);
    second.stop().await;
}
