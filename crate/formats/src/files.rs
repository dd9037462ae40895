//! The files that were given, and what is in their archives.
//!
//! ```text
//! Place { file, entry } ─at─▶ Bytes:   a file ─────────────────────────▶ as it is
//!                                      an entry, stored ───────────────▶ a stretch of the archive
//!                                      an entry, deflated ─inflated────▶ as far as it is asked for
//!                                      gzip around a slice or picture ─▶ inflated alike
//! ```
//!
//! An archive's table is read once. What was inflated of the last entries is kept where it is small:
//! a slice is looked at more than once.

use std::{
    io::Read,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use flate2::read::DeflateDecoder;
use hounsfield::Error;

use crate::{
    archive::{self, Entry, Method},
    bytes::{Bytes, Cursor},
    inflate::{self, Inflated, Inflating, Wrapping},
    item::Place,
    sniff::{self, What},
};

/// Entries of which the inflated bytes are kept: one, and one for a gzip within it.
const KEPT: usize = 2;
/// Kept whole up to this size: any slice, most headers. Larger things are read from front to back.
const KEEP_BYTES: u64 = 32 << 20;

type Key = (Place, Wrapping);

/// The files that were given, in their order.
#[derive(Debug)]
pub struct Files<B> {
    files: Vec<(String, B)>,
    tables: Vec<OnceLock<Result<Vec<Entry>, Error>>>,
    kept: Mutex<Vec<(Key, Arc<Mutex<Inflating>>)>>,
    memory_bytes: u64,
}

impl<B: Bytes> Files<B> {
    /// Files with their names, which are for messages only.
    #[must_use]
    pub fn new(files: Vec<(String, B)>) -> Self {
        let tables = files.iter().map(|_| OnceLock::new()).collect();
        Self { files, tables, kept: Mutex::default(), memory_bytes: isize::MAX as u64 }
    }

    /// An entry that would take more than `bytes` of memory is refused.
    #[must_use]
    pub fn within(mut self, bytes: u64) -> Self {
        self.memory_bytes = bytes;
        self
    }

    /// See [`Files::within`].
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// How many were given.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Was none given?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The name, as given; of an entry the archive's, then its own. A label, never a path.
    #[must_use]
    pub fn name(&self, place: &Place) -> String {
        // What a terminal would take for a command is no part of a name.
        self.given_name(place).replace(char::is_control, "?")
    }

    fn given_name(&self, place: &Place) -> String {
        let name = self.files.get(place.file).map(|(name, _)| name.as_str()).unwrap_or_default();
        match place.entry.map(|entry| (entry, self.table(place.file))) {
            None => name.to_owned(),
            Some((n, Ok(entries))) => match entries.get(n) {
                Some(entry) => format!("{name}/{}", entry.name),
                None => name.to_owned(),
            },
            Some((_, Err(_))) => name.to_owned(),
        }
    }

    /// The bytes at a place: the file or the entry itself. Gzip around a DICOM file, a NRRD, a
    /// MetaImage or a picture is unwrapped; around NIfTI it stays, because its reader inflates on
    /// the way.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for a place that there is not; [`Error::Damaged`],
    /// [`Error::Unsupported`] (encrypted, an unusual compression) and [`Error::TooLarge`] for
    /// entries that cannot be inflated; [`Error::Unreadable`].
    pub fn at<'a>(&'a self, place: &Place) -> Result<Box<dyn Bytes + 'a>, Error> {
        let packed = self.packed(place)?;
        let Some(bytes) = gzip_length(&packed)? else { return Ok(packed) };
        self.admit(bytes)?;
        let state = self.state(place, Wrapping::Gzip);
        let inflated = Inflated::new(packed, Wrapping::Gzip, bytes, bytes <= KEEP_BYTES, state);
        let mut start = [0; sniff::START_BYTES];
        // A damaged gzip is told from the file's own bytes, by whoever reads it.
        let n = inflated.read_at(0, &mut start).unwrap_or(0);
        match sniff::what(start.get(..n).unwrap_or(&[])) {
            What::Dicom | What::DicomPerhaps | What::Nrrd | What::MetaImage | What::Picture(_) => {
                Ok(Box::new(inflated))
            }
            _ => self.packed(place),
        }
    }

    /// Is the place read from front to back, and reading it again begins at its start?
    pub(crate) fn is_read_forward(&self, place: &Place) -> bool {
        let Some(n) = place.entry else { return false };
        self.entry(place.file, n)
            .is_ok_and(|entry| entry.method != Method::Stored && entry.bytes > KEEP_BYTES)
    }

    /// As [`Files::at`], but gzip stays around what it is around.
    ///
    /// # Errors
    /// As [`Files::at`].
    pub fn packed<'a>(&'a self, place: &Place) -> Result<Box<dyn Bytes + 'a>, Error> {
        let bytes = self.file(place.file)?;
        let Some(n) = place.entry else { return Ok(Box::new(bytes)) };
        let entry = self.entry(place.file, n)?;
        let stretch = stretch_of(bytes, entry)?;
        if entry.method == Method::Stored {
            return Ok(Box::new(stretch));
        }
        self.admit(entry.bytes)?;
        let wrapping = Wrapping::Deflate { crc: entry.crc };
        let keep = entry.bytes <= KEEP_BYTES;
        let state = self.state(place, wrapping);
        Ok(Box::new(Inflated::new(stretch, wrapping, entry.bytes, keep, state)))
    }

    /// The same bytes as [`Files::packed`] from the first to the last, without keeping any: for
    /// readers that go through a large file once.
    ///
    /// # Errors
    /// As [`Files::at`].
    pub fn stream<'a>(&'a self, place: &Place) -> Result<Box<dyn Read + 'a>, Error> {
        let bytes = self.file(place.file)?;
        let Some(n) = place.entry else { return Ok(Box::new(Cursor::new(bytes))) };
        let entry = self.entry(place.file, n)?;
        let stretch = Cursor::new(stretch_of(bytes, entry)?);
        if entry.method == Method::Stored {
            return Ok(Box::new(stretch));
        }
        Ok(Box::new(DeflateDecoder::new(stretch).take(entry.bytes)))
    }

    /// The table of contents of a file that is an archive.
    pub(crate) fn table(&self, file: usize) -> Result<&[Entry], Error> {
        let table = self.tables.get(file).ok_or_else(|| no_such("file", file))?;
        let table = table.get_or_init(|| archive::read(self.file(file)?));
        table.as_deref().map_err(Clone::clone)
    }

    fn file(&self, file: usize) -> Result<&B, Error> {
        self.files.get(file).map(|(_, bytes)| bytes).ok_or_else(|| no_such("file", file))
    }

    fn entry(&self, file: usize, n: usize) -> Result<&Entry, Error> {
        let entry = self.table(file)?.get(n).ok_or_else(|| no_such("entry", n))?;
        let refused = |what: String, hint| Err(Error::Unsupported { what, hint });
        match entry.method {
            Method::Stored | Method::Deflated => Ok(entry),
            Method::Encrypted => refused("an encrypted entry".into(), ENCRYPTED),
            Method::Other(method) => refused(format!("a zip entry compressed as {method}"), REPACK),
            Method::Lie => refused(
                format!("an entry of {} bytes, packed into {}", entry.bytes, entry.packed_bytes),
                "no such thing can be, unless the archive is damaged or a zip bomb",
            ),
        }
    }

    fn admit(&self, needed_bytes: u64) -> Result<(), Error> {
        if needed_bytes > self.memory_bytes {
            return Err(Error::TooLarge {
                needed_bytes,
                limit_bytes: self.memory_bytes,
                hint: "unpack the archive first",
            });
        }
        Ok(())
    }

    /// What was inflated of this place before, or a fresh start.
    fn state(&self, place: &Place, wrapping: Wrapping) -> Arc<Mutex<Inflating>> {
        let key = (place.clone(), wrapping);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, state)) = kept.iter().find(|(other, _)| *other == key) {
            return Arc::clone(state);
        }
        let state = Inflating::shared(wrapping);
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push((key, Arc::clone(&state)));
        state
    }
}

