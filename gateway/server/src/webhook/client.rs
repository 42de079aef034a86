//! One HTTP request to a web hook: redirects are not followed, the answer's body is not read.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::target::{Reach, Target};
use crate::rim::StartError;

/// From the look-up to the answer's status.
const WITHIN: Duration = Duration::from_secs(15);
const CONNECT: Duration = Duration::from_secs(5);
const AGENT: &str = concat!("Offhook/", env!("CARGO_PKG_VERSION"));

/// What deliveries share.
#[derive(Clone)]
pub struct Client {
    connector: TlsConnector,
    pub(super) reach: Reach,
}

/// What is posted: the headers of Standard Webhooks and the event.
pub(super) struct Message {
    pub(super) id: String,
    pub(super) seconds: i64,
    pub(super) signature: String,
    pub(super) body: String,
}

impl Client {
    /// A client that believes the authorities that browsers believe.
    ///
    /// # Errors
    ///
    /// TLS cannot be used here.
    pub fn new(reach: Reach) -> Result<Self, StartError> {
        let unusable = |error| StartError::new(format!("TLS cannot be used here ({error})"));
        let provider = Arc::new(rustls_graviola::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let config = builder.map_err(unusable)?.with_root_certificates(roots).with_no_client_auth();
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), reach })
    }

    /// Posts a message.
    ///
    /// # Errors
    ///
    /// In a few words, why there was no answer.
    pub(super) async fn post(&self, target: &Target, message: Message) -> Result<StatusCode, String> {
        let posted = timeout(WITHIN, self.send(target, message)).await;
        posted.map_err(|_| format!("no answer within {} s", WITHIN.as_secs()))?
    }

    async fn send(&self, target: &Target, message: Message) -> Result<StatusCode, String> {
        let stream = connect(target, self.reach).await?;
        let request = request(target, message)?;
        if !target.encrypted {
            return exchange(stream, request).await;
        }
        let name = ServerName::try_from(target.host.clone()).map_err(|error| error.to_string())?;
        let stream = self.connector.connect(name, stream).await.map_err(|error| format!("TLS: {error}"))?;
        exchange(stream, request).await
    }
}

async fn connect(target: &Target, reach: Reach) -> Result<TcpStream, String> {
    let mut failure = "the name has no address".to_owned();
    for address in target.resolve(reach).await? {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failure = format!("connect: {error}"),
            Err(_) => failure = format!("no connection within {} s", CONNECT.as_secs()),
        }
    }
    Err(failure)
}

fn request(target: &Target, message: Message) -> Result<Request<Body>, String> {
    Request::post(&target.path)
        .header(HOST, &target.authority)
        .header(USER_AGENT, AGENT)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", message.id)
        .header("webhook-timestamp", message.seconds)
        .header("webhook-signature", message.signature)
        .body(Body::from(message.body))
        .map_err(|error| error.to_string())
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Body>,
) -> Result<StatusCode, String> {
    let failed = |error: hyper::Error| format!("HTTP: {error}");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    let answer = sender.send_request(request);
    tokio::select! {
        answer = answer => answer.map(|answer| answer.status()).map_err(failed),
        ended = connection => Err(ended.err().map_or_else(|| "closed without an answer".to_owned(), failed)),
    }
}
