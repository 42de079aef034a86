//! Web hooks: signed, repeated until they are accepted, over a kill too, and never into the gateway's own network.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::gateway::{Gateway, Setup, WITHIN, program, token};
use crate::process::Folder;

/// What came.
#[derive(Debug)]
struct Told {
    id: String,
    seconds: String,
    signatures: Vec<String>,
    body: String,
}

impl Told {
    fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.seconds, self.body).as_bytes());
        let wanted = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signatures.contains(&wanted)
    }
}

/// Answers with each status in turn, then with 204.
struct Receiver {
    url: String,
    told: mpsc::UnboundedReceiver<Told>,
}

#[derive(Clone)]
struct Answers {
    statuses: Arc<Mutex<Vec<u16>>>,
    told: mpsc::UnboundedSender<Told>,
}

impl Receiver {
    async fn start(statuses: &[u16]) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").await.unwrap(), statuses)
    }

    fn at(listener: TcpListener, statuses: &[u16]) -> Self {
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let (sender, told) = mpsc::unbounded_channel();
        let statuses = Arc::new(Mutex::new(statuses.iter().rev().copied().collect()));
        let router = Router::new().route("/events", post(answer));
        let router = router.with_state(Answers { statuses, told: sender });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, told }
    }

    async fn next(&mut self) -> Told {
        timeout(WITHIN, self.told.recv()).await.expect("nothing came").unwrap()
    }
}

async fn answer(State(answers): State<Answers>, headers: HeaderMap, body: String) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let signatures = header("webhook-signature").split(' ').map(str::to_owned).collect();
    let (id, seconds) = (header("webhook-id"), header("webhook-timestamp"));
    answers.told.send(Told { id, seconds, signatures, body }).unwrap();
    let status = answers.statuses.lock().unwrap().pop().unwrap_or(204);
    StatusCode::from_u16(status).unwrap()
}

const HERE: &str = "[webhooks]\nprivate_targets = true\nretry_delays_s = [0, 0]\n";

async fn gateway() -> Gateway {
    Gateway::set_up(Setup { more: HERE, ..Setup::default() }).await
}

