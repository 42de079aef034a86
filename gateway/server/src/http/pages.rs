//! The pages inside the binary.

use api::ErrorCode;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::reject::Reject;

/// What `make web` built. A binary without it says so on its page.
#[derive(RustEmbed)]
#[folder = "../../static/dist"]
#[allow_missing = true]
struct Assets;

const INDEX: &str = "index.html";
/// A browser asks again each time; the tag makes that cheap.
const REVALIDATE: &str = "no-cache";

const UNBUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Offhook</title>\
    <h1>Offhook</h1><p>This binary was built without its page. Run <code>make web</code>, then build again; \
    or run <code>make run</code>, which does both.</p></html>";

/// A page, or what belongs to it; anything else does not exist.
pub(super) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if method != Method::GET && method != Method::HEAD {
        return Reject::from(ErrorCode::ResourceNotFound).into_response();
    }
    let path = if path.is_empty() { INDEX } else { path };
    match Assets::get(path) {
        Some(file) => send(path, &file, &headers),
        None if path == INDEX => (StatusCode::OK, Html(UNBUILT)).into_response(),
        None => missing(&headers),
    }
}

fn send(path: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = etag(file);
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    let head: [(HeaderName, String); 3] =
        [(CONTENT_TYPE, content_type(path, file)), (CACHE_CONTROL, REVALIDATE.to_owned()), (ETAG, tag)];
    (head, file.data.clone().into_owned()).into_response()
}

fn content_type(path: &str, file: &EmbeddedFile) -> String {
    let mime = file.metadata.mimetype();
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html" | "css" | "js" | "json" | "svg" | "txt") => format!("{mime}; charset=utf-8"),
        Some("wasm") => "application/wasm".to_owned(),
        Some(_) | None => mime.to_owned(),
    }
}

fn etag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let digits: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

/// Programs get a problem; a person gets a sentence.
fn missing(headers: &HeaderMap) -> Response {
    let page = headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if page {
        return (StatusCode::NOT_FOUND, Html("<!doctype html><title>Offhook</title><p>There is no such page. <a href=\"/\">The phone is here.</a></p>")).into_response();
    }
    Reject::from(ErrorCode::ResourceNotFound).into_response()
}
