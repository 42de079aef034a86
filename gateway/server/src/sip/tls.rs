//! TLS 1.2 and 1.3 for SIP: our certificate, whose we ask for, and whom we trust.
//!
//! Only the way from a certificate to a trusted root is decided here; whether it names the right peer is the
//! endpoint's to say (RFC 5922), because the rules of HTTPS would let wildcards pass.

use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, ServerConfig, SignatureScheme};
use sip_stack::message::Host;
use sip_stack::transport::CertificateNames;
use tokio::io::{ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

use super::certificate;
use crate::config::SipTls;
use crate::pem::File;
use crate::rim::StartError;

/// Both roles.
#[derive(Clone)]
pub struct Tls {
    acceptor: Option<TlsAcceptor>,
    connector: TlsConnector,
}

/// A stream after its handshake, in two halves.
pub(super) struct Secured {
    pub(super) reader: ReadHalf<TlsStream<TcpStream>>,
    pub(super) writer: WriteHalf<TlsStream<TcpStream>>,
    /// What the peer's certificate says; `None` if it showed none.
    pub(super) certificate: Option<CertificateNames>,
}

impl Tls {
    /// Reads the files that the configuration names.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, holds nothing of use, or a key of another certificate.
    pub fn read(settings: &SipTls) -> Result<Self, StartError> {
        let provider = Arc::new(rustls_graviola::default_provider());
        let acceptor = server(settings, &provider)?.map(|config| TlsAcceptor::from(Arc::new(config)));
        let connector = TlsConnector::from(Arc::new(client(settings, &provider)?));
        Ok(Self { acceptor, connector })
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<Secured> {
        let Some(acceptor) = &self.acceptor else { return Err(io::ErrorKind::Unsupported.into()) };
        Ok(Secured::new(acceptor.accept(stream).await?.into()))
    }

    pub(super) async fn connect(&self, stream: TcpStream, to: &Host) -> io::Result<Secured> {
        let name = match to {
            Host::Name(name) => ServerName::try_from(name.trim_end_matches('.').to_owned()),
            Host::V4(address) => Ok(ServerName::from(std::net::IpAddr::from(*address))),
            Host::V6(address) => Ok(ServerName::from(std::net::IpAddr::from(*address))),
        };
        let name = name.map_err(io::Error::other)?;
        Ok(Secured::new(self.connector.connect(name, stream).await?.into()))
    }
}

impl Secured {
    fn new(stream: TlsStream<TcpStream>) -> Self {
        let (_, connection) = stream.get_ref();
        let certificate = connection.peer_certificates().and_then(<[_]>::first).map(certificate::names);
        let (reader, writer) = split(stream);
        Self { reader, writer, certificate }
    }
}

/// Our certificate and key, where both are configured.
type Pair<'a> = Option<(File<'a>, File<'a>)>;

fn pair(settings: &SipTls) -> Pair<'_> {
    let certificate = File::new(settings.certificate.as_ref()?, "sip.tls.certificate");
    Some((certificate, File::new(settings.certificate_key.as_ref()?, "sip.tls.certificate_key")))
}

fn unusable(error: impl std::fmt::Display) -> StartError {
    StartError::new(format!("TLS cannot be used here ({error})"))
}

fn server(settings: &SipTls, provider: &Arc<CryptoProvider>) -> Result<Option<ServerConfig>, StartError> {
    let Some((certificate, key)) = pair(settings) else { return Ok(None) };
    let builder = ServerConfig::builder_with_provider(provider.clone());
    let builder = builder.with_safe_default_protocol_versions().map_err(unusable)?;
    let builder = match &settings.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let file = File::new(path, "sip.tls.client_ca");
            let roots = Arc::new(roots(file)?);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider.clone()).build();
            builder
                .with_client_cert_verifier(verifier.map_err(|error| file.unusable("certificates", &error))?)
        }
    };
    let (chain, private) = (certificate.certificates()?, key.key()?);
    let config = builder.with_single_cert(chain, private);
    config.map(Some).map_err(|error| certificate.unpaired(key, &error))
}

fn client(settings: &SipTls, provider: &Arc<CryptoProvider>) -> Result<ClientConfig, StartError> {
    let roots = match &settings.ca {
        Some(path) => roots(File::new(path, "sip.tls.ca"))?,
        None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
    };
    let verifier = Arc::new(LeadsToRoot { roots, provider: provider.clone() });
    let builder = ClientConfig::builder_with_provider(provider.clone());
    let builder = builder.with_safe_default_protocol_versions().map_err(unusable)?;
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    let Some((certificate, key)) = pair(settings) else { return Ok(builder.with_no_client_auth()) };
    let config = builder.with_client_auth_cert(certificate.certificates()?, key.key()?);
    config.map_err(|error| certificate.unpaired(key, &error))
}

fn roots(file: File<'_>) -> Result<RootCertStore, StartError> {
    let mut roots = RootCertStore::empty();
    for certificate in file.certificates()? {
        roots.add(certificate).map_err(|error| file.unusable("certificates of authorities", &error))?;
    }
    Ok(roots)
}

/// Verifies everything but the name.
#[derive(Debug)]
struct LeadsToRoot {
    roots: RootCertStore,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for LeadsToRoot {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&certificate, &self.roots, intermediates, now, algorithms)
            .map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
