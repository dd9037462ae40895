//! A dataset as one file: a zip that leaves piece by piece, for a page that cannot write folders.

use std::{
    cell::RefCell,
    io::{self, Seek, SeekFrom, Write},
    rc::Rc,
};

use hounsfield::Error;
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::DataFile;

/// Stored, not packed: the files are compressed by themselves.
#[derive(Debug)]
pub struct DatasetZip {
    writer: ZipWriter<Tail>,
    tail: Tail,
}

impl Default for DatasetZip {
    fn default() -> Self {
        let tail = Tail::default();
        Self { writer: ZipWriter::new(tail.clone()), tail }
    }
}

impl DatasetZip {
    /// Adds a file; what comes back belongs at the archive's end.
    ///
    /// # Errors
    /// [`Error::Unwritable`], for a name that is there already among others.
    pub fn add(&mut self, file: &DataFile) -> Result<Vec<u8>, Error> {
        // No time, so that the same files give the same archive.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::DEFAULT)
            .large_file(file.bytes.len() >= u32::MAX as usize);
        // Only now is the file before complete: its header is mended when the next one begins.
        let done = self.tail.0.borrow().end();
        self.writer.start_file(&file.path, options).map_err(unwritable)?;
        self.writer.write_all(&file.bytes).map_err(|error| unwritable(error.into()))?;
        Ok(self.tail.0.borrow_mut().take_until(done))
    }

    /// The end of the archive.
    ///
    /// # Errors
    /// [`Error::Unwritable`].
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        self.writer.finish().map_err(unwritable)?;
        let mut tail = self.tail.0.borrow_mut();
        let end = tail.end();
        Ok(tail.take_until(end))
    }
}

fn unwritable(error: ZipError) -> Error {
    Error::Unwritable { reason: error.to_string() }
}

/// The end of a file whose beginning has left.
#[derive(Debug, Clone, Default)]
struct Tail(Rc<RefCell<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// Bytes that have left.
    start: u64,
    bytes: Vec<u8>,
    at: u64,
}

impl Kept {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    fn take_until(&mut self, end: u64) -> Vec<u8> {
        let n = usize::try_from(end.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let rest = self.bytes.split_off(n.min(self.bytes.len()));
        let taken = std::mem::replace(&mut self.bytes, rest);
        self.start += taken.len() as u64;
        taken
    }

    fn place(&self) -> io::Result<usize> {
        let place = self.at.checked_sub(self.start).and_then(|place| usize::try_from(place).ok());
        place.ok_or_else(|| io::Error::other("this part of the archive has left"))
    }
}

impl Write for Tail {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.0.borrow_mut();
        let place = kept.place()?;
        let over = bytes.len().min(kept.bytes.len().saturating_sub(place));
        let (over, beyond) = bytes.split_at(over);
        if let Some(old) = kept.bytes.get_mut(place..place + over.len()) {
            old.copy_from_slice(over);
        }
        kept.bytes.extend_from_slice(beyond);
        kept.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Tail {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let mut kept = self.0.borrow_mut();
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => kept.at.checked_add_signed(by),
            SeekFrom::End(by) => kept.end().checked_add_signed(by),
        };
        let end = kept.end();
        kept.at = at.filter(|at| *at <= end).ok_or_else(|| io::Error::other("no such place"))?;
        Ok(kept.at)
    }
}
