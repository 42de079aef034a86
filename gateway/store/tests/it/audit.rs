//! The audit trail.

use store::NewAudit;

use crate::stores::stores;

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_is_listed_newest_first() {
    for (name, store) in &stores().await.all {
        let line = |at_ms: i64| NewAudit {
            at_ms,
            who: "ann".to_owned(),
            action: "webhook.created".to_owned(),
            target: "whk_1".to_owned(),
        };
        for at_ms in 1..=3 {
            store.note(line(at_ms)).await.unwrap();
        }
        let first = store.audits(None, 2).await.unwrap();
        assert_eq!(
            first.iter().map(|audit| audit.line.clone()).collect::<Vec<_>>(),
            [line(3), line(2)],
            "{name}"
        );
        let rest = store.audits(Some(first[1].cursor), 2).await.unwrap();
        assert_eq!(rest.iter().map(|audit| audit.line.at_ms).collect::<Vec<_>>(), [1], "{name}");
    }
}
