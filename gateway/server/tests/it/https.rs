//! HTTPS: the certificate is used, and a bad one is refused with a sentence.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use media::Certificate;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use server::app;
use server::config::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::gateway::Gateway;

fn pem(name: &str, label: &str, der: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let body = STANDARD.encode(der);
    std::fs::write(&path, format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")).unwrap();
    path
}

fn pair(name: &str, seed: u8) -> (Certificate, PathBuf, PathBuf) {
    let certificate = Certificate::generate([seed; 32], SystemTime::now());
    let chain = pem(&format!("{name}.pem"), "CERTIFICATE", certificate.der());
    let key = pem(&format!("{name}.key"), "PRIVATE KEY", certificate.key());
    (certificate, chain, key)
}

fn fields(chain: &std::path::Path, key: &std::path::Path) -> String {
    format!("certificate = {chain:?}\ncertificate_key = {key:?}\n")
}

/// Takes one certificate and no other, whatever its name says.
#[derive(Debug)]
struct Exactly(Vec<u8>, Arc<CryptoProvider>);

impl ServerCertVerifier for Exactly {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match end_entity.as_ref() == self.0 {
            true => Ok(ServerCertVerified::assertion()),
            false => Err(Error::General("another certificate".to_owned())),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.1.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.1.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.1.signature_verification_algorithms.supported_schemes()
    }
}

fn connector(certificate: &Certificate) -> TlsConnector {
    let provider = Arc::new(rustls_graviola::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    let verifier = Arc::new(Exactly(certificate.der().to_vec(), provider));
    let config = config.unwrap().dangerous().with_custom_certificate_verifier(verifier);
    TlsConnector::from(Arc::new(config.with_no_client_auth()))
}

#[tokio::test]
async fn pages_and_rest_come_over_tls_and_nothing_in_the_clear() {
    let (certificate, chain, key) = pair("served", 5);
    let gateway = Gateway::start_with(&fields(&chain, &key)).await;
    assert!(gateway.url().starts_with("https://localhost:"), "{}", gateway.url());

    let stream = TcpStream::connect(gateway.http).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = connector(&certificate).connect(name, stream).await.unwrap();
    let request = "GET /v1/health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");

    let mut clear = TcpStream::connect(gateway.http).await.unwrap();
    clear.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset is a refusal too.
    let _ = clear.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    gateway.stop().await;
}

#[test]
fn a_bad_certificate_is_named_with_its_field() {
    let (_, chain, key) = pair("one", 6);
    let (_, _, other_key) = pair("other", 7);
    let says = |fields: &str| {
        let text = format!("[auth]\nhs256_secret = \"{}\"\n[http]\n{fields}", crate::gateway::SECRET);
        let config = Config::parse("offhook.toml", &text, std::iter::empty());
        match config {
            Ok(config) => app::check(&config).err().map(|error| error.to_string()).unwrap_or_default(),
            Err(faults) => faults.to_string(),
        }
    };
    assert_eq!(says(&fields(&chain, &key)), "");
    let nowhere = says(&fields("/nowhere/a.pem".as_ref(), &key));
    assert!(nowhere.contains("/nowhere/a.pem cannot be used"), "{nowhere}");
    assert!(nowhere.contains("field http.certificate)"), "{nowhere}");
    let no_key = says(&fields(&chain, &chain));
    assert!(no_key.contains("with a private key (field http.certificate_key)"), "{no_key}");
    let no_certificate = says(&fields(&key, &key));
    assert!(no_certificate.contains("with certificates (field http.certificate)"), "{no_certificate}");
    let unpaired = says(&fields(&chain, &other_key));
    assert!(unpaired.contains("write the paths of a pair"), "{unpaired}");
    let half = says("certificate = \"a.pem\"\n");
    assert!(half.contains("offhook.toml:4: http.certificate: needs the other half"), "{half}");
}
