//! CDRs: listed, filtered, paged, as JSON and as CSV, for whoever may see calls.

use serde_json::json;

use crate::gateway::{Gateway, program, token};

/// Calls that ring the browser of `alice` and are hung up; their ids, oldest first.
async fn calls(gateway: &Gateway, to: &[&str]) -> Vec<String> {
    let mut browser = gateway.browser().await;
    let mut ids = Vec::new();
    for to in to {
        let created = gateway.post("/v1/calls", &program(), &json!({"from_user": "alice", "to": to})).await;
        let id = created.json()["id"].as_str().unwrap().to_owned();
        browser.frame_of("call.incoming").await;
        gateway.post(&format!("/v1/calls/{id}/actions/hangup"), &program(), &json!({})).await;
        browser.frame_of("call.ended").await;
        ids.push(id);
    }
    ids
}

async fn listed(gateway: &Gateway, query: &str) -> Vec<String> {
    let page = gateway.get(&format!("/v1/cdrs{query}"), &program()).await.json();
    let data = page["data"].as_array().unwrap();
    data.iter().map(|cdr| cdr["call"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_ended_call_has_one_record_that_filters_find() {
    let gateway = Gateway::alone().await;
    let ids = calls(&gateway, &["600", "601", "602"]).await;
    while listed(&gateway, "").await.len() < 3 {
        tokio::task::yield_now().await;
    }
    let newest_first: Vec<String> = ids.iter().rev().cloned().collect();
    assert_eq!(listed(&gateway, "?user=alice").await, newest_first);
    assert_eq!(listed(&gateway, "?number=601").await, [ids[1].clone()]);
    assert_eq!(listed(&gateway, "?user=bob").await, Vec::<String>::new());
    assert_eq!(listed(&gateway, "?until=2020-01-01T00:00:00Z").await, Vec::<String>::new());
    assert_eq!(listed(&gateway, "?from=2020-01-01T00:00:00Z").await.len(), 3);
    let page = gateway.get("/v1/cdrs?limit=2", &program()).await.json();
    let next = page["next_cursor"].as_str().unwrap();
    assert_eq!(listed(&gateway, &format!("?limit=2&after={next}")).await, [ids[0].clone()]);
    let record = gateway.get(&format!("/v1/cdrs/{}", ids[0]), &program()).await.json();
    assert_eq!((&record["state"], &record["cause"]), (&json!("canceled"), &json!("canceled")), "{record}");
    assert_eq!((&record["to"], &record["talk_ms"]), (&json!("600"), &json!(0)), "{record}");
    gateway.stop().await;
}

#[tokio::test]
async fn records_are_csv_where_that_is_asked_for() {
    let gateway = Gateway::alone().await;
    let ids = calls(&gateway, &["600", "601"]).await;
    while listed(&gateway, "").await.len() < 2 {
        tokio::task::yield_now().await;
    }
    let headers = [("authorization", &*format!("Bearer {}", program())), ("accept", "text/csv")];
    let page = gateway.http("GET", "/v1/cdrs?limit=1", &headers, "").await;
    assert!(page.head.contains("content-type: text/csv"), "{}", page.head);
    assert!(page.head.contains("x-next-cursor: "), "{}", page.head);
    let lines: Vec<&str> = page.body.lines().collect();
    assert!(lines[0].starts_with("call,direction,state,from,to,user"), "{lines:?}");
    assert!(lines[1].starts_with(&format!("{},outbound,canceled,", ids[1])), "{lines:?}");
    assert_eq!(lines.len(), 2);
    gateway.stop().await;
}

#[tokio::test]
async fn whoever_may_not_see_calls_sees_no_records_and_bad_queries_are_named() {
    let gateway = Gateway::alone().await;
    let nobody = token(&json!({"scopes": ["events:read"]}));
    assert_eq!(gateway.get("/v1/cdrs", &nobody).await.status, 403);
    for query in ["?limit=0", "?limit=1001", "?after=x", "?from=yesterday", "?colour=1"] {
        let refused = gateway.get(&format!("/v1/cdrs{query}"), &program()).await;
        assert_eq!(refused.status, 422, "{query}: {}", refused.body);
    }
    let unknown = "/v1/cdrs/call_00000000-0000-0000-0000-000000000007";
    assert_eq!(gateway.get(unknown, &program()).await.json()["code"], "call-not-found");
    gateway.stop().await;
}
