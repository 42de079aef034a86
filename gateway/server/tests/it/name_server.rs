//! A name server on the wire (RFC 1035): it says what its zone says, and that there is nothing else.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// What one name has.
#[derive(Clone, Copy)]
pub(crate) enum Record {
    A(Ipv4Addr),
    Srv { priority: u16, port: u16, target: &'static str },
}

pub(crate) type Zone = Vec<(&'static str, Record)>;

/// RFC 1035 §4.1.1.
const HEADER_BYTES: usize = 12;
const TTL_S: u32 = 300;

pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl NameServer {
    pub(crate) async fn start(zone: Zone) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let task = tokio::spawn(async move {
            let mut buffer = vec![0; 4096];
            while let Ok((len, from)) = socket.recv_from(&mut buffer).await {
                socket.send_to(&answer(&zone, &buffer[..len]), from).await.unwrap();
            }
        });
        Self { address, task }
    }

    /// The field of `[sip]` that names it.
    pub(crate) fn field(&self) -> String {
        format!("listen = \"udp:127.0.0.1:0\"\ndns_servers = [\"{}\"]", self.address)
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn answer(zone: &Zone, query: &[u8]) -> Vec<u8> {
    let (name, end) = question(query);
    let kind = u16::from_be_bytes([query[end], query[end + 1]]);
    let known: Vec<Record> = zone.iter().filter(|(of, _)| *of == name).map(|(_, record)| *record).collect();
    let records: Vec<(u16, Vec<u8>)> = known.iter().map(encode).filter(|(of, _)| *of == kind).collect();
    let mut answer = query[..2].to_vec();
    // A response, with recursion; a name of which there is nothing at all is an error (NXDOMAIN).
    answer.extend([0x81, if known.is_empty() { 0x83 } else { 0x80 }]);
    answer.extend([0, 1, 0, u8::try_from(records.len()).unwrap(), 0, 0, 0, 0]);
    answer.extend(&query[HEADER_BYTES..end + 4]);
    for (kind, data) in records {
        // The name is that of the question, wherever it stands (§4.1.4).
        answer.extend([0xc0, 12]);
        answer.extend(kind.to_be_bytes());
        answer.extend([0, 1]);
        answer.extend(TTL_S.to_be_bytes());
        answer.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        answer.extend(data);
    }
    answer
}

/// The name that is asked about, and where its type stands.
fn question(query: &[u8]) -> (String, usize) {
    let (mut labels, mut at) = (Vec::new(), HEADER_BYTES);
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..end]).to_ascii_lowercase());
        at = end;
    }
    (labels.join("."), at + 1)
}

/// Type and data (RFC 1035 §3.4.1, RFC 2782).
fn encode(record: &Record) -> (u16, Vec<u8>) {
    match record {
        Record::A(ip) => (1, ip.octets().to_vec()),
        Record::Srv { priority, port, target } => {
            let mut data = [priority.to_be_bytes(), [0, 1], port.to_be_bytes()].concat();
            for label in target.split('.') {
                data.push(u8::try_from(label.len()).unwrap());
                data.extend(label.bytes());
            }
            data.push(0);
            (33, data)
        }
    }
}
