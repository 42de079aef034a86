//! Certificates and keys from PEM files, with a sentence for whoever must mend what cannot be used.

use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use toml::Spanned;

use crate::rim::StartError;

/// The path that a field of the configuration names.
#[derive(Clone, Copy)]
pub struct File<'a> {
    path: &'a Path,
    field: &'a str,
}

impl<'a> File<'a> {
    /// `field` is the whole name, such as `http.certificate`.
    pub fn new(path: &'a Spanned<std::path::PathBuf>, field: &'a str) -> Self {
        Self { path: path.get_ref(), field }
    }

    /// One or more certificates: the owner's first, then those that lead to its root.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or holds none.
    pub fn certificates(self) -> Result<Vec<CertificateDer<'static>>, StartError> {
        let found = CertificateDer::pem_file_iter(self.path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let found = found.map_err(|error| self.unusable("certificates", &error))?;
        match found.is_empty() {
            true => Err(self.unusable("certificates", &"it holds none")),
            false => Ok(found),
        }
    }

    /// The private key.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or holds none.
    pub fn key(self) -> Result<PrivateKeyDer<'static>, StartError> {
        PrivateKeyDer::from_pem_file(self.path).map_err(|error| self.unusable("a private key", &error))
    }

    /// That the key of `key` is another certificate's.
    pub fn unpaired(self, key: Self, error: &dyn std::fmt::Display) -> StartError {
        let (certificate_path, key_path) = (self.path.display(), key.path.display());
        StartError::new(format!(
            "the key in {key_path} does not serve the certificate in {certificate_path} ({error}): write the paths of a \
             pair (fields {}, {})",
            self.field, key.field
        ))
    }

    /// That the file does not hold `what`.
    pub fn unusable(self, what: &str, error: &dyn std::fmt::Display) -> StartError {
        let (path, field) = (self.path.display(), self.field);
        StartError::new(format!(
            "{path} cannot be used ({error}): write the path of a PEM file with {what} (field {field})"
        ))
    }
}
