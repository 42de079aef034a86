//! Objects: made once, changed by whoever knows the version.

use store::{Error, Expected, Put};

use crate::stores::stores;

fn put(id: &str, expected: Expected, at_ms: i64, body: &str) -> Put {
    Put { kind: "user".to_owned(), id: id.to_owned(), expected, at_ms, body: body.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_changed_only_by_whoever_knows_its_version() {
    for (name, store) in &stores().await.all {
        let made = store.put(put("ann", Expected::Nothing, 5, "1")).await.unwrap();
        assert_eq!((made.version, made.created_ms, made.updated_ms), (1, 5, 5), "{name}");
        assert_eq!(store.put(put("ann", Expected::Nothing, 6, "2")).await, Err(Error::Exists), "{name}");
        let changed = store.put(put("ann", Expected::Version(1), 7, "3")).await.unwrap();
        assert_eq!((changed.version, changed.created_ms, changed.updated_ms), (2, 5, 7), "{name}");
        assert_eq!(store.put(put("ann", Expected::Version(1), 8, "4")).await, Err(Error::Changed), "{name}");
        assert_eq!(store.put(put("bob", Expected::Version(1), 8, "4")).await, Err(Error::Changed), "{name}");
        assert_eq!(store.object("user", "ann").await.unwrap(), Some(changed), "{name}");
        assert_eq!(store.object("trunk", "ann").await, Ok(None), "{name}");
        assert_eq!(store.remove("user", "ann").await, Ok(true), "{name}");
        assert_eq!(store.remove("user", "ann").await, Ok(false), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_are_listed_by_id_within_their_kind() {
    for (name, store) in &stores().await.all {
        for id in ["b", "C", "a", "d"] {
            store.put(put(id, Expected::Nothing, 1, "{}")).await.unwrap();
        }
        let other = Put { kind: "webhook".to_owned(), ..put("c", Expected::Nothing, 1, "{}") };
        store.put(other).await.unwrap();
        let ids = async |after: &str, limit: usize| {
            let found = store.objects("user", after, limit).await.unwrap();
            found.into_iter().map(|object| object.id).collect::<Vec<_>>()
        };
        assert_eq!(ids("", 9).await, ["C", "a", "b", "d"], "{name}");
        assert_eq!(ids("C", 2).await, ["a", "b"], "{name}");
        assert_eq!(ids("d", 2).await, Vec::<String>::new(), "{name}");
        let latest = async |before: Option<&str>, limit: usize| {
            let found = store.latest("user", before, limit).await.unwrap();
            found.into_iter().map(|object| object.id).collect::<Vec<_>>()
        };
        assert_eq!(latest(None, 3).await, ["d", "b", "a"], "{name}");
        assert_eq!(latest(Some("b"), 9).await, ["a", "C"], "{name}");
        assert_eq!(latest(Some("C"), 9).await, Vec::<String>::new(), "{name}");
    }
}
