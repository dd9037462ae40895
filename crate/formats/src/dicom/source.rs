//! Where a data set's bytes come from: the file itself, or what is deflated in it.

use std::{
    cell::RefCell,
    fmt,
    io::{self, Read as _},
    rc::Rc,
};

use flate2::read::DeflateDecoder;
use hounsfield::{Error, error::try_vec};

use crate::bytes::{Bytes, Cursor};

/// The first read. Most headers end within it; in a browser so much was read ahead.
const FIRST_BYTES: usize = 16 << 10;
/// Every later one: headers of multi-frame objects have megabytes.
const LATER_BYTES: usize = 256 << 10;
/// Between the fragments of compressed frames.
const SPARSE_BYTES: usize = 4 << 10;
/// What a deflated data set may inflate to: no scanner deflates volumes, a bomb does.
const INFLATED_MAX: u64 = 1 << 30;

/// Reads small things at growing places out of a few large reads.
pub(crate) struct Window<'b> {
    bytes: &'b dyn Bytes,
    start: u64,
    held: Vec<u8>,
    step: usize,
    later: usize,
}

impl fmt::Debug for Window<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window").field("start", &self.start).finish_non_exhaustive()
    }
}

impl<'b> Window<'b> {
    pub(crate) fn new(bytes: &'b dyn Bytes) -> Self {
        Self { bytes, start: 0, held: Vec::new(), step: FIRST_BYTES, later: LATER_BYTES }
    }

    /// For a few bytes here and there, far apart.
    pub(crate) fn sparse(bytes: &'b dyn Bytes) -> Self {
        Self { step: SPARSE_BYTES, later: SPARSE_BYTES, ..Self::new(bytes) }
    }

    /// What stands at `at`: `length` bytes, or fewer where the data end.
    pub(crate) fn get(&mut self, at: u64, length: usize) -> Result<&[u8], Error> {
        if self.inside(at, length).is_none() {
            self.fill(at, length)?;
        }
        let from = usize::try_from(at.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let rest = self.held.get(from..).unwrap_or(&[]);
        Ok(rest.get(..length).unwrap_or(rest))
    }

    /// As [`get`](Self::get), but all of it or nothing.
    pub(crate) fn array<const N: usize>(&mut self, at: u64) -> Result<Option<[u8; N]>, Error> {
        Ok(self.get(at, N)?.try_into().ok())
    }

    fn inside(&self, at: u64, length: usize) -> Option<&[u8]> {
        let from = usize::try_from(at.checked_sub(self.start)?).ok()?;
        self.held.get(from..from.checked_add(length)?)
    }

    fn fill(&mut self, at: u64, length: usize) -> Result<(), Error> {
        let there = self.bytes.byte_length().saturating_sub(at);
        let there = usize::try_from(there).unwrap_or(usize::MAX);
        self.held.resize(self.step.max(length).min(there), 0);
        self.step = self.later;
        self.start = at;
        let n = read_full(self.bytes, at, &mut self.held)?;
        self.held.truncate(n);
        Ok(())
    }
}

/// Fills `out` as far as there are bytes at `at`; says how far.
pub(crate) fn read_full(bytes: &dyn Bytes, at: u64, out: &mut [u8]) -> Result<usize, Error> {
    let mut n = 0;
    while let Some(rest) = out.get_mut(n..).filter(|rest| !rest.is_empty()) {
        match bytes.read_at(at + n as u64, rest) {
            Ok(0) => break,
            Ok(more) => n += more.min(rest.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::Unreadable { reason: error.to_string() }),
        }
    }
    Ok(n)
}

/// A deflated data set (PS3.5 A.5), as if it were a file of its own. It is inflated as far as it is
/// asked for, and forgotten: reading backwards starts again.
pub(crate) struct Deflated<'b> {
    bytes: Rc<dyn Bytes + 'b>,
    start: u64,
    stream: RefCell<Stream<'b>>,
}

struct Stream<'b> {
    decoder: DeflateDecoder<Cursor<Tail<'b>>>,
    at: u64,
}

impl fmt::Debug for Deflated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflated").field("start", &self.start).finish_non_exhaustive()
    }
}

/// The bytes of a file from `start` on.
struct Tail<'b> {
    bytes: Rc<dyn Bytes + 'b>,
    start: u64,
}

impl Bytes for Tail<'_> {
    fn byte_length(&self) -> u64 {
        self.bytes.byte_length().saturating_sub(self.start)
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.bytes.read_at(self.start.saturating_add(offset), out)
    }
}

impl<'b> Deflated<'b> {
    /// The data that are deflated from `start` on.
    pub(crate) fn new(bytes: Rc<dyn Bytes + 'b>, start: u64) -> Self {
        Self { bytes: Rc::clone(&bytes), start, stream: RefCell::new(Stream::new(bytes, start)) }
    }
}

impl<'b> Stream<'b> {
    fn new(bytes: Rc<dyn Bytes + 'b>, start: u64) -> Self {
        let tail = Cursor::new(Tail { bytes, start });
        Self { decoder: DeflateDecoder::new_with_buf(tail, vec![0; FIRST_BYTES]), at: 0 }
    }

    fn skip_to(&mut self, offset: u64) -> io::Result<()> {
        let mut bin = [0; 4096];
        while self.at < offset {
            let wanted = usize::try_from(offset - self.at).unwrap_or(bin.len()).min(bin.len());
            let n = self.decoder.read(bin.get_mut(..wanted).unwrap_or(&mut []))?;
            if n == 0 {
                break;
            }
            self.at += n as u64;
        }
        Ok(())
    }
}

impl Bytes for Deflated<'_> {
    /// Not known before everything is inflated: the most it can be.
    fn byte_length(&self) -> u64 {
        self.bytes.byte_length().saturating_sub(self.start).saturating_mul(1032).min(INFLATED_MAX)
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(INFLATED_MAX.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = out.len().min(room);
        if wanted == 0 {
            return Ok(0);
        }
        let mut stream = self.stream.borrow_mut();
        if offset < stream.at {
            *stream = Stream::new(Rc::clone(&self.bytes), self.start);
        }
        stream.skip_to(offset)?;
        if stream.at < offset {
            return Ok(0);
        }
        let n = stream.decoder.read(out.get_mut(..wanted).unwrap_or(&mut []))?;
        stream.at += n as u64;
        Ok(n)
    }
}

/// `length` bytes at `at`, in memory; [`Error::Truncated`] where there are fewer. Nothing is
/// allocated for a length that the data cannot have.
pub(crate) fn read_exactly(
    bytes: &dyn Bytes,
    at: u64,
    length: u64,
    purpose: &'static str,
) -> Result<Vec<u8>, Error> {
    let there = bytes.byte_length().saturating_sub(at);
    let size = usize::try_from(length).unwrap_or(usize::MAX);
    if length > there {
        return Err(Error::Truncated { needed_bytes: length, found_bytes: there });
    }
    let mut out = try_vec(0, size, purpose)?;
    let n = read_full(bytes, at, &mut out)?;
    if n < size {
        return Err(Error::Truncated { needed_bytes: length, found_bytes: n as u64 });
    }
    Ok(out)
}