/// What to do about an entry with a password.
pub(crate) const ENCRYPTED: &str = "unpack it with its password first";
/// What to do about an entry of another compression.
pub(crate) const REPACK: &str = "unpack it, or pack it again as an ordinary zip";

fn no_such(name: &'static str, n: usize) -> Error {
    Error::BadParameter { name, value: n.to_string(), expected: "there is no such one" }
}

/// A stretch of a file.
#[derive(Debug)]
struct Stretch<'a, B> {
    bytes: &'a B,
    start: u64,
    len: u64,
}

fn stretch_of<'a, B: Bytes>(bytes: &'a B, entry: &Entry) -> Result<Stretch<'a, B>, Error> {
    let start = archive::start_of(&bytes, entry)?;
    let there = bytes.byte_length().saturating_sub(start);
    if entry.packed_bytes > there {
        return Err(Error::Truncated { needed_bytes: entry.packed_bytes, found_bytes: there });
    }
    Ok(Stretch { bytes, start, len: entry.packed_bytes })
}

impl<B: Bytes> Bytes for Stretch<'_, B> {
    fn byte_length(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let n = out.len().min(left);
        let out = out.get_mut(..n).unwrap_or(&mut []);
        self.bytes.read_at(self.start.saturating_add(offset), out)
    }
}

/// The length that a gzip file says it has, unpacked; `None` when it is none.
fn gzip_length(bytes: &dyn Bytes) -> Result<Option<u64>, Error> {
    let (mut magic, mut length) = ([0; 3], [0; 4]);
    let packed_bytes = bytes.byte_length();
    bytes.read_at(0, &mut magic).map_err(archive::unreadable)?;
    if magic != sniff::GZIP || packed_bytes < 18 {
        return Ok(None);
    }
    bytes.read_at(packed_bytes - 4, &mut length).map_err(archive::unreadable)?;
    let length = u64::from(u32::from_le_bytes(length));
    Ok(inflate::is_possible(packed_bytes, length).then_some(length))
}
