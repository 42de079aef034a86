//! HTTPS: the certificate and its key, from files.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config::Http;
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
        let chain = read_chain(certificate.get_ref())?;
        let private = PrivateKeyDer::from_pem_file(key.get_ref())
            .map_err(|error| unusable(key.get_ref(), "certificate_key", "a private key", &error))?;
        let builder = ServerConfig::builder_with_provider(Arc::new(rustls_graviola::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| StartError::new(format!("TLS cannot be used here ({error})")))?;
        let mut config = builder.with_no_client_auth().with_single_cert(chain, private).map_err(|error| {
            let (certificate, key) = (certificate.get_ref().display(), key.get_ref().display());
            StartError::new(format!(
                "the key in {key} does not serve the certificate in {certificate} ({error}): write the paths of a pair \
                 (fields http.certificate, http.certificate_key)"
            ))
        })?;
        config.alpn_protocols = vec![HTTP_1_1.to_vec()];
        Ok(Some(Self(TlsAcceptor::from(Arc::new(config)))))
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.0.accept(stream).await
    }
}

/// The server's certificate first, then those that lead to its root.
fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, StartError> {
    let chain = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| unusable(path, "certificate", "certificates", &error))?;
    match chain.is_empty() {
        true => Err(unusable(path, "certificate", "certificates", &"it holds none")),
        false => Ok(chain),
    }
}

fn unusable(path: &Path, field: &str, what: &str, error: &dyn std::fmt::Display) -> StartError {
    let path = path.display();
    StartError::new(format!(
        "{path} cannot be used ({error}): write the path of a PEM file with {what} (field http.{field})"
    ))
}
