//! CDRs: newest first, filtered, paged.

use store::CdrQuery;

use crate::stores::{batch, ended, id, stores};

#[tokio::test(flavor = "multi_thread")]
async fn cdrs_are_listed_newest_first_page_by_page_and_by_filter() {
    for (name, store) in &stores().await.all {
        let entries = vec![
            ended(1, 11, "ann", "600"),
            ended(2, 12, "bob", "+4930222"),
            ended(3, 13, "ann", "+4930222"),
            ended(4, 14, "ann", "601"),
        ];
        store.append(batch(entries)).await.unwrap();
        let found = async |query: CdrQuery| {
            let page = store.cdrs(CdrQuery { limit: 9, ..query }).await.unwrap();
            page.items.iter().map(|cdr| cdr.call).collect::<Vec<_>>()
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(found(CdrQuery::default()).await, [id(14), id(13), id(12), id(11)], "{name}");
        let ann = CdrQuery { user: some("ann"), ..CdrQuery::default() };
        assert_eq!(found(ann.clone()).await, [id(14), id(13), id(11)], "{name}");
        let to = CdrQuery { number: some("+4930222"), ..CdrQuery::default() };
        assert_eq!(found(to).await, [id(13), id(12)], "{name}");
        let from = CdrQuery { number: some("+4930111"), ..CdrQuery::default() };
        assert_eq!(found(from).await.len(), 4, "{name}");
        let time = CdrQuery { from_ms: Some(12_000), until_ms: Some(14_000), ..ann };
        assert_eq!(found(time).await, [id(13)], "{name}");
        let one = CdrQuery { call: Some(id(12)), ..CdrQuery::default() };
        assert_eq!(found(one).await, [id(12)], "{name}");
        let first = store.cdrs(CdrQuery { limit: 3, ..CdrQuery::default() }).await.unwrap();
        let rest = CdrQuery { limit: 3, before: first.next, ..CdrQuery::default() };
        let rest = store.cdrs(rest).await.unwrap();
        assert_eq!((first.items.len(), rest.items[0].call, rest.next), (3, id(11), None), "{name}");
        assert_eq!(rest.items[0].body, "{\"call\":11}", "{name}");
    }
}
