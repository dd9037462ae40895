//! The command in a folder of its own.

#![allow(dead_code, reason = "not every test needs all of it")]

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// A shell in a folder of its own.
pub(crate) struct Session {
    folder: TempDir,
}

/// What a command left behind.
pub(crate) struct Done {
    pub(crate) line: String,
    pub(crate) output: Output,
}

impl Session {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Runs `hounsfield …`; words are separated by blanks.
    pub(crate) fn run(&self, line: &str) -> Done {
        self.pipe(b"", line)
    }

    /// `… | hounsfield …`
    pub(crate) fn pipe(&self, input: &[u8], line: &str) -> Done {
        let mut child = self.command(line).stdin(Stdio::piped()).spawn().unwrap();
        // A command that does not read closes the pipe; that is its right.
        let _ = child.stdin.take().unwrap().write_all(input);
        Done { line: line.to_owned(), output: child.wait_with_output().unwrap() }
    }

    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hounsfield"));
        command.args(line.split_whitespace()).current_dir(self.folder.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Done {
    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    #[track_caller]
    pub(crate) fn exits_with(self, status: i32) -> Self {
        assert_eq!(
            self.output.status.code(),
            Some(status),
            "hounsfield {}\n{}",
            self.line,
            self.err()
        );
        self
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        let done = self.exits_with(0);
        // No terminal, so no progress bar: standard error is for failures.
        assert_eq!(done.err(), "");
        done
    }

    #[track_caller]
    pub(crate) fn prints(self, words: &str) -> Self {
        assert!(self.out().contains(words), "hounsfield {}\n{}", self.line, self.out());
        self
    }

    #[track_caller]
    pub(crate) fn complains(self, words: &str) -> Self {
        let err = self.err();
        assert!(err.contains(words), "hounsfield {}\n{err}", self.line);
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.output.stdout).unwrap()
    }
}
