//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

/// What `offhook` prints on `--help`, or when it is called wrongly.
pub const USAGE: &str = "\
usage: offhook                      run the demo: everything on this machine, a phone to call included
       offhook --config FILE        run as configured
       offhook check-config FILE    say what is wrong with a configuration, if anything is
       offhook route-test FILE NUMBER [USER]    say where a call would go, and why
       offhook --version
       offhook --help

OFFHOOK_SECTION__FIELD=value in the environment replaces a field of the configuration.";

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Run without a file.
    Demo,
    /// Run with one.
    Run(PathBuf),
    /// Check one.
    Check(PathBuf),
    /// Say where a call would go.
    TestRoute {
        /// The configuration.
        file: PathBuf,
        /// The number or SIP URI.
        number: String,
        /// Who calls.
        user: Option<String>,
    },
    /// Print the version.
    Version,
    /// Print the usage.
    Help,
}

/// Reads the command line, without the program's name.
///
/// # Errors
///
/// A sentence that says what to write.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut arguments = arguments.into_iter();
    let Some(first) = arguments.next() else { return Ok(Command::Demo) };
    let mut file = |after: &str| {
        let file = arguments.next().map(PathBuf::from);
        file.ok_or_else(|| format!("write the path of a configuration file after {after}"))
    };
    let command = match first.to_str() {
        Some("--config") => Command::Run(file("--config")?),
        Some("check-config") => Command::Check(file("check-config")?),
        Some("route-test") => {
            let file = file("route-test")?;
            let mut text = || arguments.next().map(|text| text.to_string_lossy().into_owned());
            let number = text().ok_or("write the number to call after the configuration file")?;
            Command::TestRoute { file, number, user: text() }
        }
        Some("--version" | "-V") => Command::Version,
        Some("--help" | "-h") => Command::Help,
        Some(text) if text.starts_with("--config=") => {
            Command::Run(PathBuf::from(&text["--config=".len()..]))
        }
        Some(_) | None => {
            return Err(format!("{} is not understood; offhook --help shows what is", first.display()));
        }
    };
    match arguments.next() {
        None => Ok(command),
        Some(extra) => {
            Err(format!("{} is one argument too many; offhook --help shows the usage", extra.display()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn the_command_line_says_what_to_do() {
        assert_eq!(parsed(""), Ok(Command::Demo));
        assert_eq!(parsed("--config a.toml"), Ok(Command::Run("a.toml".into())));
        assert_eq!(parsed("--config=a.toml"), Ok(Command::Run("a.toml".into())));
        assert_eq!(parsed("check-config a.toml"), Ok(Command::Check("a.toml".into())));
        let (number, user) = ("600".to_owned(), Some("alice".to_owned()));
        let test = Command::TestRoute { file: "a.toml".into(), number, user };
        assert_eq!(parsed("route-test a.toml 600 alice"), Ok(test));
        assert!(parsed("route-test a.toml").is_err() && parsed("route-test a.toml 600 alice bob").is_err());
        assert!(parsed("--config").is_err() && parsed("--colour").is_err() && parsed("--help me").is_err());
    }
}
