//! The body of the package `dialog`: `application/dialog-info+xml` (RFC 4235).

use super::BodyError;
use super::version::Completeness;
use super::words::words;
use super::xml::{self, Element, Writer};

const NAMESPACE: &str = "urn:ietf:params:xml:ns:dialog-info";

/// Dialogs of one document, and hops of one route set.
const LIST_MAX: usize = 1_024;

words! {
    /// The states of the machine of RFC 4235 §3.7.1, figure 3.
    DialogStatus {
        /// The INVITE has no response yet.
        Trying = "trying",
        /// It has one without a tag.
        Proceeding = "proceeding",
        /// It has a provisional response with a tag.
        Early = "early",
        /// It has a 2xx.
        Confirmed = "confirmed",
        /// It is over.
        Terminated = "terminated",
    }
}

words! {
    /// Who sent the INVITE.
    Direction {
        /// The watched user.
        Initiator = "initiator",
        /// The other side.
        Recipient = "recipient",
    }
}

/// The dialogs of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogInfo {
    /// One more with each document of a subscription, from any number.
    pub version: u32,
    /// Whether all dialogs are told, or those that changed.
    pub state: Completeness,
    /// The URI of the watched user.
    pub entity: String,
    /// In the document's order.
    pub dialogs: Vec<WatchedDialog>,
}

/// One dialog as its watchers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedDialog {
    /// The same in all documents of a subscription.
    pub id: String,
    /// Its Call-ID, once there is one.
    pub call_id: Option<String>,
    /// The tag of the watched user.
    pub local_tag: Option<String>,
    /// The tag of the other side.
    pub remote_tag: Option<String>,
    /// Who called.
    pub direction: Option<Direction>,
    /// Where its machine is.
    pub state: DialogStatus,
    /// What brought it there: `cancelled`, `rejected`, `replaced`, `local-bye`, `remote-bye`, `error`, `timeout`.
    pub event: Option<String>,
    /// The status code that brought it there.
    pub code: Option<u16>,
    /// Seconds since it began.
    pub duration_s: Option<u32>,
    /// The dialog whose place it took.
    pub replaces: Option<ReplacedDialog>,
    /// The Referred-By of its INVITE: display name and URI.
    pub referred_by: Option<(Option<String>, String)>,
    /// Its route set.
    pub route_set: Vec<String>,
    /// The watched user.
    pub local: Option<Participant>,
    /// The other side.
    pub remote: Option<Participant>,
}

/// The dialog that a Replaces named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedDialog {
    /// Its Call-ID.
    pub call_id: String,
    /// The tag of the watched user.
    pub local_tag: String,
    /// The tag of the other side.
    pub remote_tag: String,
}

/// One side of a dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Participant {
    /// The URI of its From or To.
    pub identity: Option<String>,
    /// The display name of its From or To.
    pub display: Option<String>,
    /// The URI of its Contact.
    pub target: Option<String>,
    /// Its Contact's parameters.
    pub target_params: Vec<(String, String)>,
    /// Its session description and its type.
    pub session_description: Option<(String, String)>,
    /// Its last sequence number.
    pub cseq: Option<u32>,
}

impl WatchedDialog {
    /// A dialog of which nothing is told but that it is there.
    pub fn new(id: impl Into<String>, state: DialogStatus) -> Self {
        Self {
            id: id.into(),
            call_id: None,
            local_tag: None,
            remote_tag: None,
            direction: None,
            state,
            event: None,
            code: None,
            duration_s: None,
            replaces: None,
            referred_by: None,
            route_set: Vec::new(),
            local: None,
            remote: None,
        }
    }
}

impl DialogInfo {
    /// What the body is called.
    pub const CONTENT_TYPE: &'static str = "application/dialog-info+xml";

    /// Reads a body.
    ///
    /// # Errors
    /// It is no such document, or over a limit.
    pub fn parse(body: &[u8]) -> Result<Self, BodyError> {
        let root = xml::read(body, NAMESPACE, "dialog-info")?;
        let dialogs: Result<Vec<_>, _> = root.children("dialog").map(dialog).collect();
        let dialogs = dialogs?;
        if dialogs.len() > LIST_MAX {
            return Err(BodyError::TooLarge);
        }
        let state = root.attribute("state").and_then(Completeness::from_word);
        Ok(Self {
            version: number(root.attribute("version"))?.ok_or(BodyError::Missing("version"))?,
            state: state.ok_or(BodyError::Missing("state"))?,
            // The RFC's own example goes without (§4.2).
            entity: root.attribute("entity").unwrap_or_default().to_owned(),
            dialogs,
        })
    }

    /// Prints the body.
    pub fn to_xml(&self) -> String {
        let version = self.version.to_string();
        let mut writer = Writer::new(
            "dialog-info",
            NAMESPACE,
            &[
                ("version", Some(&version)),
                ("state", Some(self.state.as_str())),
                ("entity", Some(&self.entity)),
            ],
        );
        self.dialogs.iter().for_each(|dialog| write_dialog(&mut writer, dialog));
        writer.finish()
    }
}

