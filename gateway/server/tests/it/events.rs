//! The events: as they come, and again from a cursor on.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::gateway::{Gateway, WITHIN, program, token};

/// A call that rings `alice` and is hung up; its events are in the log.
async fn call(gateway: &Gateway) -> String {
    let mut browser = gateway.browser().await;
    let created = gateway.post("/v1/calls", &program(), &json!({"from_user": "alice", "to": "600"})).await;
    let id = created.json()["id"].as_str().unwrap().to_owned();
    browser.frame_of("call.incoming").await;
    gateway.post(&format!("/v1/calls/{id}/actions/hangup"), &program(), &json!({})).await;
    while listed(gateway, &format!("?call={id}&topics=call.ended")).await.is_empty() {
        tokio::task::yield_now().await;
    }
    id
}

async fn listed(gateway: &Gateway, query: &str) -> Vec<Value> {
    let page = gateway.get(&format!("/v1/events{query}"), &program()).await.json();
    page["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_log_is_listed_from_a_cursor_on_by_topic_and_by_call() {
    let gateway = Gateway::alone().await;
    let (first, second) = (call(&gateway).await, call(&gateway).await);
    let all = listed(&gateway, "?topics=call.*&limit=1000").await;
    assert!(all.iter().all(|event| event["type"].as_str().unwrap().starts_with("call.")));
    let of_second = listed(&gateway, &format!("?call={second}")).await;
    let seqs: Vec<_> = of_second.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert!(seqs.is_sorted() && seqs[0] == 1, "{seqs:?}");
    let ends = listed(&gateway, "?topics=call.ended").await;
    let calls: Vec<_> = ends.iter().map(|event| event["call"].as_str().unwrap()).collect();
    assert_eq!(calls, [&first, &second]);
    let after = ends[0]["cursor"].as_str().unwrap();
    let since = listed(&gateway, &format!("?after={after}&limit=1")).await;
    assert_eq!(since[0], of_second[0]);
    for query in ["?after=x", "?topics=Call", "?limit=0", "?call=7"] {
        assert_eq!(gateway.get(&format!("/v1/events{query}"), &program()).await.status, 422, "{query}");
    }
    assert_eq!(gateway.get("/v1/events", &token(&json!({}))).await.status, 403);
    gateway.stop().await;
}

#[tokio::test]
async fn a_stream_resumes_behind_its_cursor_and_goes_on_live() {
    let gateway = Gateway::alone().await;
    let first = call(&gateway).await;
    let ended = listed(&gateway, &format!("?call={first}&topics=call.ended")).await;
    let initiated = listed(&gateway, &format!("?call={first}&topics=call.initiated")).await;
    let bearer = format!("Bearer {}", program());
    let after = initiated[0]["cursor"].as_str().unwrap();
    let path = format!("/v1/events/stream?after={after}&topics=call.initiated,call.ended");
    let mut stream = gateway.socket(&path, &[("authorization", &bearer)]).await;
    assert_eq!(stream.frame().await, ended[0]);
    let second = call(&gateway).await;
    for kind in ["call.initiated", "call.ended"] {
        let event = stream.frame().await;
        assert_eq!((event["type"].as_str(), event["call"].as_str()), (Some(kind), Some(second.as_str())));
    }
    gateway.stop().await;
}

/// A text stream, read up to a word.
async fn until(stream: &mut TcpStream, word: &str) -> String {
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(word) {
        let mut part = [0; 4096];
        let length = timeout(WITHIN, stream.read(&mut part)).await.unwrap().unwrap();
        assert!(length > 0, "it ended: {}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&part[..length]);
    }
    String::from_utf8_lossy(&read).into_owned()
}

#[tokio::test]
async fn server_sent_events_resume_behind_the_last_event_id() {
    let gateway = Gateway::alone().await;
    let first = call(&gateway).await;
    let initiated = listed(&gateway, &format!("?call={first}&topics=call.initiated")).await;
    let last = initiated[0]["cursor"].as_str().unwrap();
    let mut stream = TcpStream::connect(gateway.http).await.unwrap();
    let request = format!(
        "GET /v1/events/stream?topics=call.* HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nlast-event-id: {last}\r\n\r\n",
        gateway.http,
        program()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let past = until(&mut stream, "event: call.ended").await;
    assert!(past.to_ascii_lowercase().contains("content-type: text/event-stream"), "{past}");
    assert!(past.contains(&first) && !past.contains("event: call.initiated"), "{past}");
    let second = call(&gateway).await;
    let live = until(&mut stream, "event: call.ended").await;
    assert!(live.contains(&second) && live.contains("id: "), "{live}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_text_stream_is_only_for_whoever_may_read_events() {
    let gateway = Gateway::alone().await;
    assert_eq!(gateway.get("/v1/events/stream", &token(&json!({}))).await.status, 403);
    assert_eq!(gateway.http("GET", "/v1/events/stream", &[], "").await.status, 401);
    assert_eq!(gateway.get("/v1/events/stream?after=x", &program()).await.status, 422);
    gateway.stop().await;
}

#[tokio::test]
async fn a_calls_events_come_in_order_to_whoever_may_read_them() {
    let gateway = Gateway::alone().await;
    let mut browser = gateway.browser().await;
    let bearer = format!("Bearer {}", program());
    let mut by_header = gateway.socket("/v1/events/stream", &[("authorization", &bearer)]).await;
    let mut by_frame = gateway.socket("/v1/events/stream", &[]).await;
    by_frame.send(json!({"token": program()})).await;
    // The stream's first ping shows that its subscriber is in.
    by_header.ping().await;
    by_frame.ping().await;
    let created = gateway.post("/v1/calls", &program(), &json!({"from_user": "alice", "to": "600"})).await;
    let id = created.json()["id"].as_str().unwrap().to_owned();
    browser.frame_of("call.incoming").await;
    gateway.post(&format!("/v1/calls/{id}/actions/hangup"), &program(), &json!({})).await;
    for stream in [&mut by_header, &mut by_frame] {
        let initiated = stream.frame_of("call.initiated").await;
        assert_eq!((initiated["call"].as_str(), initiated["seq"].as_u64()), (Some(id.as_str()), Some(1)));
        assert!(initiated["id"].as_str().unwrap().starts_with("evt_"));
        let ended = stream.frame_of("call.ended").await;
        assert_eq!(ended["data"]["call"]["id"].as_str(), Some(id.as_str()));
        assert!(ended["seq"].as_u64() > Some(1));
    }
    gateway.stop().await;
}

#[tokio::test]
async fn whoever_may_not_read_them_is_closed() {
    let gateway = Gateway::alone().await;
    let mut nobody = gateway.socket("/v1/events/stream", &[]).await;
    nobody.send(json!({"token": "a.b.c"})).await;
    assert_eq!(nobody.frame().await["data"]["code"], "token-invalid");
    assert_eq!(nobody.close_code().await, 4401);
    let mut reader = gateway.socket("/v1/events/stream", &[]).await;
    reader.send(json!({"token": token(&json!({"scopes": ["calls:read"]}))})).await;
    assert_eq!(reader.close_code().await, 4403);
    let mut evil = gateway.socket("/v1/events/stream", &[("origin", "https://evil.example")]).await;
    assert_eq!(evil.close_code().await, 4403);
    gateway.stop().await;
}
