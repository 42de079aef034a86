//! The bodies of event packages as values: who calls (RFC 4235), who is there (RFC 3856, 3863), who left a message
//! (RFC 3842), who is registered (RFC 3680), and how a REFER goes (RFC 3515 over RFC 3420).
//!
//! Each value reads itself from a body and prints itself into one. Reading ignores what it does not know, as the
//! RFCs ask, and refuses what is larger, deeper or more than its limits; XML entities beyond the five of XML itself
//! are refused.

mod dialog_info;
mod dialog_table;
mod message_summary;
mod presence;
mod reg_info;
mod reg_table;
mod sipfrag;
mod version;
mod words;
mod xml;

pub use dialog_info::{DialogInfo, DialogStatus, Direction, Participant, ReplacedDialog, WatchedDialog};
pub use dialog_table::DialogTable;
pub use message_summary::{MessageCounts, MessageSummary};
pub use presence::{Basic, Note, Presence, Tuple};
pub use reg_info::{ContactEvent, RegContact, RegInfo, RegState, Registration};
pub use reg_table::RegTable;
pub use sipfrag::{FirstLine, Sipfrag};
pub use version::{Completeness, Merged};
pub use xml::{XML_BYTES_MAX, XML_DEPTH_MAX, XML_ELEMENTS_MAX};

/// Why a body is not the event package's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It does not follow the format's grammar.
    #[error("malformed body")]
    Malformed,
    /// It is well formed but lacks this element, attribute or line.
    #[error("no {0} in the body")]
    Missing(&'static str),
    /// It is over one of the limits on size, depth and number.
    #[error("body over a limit")]
    TooLarge,
}
