//! The table of contents of a zip archive, and where its entries' bytes are.
//!
//! Names of entries are labels for people and for finding a header's data file. They are never a
//! path to anything, so it does not matter where `../` in them would lead.

use std::io::{self, Read, Seek, SeekFrom};

use hounsfield::{Error, error::try_with_capacity};
use zip::{CompressionMethod, read::Config, unstable::read::ZipIterable};

use crate::{
    bytes::{Bytes, sought},
    inflate,
};

/// More entries than any study has; a table of a million takes the memory of a scan.
pub(crate) const MAX_ENTRIES: usize = 200_000;
/// Bytes of a local header up to the name.
const LOCAL_BYTES: u64 = 30;
const WINDOW_BYTES: usize = 64 * 1024;

/// One entry of the table.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// As the archive has it.
    pub(crate) name: String,
    /// Unpacked.
    pub(crate) bytes: u64,
    pub(crate) packed_bytes: u64,
    pub(crate) crc: u32,
    pub(crate) method: Method,
    pub(crate) header_at: u64,
    /// Nothing that a person put there: folders, what the system adds.
    pub(crate) noise: bool,
}

/// What stands in the way of an entry's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Stored,
    Deflated,
    Encrypted,
    /// A method that nobody uses for scans.
    Other(CompressionMethod),
    /// The sizes cannot be true.
    Lie,
}

/// Reads the table of contents.
///
/// # Errors
/// [`Error::Damaged`] in the library's words, [`Error::Unsupported`] for more entries than
/// [`MAX_ENTRIES`] and for entries that lie on top of each other.
pub(crate) fn read<B: Bytes>(bytes: B) -> Result<Vec<Entry>, Error> {
    let archive_bytes = bytes.byte_length();
    let mut table =
        ZipIterable::try_new(Window::new(bytes), Config::default()).map_err(|e| damaged(&e))?;
    if table.len() > MAX_ENTRIES {
        return Err(Error::Unsupported {
            what: format!("an archive of {} entries", table.len()),
            hint: "at most 200000 are looked at; unpack it and open the folder of the scan",
        });
    }
    let mut entries = try_with_capacity(table.len(), "an archive's table of contents")?;
    let mut packed_bytes = 0u64;
    for entry in table.files().map_err(|e| damaged(&e))? {
        let entry = entry.map_err(|e| damaged(&e))?;
        let name = entry.name().map_or_else(|_| String::new(), |name| name.into_owned());
        let possible = inflate::is_possible(entry.compressed_size(), entry.size());
        packed_bytes = packed_bytes.saturating_add(entry.compressed_size());
        entries.push(Entry {
            noise: entry.is_dir() || is_noise(&name),
            name,
            bytes: entry.size(),
            packed_bytes: entry.compressed_size(),
            crc: entry.crc32(),
            method: match entry.compression() {
                _ if entry.encrypted() => Method::Encrypted,
                CompressionMethod::Stored if entry.size() == entry.compressed_size() => {
                    Method::Stored
                }
                CompressionMethod::Deflated if possible => Method::Deflated,
                CompressionMethod::Stored | CompressionMethod::Deflated => Method::Lie,
                method => Method::Other(method),
            },
            header_at: entry.header_start(),
        });
    }
    // Bombs of megabytes that inflate to petabytes share their bytes among their entries.
    if packed_bytes > archive_bytes {
        return Err(Error::Unsupported {
            what: format!(
                "an archive of {archive_bytes} bytes whose entries take {packed_bytes}, packed"
            ),
            hint: "its entries lie on top of each other, as in a zip bomb",
        });
    }
    Ok(entries)
}

/// Where an entry's packed bytes begin: behind its local header, whose name and extra field can
/// be longer or shorter than the table's.
///
/// # Errors
/// [`Error::Damaged`], [`Error::Unreadable`].
pub(crate) fn start_of(bytes: &dyn Bytes, entry: &Entry) -> Result<u64, Error> {
    let mut header = [0; LOCAL_BYTES as usize];
    let n = bytes.read_at(entry.header_at, &mut header).map_err(unreadable)?;
    let name_and_extra = match header {
        [b'P', b'K', 3, 4, .., n0, n1, x0, x1] if n == header.len() => {
            u64::from(u16::from_le_bytes([n0, n1])) + u64::from(u16::from_le_bytes([x0, x1]))
        }
        _ => {
            return Err(Error::Damaged {
                what: "an entry of the archive".into(),
                reason: format!("there is no local header at byte {}", entry.header_at),
            });
        }
    };
    Ok(entry.header_at.saturating_add(LOCAL_BYTES + name_and_extra))
}

/// What operating systems leave in folders and archives; nobody misses it in a list.
pub(crate) fn is_noise(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.starts_with("._")
        || matches!(file, "" | ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || name.split(['/', '\\']).any(|part| part == "__MACOSX")
}

fn damaged(error: &zip::result::ZipError) -> Error {
    let reason = match error {
        // In the library's words it would be about its own types.
        zip::result::ZipError::InvalidArchive(_) => {
            "its table of contents is damaged or cut off".into()
        }
        other => other.to_string(),
    };
    Error::Damaged { what: "the zip archive".into(), reason }
}

pub(crate) fn unreadable(error: io::Error) -> Error {
    Error::Unreadable { reason: error.to_string() }
}

/// [`Read`] and [`Seek`] that fetch a stretch at a time and keep it when one seeks within it: the
/// table is read in pieces of a few bytes, each of which can be a call into a browser.
#[derive(Debug)]
struct Window<B> {
    bytes: B,
    at: u64,
    start: u64,
    window: Vec<u8>,
}

impl<B: Bytes> Window<B> {
    fn new(bytes: B) -> Self {
        Self { bytes, at: 0, start: 0, window: Vec::new() }
    }

    fn rest(&self) -> &[u8] {
        let at = self.at.checked_sub(self.start).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.window.get(at..)).unwrap_or(&[])
    }
}

impl<B: Bytes> Read for Window<B> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.rest().is_empty() {
            self.window.resize(WINDOW_BYTES, 0);
            let n = self.bytes.read_at(self.at, &mut self.window)?;
            self.window.truncate(n);
            self.start = self.at;
        }
        let n = self.rest().read(out)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl<B: Bytes> Seek for Window<B> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = sought(to, self.at, self.bytes.byte_length())?;
        Ok(self.at)
    }
}
