//! REST: tokens, scopes, problems, calls.

use serde_json::json;

use crate::gateway::{Gateway, SECRET, program, token};

#[tokio::test]
async fn whoever_may_not_is_told_why_in_a_problem() {
    let gateway = Gateway::alone().await;
    let missing = gateway.http("GET", "/v1/calls", &[], "").await;
    assert_eq!((missing.status, missing.json()["code"].as_str()), (401, Some("token-missing")));
    assert!(missing.head.contains("content-type: application/problem+json"), "{}", missing.head);
    let id = missing.json()["request_id"].as_str().unwrap().to_owned();
    assert!(missing.head.contains(&format!("x-request-id: {id}")), "{}", missing.head);
    let reader = token(&json!({"scopes": ["calls:read"]}));
    assert_eq!(gateway.get("/v1/calls", &reader).await.status, 200);
    let create = gateway.post("/v1/calls", &reader, &json!({"from_user": "alice", "to": "600"})).await;
    assert_eq!((create.status, create.json()["code"].as_str()), (403, Some("scope-missing")));
    assert!(create.json()["detail"].as_str().unwrap().contains("calls:write"));
    assert_eq!(gateway.get("/v1/calls", "a.b.c").await.status, 401);
    gateway.stop().await;
}

#[tokio::test]
async fn bad_requests_name_what_is_wrong() {
    let gateway = Gateway::alone().await;
    let unknown =
        gateway.post("/v1/calls", &program(), &json!({"from_user": "a", "to": "6", "colour": 1})).await;
    assert_eq!((unknown.status, unknown.json()["errors"][0]["pointer"].as_str()), (422, Some("/colour")));
    for (method, path, status) in [
        ("GET", "/v1/calls/call_nonsense", 404),
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/calls", 405),
        ("GET", "/v1/calls?limit=0", 422),
        ("GET", "/v1/calls?colour=1", 422),
        ("GET", "/v1/demo/token", 404),
    ] {
        let bearer = format!("Bearer {}", program());
        let answer = gateway.http(method, path, &[("authorization", &bearer)], "").await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        assert!(answer.head.contains("application/problem+json"), "{method} {path}: {}", answer.head);
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_call_for_a_user_without_a_browser_is_refused() {
    let gateway = Gateway::alone().await;
    let absent = gateway.post("/v1/calls", &program(), &json!({"from_user": "alice", "to": "600"})).await;
    assert_eq!((absent.status, absent.json()["code"].as_str()), (409, Some("user-unavailable")));
    let nobody = gateway.post("/v1/calls", &program(), &json!({"from_user": "bob", "to": "600"})).await;
    assert_eq!((nobody.status, nobody.json()["code"].as_str()), (422, Some("user-unknown")));
    gateway.stop().await;
}

#[tokio::test]
async fn a_call_for_a_user_rings_the_browser_and_is_listed() {
    let gateway = Gateway::alone().await;
    let mut browser = gateway.browser().await;
    let bearer = format!("Bearer {}", program());
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "k1")];
    let body = json!({"from_user": "alice", "to": "600"}).to_string();
    let created = gateway.http("POST", "/v1/calls", &headers, &body).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    let incoming = browser.frame_of("call.incoming").await;
    assert_eq!(
        (incoming["call"].as_str(), incoming["data"]["to"].as_str()),
        (Some(id.as_str()), Some("600"))
    );
    let again = gateway.http("POST", "/v1/calls", &headers, &body).await;
    assert!(again.head.contains("idempotent-replayed: true"), "{}", again.head);
    assert_eq!(again.json()["id"].as_str(), Some(id.as_str()));
    let other = gateway.http("POST", "/v1/calls", &headers, &body.replace("600", "601")).await;
    assert_eq!(other.status, 409);
    let shown = gateway.get(&format!("/v1/calls/{id}"), &program()).await.json();
    assert_eq!((shown["user"].as_str(), shown["to"].as_str()), (Some("alice"), Some("600")));
    let hangup = gateway.post(&format!("/v1/calls/{id}/actions/hangup"), &program(), &json!({})).await;
    assert_eq!(hangup.status, 204, "{}", hangup.body);
    assert_eq!(browser.frame_of("call.ended").await["call"].as_str(), Some(id.as_str()));
    let listed = gateway.get("/v1/calls", &program()).await.json();
    assert_eq!(listed["data"][0]["id"].as_str(), Some(id.as_str()));
    assert!(listed["data"][0]["ended_at"].is_string());
    gateway.stop().await;
}

#[tokio::test]
async fn a_minted_token_opens_a_session_and_carries_the_configured_grants() {
    let gateway = Gateway::alone().await;
    let minted = gateway.post("/v1/tokens", &program(), &json!({"user": "alice", "ttl_s": 60})).await;
    assert_eq!(minted.status, 201, "{}", minted.body);
    let mut browser = gateway.signalling().await;
    browser.hello(minted.json()["token"].as_str().unwrap()).await;
    assert_eq!(browser.frame().await["data"]["user"], "alice");
    let nobody = gateway.post("/v1/tokens", &program(), &json!({"user": "bob"})).await;
    assert_eq!(nobody.status, 422);
    assert!(!minted.body.contains(SECRET));
    gateway.stop().await;
}

#[tokio::test]
async fn health_and_metrics() {
    let gateway = Gateway::alone().await;
    assert_eq!(gateway.http("GET", "/v1/health/live", &[], "").await.status, 204);
    assert_eq!(gateway.http("GET", "/v1/health/ready", &[], "").await.status, 204);
    assert_eq!(gateway.http("GET", "/metrics", &[], "").await.status, 401);
    let metrics = gateway.get("/metrics", &program()).await;
    assert_eq!(metrics.status, 200);
    assert!(metrics.body.contains("offhook_http_responses_total"), "{}", metrics.body);
    gateway.stop().await;
}
