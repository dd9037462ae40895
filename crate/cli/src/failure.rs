//! How the command ends.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use hounsfield::Error;

/// Why nothing came out.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The core refused, or was stopped.
    Scan { file: PathBuf, error: Error },
    /// There is nothing to open.
    Nothing { file: PathBuf, sentence: String },
    /// The system refused.
    File { file: PathBuf, error: io::Error },
    /// Nobody reads our output any more, as in `hounsfield curve --csv FILE | head`.
    ClosedPipe,
    /// Arguments that do not go together.
    Usage(String),
}

impl Failure {
    pub(crate) fn scan(file: &Path, error: Error) -> Self {
        Self::Scan { file: file.to_owned(), error }
    }

    pub(crate) fn file(file: &Path, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::File { file: file.to_owned(), error }
    }
}

/// Says what went wrong on standard error, in one sentence, and chooses the exit status.
pub(crate) fn exit_code(done: Result<(), Failure>) -> ExitCode {
    let name = |file: &Path| {
        if file == Path::new("-") {
            "standard input or output".into()
        } else {
            file.display().to_string()
        }
    };
    let (sentence, status) = match done {
        Ok(()) | Err(Failure::ClosedPipe) => return ExitCode::SUCCESS,
        Err(Failure::Scan { error: Error::Stopped, .. }) => ("interrupted".into(), 130),
        Err(Failure::Scan { error: error @ Error::BadParameter { .. }, .. }) => {
            (error.to_string(), 2)
        }
        Err(Failure::Scan { file, error }) => (format!("{}: {error}", name(&file)), 1),
        Err(Failure::Nothing { file, sentence }) => (format!("{}: {sentence}", name(&file)), 1),
        Err(Failure::File { file, error }) => (format!("{}: {error}", name(&file)), 1),
        Err(Failure::Usage(sentence)) => (sentence, 2),
    };
    // Where standard error is closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "hounsfield: {sentence}");
    ExitCode::from(status)
}
