//! Files that appear whole or not at all, and text on standard output.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use hounsfield::Error;
use serde::Serialize;

use crate::failure::Failure;

/// A file under a name of its own until it is complete. Dropped before, it is removed.
pub(crate) struct Pending {
    path: PathBuf,
    partial: PathBuf,
    done: bool,
}

/// Writes a file through `write`, or standard output for `-`.
pub(crate) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Error>,
) -> Result<(), Failure> {
    let failed = |error| Failure::scan(path, error);
    if path == Path::new("-") {
        let mut out = BufWriter::new(io::stdout().lock());
        write(&mut out).map_err(failed)?;
        return out.flush().map_err(|error| Failure::file(path, error));
    }
    let (pending, file) = Pending::create(path)?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    write(&mut out).map_err(failed)?;
    out.flush().map_err(|error| Failure::file(path, error))?;
    drop(out);
    pending.keep()
}

impl Pending {
    fn create(path: &Path) -> Result<(Self, File), Failure> {
        let name = path
            .file_name()
            .ok_or_else(|| Failure::Usage(format!("{} is no file name", path.display())))?;
        let mut partial = OsString::from(".");
        partial.push(name);
        partial.push(format!(".{}.partial", std::process::id()));
        let partial = path.with_file_name(partial);
        let file = File::create(&partial).map_err(|error| Failure::file(path, error))?;
        Ok((Self { path: path.to_owned(), partial, done: false }, file))
    }

    fn keep(mut self) -> Result<(), Failure> {
        fs::rename(&self.partial, &self.path).map_err(|error| Failure::file(&self.path, error))?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.done {
            // It may never have been there; nothing more can be done about it here.
            let _ = fs::remove_file(&self.partial);
        }
    }
}

/// Prints text to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out
        .write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
    written.map_err(|error| Failure::file(Path::new("-"), error))
}

/// Says what a reader must know where standard output is taken by data.
pub(crate) fn warn(lines: &[String]) -> Result<(), Failure> {
    for line in lines {
        // Where standard error is closed there is nobody to tell.
        let _ = writeln!(io::stderr(), "hounsfield: {line}");
    }
    Ok(())
}

/// Prints JSON to standard output.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::file(Path::new("-"), io::Error::from(error)))?;
    print(&text)
}
