//! Single values of list headers: what a hop puts on top of a route and takes off it.

use super::{Entry, Header, Headers};
use crate::message::grammar;
use crate::message::name::HeaderName;

impl Headers {
    /// Puts a line before the first one of its name; appends it if there is none.
    pub(crate) fn prepend(&mut self, header: Header) {
        let at = self.entries.iter().position(|entry| entry.name == header.name);
        self.entries.insert(at.unwrap_or(self.entries.len()), Entry::from(header));
    }

    /// Takes the first value of a list header out.
    pub(crate) fn remove_first(&mut self, name: &HeaderName) {
        let Some(at) = self.entries.iter().position(|entry| entry.name == *name) else { return };
        self.keep_values(at, |nth, _| nth > 0);
    }

    /// Takes the last value of a list header out.
    pub(crate) fn remove_last(&mut self, name: &HeaderName) {
        let Some(at) = self.entries.iter().rposition(|entry| entry.name == *name) else { return };
        self.keep_values(at, |nth, count| nth + 1 < count);
    }

    fn keep_values(&mut self, at: usize, keep: impl Fn(usize, usize) -> bool) {
        let Some(entry) = self.entries.get(at) else { return };
        let values: Vec<&str> = grammar::split_list(self.text(entry)).collect();
        let count = values.len();
        let kept =
            values.into_iter().enumerate().filter(|(nth, _)| keep(*nth, count)).map(|(_, value)| value);
        let kept: Vec<&str> = kept.collect();
        if kept.is_empty() {
            self.entries.remove(at);
            return;
        }
        let header = Header::new(entry.name.clone(), kept.join(", "));
        self.entries[at] = Entry::from(header);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vias(values: &[&str]) -> Headers {
        let from = std::iter::once(Header::new(HeaderName::From, "<sip:a@b>"));
        from.chain(values.iter().map(|value| Header::new(HeaderName::Via, *value))).collect()
    }

    fn left(headers: &Headers) -> Vec<&str> {
        headers.get_all(&HeaderName::Via).collect()
    }

    #[test]
    fn one_value_goes_whether_it_has_a_line_of_its_own_or_not() {
        let mut headers = vias(&["a, b", "c"]);
        headers.remove_first(&HeaderName::Via);
        assert_eq!(left(&headers), ["b", "c"]);
        headers.remove_first(&HeaderName::Via);
        assert_eq!(left(&headers), ["c"]);
        let mut headers = vias(&["a", "b, c"]);
        headers.remove_last(&HeaderName::Via);
        assert_eq!(left(&headers), ["a", "b"]);
        headers.remove_last(&HeaderName::Route);
        assert_eq!(headers.len(), 3);
    }

    #[test]
    fn a_line_goes_before_those_of_its_name() {
        let mut headers = vias(&["b"]);
        headers.prepend(Header::new(HeaderName::Via, "a"));
        headers.prepend(Header::new(HeaderName::Route, "r"));
        let names: Vec<&str> = headers.iter().map(|(_, value)| value).collect();
        assert_eq!(names, ["<sip:a@b>", "a", "b", "r"]);
    }
}
