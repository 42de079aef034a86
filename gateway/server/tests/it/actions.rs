//! Hold and transfer: the same verbs through REST and the WebSocket, and what each face tells of them.

use serde_json::{Value, json};

use crate::gateway::{Gateway, Response, Socket, program};
use crate::signal::{call_id, start};
use crate::trunk::Trunk;

/// A call that the trunk has answered.
struct Talk {
    trunk: Trunk,
    gateway: Gateway,
    browser: Socket,
    call: String,
}

impl Talk {
    async fn begin() -> Self {
        let trunk = Trunk::bind().await;
        let gateway = Gateway::start(trunk.address, "").await;
        let mut browser = gateway.browser().await;
        let call = call_id();
        start(&mut browser, &call, "600").await;
        trunk.answer(&trunk.request("INVITE").await).await;
        browser.frame_of("call.answered").await;
        trunk.request("ACK").await;
        Self { trunk, gateway, browser, call }
    }

    async fn rest(&self, verb: &str, body: &Value) -> Response {
        self.gateway.post(&format!("/v1/calls/{}/actions/{verb}", self.call), &program(), body).await
    }

    /// The browser asks; its answer.
    async fn ask(&mut self, verb: &str, data: Value) -> Value {
        let kind = format!("call.{verb}");
        self.browser.send(json!({"type": kind, "id": verb, "call": self.call, "data": data})).await;
        loop {
            let frame = self.browser.frame().await;
            if frame["id"] == verb {
                return frame;
            }
        }
    }

    async fn shown(&self) -> Value {
        self.gateway.get(&format!("/v1/calls/{}", self.call), &program()).await.json()
    }

    async fn transfer_is(&mut self, state: &str) -> Value {
        loop {
            let frame = self.browser.frame_of("call.transfer").await;
            if frame["data"]["state"] == state {
                return frame["data"].clone();
            }
        }
    }
}

#[tokio::test]
async fn a_program_holds_and_the_user_resumes() {
    let mut talk = Talk::begin().await;
    assert_eq!(talk.rest("hold", &json!({})).await.status, 204);
    let held = talk.browser.frame_of("call.held").await;
    assert_eq!(held["data"], json!({"held": true, "by": "system"}));
    let shown = talk.shown().await;
    assert_eq!((&shown["held"], &shown["legs"][1]["held"]), (&json!(true), &json!(true)));
    assert_eq!(shown["legs"][1]["owner"], "parked");
    assert_eq!(talk.ask("unhold", json!({})).await["type"], "ok");
    assert_eq!(talk.shown().await["legs"][1]["owner"], "bridge");
    talk.trunk.hears_nothing().await;
    let far = talk.shown().await["legs"][1]["id"].clone();
    assert_eq!(talk.rest("mute", &json!({"leg": far})).await.status, 204);
    assert_eq!(talk.shown().await["legs"][1]["muted"], json!(true));
    talk.gateway.stop().await;
}

#[tokio::test]
async fn a_transfer_comes_back_or_leaves_the_user_out() {
    let mut talk = Talk::begin().await;
    assert_eq!(talk.rest("transfer", &json!({"to": "601"})).await.status, 204);
    let invite = talk.trunk.request("INVITE sip:601").await;
    talk.trunk.respond(&invite, "486 Busy Here").await;
    let failed = talk.transfer_is("failed").await;
    assert_eq!((&failed["kind"], &failed["cause"]), (&json!("blind"), &json!("busy")));
    assert_eq!(talk.ask("consult", json!({"to": "602"})).await["type"], "ok");
    let invite = talk.trunk.request("INVITE sip:602").await;
    talk.trunk.respond(&invite, "180 Ringing").await;
    talk.transfer_is("ringing").await;
    talk.trunk.answer(&invite).await;
    talk.transfer_is("accepted").await;
    assert_eq!(talk.shown().await["transfer"], "attended");
    assert_eq!(talk.rest("complete_transfer", &json!({})).await.status, 204);
    talk.transfer_is("completed").await;
    assert_eq!(talk.browser.frame_of("call.ended").await["data"]["cause"], "transferred");
    let shown = talk.shown().await;
    assert_eq!((&shown["state"], shown.get("transfer")), (&json!("in-progress"), None));
    assert_eq!(talk.rest("hangup", &json!({})).await.status, 204);
    talk.trunk.request("BYE").await;
    talk.gateway.stop().await;
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_alike_on_both_faces() {
    let mut talk = Talk::begin().await;
    for (verb, body, status, code) in [
        ("complete_transfer", json!({}), 409, "wrong-state"),
        ("transfer", json!({"to": "nobody at all"}), 422, "invalid-number"),
        ("consult", json!({"to": "alice"}), 409, "user-unavailable"),
    ] {
        let refused = talk.rest(verb, &body).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (status, Some(code)), "{verb}");
        let error = talk.ask(verb, body).await;
        assert_eq!((&error["type"], &error["data"]["code"]), (&json!("error"), &json!(code)), "{verb}");
    }
    let missing = talk.rest("transfer", &json!({})).await;
    assert_eq!((missing.status, missing.json()["code"].as_str()), (422, Some("invalid-message")));
    let unknown = talk.rest("hold", &json!({"colour": 1})).await;
    assert_eq!(unknown.json()["errors"][0]["pointer"], "/colour");
    assert_eq!(talk.rest("teleport", &json!({})).await.status, 404);
    let stranger = json!({"leg": "leg_01890a5d-ac96-774b-bcce-b302099a8057"});
    assert_eq!(talk.rest("mute", &stranger).await.json()["code"], "leg-not-found");
    talk.gateway.stop().await;
}

#[tokio::test]
async fn a_verb_sent_twice_with_one_key_is_done_once() {
    let talk = Talk::begin().await;
    let bearer = format!("Bearer {}", program());
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "k1")];
    let path = format!("/v1/calls/{}/actions/hangup", talk.call);
    assert_eq!(talk.gateway.http("POST", &path, &headers, "").await.status, 204);
    let again = talk.gateway.http("POST", &path, &headers, "").await;
    assert!(again.status == 204 && again.head.contains("idempotent-replayed: true"), "{}", again.head);
    let other = path.replace("hangup", "hold");
    assert_eq!(talk.gateway.http("POST", &other, &headers, "").await.status, 409);
    talk.gateway.stop().await;
}
