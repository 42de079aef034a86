//! What SIPp's load goes through: an example of our SIP library, or Kamailio. Each has one core alone.

use std::fs;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::Process;

/// The core of what is measured.
const CORE: &str = "1";
pub(crate) const ADDRESS: &str = "127.0.0.1:16060";
pub(crate) const DOMAIN: &str = "127.0.0.1";
pub(crate) const CALLEE: &str = "127.0.0.1:16070";
/// Receiving processes of Kamailio: more of them do not make one core faster.
const CHILDREN: &str = "1";
/// MB that Kamailio's processes share: enough for the transactions of the highest rate.
const SHARED_MB: &str = "1024";
const UP_WITHIN: Duration = Duration::from_secs(5);
const ASK_EVERY: Duration = Duration::from_millis(100);

/// A SIP server under load.
pub(crate) struct SipServer {
    pub(crate) process: Process,
    folder: Option<PathBuf>,
}

impl SipServer {
    /// An example of `sip-stack` in release mode, from beside the binary under measurement.
    pub(crate) fn example(binary: &Path, name: &str, arguments: &[&str]) -> io::Result<Self> {
        let path = binary.with_file_name("examples").join(name);
        let mut command = pinned();
        command.arg(path).args(arguments);
        let server = Self { process: Process::start(&mut command)?, folder: None };
        server.up()
    }

    /// Debian's Kamailio.
    pub(crate) fn kamailio() -> io::Result<Self> {
        let program = "/usr/sbin/kamailio";
        fs::metadata(program)?;
        let folder = std::env::temp_dir().join(format!("offhook-bench-kamailio-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("kamailio/load.cfg");
        let file = folder.join("load.cfg");
        let text = fs::read_to_string(own)?.replace("CHILDREN", CHILDREN).replace("PROXY", ADDRESS);
        fs::write(&file, text)?;
        let mut command = pinned();
        command.arg(program).args(["-DD", "-E", "-m", SHARED_MB]).arg("-f").arg(&file);
        command.arg("-w").arg(&folder).arg("-Y").arg(&folder);
        let server = Self { process: Process::start(&mut command)?, folder: Some(folder) };
        server.up()
    }

    /// Registers the callee, which tells as well that the server is there.
    fn up(mut self) -> io::Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(ADDRESS)?;
        socket.set_read_timeout(Some(ASK_EVERY))?;
        let local = socket.local_addr()?;
        let start = Instant::now();
        let mut answer = [0; 2_048];
        let mut number = 0;
        while start.elapsed() < UP_WITHIN {
            number += 1;
            // Nobody may listen yet.
            let _ = socket.send(register(local, number).as_bytes());
            match socket.recv(&mut answer) {
                // Another may answer where this one was refused the port.
                Ok(length) if answer[..length].starts_with(b"SIP/2.0 ") && !self.process.has_ended() => {
                    return Ok(self);
                }
                Ok(_) => {}
                Err(_) => std::thread::sleep(ASK_EVERY),
            }
        }
        Err(io::Error::other("the SIP server does not answer a REGISTER"))
    }
}

impl Drop for SipServer {
    fn drop(&mut self) {
        self.process.terminate();
        if let Some(folder) = &self.folder {
            // A leftover file in the temporary folder harms nothing.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn pinned() -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "taskset", "-c", CORE]);
    command
}

fn register(local: SocketAddr, number: u32) -> String {
    format!(
        "REGISTER sip:{ADDRESS} SIP/2.0\r\n\
         Via: SIP/2.0/UDP {local};branch=z9hG4bK-callee-{number}\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:callee@{ADDRESS}>;tag=callee\r\n\
         To: <sip:callee@{ADDRESS}>\r\n\
         Call-ID: callee@{local}\r\n\
         CSeq: {number} REGISTER\r\n\
         Contact: <sip:callee@{CALLEE}>\r\n\
         Expires: 3600\r\n\
         Content-Length: 0\r\n\r\n"
    )
}