fn dialog(element: &Element) -> Result<WatchedDialog, BodyError> {
    let owned = |name| element.attribute(name).map(str::to_owned);
    let state = element.child("state").ok_or(BodyError::Missing("state"))?;
    let hops: Vec<String> = element
        .child("route-set")
        .map(|set| set.children("hop").map(|hop| hop.text().to_owned()).collect())
        .unwrap_or_default();
    if hops.len() > LIST_MAX {
        return Err(BodyError::TooLarge);
    }
    Ok(WatchedDialog {
        id: owned("id").ok_or(BodyError::Missing("id"))?,
        call_id: owned("call-id"),
        local_tag: owned("local-tag"),
        remote_tag: owned("remote-tag"),
        direction: element.attribute("direction").and_then(Direction::from_word),
        state: DialogStatus::from_word(state.text()).ok_or(BodyError::Malformed)?,
        event: state.attribute("event").map(str::to_owned),
        code: number(state.attribute("code"))?,
        duration_s: number(element.text_of("duration").as_deref())?,
        replaces: element.child("replaces").map(replaces).transpose()?,
        referred_by: element.child("referred-by").map(|by| (display(by), by.text().to_owned())),
        route_set: hops,
        local: element.child("local").map(participant).transpose()?,
        remote: element.child("remote").map(participant).transpose()?,
    })
}

fn replaces(element: &Element) -> Result<ReplacedDialog, BodyError> {
    let owned = |name| element.attribute(name).map(str::to_owned).ok_or(BodyError::Missing(name));
    Ok(ReplacedDialog {
        call_id: owned("call-id")?,
        local_tag: owned("local-tag")?,
        remote_tag: owned("remote-tag")?,
    })
}

/// The schema says `display-name`; the RFC's example and the phones say `display`.
fn display(element: &Element) -> Option<String> {
    element.attribute("display").or_else(|| element.attribute("display-name")).map(str::to_owned)
}

fn participant(element: &Element) -> Result<Participant, BodyError> {
    let target = element.child("target");
    let param = |param: &Element| {
        let half = |name| param.attribute(name).unwrap_or_default().to_owned();
        (half("pname"), half("pval"))
    };
    let described = element.child("session-description");
    Ok(Participant {
        identity: element.text_of("identity"),
        display: element.child("identity").and_then(display),
        target: target.and_then(|target| target.attribute("uri")).map(str::to_owned),
        target_params: target.map(|target| target.children("param").map(param).collect()).unwrap_or_default(),
        session_description: described.map(|described| {
            (described.attribute("type").unwrap_or_default().to_owned(), described.text().to_owned())
        }),
        cseq: number(element.text_of("cseq").as_deref())?,
    })
}

pub(super) fn number<N: std::str::FromStr>(text: Option<&str>) -> Result<Option<N>, BodyError> {
    text.map(|text| text.trim().parse().map_err(|_| BodyError::Malformed)).transpose()
}

fn write_dialog(writer: &mut Writer, dialog: &WatchedDialog) {
    writer.open(
        "dialog",
        &[
            ("id", Some(&dialog.id)),
            ("call-id", dialog.call_id.as_deref()),
            ("local-tag", dialog.local_tag.as_deref()),
            ("remote-tag", dialog.remote_tag.as_deref()),
            ("direction", dialog.direction.map(Direction::as_str)),
        ],
    );
    let code = dialog.code.map(|code| code.to_string());
    let how = [("event", dialog.event.as_deref()), ("code", code.as_deref())];
    writer.leaf("state", &how, dialog.state.as_str());
    writer.leaf_if("duration", dialog.duration_s.map(|seconds| seconds.to_string()).as_deref());
    if let Some(replaced) = &dialog.replaces {
        let ids = [
            ("call-id", Some(replaced.call_id.as_str())),
            ("local-tag", Some(replaced.local_tag.as_str())),
            ("remote-tag", Some(replaced.remote_tag.as_str())),
        ];
        writer.leaf("replaces", &ids, "");
    }
    if let Some((display, uri)) = &dialog.referred_by {
        writer.leaf("referred-by", &[("display", display.as_deref())], uri);
    }
    if !dialog.route_set.is_empty() {
        writer.open("route-set", &[]);
        dialog.route_set.iter().for_each(|hop| writer.leaf("hop", &[], hop));
        writer.close();
    }
    write_participant(writer, "local", dialog.local.as_ref());
    write_participant(writer, "remote", dialog.remote.as_ref());
    writer.close();
}

fn write_participant(writer: &mut Writer, name: &'static str, participant: Option<&Participant>) {
    let Some(participant) = participant else { return };
    writer.open(name, &[]);
    if let Some(identity) = &participant.identity {
        writer.leaf("identity", &[("display", participant.display.as_deref())], identity);
    }
    if let Some(target) = &participant.target {
        writer.open("target", &[("uri", Some(target))]);
        for (name, value) in &participant.target_params {
            writer.leaf("param", &[("pname", Some(name)), ("pval", Some(value))], "");
        }
        writer.close();
    }
    if let Some((content_type, text)) = &participant.session_description {
        writer.leaf("session-description", &[("type", Some(content_type))], text);
    }
    writer.leaf_if("cseq", participant.cseq.map(|number| number.to_string()).as_deref());
    writer.close();
}
