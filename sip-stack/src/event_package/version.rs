//! Full and partial documents, and the numbers that order them (RFC 3680 §5.2, RFC 4235 §4.3).

use super::words::words;

words! {
    /// Whether a document tells all or what changed.
    Completeness {
        /// All; what was known before is forgotten.
        Full = "full",
        /// What changed.
        Partial = "partial",
    }
}

/// What became of a document that was merged into what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Merged {
    /// What is known is whole.
    Whole,
    /// A partial document before this one is lost: refresh the subscription to be told all.
    Gap,
    /// The document is older than what is known; it was ignored.
    Stale,
    /// The table would be over its limit; nothing of the document was taken.
    TooLarge,
}

/// Takes over the version of a document; the first may have any, and be partial only behind a gap.
pub(super) fn follow(known: &mut Option<u32>, version: u32, completeness: Completeness) -> Merged {
    let merged = match (*known, completeness) {
        (Some(last), _) if version < last => return Merged::Stale,
        (_, Completeness::Full) => Merged::Whole,
        (Some(last), Completeness::Partial) if version <= last.saturating_add(1) => Merged::Whole,
        (_, Completeness::Partial) => Merged::Gap,
    };
    *known = Some(version);
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_partial_document_can_leave_a_gap() {
        let mut known = None;
        assert_eq!(follow(&mut known, 7, Completeness::Full), Merged::Whole);
        assert_eq!(follow(&mut known, 8, Completeness::Partial), Merged::Whole);
        assert_eq!(follow(&mut known, 10, Completeness::Partial), Merged::Gap);
        assert_eq!(follow(&mut known, 9, Completeness::Full), Merged::Stale);
        assert_eq!(follow(&mut known, 20, Completeness::Full), Merged::Whole);
        assert_eq!(known, Some(20));
    }
}
