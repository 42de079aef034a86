//! Writing bodies of several parts.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{Content, Multipart, Part};
use crate::message::header::ContentType;
use crate::message::headers::{Header, Headers};

/// Of the digest's 64 digits; enough that nobody makes a part that contains its own digest.
const BOUNDARY_DIGITS: usize = 32;

impl Multipart {
    /// The content type, which names the boundary, and the body.
    ///
    /// The boundary is a digest of the parts: no chance is needed, and no part can contain it.
    pub fn to_body(&self) -> (ContentType, Bytes) {
        let parts: Vec<Vec<u8>> = self.parts.iter().map(Part::to_octets).collect();
        let boundary = boundary(&parts);
        let mut body = Vec::with_capacity(parts.iter().map(|part| part.len() + BOUNDARY_DIGITS + 8).sum());
        for part in &parts {
            body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            body.extend_from_slice(part);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let mut params = self.params.clone();
        params.set("boundary", boundary);
        let content_type = ContentType { kind: "multipart".into(), subtype: self.subtype.clone(), params };
        (content_type, Bytes::from(body))
    }
}

fn boundary(parts: &[Vec<u8>]) -> String {
    let digest = parts.iter().fold(Sha256::new(), |digest, part| digest.chain_update(part)).finalize();
    digest.iter().take(BOUNDARY_DIGITS / 2).map(|octet| format!("{octet:02x}")).collect()
}

impl Part {
    fn to_octets(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        match &self.content {
            Content::Octets(content) => write(&self.headers, content, &mut octets),
            Content::Parts(parts) => {
                let (content_type, content) = parts.to_body();
                let mut headers = self.headers.clone();
                headers.set(Header::from_typed(&content_type));
                write(&headers, &content, &mut octets);
            }
        }
        octets
    }
}

fn write(headers: &Headers, content: &Bytes, out: &mut Vec<u8>) {
    headers.write(out);
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(content);
}
