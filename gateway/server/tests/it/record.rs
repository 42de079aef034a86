//! A recording, from the request to the file that a program fetches, and what becomes of it when the disk fails.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::gateway::{Gateway, WITHIN, program, token};
use crate::phone::{assert_tone, peak, rtp_of};
use crate::play::{Folder, Talk};

const HEADER: usize = 44;

fn hearer() -> String {
    token(&json!({"sub": "auditor", "scopes": ["recordings:read"]}))
}

fn config(folder: &Folder) -> String {
    format!("[recordings]\nfolder = {:?}", folder.path().join("calls"))
}

async fn start(talk: &Talk) -> String {
    let begun = talk.act("record_start", &json!({})).await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    begun.json()["recording"].as_str().unwrap().to_owned()
}

/// A file, or a part of it, as bytes: status, head in lower case, body.
async fn fetch(gateway: &Gateway, id: &str, headers: &str) -> (u16, String, Vec<u8>) {
    let mut stream = TcpStream::connect(gateway.http).await.unwrap();
    let request = format!(
        "GET /v1/recordings/{id}/content HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
         accept-encoding: gzip\r\nconnection: close\r\n{headers}\r\n",
        gateway.http,
        hearer()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(WITHIN, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head, answer[end + 4..].to_vec())
}

/// The left channel of a file.
fn left(file: &[u8]) -> Vec<i16> {
    file[HEADER..].chunks_exact(4).map(|frame| i16::from_le_bytes([frame[0], frame[1]])).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn shown(gateway: &Gateway, id: &str) -> Value {
    gateway.get(&format!("/v1/recordings/{id}"), &hearer()).await.json()
}

#[tokio::test]
async fn what_is_said_is_in_the_file_but_not_what_is_said_in_a_pause() {
    let folder = Folder::new("recordings");
    let talk = Talk::begin(&config(&folder)).await;
    let (id, gateway) = (start(&talk).await, rtp_of(&talk.invite));
    assert_eq!(shown(&talk.gateway, &id).await["state"], "in-progress");
    talk.phone.say(gateway, &[1_000.0], 0..50).await;
    talk.phone.say(gateway, &[], 50..60).await;
    assert_eq!(talk.act("record_pause", &json!({})).await.status, 204);
    talk.event("recording.paused").await;
    talk.phone.say(gateway, &[1_800.0], 60..85).await;
    talk.phone.say(gateway, &[], 85..95).await;
    assert_eq!(talk.act("record_resume", &json!({})).await.status, 204);
    talk.event("recording.resumed").await;
    talk.phone.say(gateway, &[], 95..105).await;
    assert_eq!(talk.act("record_stop", &json!({})).await.status, 204);
    let completed = talk.event("recording.completed").await["data"].clone();
    let (status, head, file) = fetch(&talk.gateway, &id, "").await;
    assert_eq!((status, &completed["recording"]), (200, &json!(id)));
    assert!(head.contains("content-type: audio/wav") && !head.contains("content-encoding"), "{head}");
    let (sha256, bytes) = (hex(&Sha256::digest(&file)), file.len());
    assert_eq!((&completed["sha256"], &completed["bytes"]), (&json!(sha256), &json!(bytes)));
    assert_eq!(completed["duration_ms"], json!((bytes - HEADER) / 32));
    let left = left(&file);
    let onset = left.iter().position(|sample| sample.abs() > 2_000).unwrap();
    assert_tone(&left[onset + 400..onset + 4_400], 1_000.0);
    let loudest = left.chunks(400).map(|part| peak(part, 1_800.0)).fold(0.0, f64::max);
    assert!(loudest < 400.0, "the pause is heard: {loudest}");
    let record = shown(&talk.gateway, &id).await;
    assert_eq!((&record["state"], &record["channels"]), (&json!("completed"), &json!(2)));
    assert_eq!((&record["call"], &record["sha256"]), (&json!(talk.call), &json!(sha256)));
    talk.gateway.stop().await;
}

#[tokio::test]
async fn a_file_is_fetched_in_parts_listed_and_deleted_by_whoever_may() {
    let folder = Folder::new("shelf");
    let mut talk = Talk::begin(&config(&folder)).await;
    let ids = [start(&talk).await, {
        assert_eq!(talk.act("record_stop", &json!({})).await.status, 204);
        start(&talk).await
    }];
    assert_eq!(fetch(&talk.gateway, &ids[1], "").await.0, 409, "it goes on");
    talk.act("hangup", &json!({})).await;
    talk.trunk.request("BYE").await;
    talk.browser.frame_of("call.ended").await;
    while shown(&talk.gateway, &ids[1]).await["state"] != "completed" {
        tokio::task::yield_now().await;
    }
    let events = talk.gateway.get(&format!("/v1/events?call={}", talk.call), &program()).await.json();
    let events = events["data"].as_array().unwrap().clone();
    let seqs: Vec<u64> = events.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
    let record = talk.gateway.get(&format!("/v1/cdrs/{}", talk.call), &program()).await.json();
    assert_eq!(record["recordings"], json!(ids));
    let (status, head, part) = fetch(&talk.gateway, &ids[0], "range: bytes=0-3\r\n").await;
    assert_eq!((status, &part[..]), (206, &b"RIFF"[..]));
    assert!(head.contains("content-range: bytes 0-3/"), "{head}");
    let (status, head, _) = fetch(&talk.gateway, &ids[0], "range: bytes=99999999-\r\n").await;
    assert!(status == 416 && head.contains("content-range: bytes */"), "{head}");
    let (status, _, whole) =
        fetch(&talk.gateway, &ids[0], "range: bytes=0-3\r\nif-range: \"other\"\r\n").await;
    assert!(status == 200 && whole.len() >= HEADER, "{status}");
    let path = format!("/v1/recordings?call={}&limit=1", talk.call);
    let page = talk.gateway.get(&path, &hearer()).await.json();
    assert_eq!((&page["data"][0]["id"], &page["next_cursor"]), (&json!(ids[1]), &json!(ids[1])));
    let page = talk.gateway.get(&format!("{path}&after={}", ids[1]), &hearer()).await.json();
    assert_eq!((&page["data"][0]["id"], &page["next_cursor"]), (&json!(ids[0]), &Value::Null));
    let delete = async |scopes: Value| {
        let token = token(&json!({"sub": "auditor", "scopes": scopes}));
        let headers = [("authorization", &*format!("Bearer {token}"))];
        talk.gateway.http("DELETE", &format!("/v1/recordings/{}", ids[0]), &headers, "").await.status
    };
    assert_eq!(delete(json!(["recordings:read"])).await, 403);
    assert_eq!(delete(json!(["recordings:delete"])).await, 204);
    assert_eq!(delete(json!(["recordings:delete"])).await, 404);
    assert_eq!(fetch(&talk.gateway, &ids[0], "").await.0, 404);
    let files = std::fs::read_dir(folder.path().join("calls")).unwrap();
    assert_eq!(files.count(), 1, "the file is gone too");
    let audit = talk.gateway.get("/v1/audit", &program()).await.json();
    let actions: Vec<_> =
        audit["data"].as_array().unwrap().iter().map(|line| line["action"].clone()).collect();
    assert!(actions.contains(&json!("recording.deleted")) && actions.contains(&json!("recording.fetched")));
    talk.gateway.stop().await;
}

#[tokio::test]
async fn a_disk_that_fails_ends_the_recording_and_not_the_call() {
    let folder = Folder::new("broken");
    let talk = Talk::begin(&config(&folder)).await;
    std::fs::remove_dir(folder.path().join("calls")).unwrap();
    let id = start(&talk).await;
    let failed = talk.event("recording.failed").await;
    assert_eq!(failed["data"], json!({"recording": id, "reason": "unwritable"}));
    let call = talk.gateway.get(&format!("/v1/calls/{}", talk.call), &program()).await.json();
    assert_eq!(call["state"], "in-progress");
    assert_eq!(shown(&talk.gateway, &id).await["state"], "failed");
    std::fs::create_dir(folder.path().join("calls")).unwrap();
    start(&talk).await;
    talk.gateway.stop().await;
}

#[tokio::test]
async fn without_a_folder_nothing_is_recorded() {
    let talk = Talk::begin("").await;
    let refused = talk.act("record_start", &json!({})).await;
    assert!(refused.status == 409 && refused.body.contains("recordings.folder"), "{}", refused.body);
    assert_eq!(talk.act("record_pause", &json!({})).await.status, 409);
    talk.gateway.stop().await;
}
