//! `offhook`: reads its arguments and configuration, runs, and says in one sentence why it cannot.

use std::io::Write;
use std::process::ExitCode;

use server::allocator;
use server::app;
use server::arguments::{self, Command};
use server::config::Config;
use server::drain::Signals;
use server::node::Mode;
use server::rim::StartError;
use server::routing::dry_run;

fn main() -> ExitCode {
    match arguments::parse(std::env::args_os().skip(1)) {
        Ok(Command::Demo) => run(demo_config(), Mode::Demo),
        Ok(Command::Run(file)) => run(load(&file), Mode::Configured),
        Ok(Command::Check(file)) => match load(&file).and_then(|config| app::check(&config)) {
            Ok(()) => say(&format!("{} is a valid configuration", file.display())),
            Err(error) => fail(&error),
        },
        Ok(Command::TestRoute { file, number, user }) => {
            let found = load(&file).and_then(|config| test_route(config, number, user));
            found.map_or_else(|error| fail(&error), |text| say(&text))
        }
        Ok(Command::Version) => say(concat!("offhook ", env!("CARGO_PKG_VERSION"))),
        Ok(Command::Help) => say(arguments::USAGE),
        Err(sentence) => fail(&StartError::new(sentence)),
    }
}

fn load(file: &std::path::Path) -> Result<Config, StartError> {
    Config::load(file, std::env::vars()).map_err(|faults| StartError::new(faults.to_string()))
}

fn demo_config() -> Result<Config, StartError> {
    Config::demo(app::random_secret(), std::env::vars()).map_err(|faults| StartError::new(faults.to_string()))
}

fn run(config: Result<Config, StartError>, mode: Mode) -> ExitCode {
    if config.is_ok() {
        allocator::tune();
    }
    let served =
        config.and_then(|config| runtime().map(|runtime| (config, runtime))).and_then(|(config, runtime)| {
            runtime.block_on(async {
                // Before anybody is told that it is ready, and may stop it.
                let signals = Signals::catch();
                let running = app::start(config, mode).await?;
                say(&format!("Offhook is ready: {}", running.url()));
                running.until_told(signals).await;
                Ok(())
            })
        });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn test_route(config: Config, number: String, user: Option<String>) -> Result<String, StartError> {
    runtime()?.block_on(dry_run(config, number, user))
}

fn runtime() -> Result<tokio::runtime::Runtime, StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| StartError::new(format!("the system gives no threads: {error}")))
}

fn say(line: &str) -> ExitCode {
    // Nobody may be reading.
    let _ = writeln!(std::io::stdout(), "{line}");
    ExitCode::SUCCESS
}

fn fail(error: &StartError) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "offhook: {error}");
    ExitCode::from(StartError::EXIT_CODE)
}
