//! A file and a tone, from a request to the sound that a phone hears, and back to the events.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::gateway::{Gateway, Response, Setup, Socket, WITHIN, program};
use crate::phone::{self, Phone, RATE, assert_tone, peak};
use crate::signal::{call_id, start};
use crate::trunk::Trunk;

/// A folder of this test alone, gone with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("offhook-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A WAV file of one channel, 16 bit.
fn wav(pcm: &[i16]) -> Vec<u8> {
    let data: Vec<u8> = pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let (rate, len) = (RATE as u32, data.len() as u32);
    let mut file = [b"RIFF", &(36 + len).to_le_bytes()[..], b"WAVEfmt \x10\0\0\0\x01\0\x01\0"].concat();
    file.extend([rate.to_le_bytes(), (2 * rate).to_le_bytes()].concat());
    file.extend(b"\x02\0\x10\0data");
    [file, len.to_le_bytes().to_vec(), data].concat()
}

/// A call whose far side is a phone with an ear.
pub(crate) struct Talk {
    pub(crate) gateway: Gateway,
    pub(crate) trunk: Trunk,
    pub(crate) phone: Phone,
    pub(crate) browser: Socket,
    pub(crate) call: String,
    pub(crate) invite: String,
}

impl Talk {
    pub(crate) async fn begin(more: &str) -> Self {
        let (trunk, phone) = (Trunk::bind().await, Phone::bind().await);
        let gateway = Gateway::set_up(Setup { trunk: trunk.address, more, ..Setup::default() }).await;
        let mut browser = gateway.browser().await;
        let call = call_id();
        start(&mut browser, &call, "600").await;
        let invite = trunk.request("INVITE").await;
        trunk.answer_at(&invite, phone.port).await;
        browser.frame_of("call.answered").await;
        trunk.request("ACK").await;
        Self { gateway, trunk, phone, browser, call, invite: invite.text }
    }

    pub(crate) async fn act(&self, verb: &str, body: &Value) -> Response {
        self.gateway.post(&format!("/v1/calls/{}/actions/{verb}", self.call), &program(), body).await
    }

    /// The id of the far side's leg.
    pub(crate) async fn far(&self) -> Value {
        let call = self.gateway.get(&format!("/v1/calls/{}", self.call), &program()).await.json();
        call["legs"][1]["id"].clone()
    }

    /// Waits for the newest event of a type.
    pub(crate) async fn event(&self, topic: &str) -> Value {
        let path = format!("/v1/events?call={}&topics={topic}", self.call);
        let told = async || loop {
            let page = self.gateway.get(&path, &program()).await.json();
            if let Some(event) = page["data"].as_array().unwrap().last() {
                return event.clone();
            }
            tokio::task::yield_now().await;
        };
        timeout(WITHIN, told()).await.unwrap_or_else(|_| panic!("no {topic} in time"))
    }
}

#[tokio::test]
async fn a_file_is_heard_at_the_trunk_until_it_is_stopped() {
    let folder = Folder::new("sounds");
    std::fs::write(folder.path().join("hello.wav"), wav(&phone::tone(1_000.0, 0..RATE))).unwrap();
    let talk = Talk::begin(&format!("[sounds]\nfolder = {:?}", folder.path())).await;
    let far = talk.far().await;
    let wanted = json!({"sounds": [{"file": "hello.wav"}], "loop": true, "leg": far});
    let begun = talk.act("play", &wanted).await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    // Once round and on.
    let heard = talk.phone.hear(RATE + RATE / 2).await;
    assert_tone(&heard[RATE / 2..], 1_000.0);
    let started = talk.event("play.started").await;
    assert_eq!((&started["leg"], &started["data"]["sounds"]), (&far, &json!(["hello.wav"])));
    assert_eq!(started["data"]["play"], begun.json()["play"]);
    assert_eq!(talk.act("stop_play", &json!({})).await.status, 204);
    let ended = talk.event("play.ended").await;
    assert_eq!(
        (&ended["data"]["play"], &ended["data"]["reason"]),
        (&begun.json()["play"], &json!("stopped"))
    );
    let rest = talk.phone.hear_out().await;
    assert!(rest.len() < RATE / 2 || peak(&rest[rest.len() - 800..], 1_000.0) < 400.0, "it goes on");
    let busy = json!({"sounds": [{"tone": "busy", "country": "de"}], "times": 2});
    assert_eq!(talk.act("play", &busy).await.status, 200);
    let heard = talk.phone.hear(RATE / 4).await;
    assert!(peak(&heard[RATE / 8..], 425.0) > 5_000.0, "the tone of the country");
    talk.gateway.stop().await;
}

#[tokio::test]
async fn what_cannot_be_played_is_refused_with_its_place() {
    let folder = Folder::new("no-sounds");
    std::fs::write(folder.path().join("noise.wav"), b"this is no sound").unwrap();
    let talk = Talk::begin(&format!("[sounds]\nfolder = {:?}", folder.path())).await;
    for (sound, status, pointer) in [
        (json!({"file": "../gateway.rs"}), 422, Some("/sounds/0/file")),
        (json!({"file": "noise.wav"}), 422, Some("/sounds/0/file")),
        (json!({"file": "missing.wav"}), 404, None),
        (json!({"tone": "busy", "file": "noise.wav"}), 422, Some("/sounds/0")),
        (json!({"tone": "busy", "country": "<b>"}), 422, Some("/sounds/0/country")),
        (json!({"tone": "birdsong"}), 422, Some("/sounds/0/tone")),
    ] {
        let refused = talk.act("play", &json!({"sounds": [sound]})).await;
        assert_eq!(refused.status, status, "{sound}: {}", refused.body);
        assert_eq!(refused.json()["errors"][0]["pointer"].as_str(), pointer, "{sound}");
    }
    for body in [json!({"sounds": []}), json!({"sounds": [{"tone": "busy"}], "times": 0})] {
        assert_eq!(talk.act("play", &body).await.status, 422, "{body}");
    }
    talk.gateway.stop().await;
}
