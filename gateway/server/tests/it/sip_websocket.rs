//! SIP of browsers at `/sip` (RFC 7118).

use futures_util::{SinkExt, StreamExt};
use sip_stack::message::limits::MESSAGE_BYTES_MAX;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::{ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::gateway::{Gateway, WITHIN};
use crate::sip_tls::options;

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(gateway: &Gateway, headers: &[(&str, &str)]) -> Result<(Socket, Option<String>), Error> {
    let mut request = format!("ws://{}/sip", gateway.http).into_client_request().unwrap();
    for (name, value) in headers {
        let name: tokio_tungstenite::tungstenite::http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let (socket, response) = connect_async(request).await?;
    let chosen = response.headers().get(SEC_WEBSOCKET_PROTOCOL);
    Ok((socket, chosen.map(|word| word.to_str().unwrap().to_owned())))
}

pub(crate) async fn sip(gateway: &Gateway) -> Socket {
    let (socket, chosen) = connect(gateway, &[(SEC_WEBSOCKET_PROTOCOL.as_str(), "sip")]).await.unwrap();
    assert_eq!(chosen.as_deref(), Some("sip"));
    socket
}

async fn next(socket: &mut Socket) -> Option<Result<Message, Error>> {
    timeout(WITHIN, socket.next()).await.expect("nothing came in time")
}

async fn answer(socket: &mut Socket) -> String {
    match next(socket).await {
        Some(Ok(Message::Text(text))) => text.to_string(),
        other => panic!("no text but {other:?}"),
    }
}

#[tokio::test]
async fn a_browser_is_answered_in_text_and_needs_no_content_length() {
    let gateway = Gateway::alone().await;
    let mut socket = sip(&gateway).await;
    socket.send(Message::text(options("WS", 1).replace("Content-Length: 0\r\n", ""))).await.unwrap();
    let text = answer(&mut socket).await;
    assert!(text.starts_with("SIP/2.0 200 OK\r\nVia: SIP/2.0/WS peer.example;"), "{text}");
    socket.send(Message::binary(options("WS", 2).into_bytes())).await.unwrap();
    assert!(answer(&mut socket).await.starts_with("SIP/2.0 200 "));
    socket.send(Message::text("\r\n\r\n")).await.unwrap();
    assert_eq!(answer(&mut socket).await, "\r\n");
    gateway.stop().await;
    while let Some(Ok(message)) = next(&mut socket).await {
        assert!(message.is_close(), "{message:?}");
    }
}

fn status(refused: Result<(Socket, Option<String>), Error>) -> u16 {
    match refused {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("no refusal but {other:?}"),
    }
}

#[tokio::test]
async fn without_the_subprotocol_nobody_comes_in() {
    let gateway = Gateway::alone().await;
    assert_eq!(status(connect(&gateway, &[]).await), 400);
    let other = (SEC_WEBSOCKET_PROTOCOL.as_str(), "offhook.v1");
    assert_eq!(status(connect(&gateway, &[other]).await), 400);
    let among_others = (SEC_WEBSOCKET_PROTOCOL.as_str(), "msrp, sip");
    let (_, chosen) = connect(&gateway, &[among_others]).await.unwrap();
    assert_eq!(chosen.as_deref(), Some("sip"));
    let plain = gateway.http("GET", "/sip", &[], "").await;
    assert!((400..500).contains(&plain.status), "{}", plain.head);
    gateway.stop().await;
}

#[tokio::test]
async fn pages_of_other_origins_are_refused() {
    let gateway = Gateway::alone().await;
    let foreign = [(SEC_WEBSOCKET_PROTOCOL.as_str(), "sip"), (ORIGIN.as_str(), "https://evil.example")];
    assert_eq!(status(connect(&gateway, &foreign).await), 403);
    gateway.stop().await;
}

#[tokio::test]
async fn a_frame_over_the_limit_is_refused_and_one_far_over_it_ends_the_connection() {
    let gateway = Gateway::alone().await;
    let mut socket = sip(&gateway).await;
    let long = |octets: usize| Message::text(options("WS", 1) + &"x".repeat(octets));
    socket.send(long(MESSAGE_BYTES_MAX)).await.unwrap();
    assert!(answer(&mut socket).await.starts_with("SIP/2.0 513 "));
    // The connection may break before all of it is sent.
    let _ = socket.send(long(3 * MESSAGE_BYTES_MAX)).await;
    match next(&mut socket).await {
        Some(Ok(Message::Close(_)) | Err(_)) | None => {}
        Some(Ok(message)) => panic!("{message:?}"),
    }
    let mut another = sip(&gateway).await;
    another.send(Message::text(options("WS", 2))).await.unwrap();
    assert!(answer(&mut another).await.starts_with("SIP/2.0 200 "));
    gateway.stop().await;
}
