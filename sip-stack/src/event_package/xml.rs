//! A small XML tree: the elements of one namespace, read with limits, and a writer.

use std::fmt::Write as _;

use quick_xml::escape::{escape, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::BodyError;

/// Octets of a document.
pub const XML_BYTES_MAX: usize = 65_536;
/// Elements inside elements; the packages of this stack need six.
pub const XML_DEPTH_MAX: usize = 16;
/// Elements of a document, those of foreign namespaces included.
pub const XML_ELEMENTS_MAX: usize = 4_096;
/// Attributes of one element.
const ATTRIBUTES_MAX: usize = 32;

/// An element of the wanted namespace, without its foreign children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    text: String,
    pub(super) children: Vec<Self>,
}

impl Element {
    /// The attribute's value.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of this name.
    pub(super) fn children<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text directly inside, without the blanks around it.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    /// The text of the first child of this name.
    pub(super) fn text_of(&self, name: &str) -> Option<String> {
        self.child(name).map(|child| child.text().to_owned())
    }
}

/// Reads the document's root, which has to be `name`.
pub(super) fn read(body: &[u8], namespace: &str, name: &str) -> Result<Element, BodyError> {
    if body.len() > XML_BYTES_MAX {
        return Err(BodyError::TooLarge);
    }
    let text = std::str::from_utf8(body).map_err(|_| BodyError::Malformed)?;
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}').trim_start());
    let mut tree = Tree::default();
    loop {
        let (found, event) = reader.read_resolved_event().map_err(|_| BodyError::Malformed)?;
        let place = place(&found, namespace);
        match event {
            Event::Start(start) => tree.open(place, &start)?,
            Event::Empty(start) => {
                tree.open(place, &start)?;
                tree.close();
            }
            Event::End(_) => tree.close(),
            Event::Text(text) => tree.write(&text.xml10_content()),
            Event::CData(text) => tree.write(&text.xml10_content()),
            Event::GeneralRef(reference) => tree.write(&resolve(&reference)?),
            // A document type could define entities.
            Event::DocType(_) => return Err(BodyError::Malformed),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    tree.root.filter(|root| root.name == name).ok_or(BodyError::Malformed)
}

/// Whether an element is of the format, or of one that is to be ignored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Ours,
    Foreign,
}

/// Phones forget the namespace; an element in none is taken for ours.
fn place(found: &ResolveResult<'_>, namespace: &str) -> Place {
    match found {
        ResolveResult::Bound(bound) if bound.0 != namespace => Place::Foreign,
        ResolveResult::Bound(_) | ResolveResult::Unbound => Place::Ours,
        ResolveResult::Unknown(_) => Place::Foreign,
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, BodyError> {
    let text = format!("&{};", &**reference);
    unescape(&text).map(|text| text.into_owned()).map_err(|_| BodyError::Malformed)
}

#[derive(Default)]
struct Tree {
    root: Option<Element>,
    open: Vec<Element>,
    elements: usize,
    /// How deep inside an ignored element the reader is.
    ignored: usize,
}

impl Tree {
    fn open(&mut self, place: Place, start: &BytesStart<'_>) -> Result<(), BodyError> {
        self.elements += 1;
        if self.elements > XML_ELEMENTS_MAX || self.open.len() + self.ignored >= XML_DEPTH_MAX {
            return Err(BodyError::TooLarge);
        }
        if self.ignored > 0 || place == Place::Foreign {
            self.ignored += 1;
            return Ok(());
        }
        let name = start.local_name().as_ref().to_owned();
        let attributes = attributes(start)?;
        self.open.push(Element { name, attributes, ..Element::default() });
        Ok(())
    }

    fn close(&mut self) {
        if self.ignored > 0 {
            self.ignored -= 1;
            return;
        }
        let Some(element) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => {
                self.root.get_or_insert(element);
            }
        }
    }

    fn write(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut().filter(|_| self.ignored == 0) {
            element.text.push_str(text);
        }
    }
}

fn attributes(start: &BytesStart<'_>) -> Result<Vec<(String, String)>, BodyError> {
    let mut read = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| BodyError::Malformed)?;
        if read.len() == ATTRIBUTES_MAX {
            return Err(BodyError::TooLarge);
        }
        let value = unescape(&attribute.value).map_err(|_| BodyError::Malformed)?;
        read.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(read)
}

