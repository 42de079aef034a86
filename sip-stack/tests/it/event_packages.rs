//! The bodies of event packages: the examples of their RFCs, and what they add up to.

use std::fs;
use std::path::Path;

use sip_stack::event_package::{
    Basic, BodyError, Completeness, ContactEvent, DialogInfo, DialogStatus, DialogTable, Direction, Merged,
    MessageSummary, Presence, RegContact, RegInfo, RegState, RegTable, Registration, WatchedDialog,
};

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared");

/// The XML documents with this root in the text of an RFC, without its page breaks.
fn documents(rfc: &str, root: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(SHARED).join("rfc").join(rfc)).unwrap();
    let is_break =
        |line: &&str| line.contains("[Page ") || line.starts_with("RFC ") || line.contains('\u{c}');
    let text: Vec<&str> = text.lines().filter(|line| !is_break(line)).collect();
    let end = format!("</{root}>");
    let text = text.join("\n");
    let starts = text.match_indices("<?xml").map(|(at, _)| &text[at..]);
    let whole = starts.filter_map(|rest| Some(&rest[..rest.find(&end)? + end.len()]));
    whole.filter(|document| document.matches("<?xml").count() == 1).map(str::to_owned).collect()
}

/// How many documents of an RFC read, print and read as the same.
fn round_trips<T: PartialEq + std::fmt::Debug>(
    documents: &[String],
    parse: impl Fn(&[u8]) -> Result<T, BodyError>,
    print: impl Fn(&T) -> String,
) -> usize {
    let read: Vec<T> = documents.iter().filter_map(|document| parse(document.as_bytes()).ok()).collect();
    for value in &read {
        assert_eq!(parse(print(value).as_bytes()).as_ref(), Ok(value));
    }
    read.len()
}

#[test]
fn every_well_formed_document_of_the_rfcs_reads_and_prints() {
    let dialogs = documents("rfc4235.txt", "dialog-info");
    // Misprints: a dialog cut short by an ellipsis, a tag closed twice, another name for the state.
    assert_eq!((round_trips(&dialogs, DialogInfo::parse, DialogInfo::to_xml), dialogs.len()), (19, 22));
    let regs = documents("rfc3680.txt", "reginfo");
    assert_eq!((round_trips(&regs, RegInfo::parse, RegInfo::to_xml), regs.len()), (3, 3));
    let mut presence = documents("rfc3863.txt", "presence");
    presence.extend(documents("rfc3863.txt", "impp:presence"));
    assert_eq!((round_trips(&presence, Presence::parse, Presence::to_xml), presence.len()), (6, 6));
}

/// The bodies of the NOTIFYs of an RFC's messages.
fn bodies(folder: &str, content_type: &str) -> Vec<String> {
    let folder = Path::new(SHARED).join("testdata/sip-rfc-messages").join(folder);
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let texts = names.iter().map(|name| fs::read_to_string(name).unwrap());
    let notifies = texts.filter(|text| text.starts_with("NOTIFY") && text.contains(content_type));
    notifies.filter_map(|text| Some(text.split_once("\r\n\r\n")?.1.to_owned())).collect()
}

#[test]
fn every_mailbox_of_rfc_3842_reads_and_prints() {
    let bodies = bodies("rfc3842", MessageSummary::CONTENT_TYPE);
    // The remark between two messages is taken for the body of one that has none.
    let read: Vec<_> = bodies.iter().filter_map(|body| MessageSummary::parse(body.as_bytes()).ok()).collect();
    let told: Vec<_> = read
        .iter()
        .map(|summary| {
            let voice = summary.counts("voice-message").unwrap_or_default();
            (summary.waiting, voice.new, voice.old, summary.messages.len())
        })
        .collect();
    assert_eq!(told, [(true, 2, 8, 0), (true, 4, 8, 0), (true, 4, 8, 0)]);
    for summary in read {
        assert_eq!(MessageSummary::parse(summary.to_string().as_bytes()), Ok(summary));
    }
}

#[test]
fn every_dialog_of_the_flows_of_rfc_5359_reads_and_prints() {
    let bodies = bodies("rfc5359", DialogInfo::CONTENT_TYPE);
    let whole: Vec<_> = bodies.into_iter().filter(|body| body.starts_with("<?xml")).collect();
    assert_eq!((round_trips(&whole, DialogInfo::parse, DialogInfo::to_xml), whole.len()), (5, 5));
}

