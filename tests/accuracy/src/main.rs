//! Scores masks against references.
//!
//! ```text
//! score case CT MASK REFERENCE [--beside NAME=FILE[:LABEL,…]]…    overlap, surfaces, leaks, baselines
//! score lungs CT REFERENCE [--left F] [--right F] [--airways F] [--view crop|circle|MM] [--hu N]
//! score resample IN OUT SPACING_MM [--mask]                       thinner or thicker slices
//! score phantom FOLDER [--contrast true|false] [--noise HU] [--slice MM]
//! ```
//! Each prints one JSON object. `tests/accuracy/run.mjs` makes the table.

mod compare;
mod derive;
mod files;
mod lungs;

use std::process::ExitCode;

/// What went wrong, for a person at a terminal.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let answer = match args.split_first() {
        Some((verb, rest)) if verb == "case" => compare::case(rest),
        Some((verb, rest)) if verb == "lungs" => lungs::lungs(rest),
        Some((verb, rest)) if verb == "resample" => derive::resample(rest),
        Some((verb, rest)) if verb == "phantom" => derive::phantom(rest),
        _ => Err(
            "usage: score case|lungs|resample|phantom …; see the top of tests/accuracy/src/main.rs"
                .into(),
        ),
    };
    match answer.and_then(|answer| print(&answer)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("score: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn print(answer: &serde_json::Value) -> Result<(), Failure> {
    use std::io::Write;
    Ok(writeln!(std::io::stdout(), "{answer}")?)
}

/// The values of `--name` in `args`.
fn options<'a>(args: &'a [String], name: &str) -> impl Iterator<Item = &'a str> {
    args.windows(2).filter(move |pair| pair[0] == name).map(|pair| pair[1].as_str())
}
