//! HTTPS: the certificate and its key, from files.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config::Http;
use crate::pem::File;
use crate::rim::StartError;

/// The only protocol that is spoken inside.
const HTTP_1_1: &[u8] = b"http/1.1";

/// TLS 1.2 and 1.3 with the configured certificate.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// Reads the files that the configuration names; `None` where it names none.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, holds nothing of use, or a key of another certificate.
    pub fn read(http: &Http) -> Result<Option<Self>, StartError> {
        let (Some(certificate), Some(key)) = (&http.certificate, &http.certificate_key) else {
            return Ok(None);
        };
        let certificate = File::new(certificate, "http.certificate");
        let key = File::new(key, "http.certificate_key");
        let (chain, private) = (certificate.certificates()?, key.key()?);
        let builder = ServerConfig::builder_with_provider(Arc::new(rustls_graviola::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| StartError::new(format!("TLS cannot be used here ({error})")))?;
        let config = builder.with_no_client_auth().with_single_cert(chain, private);
        let mut config = config.map_err(|error| certificate.unpaired(key, &error))?;
        config.alpn_protocols = vec![HTTP_1_1.to_vec()];
        Ok(Some(Self(TlsAcceptor::from(Arc::new(config)))))
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.0.accept(stream).await
    }
}
