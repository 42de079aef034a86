//! The event stream.

use serde_json::json;

use crate::gateway::{Gateway, program, token};

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
