//! Bytes that can be read at any place: a file on disk, a file a browser holds, an entry of an
//! archive that is inflated as far as it is asked for.

use std::io::{self, Read, Seek, SeekFrom};

/// A file that can be read at any place.
pub trait Bytes {
    /// Its length in bytes; of an archive's entry what the archive says.
    fn byte_length(&self) -> u64;

    /// Fills the front of `out` with what stands at `offset`; fewer bytes than asked for (and 0
    /// beyond the end) are no error.
    ///
    /// # Errors
    /// Whatever the file below says.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize>;
}

impl Bytes for [u8] {
    fn byte_length(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.get(at..)).unwrap_or(&[]);
        let n = rest.len().min(out.len());
        if let (Some(out), Some(rest)) = (out.get_mut(..n), rest.get(..n)) {
            out.copy_from_slice(rest);
        }
        Ok(n)
    }
}

impl Bytes for Vec<u8> {
    fn byte_length(&self) -> u64 {
        self.as_slice().byte_length()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, out)
    }
}

impl<T: Bytes + ?Sized> Bytes for &T {
    fn byte_length(&self) -> u64 {
        (**self).byte_length()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, out)
    }
}

impl<T: Bytes + ?Sized> Bytes for Box<T> {
    fn byte_length(&self) -> u64 {
        (**self).byte_length()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, out)
    }
}

/// [`Read`] and [`Seek`] over [`Bytes`].
#[derive(Debug)]
pub struct Cursor<B> {
    bytes: B,
    at: u64,
}

impl<B: Bytes> Cursor<B> {
    /// At the first byte.
    pub fn new(bytes: B) -> Self {
        Self { bytes, at: 0 }
    }

    /// What is read.
    pub(crate) fn bytes_mut(&mut self) -> &mut B {
        &mut self.bytes
    }
}

impl<B: Bytes> Read for Cursor<B> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.bytes.read_at(self.at, out)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl<B: Bytes> Seek for Cursor<B> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = sought(to, self.at, self.bytes.byte_length())?;
        Ok(self.at)
    }
}

/// Where a seek from `at` leads in something of `length` bytes; beyond its end is no error.
pub(crate) fn sought(to: SeekFrom, at: u64, length: u64) -> io::Result<u64> {
    let place = match to {
        SeekFrom::Start(at) => Some(at),
        SeekFrom::End(step) => length.checked_add_signed(step),
        SeekFrom::Current(step) => at.checked_add_signed(step),
    };
    place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
}