fn dialog_info(version: u32, state: Completeness, dialogs: Vec<WatchedDialog>) -> DialogInfo {
    DialogInfo { version, state, entity: "sip:alice@example.com".to_owned(), dialogs }
}

#[test]
fn a_watcher_adds_partial_documents_up() {
    let mut table = DialogTable::new();
    let early = WatchedDialog {
        direction: Some(Direction::Initiator),
        ..WatchedDialog::new("1", DialogStatus::Early)
    };
    assert_eq!(table.merge(dialog_info(4, Completeness::Full, vec![early])), Merged::Whole);
    let second = WatchedDialog::new("2", DialogStatus::Trying);
    assert_eq!(table.merge(dialog_info(5, Completeness::Partial, vec![second])), Merged::Whole);
    assert_eq!(table.iter().count(), 2);
    let over = WatchedDialog::new("1", DialogStatus::Terminated);
    assert_eq!(table.merge(dialog_info(6, Completeness::Partial, vec![over.clone()])), Merged::Whole);
    assert_eq!(table.get("1"), None);
    assert_eq!(table.merge(dialog_info(5, Completeness::Full, vec![over])), Merged::Stale);
    assert_eq!(
        table.merge(dialog_info(9, Completeness::Partial, Vec::new())),
        Merged::Gap,
        "7 and 8 are lost"
    );
    assert_eq!(table.iter().map(|dialog| dialog.state).collect::<Vec<_>>(), [DialogStatus::Trying]);
}

#[test]
fn a_table_of_dialogs_does_not_grow_for_ever() {
    let mut table = DialogTable::new();
    let dialogs = |from: u32| {
        (from..from + 1000).map(|id| WatchedDialog::new(id.to_string(), DialogStatus::Confirmed)).collect()
    };
    let merged: Vec<_> = (0..6)
        .map(|page| table.merge(dialog_info(page, Completeness::Partial, dialogs(page * 1000))))
        .collect();
    assert_eq!(merged.last(), Some(&Merged::TooLarge));
    assert_eq!(table.iter().count(), 4000);
}

#[test]
fn contacts_come_and_go() {
    let registration = |state, contacts| Registration {
        aor: "sip:joe@example.com".to_owned(),
        id: "a7".to_owned(),
        state,
        contacts,
    };
    let document =
        |version, state, registration| RegInfo { version, state, registrations: vec![registration] };
    let desk = RegContact::new("76", "sip:joe@pc887.example.com", RegState::Active, ContactEvent::Registered);
    let mobile = RegContact {
        q: Some("0.5".to_owned()),
        ..RegContact::new("77", "sip:joe@mobile.example.com", RegState::Active, ContactEvent::Created)
    };
    let mut table = RegTable::new();
    let first = document(0, Completeness::Full, registration(RegState::Active, vec![desk.clone(), mobile]));
    assert_eq!(table.merge(first), Merged::Whole);
    let gone = RegContact { state: RegState::Terminated, event: ContactEvent::Expired, ..desk };
    let second = document(1, Completeness::Partial, registration(RegState::Active, vec![gone]));
    assert_eq!(table.merge(second), Merged::Whole);
    let contacts: Vec<_> =
        table.get("a7").unwrap().contacts.iter().map(|contact| contact.id.as_str()).collect();
    assert_eq!(contacts, ["77"]);
}

#[test]
fn presence_is_open_if_any_way_is() {
    let document = |first: &str| {
        format!(
            "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:a@b'>\
             <tuple id='1'><status><basic>closed</basic></status></tuple>\
             <tuple id='2'><status><basic>{first}</basic></status><note xml:lang='en'>here &amp; there</note></tuple>\
             </presence>"
        )
    };
    let read = Presence::parse(document("open").as_bytes()).unwrap();
    assert_eq!((read.basic(), read.tuples[1].notes[0].text.as_str()), (Some(Basic::Open), "here & there"));
    assert_eq!(Presence::parse(document("away").as_bytes()).unwrap().basic(), Some(Basic::Closed));
}
