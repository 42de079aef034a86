use super::session::{Attribute, Connection, Detail, Media, Session};
use super::{SdpError, limit};

pub(super) fn session(bytes: &[u8]) -> Result<Session, SdpError> {
    if bytes.len() > limit::BYTES {
        return Err(SdpError::TooLong);
    }
    let text = String::from_utf8_lossy(bytes);
    let mut parser = Parser::default();
    let mut number = 0;
    for line in text.split('\n') {
        number += 1;
        if number > limit::LINES {
            return Err(SdpError::TooManyLines);
        }
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !line.is_empty() {
            parser.line(line, number)?;
        }
    }
    parser.finish()
}

#[derive(Default)]
struct Parser {
    is_versioned: bool,
    origin: Option<String>,
    name: Option<String>,
    connection: Option<Connection>,
    details: Vec<Detail>,
    attributes: Vec<Attribute>,
    media: Vec<Media>,
}

impl Parser {
    fn line(&mut self, line: &str, number: usize) -> Result<(), SdpError> {
        if !self.is_versioned {
            self.is_versioned = line == "v=0";
            return if self.is_versioned { Ok(()) } else { Err(SdpError::Version) };
        }
        let (letter, value) = split_letter(line).ok_or(SdpError::Line(number))?;
        if letter == 'm' {
            let media = media(value).ok_or(SdpError::Line(number))?;
            return self.push_media(media);
        }
        let fits = match self.media.last_mut() {
            Some(media) => media_line(media, letter, value),
            None => self.session_line(letter, value),
        };
        fits.ok_or(SdpError::Line(number))
    }

    fn push_media(&mut self, media: Media) -> Result<(), SdpError> {
        if self.media.len() == limit::MEDIA {
            return Err(SdpError::TooManyMedia);
        }
        self.media.push(media);
        Ok(())
    }

    fn session_line(&mut self, letter: char, value: &str) -> Option<()> {
        match letter {
            'v' => return None,
            'o' => set_once(&mut self.origin, origin(value)?)?,
            's' => set_once(&mut self.name, value.to_owned())?,
            'c' => set_once(&mut self.connection, connection(value)?)?,
            'a' => self.attributes.push(attribute(value)),
            _ => self.details.push(Detail { letter, value: value.to_owned() }),
        }
        Some(())
    }

    fn finish(mut self) -> Result<Session, SdpError> {
        if !self.is_versioned {
            return Err(SdpError::Version);
        }
        self.details.sort_by_key(|detail| !detail.precedes_session_connection());
        for media in &mut self.media {
            media.details.sort_by_key(|detail| !detail.precedes_media_connection());
        }
        Ok(Session {
            origin: self.origin,
            name: self.name.unwrap_or_else(|| "-".to_owned()),
            connection: self.connection,
            details: self.details,
            attributes: self.attributes,
            media: self.media,
        })
    }
}

fn media_line(media: &mut Media, letter: char, value: &str) -> Option<()> {
    match letter {
        'v' | 'o' | 's' => return None,
        'c' => media.connections.push(connection(value)?),
        'a' => media.attributes.push(attribute(value)),
        _ => media.details.push(Detail { letter, value: value.to_owned() }),
    }
    Some(())
}

fn set_once<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    if slot.is_some() {
        return None;
    }
    *slot = Some(value);
    Some(())
}

fn split_letter(line: &str) -> Option<(char, &str)> {
    let (letter, value) = line.split_once('=')?;
    let mut letters = letter.chars();
    let letter = letters.next().filter(char::is_ascii_lowercase)?;
    let is_clean = letters.next().is_none() && !value.contains(['\0', '\r']);
    is_clean.then_some((letter, value))
}

/// `o=`'s six fields: user, session id, version, network, address kind, address.
fn origin(value: &str) -> Option<String> {
    let fields: Vec<_> = value.split_ascii_whitespace().collect();
    (fields.len() == 6).then(|| fields.join(" "))
}

fn connection(value: &str) -> Option<Connection> {
    let mut fields = value.split_ascii_whitespace();
    let mut field = || fields.next().map(str::to_owned);
    let connection = Connection { network: field()?, kind: field()?, address: field()? };
    fields.next().is_none().then_some(connection)
}

fn attribute(value: &str) -> Attribute {
    match value.split_once(':') {
        Some((name, value)) => Attribute { name: name.to_owned(), value: Some(value.to_owned()) },
        None => Attribute { name: value.to_owned(), value: None },
    }
}

fn media(value: &str) -> Option<Media> {
    let mut fields = value.split_ascii_whitespace();
    let kind = fields.next()?.to_owned();
    let (port, port_count) = ports(fields.next()?)?;
    let protocol = fields.next()?.to_owned();
    Some(Media {
        kind,
        port,
        port_count,
        protocol,
        formats: fields.map(str::to_owned).collect(),
        connections: Vec::new(),
        details: Vec::new(),
        attributes: Vec::new(),
    })
}

fn ports(field: &str) -> Option<(u16, Option<u16>)> {
    match field.split_once('/') {
        Some((port, count)) => Some((decimal(port)?, Some(decimal(count)?))),
        None => Some((decimal(field)?, None)),
    }
}

/// Digits only: `parse` alone would take a plus sign.
fn decimal(field: &str) -> Option<u16> {
    field.bytes().all(|byte| byte.is_ascii_digit()).then(|| field.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n";

    fn error(tail: &str) -> Option<SdpError> {
        session(format!("{HEAD}{tail}").as_bytes()).err()
    }

    #[test]
    fn takes_what_peers_send() {
        for tail in ["", "\n\n", "c=IN  IP4 192.0.2.1 \nt=0 0\nm=audio 0 RTP/AVP\na=\n", "y=1\r\n"] {
            assert_eq!(error(tail), None, "{tail:?}");
        }
    }

    #[test]
    fn keeps_a_latin_1_name_from_losing_the_rest() {
        let parsed = session(b"v=0\no=- 1 1 IN IP4 192.0.2.1\ns=Caf\xE9\nm=audio 4000 RTP/AVP 0\n");
        assert_eq!(parsed.map(|session| session.media.len()), Ok(1));
    }

    #[test]
    fn names_the_line_that_is_wrong() {
        for tail in [
            "c=IN IP4\r\n",
            "c=IN IP4 a b\r\n",
            "m=audio\r\n",
            "m=audio x RTP/AVP 0\r\n",
            "m=audio 65536 RTP/AVP 0\r\n",
            "m=audio +1 RTP/AVP 0\r\n",
            "o=- 2 2 IN IP4 192.0.2.1\r\n",
            "no equals sign\r\n",
            "A=b\r\n",
            "aa=b\r\n",
            "a=b\0\r\n",
        ] {
            assert_eq!(error(tail), Some(SdpError::Line(4)), "{tail:?}");
        }
        assert_eq!(session(b"").err(), Some(SdpError::Version));
        assert_eq!(session(b"v=1\r\n").err(), Some(SdpError::Version));
    }

    #[test]
    fn refuses_floods() {
        assert_eq!(error(&"a=x\r\n".repeat(10_000)), Some(SdpError::TooManyLines));
        assert_eq!(error(&"m=audio 9 RTP/AVP 0\r\n".repeat(33)), Some(SdpError::TooManyMedia));
        assert_eq!(error(&"[".repeat(limit::BYTES)), Some(SdpError::TooLong));
    }
}
