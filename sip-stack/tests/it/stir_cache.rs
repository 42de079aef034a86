//! Fetching certificates for strangers: whom we connect to, how much we read, how often.

use std::net::IpAddr;
use std::time::Duration;

use sip_stack::stir::{
    Anchors, CacheAction, CacheLimits, CertificateCache, Failure, FetchError, Lookup, Url,
};

use crate::stir_pki::{Chain, NOW, one, tn_auth_list};

const URL: &str = "https://cert.example.org/passport.cer";

fn body() -> (Anchors, String) {
    let chain = Chain::new(&[]);
    let anchors = Anchors::from_pem(chain.root.as_bytes()).unwrap();
    (anchors, chain.body(&[tn_auth_list(&[one("12155551212")])]))
}

fn cache(limits: CacheLimits) -> (CertificateCache, String) {
    let (anchors, body) = body();
    (CertificateCache::new(anchors, limits), body)
}

fn actions(cache: &mut CertificateCache) -> Vec<CacheAction> {
    let next = || Some(cache.poll_output()).filter(|action| !matches!(action, CacheAction::Timeout(_)));
    std::iter::from_fn(next).collect()
}

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn url() -> Url {
    URL.parse().unwrap()
}

/// Looks up, resolves and fetches.
fn fetched(cache: &mut CertificateCache, now: Duration, body: Result<&[u8], FetchError>) {
    assert!(matches!(cache.lookup(now, URL), Lookup::Pending));
    assert!(matches!(actions(cache).as_slice(), [CacheAction::Resolve(_)]));
    cache.resolved(now, &url(), &addresses(&["8.8.8.8"]));
    assert!(matches!(actions(cache).as_slice(), [CacheAction::Fetch { .. }]));
    cache.fetched(now, &url(), body);
    assert!(matches!(actions(cache).as_slice(), [CacheAction::Ready(ready)] if ready.as_str() == URL));
}

#[test]
fn a_certificate_is_fetched_once_for_all_who_wait() {
    let (mut cache, body) = cache(CacheLimits::default());
    for _ in 0..5 {
        assert!(matches!(cache.lookup(NOW, URL), Lookup::Pending));
    }
    assert!(matches!(actions(&mut cache).as_slice(), [CacheAction::Resolve(_)]));
    cache.resolved(NOW, &url(), &addresses(&["8.8.8.8", "2606:4700::1"]));
    assert!(matches!(cache.lookup(NOW, URL), Lookup::Pending));
    let fetch = actions(&mut cache);
    let [CacheAction::Fetch { addresses, body_bytes_max: 65_536, .. }] = fetch.as_slice() else {
        panic!("{fetch:?}")
    };
    assert_eq!(addresses[0].to_string(), "8.8.8.8:443");
    assert_eq!(addresses[1].to_string(), "[2606:4700::1]:443");
    cache.fetched(NOW, &url(), Ok(body.as_bytes()));
    assert!(matches!(actions(&mut cache).as_slice(), [CacheAction::Ready(_)]));
    assert!(matches!(cache.lookup(NOW, URL), Lookup::Known(_)));
    assert!(actions(&mut cache).is_empty());
}

#[test]
fn a_name_that_leads_inside_is_not_fetched() {
    for inside in
        ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "fe80::1", "::ffff:10.0.0.1"]
    {
        let (mut cache, _) = cache(CacheLimits::default());
        assert!(matches!(cache.lookup(NOW, URL), Lookup::Pending));
        cache.resolved(NOW, &url(), &addresses(&["8.8.8.8", inside]));
        let done = actions(&mut cache);
        assert!(!done.iter().any(|action| matches!(action, CacheAction::Fetch { .. })), "{inside}");
        assert!(matches!(cache.lookup(NOW, URL), Lookup::Failed(Failure::BadInfo)));
    }
}

