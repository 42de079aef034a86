//! RFC 4475 on real sockets: TCP, TLS and WebSocket, with the answer that each message is owed and the connection's end
//! where it is owed one. What is owed is the endpoint's test table; here the drivers are tested with the same messages.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use sip_stack::Transport;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::authority::Authority;
use crate::gateway::{Gateway, Setup};
use crate::{sip_tls, sip_websocket};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/testdata/sip-rfc4475-torture");
/// Long enough for an answer on this machine, short enough for 49 messages that have none.
const SILENCE: Duration = Duration::from_millis(300);

/// What a message met with: the final codes, or 100 where the call rings; whether the connection ended.
type Met = (Vec<u16>, End);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Open,
    Closed,
}

/// Messages that a stream answers unlike a frame: the codes, and whether the stream is closed at once.
const STREAM: [(&str, &[u16], End); 6] = [
    ("dblreq.dat", &[405, 100], End::Closed),
    ("clerr.dat", &[], End::Open),
    ("ncl.dat", &[400], End::Closed),
    ("baddn.dat", &[], End::Open),
    ("mcl01.dat", &[400], End::Closed),
    ("inv2543.dat", &[400], End::Closed),
];

/// What RFC 4475 permits as the first code of an answer; the classes are those of its table.
fn is_permitted(class: &str, codes: &[u16]) -> bool {
    match class {
        "valid-response" | "discard" => codes.is_empty(),
        "valid-parse" => matches!(codes, [_]),
        "accept" | "483-proxy" => matches!(codes, [100 | 180 | 200 | 404 | 480]),
        "400" | "error" => codes == [400],
        "400-or-liberal" | "400-or-2543" => matches!(codes, [100 | 200 | 400 | 404]),
        "501-or-400" => codes == [501],
        "406-or-400" => matches!(codes, [400 | 406]),
        "416" | "416-or-404" => codes == [416],
        "505" => codes == [505],
        "420" => codes == [420],
        "415" => codes == [415],
        // Of a registrar; who is none for that domain says so.
        "200" | "401" | "400-registrar" => matches!(codes, [400 | 401 | 403 | 404 | 405]),
        other => panic!("unknown class {other}"),
    }
}

fn classes() -> BTreeMap<String, String> {
    let table =
        fs::read_to_string(format!("{FOLDER}/EXPECTED.tsv")).expect("the test data lies beside the checkout");
    let rows = table.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>());
    rows.map(|columns| (columns[0].to_owned(), columns[3].to_owned())).collect()
}

/// The codes of the responses in what was heard. An INVITE that goes on has more to say later; its 100 counts.
fn codes(heard: &str) -> Vec<u16> {
    let lines = heard.lines().filter_map(|line| line.strip_prefix("SIP/2.0 "));
    let codes: Vec<u16> = lines.filter_map(|rest| rest.get(..3)?.parse().ok()).collect();
    codes
        .iter()
        .enumerate()
        .filter(|(at, code)| **code != 100 || *at + 1 == codes.len())
        .map(|(_, code)| *code)
        .collect()
}

/// Writes one message and listens until silence or the end.
async fn over(mut stream: impl AsyncRead + AsyncWrite + Unpin, message: &[u8]) -> Met {
    stream.write_all(message).await.unwrap();
    stream.flush().await.unwrap();
    let (mut heard, mut buffer) = (Vec::new(), vec![0; 65_536]);
    let end = loop {
        match timeout(SILENCE, stream.read(&mut buffer)).await {
            Ok(Ok(len @ 1..)) => heard.extend_from_slice(&buffer[..len]),
            Ok(_) => break End::Closed,
            Err(_) => break End::Open,
        }
    };
    (codes(&String::from_utf8_lossy(&heard)), end)
}

async fn over_frame(mut socket: sip_websocket::Socket, message: Vec<u8>) -> Met {
    socket.send(Message::binary(message)).await.unwrap();
    let mut heard = String::new();
    let end = loop {
        match timeout(SILENCE, socket.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => heard += &text,
            Ok(Some(Ok(Message::Binary(octets)))) => heard += &String::from_utf8_lossy(&octets),
            Ok(Some(Ok(_))) => {}
            Ok(Some(Err(_)) | None) => break End::Closed,
            Err(_) => break End::Open,
        }
    };
    (codes(&heard), end)
}

/// Complains about whatever is not owed.
fn check(wrong: &mut Vec<String>, file: &str, class: &str, way: &str, (codes, end): &Met) {
    let stream = STREAM.iter().find(|(name, ..)| *name == file && way != "frame");
    let is_right = match stream {
        Some((_, owed, owed_end)) => {
            codes.first() == owed.first() && codes.len() == owed.len() && end == owed_end
        }
        None => is_permitted(class, codes) && *end == End::Open,
    };
    if !is_right {
        wrong.push(format!("{file} ({class}) over {way}: {codes:?} {end:?}"));
    }
}

/// Complaints about one way. Each has a gateway of its own, to which no message is a repetition.
async fn hear_all(way: &str, seed: u8) -> Vec<String> {
    let authority = Authority::new(&format!("torture-{way}"), seed);
    let pair = authority.vouch_for(&["gateway.example"], seed + 1);
    let listen = r#"["udp:127.0.0.1:0", "tcp:127.0.0.1:0", "tls:127.0.0.1:0"]"#;
    let sip = format!("listen = {listen}\n[sip.tls]\n{}", pair.fields());
    let gateway = Gateway::set_up(Setup { sip: &sip, ..Setup::default() }).await;
    let connector = sip_tls::connector(&authority, sip_tls::BOTH, None);
    let (classes, mut wrong) = (classes(), Vec::new());
    assert_eq!(classes.len(), 49);
    for (file, class) in &classes {
        let message = fs::read(format!("{FOLDER}/dat/{file}")).unwrap();
        let met = match way {
            "tcp" => {
                over(TcpStream::connect(gateway.sip_over(Transport::Tcp)).await.unwrap(), &message).await
            }
            "tls" => {
                let to = gateway.sip_over(Transport::Tls);
                over(sip_tls::connect(&connector, to).await.unwrap(), &message).await
            }
            _ => over_frame(sip_websocket::sip(&gateway).await, message).await,
        };
        check(&mut wrong, file, class, way, &met);
    }
    gateway.stop().await;
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_meets_with_its_answer_and_its_close() {
    let (tcp, tls, frame) = tokio::join!(hear_all("tcp", 61), hear_all("tls", 63), hear_all("frame", 65));
    let wrong = [tcp, tls, frame].concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