/// The web hook's path and secret.
async fn hook(gateway: &Gateway, url: &str, topics: &[&str]) -> (String, String) {
    let made = gateway.post("/v1/webhooks", &program(), &json!({"url": url, "topics": topics})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    (format!("/v1/webhooks/{}", made["id"].as_str().unwrap()), made["secret"].as_str().unwrap().to_owned())
}

/// A call that ends at once; its id.
async fn call(gateway: &Gateway) -> String {
    let mut browser = gateway.browser().await;
    let created = gateway.post("/v1/calls", &program(), &json!({"from_user": "alice", "to": "600"})).await;
    let id = created.json()["id"].as_str().unwrap().to_owned();
    browser.frame_of("call.incoming").await;
    gateway.post(&format!("/v1/calls/{id}/actions/hangup"), &program(), &json!({})).await;
    browser.frame_of("call.ended").await;
    id
}

/// The newest delivery, once it is in that state after so many attempts.
async fn delivery(gateway: &Gateway, hook: &str, state: &str, attempts: u64) -> Value {
    for _ in 0..500 {
        let page = gateway.get(&format!("{hook}/deliveries"), &program()).await.json();
        let newest = &page["data"][0];
        if newest["state"] == state && newest["attempts"].as_u64() >= Some(attempts) {
            return newest.clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no delivery is {state}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_its_topics_come_signed_with_each_secret_in_force() {
    let gateway = gateway().await;
    let mut receiver = Receiver::start(&[]).await;
    let (path, secret) = hook(&gateway, &receiver.url, &["call.ended"]).await;
    let id = call(&gateway).await;
    let told = receiver.next().await;
    assert_eq!((&told.event()["type"], &told.event()["call"]), (&json!("call.ended"), &json!(id)));
    assert_eq!(told.event()["id"], told.id.as_str());
    assert!(told.is_signed_with(&secret) && told.signatures.len() == 1, "{told:?}");
    let rotated = gateway.post(&format!("{path}/rotate_secret"), &program(), &json!({})).await.json();
    call(&gateway).await;
    let told = receiver.next().await;
    assert!(told.is_signed_with(&secret) && told.is_signed_with(rotated["secret"].as_str().unwrap()));
    let shown = gateway.get(&path, &program()).await;
    assert!(!shown.body.contains("whsec_"), "{}", shown.body);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_tried_again_and_any_delivery_once_more_when_asked() {
    let gateway = gateway().await;
    let mut receiver = Receiver::start(&[500]).await;
    let (path, _) = hook(&gateway, &receiver.url, &["call.ended"]).await;
    call(&gateway).await;
    let (first, second) = (receiver.next().await, receiver.next().await);
    assert_eq!((&first.id, &first.body), (&second.id, &second.body));
    let delivered = delivery(&gateway, &path, "delivered", 2).await;
    assert_eq!((&delivered["attempts"], &delivered["last_attempt"]["status"]), (&json!(2), &json!(204)));
    let again = format!("{path}/deliveries/{}/redeliver", delivered["id"].as_str().unwrap());
    assert_eq!(gateway.post(&again, &program(), &json!({})).await.status, 202);
    assert_eq!(receiver.next().await.id, first.id);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_refuses_too_often_is_given_up_and_one_that_is_gone_is_told_no_more() {
    let gateway = gateway().await;
    let mut refusing = Receiver::start(&[500, 302, 404]).await;
    let (path, _) = hook(&gateway, &refusing.url, &["call.initiated"]).await;
    call(&gateway).await;
    let failed = delivery(&gateway, &path, "failed", 3).await;
    assert_eq!((&failed["attempts"], &failed["last_attempt"]["status"]), (&json!(3), &json!(404)));
    assert_eq!(
        gateway
            .http("DELETE", &path, &[("authorization", &format!("Bearer {}", program()))], "")
            .await
            .status,
        204
    );
    let mut gone = Receiver::start(&[410]).await;
    let (path, _) = hook(&gateway, &gone.url, &["call.ended"]).await;
    call(&gateway).await;
    gone.next().await;
    while gateway.get(&path, &program()).await.json()["enabled"] != false {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    call(&gateway).await;
    assert!(timeout(Duration::from_millis(300), gone.told.recv()).await.is_err());
    assert!(refusing.told.try_recv().is_ok());
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_delivered_before_a_kill_is_delivered_after_it() {
    let folder = Folder::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let more = "[webhooks]\nprivate_targets = true\nretry_delays_s = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
    let first = folder.start(more);
    let (path, secret) = hook(&first.gateway, &format!("http://{address}/events"), &["call.ended"]).await;
    let id = call(&first.gateway).await;
    let pending = delivery(&first.gateway, &path, "pending", 1).await;
    first.kill();
    let mut receiver = Receiver::at(TcpListener::bind(address).await.unwrap(), &[]);
    let second = folder.start(more);
    let told = receiver.next().await;
    assert_eq!(told.event()["call"], id.as_str());
    assert!(told.is_signed_with(&secret));
    assert_eq!(delivery(&second.gateway, &path, "delivered", 2).await["id"], pending["id"]);
    second.kill();
}

#[tokio::test]
async fn private_targets_are_refused_unless_they_are_allowed() {
    let gateway = Gateway::alone().await;
    for url in
        ["https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/", "http://www.example.com/", "nonsense"]
    {
        let refused = gateway.post("/v1/webhooks", &program(), &json!({"url": url})).await;
        assert_eq!((refused.status, &refused.json()["errors"][0]["pointer"]), (422, &json!("/url")), "{url}");
    }
    // A name that leads there is found out when it is used.
    let (path, _) = hook(&gateway, "https://localhost/", &["call.ended"]).await;
    call(&gateway).await;
    let delivery = delivery(&gateway, &path, "pending", 1).await;
    assert!(delivery["last_attempt"]["detail"].as_str().unwrap().contains("private"), "{delivery}");
    gateway.stop().await;
}

#[tokio::test]
async fn only_config_write_makes_them_and_the_audit_trail_says_who() {
    let gateway = Gateway::alone().await;
    let url = json!({"url": "https://www.example.com/"});
    let reader = token(&json!({"scopes": ["calls:read", "events:read"]}));
    assert_eq!(gateway.post("/v1/webhooks", &reader, &url).await.json()["code"], "scope-missing");
    assert_eq!(gateway.get("/v1/audit", &reader).await.status, 403);
    let (path, _) = hook(&gateway, "https://www.example.com/", &[]).await;
    let listed = gateway.get("/v1/webhooks", &program()).await.json();
    assert_eq!(listed["data"][0]["url"], "https://www.example.com/");
    let trail = gateway.get("/v1/audit", &program()).await.json();
    let id = path.rsplit('/').next().unwrap();
    let line = &trail["data"][0];
    assert_eq!(
        (&line["who"], &line["action"], &line["target"]),
        (&json!("program"), &json!("webhook.created"), &json!(id))
    );
    let unknown = "/v1/webhooks/whk_00000000-0000-0000-0000-000000000007";
    assert_eq!(gateway.get(unknown, &program()).await.status, 404);
    gateway.stop().await;
}
