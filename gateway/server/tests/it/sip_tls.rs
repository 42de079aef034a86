//! SIP over TLS: both versions, both roles, and peers that are not whom they should be.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ServerConfig, SupportedProtocolVersion};
use sip_stack::Transport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

use crate::authority::{Authority, Pair};
use crate::gateway::{Gateway, Setup, WITHIN};

pub(crate) const BOTH: &[&SupportedProtocolVersion] = &[&TLS12, &TLS13];

pub(crate) fn options(transport: &str, cseq: u32) -> String {
    format!(
        "OPTIONS sip:gateway.example SIP/2.0\r\nVia: SIP/2.0/{transport} peer.example;branch=z9hG4bK{cseq}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:peer@peer.example>;tag=1\r\nTo: <sip:gateway.example>\r\n\
         Call-ID: call-{cseq}\r\nCSeq: {cseq} OPTIONS\r\nContent-Length: 0\r\n\r\n"
    )
}

fn listening(pair: &Pair, more: &str) -> String {
    format!("listen = [\"udp:127.0.0.1:0\", \"tls:127.0.0.1:0\"]\n[sip.tls]\n{}{more}", pair.fields())
}

async fn gateway(pair: &Pair, more: &str) -> Gateway {
    Gateway::set_up(Setup { sip: &listening(pair, more), ..Setup::default() }).await
}

