//! The pages, and what browsers are told about them.

use crate::gateway::Gateway;

#[tokio::test]
async fn the_page_is_served_safely() {
    let gateway = Gateway::alone().await;
    let page = gateway.http("GET", "/", &[("accept", "text/html")], "").await;
    assert_eq!(page.status, 200);
    assert!(page.head.contains("content-type: text/html"), "{}", page.head);
    for header in [
        "content-security-policy: default-src 'self'",
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
    ] {
        assert!(page.head.contains(header), "{header} is not in {}", page.head);
    }
    let packed = gateway.http("GET", "/", &[("accept-encoding", "gzip")], "").await;
    assert!(packed.head.contains("content-encoding: gzip"), "{}", packed.head);
    gateway.stop().await;
}

#[tokio::test]
async fn nothing_outside_of_the_pages_can_be_reached() {
    let gateway = Gateway::alone().await;
    for path in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/..%2fCargo.toml", "//etc/passwd", "/index.html%00"]
    {
        let answer = gateway.http("GET", path, &[], "").await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
    }
    gateway.stop().await;
}