#[test]
fn an_address_is_judged_without_being_resolved() {
    let (mut cache, _) = cache(CacheLimits::default());
    for url in
        ["https://127.0.0.1/x", "https://[::1]/x", "https://[::ffff:192.168.0.1]/x", "http://8.8.8.8/x"]
    {
        assert!(matches!(cache.lookup(NOW, url), Lookup::Failed(Failure::BadInfo)), "{url}");
    }
    assert!(actions(&mut cache).is_empty() && cache.is_empty());
    assert!(matches!(cache.lookup(NOW, "https://8.8.8.8:8443/x"), Lookup::Pending));
    let fetch = actions(&mut cache);
    let [CacheAction::Fetch { addresses, .. }] = fetch.as_slice() else { panic!("{fetch:?}") };
    assert_eq!(addresses[0].to_string(), "8.8.8.8:8443");
}

#[test]
fn large_broken_and_untrusted_bodies_are_failures_for_a_while() {
    let limits = CacheLimits::default();
    let stranger = Chain::new(&[]).body(&[]);
    let large = vec![b'x'; limits.body_bytes + 1];
    for (body, failure) in [
        (Ok(large.as_slice()), Failure::BadInfo),
        (Err(FetchError), Failure::BadInfo),
        (Ok(&b"<html>"[..]), Failure::BadInfo),
    ] {
        let (mut cache, _) = cache(limits);
        fetched(&mut cache, NOW, body);
        assert!(matches!(cache.lookup(NOW, URL), Lookup::Failed(why) if why == failure));
        assert!(actions(&mut cache).is_empty(), "nobody is asked again at once");
        assert!(matches!(cache.lookup(NOW + limits.failed, URL), Lookup::Pending));
    }
    let mut nobody = CertificateCache::new(Anchors::default(), limits);
    fetched(&mut nobody, NOW, Ok(stranger.as_bytes()));
    assert!(matches!(nobody.lookup(NOW, URL), Lookup::Failed(Failure::UnsupportedCredential)));
}

#[test]
fn a_certificate_is_kept_for_its_time_and_no_longer_than_it_lives() {
    let hour = Duration::from_secs(3600);
    for (known, kept) in [(hour, hour), (hour * 100, hour * 24)] {
        let (mut cache, body) = cache(CacheLimits { known, ..CacheLimits::default() });
        fetched(&mut cache, NOW, Ok(body.as_bytes()));
        assert!(matches!(cache.lookup(NOW + kept - Duration::from_secs(1), URL), Lookup::Known(_)));
        assert!(matches!(cache.lookup(NOW + kept, URL), Lookup::Pending));
    }
}

#[test]
fn who_does_not_answer_in_time_has_failed() {
    let (mut cache, body) = cache(CacheLimits::default());
    assert!(matches!(cache.lookup(NOW, URL), Lookup::Pending));
    let _resolve = actions(&mut cache);
    let CacheAction::Timeout(Some(deadline)) = cache.poll_output() else { panic!("no deadline") };
    assert_eq!(deadline, NOW + Duration::from_secs(4));
    cache.handle_timeout(deadline);
    assert!(matches!(actions(&mut cache).as_slice(), [CacheAction::Ready(_)]));
    cache.fetched(deadline, &url(), Ok(body.as_bytes()));
    assert!(matches!(cache.lookup(deadline, URL), Lookup::Failed(Failure::BadInfo)), "too late is too late");
}

/// A flood of URLs neither grows the cache nor drives good certificates out.
#[test]
fn strangers_cannot_fill_the_cache() {
    let limits = CacheLimits { entries: 8, pending: 4, ..CacheLimits::default() };
    let (mut cache, body) = cache(limits);
    fetched(&mut cache, NOW, Ok(body.as_bytes()));
    for number in 0..100 {
        let flood = format!("https://x{number}.example/");
        if matches!(cache.lookup(NOW, &flood), Lookup::Pending) && number % 2 == 0 {
            cache.resolved(NOW, &flood.parse().unwrap(), &[]);
        }
        assert!(cache.len() <= 8);
        let _ = actions(&mut cache);
    }
    assert!(matches!(cache.lookup(NOW, URL), Lookup::Known(_)));
}