/// A client of a version, with a certificate or without.
pub(crate) fn connector(
    authority: &Authority,
    versions: &[&'static SupportedProtocolVersion],
    own: Option<&Pair>,
) -> TlsConnector {
    let provider = Arc::new(rustls_graviola::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    let builder = builder.with_root_certificates(authority.roots());
    let config = match own.map(Pair::load) {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).unwrap(),
        None => builder.with_no_client_auth(),
    };
    TlsConnector::from(Arc::new(config))
}

pub(crate) async fn connect(
    connector: &TlsConnector,
    to: SocketAddr,
) -> std::io::Result<client::TlsStream<TcpStream>> {
    let stream = TcpStream::connect(to).await?;
    connector.connect(ServerName::try_from("gateway.example").unwrap(), stream).await
}

/// What comes until the other side is silent or leaves.
async fn answer(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut buffer = vec![0; 65_536];
    // A stream that breaks has nothing more to say.
    let len = timeout(WITHIN, stream.read(&mut buffer)).await.unwrap().unwrap_or(0);
    String::from_utf8_lossy(&buffer[..len]).into_owned()
}

#[tokio::test]
async fn both_versions_are_served() {
    let authority = Authority::new("versions", 21);
    let gateway = gateway(&authority.vouch_for(&["gateway.example"], 22), "").await;
    for version in BOTH {
        let connector = connector(&authority, &[version], None);
        let mut stream = connect(&connector, gateway.sip_over(Transport::Tls)).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
        for cseq in 1..=2 {
            stream.write_all(options("TLS", cseq).as_bytes()).await.unwrap();
            let answer = answer(&mut stream).await;
            assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
        }
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_client_without_the_right_certificate_is_refused_where_one_is_asked_for() {
    let (authority, strangers) = (Authority::new("mutual", 23), Authority::new("strangers", 24));
    let ca = format!("client_ca = {:?}\n", authority.certificate);
    let gateway = gateway(&authority.vouch_for(&["gateway.example"], 25), &ca).await;
    let known = authority.vouch_for(&["peer.example"], 26);
    let stranger = strangers.vouch_for(&["peer.example"], 27);
    for version in BOTH {
        for (own, is_served) in [(None, false), (Some(&stranger), false), (Some(&known), true)] {
            let connector = connector(&authority, &[version], own);
            let heard = match connect(&connector, gateway.sip_over(Transport::Tls)).await {
                Ok(mut stream) => {
                    // The refusal may have closed it already.
                    let _ = stream.write_all(options("TLS", 1).as_bytes()).await;
                    answer(&mut stream).await
                }
                Err(_) => String::new(),
            };
            assert_eq!(heard.starts_with("SIP/2.0 200 "), is_served, "{version:?}: {heard}");
        }
    }
    gateway.stop().await;
}

/// A trunk that listens for TLS.
struct Trunk {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Trunk {
    /// Shows `pair`, and asks for a certificate of `authority`'s.
    async fn bind(
        authority: &Authority,
        pair: &Pair,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Self {
        let provider = Arc::new(rustls_graviola::default_provider());
        let roots = Arc::new(authority.roots());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider.clone()).build().unwrap();
        let (chain, key) = pair.load();
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { listener, acceptor: TlsAcceptor::from(Arc::new(config)) }
    }

    async fn accept(&self) -> std::io::Result<server::TlsStream<TcpStream>> {
        let (stream, _) = timeout(WITHIN, self.listener.accept()).await.unwrap()?;
        timeout(WITHIN, self.acceptor.accept(stream)).await.unwrap()
    }

    /// A gateway that registers here, as `trunk.example`.
    async fn gateway(&self, authority: &Authority, own: &Pair) -> Gateway {
        let fields = "transport = \"tls\"\ndomain = \"trunk.example\"\nregister = true\n\
                      username = \"me\"\npassword = \"secret\"\n";
        let sip = listening(own, &format!("ca = {:?}\n", authority.certificate));
        let trunk = self.listener.local_addr().unwrap();
        Gateway::set_up(Setup { trunk, trunk_fields: fields, sip: &sip, ..Setup::default() }).await
    }
}

#[tokio::test]
async fn a_trunk_is_asked_for_by_name_and_shown_our_certificate() {
    let authority = Authority::new("trunk", 31);
    let own = authority.vouch_for(&["gateway.example"], 32);
    for (version, name, seed) in [(&TLS12, "trunk.example", 33), (&TLS13, "sip:trunk.example", 34)] {
        let trunk = Trunk::bind(&authority, &authority.vouch_for(&[name], seed), &[version]).await;
        let gateway = trunk.gateway(&authority, &own).await;
        let mut stream = trunk.accept().await.unwrap();
        let heard = answer(&mut stream).await;
        assert!(heard.starts_with("REGISTER sip:trunk.example SIP/2.0\r\nVia: SIP/2.0/TLS "), "{heard}");
        let connection = stream.get_ref().1;
        assert_eq!(connection.server_name(), Some("trunk.example"));
        assert_eq!(connection.peer_certificates().map(<[_]>::len), Some(1));
        gateway.stop().await;
    }
}

#[tokio::test]
async fn a_trunk_whose_certificate_names_another_hears_nothing() {
    let authority = Authority::new("wrong-name", 41);
    let own = authority.vouch_for(&["gateway.example"], 42);
    for (names, seed) in [
        (&["other.example"][..], 43),
        (&["*.example"], 44),
        (&["trunk.example", "sip:other.example"], 45),
        (&["sip:alice@trunk.example"], 46),
    ] {
        let trunk = Trunk::bind(&authority, &authority.vouch_for(names, seed), BOTH).await;
        let gateway = trunk.gateway(&authority, &own).await;
        let mut stream = trunk.accept().await.unwrap();
        assert_eq!(answer(&mut stream).await, "", "{names:?}");
        gateway.stop().await;
    }
}

#[tokio::test]
async fn a_trunk_of_an_unknown_authority_is_refused_in_the_handshake() {
    let (authority, strangers) = (Authority::new("known", 51), Authority::new("unknown", 52));
    let own = authority.vouch_for(&["gateway.example"], 53);
    let trunk = Trunk::bind(&authority, &strangers.vouch_for(&["trunk.example"], 54), BOTH).await;
    let gateway = trunk.gateway(&authority, &own).await;
    let heard = match trunk.accept().await {
        Ok(mut stream) => answer(&mut stream).await,
        Err(_) => String::new(),
    };
    assert_eq!(heard, "");
    gateway.stop().await;
}