/// Writes a document, element by element.
#[derive(Debug)]
pub(super) struct Writer {
    out: String,
    open: Vec<&'static str>,
}

/// Attributes in their order; those without a value are left out.
pub(super) type Attributes<'a> = &'a [(&'static str, Option<&'a str>)];

impl Writer {
    /// Starts a document with its root.
    pub(super) fn new(root: &'static str, namespace: &str, attributes: Attributes<'_>) -> Self {
        let mut writer =
            Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() };
        writer.start(root, &[("xmlns", Some(namespace))]);
        writer.attributes(attributes);
        writer.out.push('>');
        writer.open.push(root);
        writer
    }

    fn start(&mut self, name: &str, attributes: Attributes<'_>) {
        self.out.push('<');
        self.out.push_str(name);
        self.attributes(attributes);
    }

    fn attributes(&mut self, attributes: Attributes<'_>) {
        for (name, value) in attributes {
            if let Some(value) = value {
                // A String takes whatever is written to it.
                let _ = write!(self.out, " {name}=\"{}\"", escape(*value));
            }
        }
    }

    /// Opens an element that has children.
    pub(super) fn open(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.start(name, attributes);
        self.out.push('>');
        self.open.push(name);
    }

    /// Closes the innermost open element.
    pub(super) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.out.extend(["</", name, ">"]);
        }
    }

    /// An element of text.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) {
        self.open(name, attributes);
        self.out.push_str(&escape(text));
        self.close();
    }

    /// An element of text, if there is any.
    pub(super) fn leaf_if(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(name, &[], text);
        }
    }

    /// The whole document.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out.push('\n');
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(text: &str) -> Result<Element, BodyError> {
        read(text.as_bytes(), "urn:x", "a")
    }

    #[test]
    fn foreign_elements_vanish_with_all_that_is_in_them() {
        let element = root(
            r#"<x:a xmlns:x="urn:x" xmlns:y="urn:y" n="1 &amp; 2"><x:b>one &lt;<![CDATA[ <two>]]></x:b>
               <y:b><x:b>not this</x:b></y:b></x:a>"#,
        )
        .unwrap();
        assert_eq!(element.attribute("n"), Some("1 & 2"));
        assert_eq!(element.children.len(), 1);
        assert_eq!(element.text_of("b").as_deref(), Some("one < <two>"));
    }

    #[test]
    fn entities_are_never_expanded() {
        let bomb = r#"<!DOCTYPE a [<!ENTITY x "boom">]><a xmlns="urn:x">&x;</a>"#;
        assert_eq!(root(bomb), Err(BodyError::Malformed));
        assert_eq!(root(r#"<a xmlns="urn:x">&x;</a>"#), Err(BodyError::Malformed));
        assert_eq!(root(r#"<a xmlns="urn:x" n="&x;"/>"#), Err(BodyError::Malformed));
    }

    #[test]
    fn size_depth_and_number_are_bounded() {
        let deep = format!("{}{}", "<a>".repeat(XML_DEPTH_MAX + 1), "</a>".repeat(XML_DEPTH_MAX + 1));
        assert_eq!(root(&deep), Err(BodyError::TooLarge));
        assert_eq!(root(&format!("<a>{}</a>", "<b/>".repeat(XML_ELEMENTS_MAX))), Err(BodyError::TooLarge));
        assert_eq!(root(&format!("<a>{}</a>", " ".repeat(XML_BYTES_MAX))), Err(BodyError::TooLarge));
        let many: String = (0..=ATTRIBUTES_MAX).map(|index| format!(" n{index}='1'")).collect();
        assert_eq!(root(&format!("<a{many}/>")), Err(BodyError::TooLarge));
    }

    #[test]
    fn what_is_cut_short_or_another_document_is_refused() {
        for bad in ["", "<a>", "<b xmlns='urn:x'/>", "<a xmlns='urn:y'/>", "<a></b>", "\u{0}"] {
            assert_eq!(root(bad), Err(BodyError::Malformed), "{bad}");
        }
    }
}
