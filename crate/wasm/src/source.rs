//! A file that JavaScript holds, read piece by piece.
//!
//! wasm cannot wait for a promise, so the worker reads synchronously (`FileReaderSync`); memory
//! stays at one piece, however large the file is.

use std::io;
#[cfg(feature = "formats")]
use std::{cell::RefCell, rc::Rc};

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// Asked for at a time. Each piece is a round trip to the browser's file process: larger pieces
/// read faster, 1 MiB is where it stops to matter.
const PIECE_BYTES: f64 = 1024.0 * 1024.0;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** Bytes that can be read synchronously at any place. */
export interface ByteSource {
  readonly byteLength: number;
  read(offset: number, length: number): Uint8Array;
}
";

#[wasm_bindgen]
extern "C" {
    /// Bytes that can be read synchronously at any place.
    #[wasm_bindgen(typescript_type = "ByteSource")]
    pub type ByteSource;

    #[wasm_bindgen(method, getter, js_name = byteLength)]
    fn byte_length(this: &ByteSource) -> f64;

    #[wasm_bindgen(method, catch)]
    fn read(this: &ByteSource, offset: f64, length: f64) -> Result<Uint8Array, JsValue>;
}

/// [`io::Read`] over a [`ByteSource`], front to back.
#[cfg(feature = "engine")]
pub(crate) struct Reader<'a> {
    source: &'a ByteSource,
    length: f64,
    /// Where the next piece begins.
    next: f64,
    piece: io::Cursor<Vec<u8>>,
}

#[cfg(feature = "engine")]
impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a ByteSource) -> Self {
        Self { source, length: source.byte_length(), next: 0.0, piece: io::Cursor::default() }
    }

    /// The whole length in bytes.
    pub(crate) fn byte_length(&self) -> u64 {
        self.length as u64
    }

    fn fetch(&mut self) -> io::Result<()> {
        let wanted = PIECE_BYTES.min(self.length - self.next);
        let bytes =
            self.source.read(self.next, wanted).map_err(|error| io::Error::other(words(&error)))?;
        if bytes.length() == 0 {
            return Err(io::Error::other("the file became shorter while it was read"));
        }
        self.next += f64::from(bytes.length());
        self.piece = io::Cursor::new(bytes.to_vec());
        Ok(())
    }
}

#[cfg(feature = "engine")]
impl io::Read for Reader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.piece.read(out)?;
        if n > 0 || out.is_empty() || self.next >= self.length {
            return Ok(n);
        }
        self.fetch()?;
        self.piece.read(out)
    }
}

/// A file among many, read at any place. All of them share one piece.
#[cfg(feature = "formats")]
pub(crate) struct Piecewise {
    number: usize,
    source: ByteSource,
    length: f64,
    pieces: Rc<RefCell<Pieces>>,
}

/// The piece that was read last: headers are read in many small steps.
#[cfg(feature = "formats")]
#[derive(Default)]
pub(crate) struct Pieces {
    /// Are slices read, not headers alone?
    slices: bool,
    /// The number of its file.
    file: usize,
    /// Where it begins.
    start: u64,
    bytes: Vec<u8>,
}

/// Read of a file that was not looked at before; whoever reads on gets larger pieces. It holds the
/// header of nearly every slice, and JavaScript has read so much ahead (`HEADER_BYTES` in
/// `formats-host.ts`); of slices even the whole file (`WHOLE_BYTES` in `planes.ts`).
#[cfg(feature = "formats")]
const FIRST_BYTES: usize = 16 * 1024;

/// Of files that are too large to be read ahead each read is a round trip.
#[cfg(feature = "formats")]
const LARGE_BYTES: f64 = 4.0 * 1024.0 * 1024.0;
/// Headers of a large file: an archive's.
#[cfg(feature = "formats")]
const LARGE_HEADER_BYTES: usize = 64 * 1024;
/// And the whole of nearly every slice.
#[cfg(feature = "formats")]
const LARGE_SLICE_BYTES: usize = 1024 * 1024;

#[cfg(feature = "formats")]
impl Piecewise {
    pub(crate) fn new(number: usize, source: ByteSource, pieces: Rc<RefCell<Pieces>>) -> Self {
        let length = source.byte_length();
        Self { number, source, length, pieces }
    }

    fn fetch(&self, offset: u64, bytes: usize) -> io::Result<Uint8Array> {
        let wanted = (bytes as f64).min(self.length - offset as f64);
        let found = self.source.read(offset as f64, wanted);
        let found = found.map_err(|error| io::Error::other(words(&error)))?;
        if f64::from(found.length()) != wanted {
            return Err(io::Error::other("the file became shorter while it was read"));
        }
        Ok(found)
    }
}

#[cfg(feature = "formats")]
impl hounsfield_formats::bytes::Bytes for Piecewise {
    fn byte_length(&self) -> u64 {
        self.length as u64
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        if offset >= self.byte_length() || out.is_empty() {
            return Ok(0);
        }
        let mut piece = self.pieces.borrow_mut();
        if piece.file != self.number || piece.rest(offset).is_empty() {
            let reads_on = piece.file == self.number && offset == piece.end();
            let bytes = match piece.bytes.len() {
                before if reads_on => (2 * before).min(PIECE_BYTES as usize),
                _ if self.length <= LARGE_BYTES => FIRST_BYTES,
                _ if piece.slices => LARGE_SLICE_BYTES,
                _ => LARGE_HEADER_BYTES,
            };
            if out.len() >= bytes {
                let found = self.fetch(offset, out.len())?;
                let n = found.length() as usize;
                if let Some(out) = out.get_mut(..n) {
                    found.copy_to(out);
                }
                return Ok(n);
            }
            piece.bytes = self.fetch(offset, bytes)?.to_vec();
            (piece.file, piece.start) = (self.number, offset);
        }
        let rest = piece.rest(offset);
        let n = rest.len().min(out.len());
        if let (Some(out), Some(rest)) = (out.get_mut(..n), rest.get(..n)) {
            out.copy_from_slice(rest);
        }
        Ok(n)
    }
}

#[cfg(feature = "formats")]
impl Pieces {
    /// From now on slices are read (or headers alone).
    pub(crate) fn expect_slices(&mut self, slices: bool) {
        self.slices = slices;
    }

    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    /// What it holds from `offset` on.
    fn rest(&self, offset: u64) -> &[u8] {
        let skip = offset.checked_sub(self.start).and_then(|skip| usize::try_from(skip).ok());
        skip.and_then(|skip| self.bytes.get(skip..)).unwrap_or(&[])
    }
}

/// What a thrown JavaScript value says.
pub(crate) fn words(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| format!("{error:?}"), |error| String::from(error.message()))
}
