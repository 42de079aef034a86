//! A PostgreSQL server for the tests of this process: Debian's, started here, a database for each store.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use sqlx::{Connection, Executor};
use uuid::Uuid;

struct Server {
    socket: String,
    /// Its end is this process's, which closes the script's standard input.
    _script: Child,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let mut script = command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut socket = String::new();
        BufReader::new(script.stdout.take().unwrap()).read_line(&mut socket).unwrap();
        let socket = socket.trim().to_owned();
        assert!(!socket.is_empty(), "no PostgreSQL; scripts/install-test-deps.sh installs it");
        Server { socket, _script: script }
    })
}

/// PostgreSQL refuses to be run by root.
fn command() -> Command {
    let script = include_str!("server.sh");
    let id = Command::new("id").arg("-u").output().unwrap();
    let mut command = if id.stdout == b"0\n" {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command.args(["-c", script]).current_dir("/");
    command
}

/// The URL of a database that nobody else uses.
pub(crate) async fn database() -> String {
    let server = tokio::task::spawn_blocking(server).await.unwrap();
    let url = |name: &str| format!("postgres://offhook@localhost/{name}?host={}", server.socket);
    let name = format!("db_{}", Uuid::new_v4().simple());
    let mut connection = sqlx::PgConnection::connect(&url("postgres")).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    url(&name)
}
