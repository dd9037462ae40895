//! How the command ends.

use std::{
    fmt,
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
    let failure = match done {
        Ok(()) | Err(Failure::ClosedPipe) => return ExitCode::SUCCESS,
        Err(failure) => failure,
    };
    let status = match &failure {
        Failure::Scan { error: Error::Stopped, .. } => 130,
        Failure::Scan { error: Error::BadParameter { .. }, .. } | Failure::Usage(_) => 2,
        _ => 1,
    };
    // Where standard error is closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "hounsfield: {failure}");
    ExitCode::from(status)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |file: &Path| {
            if file == Path::new("-") {
                "standard input or output".into()
            } else {
                file.display().to_string()
            }
        };
        match self {
            Self::Scan { error: Error::Stopped, .. } => f.write_str("interrupted"),
            Self::Scan { error: error @ Error::BadParameter { .. }, .. } => error.fmt(f),
            Self::Scan { file, error } => write!(f, "{}: {error}", name(file)),
            Self::Nothing { file, sentence } => write!(f, "{}: {sentence}", name(file)),
            Self::File { file, error } => write!(f, "{}: {error}", name(file)),
            Self::ClosedPipe => f.write_str("nobody reads the output any more"),
            Self::Usage(sentence) => f.write_str(sentence),
        }
    }
}
