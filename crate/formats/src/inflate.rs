//! A compressed stretch of a file that can be read at any place: inflated from its start as far as
//! it was ever asked for, and kept.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::bytes::Bytes;

/// Compressed bytes taken at a time.
const INPUT_BYTES: usize = 32 * 1024;
/// Inflated at least, once there is something to inflate.
const STEP_BYTES: usize = 16 * 1024;
/// Deflate cannot shrink anything further than 1032 to 1: a size beyond that is a lie.
const MAX_RATIO: u64 = 1032;

/// How a stretch is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrapping {
    /// Bare deflate, as in a zip; this is the checksum of what comes out.
    Deflate { crc: u32 },
    /// A gzip file, which carries its checksum itself.
    Gzip,
}

/// Could `packed_bytes` of deflate be `bytes` long?
pub(crate) fn is_possible(packed_bytes: u64, bytes: u64) -> bool {
    bytes <= packed_bytes.saturating_add(1).saturating_mul(MAX_RATIO)
}

/// The fewest bytes of deflate that `bytes` can be packed into.
pub(crate) fn least_packed(bytes: u64) -> u64 {
    (bytes / MAX_RATIO).saturating_sub(1)
}

/// What has been inflated so far. It outlives the reader, so that the next one need not start again.
#[derive(Debug)]
pub(crate) struct Inflating {
    inflate: Decompress,
    input: Vec<u8>,
    used: usize,
    /// Compressed bytes that were taken into `input`, all in all.
    taken: u64,
    out: Vec<u8>,
    crc: Crc,
    end: Option<Result<(), (io::ErrorKind, &'static str)>>,
}

impl Inflating {
    pub(crate) fn new(wrapping: Wrapping) -> Arc<Mutex<Self>> {
        let inflate = match wrapping {
            Wrapping::Deflate { .. } => Decompress::new(false),
            Wrapping::Gzip => Decompress::new_gzip(15),
        };
        let (input, out) = (Vec::new(), Vec::new());
        let (used, taken, crc, end) = (0, 0, Crc::new(), None);
        Arc::new(Mutex::new(Self { inflate, input, used, taken, out, crc, end }))
    }
}

/// A stretch of compressed bytes, seen as what is in it.
#[derive(Debug)]
pub(crate) struct Inflated<B> {
    packed: B,
    wrapping: Wrapping,
    /// What the archive says; never more than that comes out.
    bytes: u64,
    state: Arc<Mutex<Inflating>>,
}

impl<B: Bytes> Inflated<B> {
    pub(crate) fn new(
        packed: B,
        wrapping: Wrapping,
        bytes: u64,
        state: Arc<Mutex<Inflating>>,
    ) -> Self {
        Self { packed, wrapping, bytes, state }
    }

    /// Inflates until there are `wanted` bytes, or no more.
    fn grow(&self, state: &mut Inflating, wanted: u64) -> io::Result<()> {
        while (state.out.len() as u64) < wanted && state.end.is_none() {
            if state.used == state.input.len() {
                state.input.resize(INPUT_BYTES, 0);
                let n = self.packed.read_at(state.taken, &mut state.input)?;
                state.input.truncate(n);
                state.taken += n as u64;
                state.used = 0;
            }
            let left = self.bytes.saturating_sub(state.out.len() as u64);
            // No more room than what may come out.
            let room = STEP_BYTES.min(usize::try_from(left).unwrap_or(STEP_BYTES));
            state.out.try_reserve(room).map_err(|_| io::ErrorKind::OutOfMemory)?;
            let (before, start) = (state.inflate.total_in(), state.out.len());
            let mut piece = [0; STEP_BYTES];
            let piece = piece.get_mut(..room).unwrap_or(&mut []);
            let input = state.input.get(state.used..).unwrap_or(&[]);
            let out_before = state.inflate.total_out();
            let status = state.inflate.decompress(input, piece, FlushDecompress::None);
            let produced = (state.inflate.total_out() - out_before) as usize;
            state.used += (state.inflate.total_in() - before) as usize;
            state.out.extend_from_slice(piece.get(..produced).unwrap_or(&[]));
            if let Wrapping::Deflate { .. } = self.wrapping {
                state.crc.update(state.out.get(start..).unwrap_or(&[]));
            }
            let whole = state.out.len() as u64 == self.bytes;
            let starved = produced == 0 && input.is_empty();
            state.end = match status {
                Err(_) => {
                    Some(Err((io::ErrorKind::InvalidData, "the compressed data are damaged")))
                }
                _ if whole => Some(self.verdict(state)),
                Ok(Status::StreamEnd) => {
                    Some(Err((io::ErrorKind::UnexpectedEof, "it is shorter than the archive says")))
                }
                Ok(_) if starved => {
                    Some(Err((io::ErrorKind::UnexpectedEof, "the compressed data are cut off")))
                }
                Ok(_) => None,
            };
        }
        Ok(())
    }

    fn verdict(&self, state: &Inflating) -> Result<(), (io::ErrorKind, &'static str)> {
        match self.wrapping {
            Wrapping::Deflate { crc } if crc != state.crc.sum() => {
                Err((io::ErrorKind::InvalidData, "its checksum is wrong: the archive is damaged"))
            }
            _ => Ok(()),
        }
    }
}

impl<B: Bytes> Bytes for Inflated<B> {
    fn byte_length(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let end = offset.saturating_add(out.len() as u64).min(self.bytes);
        if offset >= end {
            return Ok(0);
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.grow(&mut state, end)?;
        let n = state.out.read_at(offset, out)?;
        match state.end {
            // What came before the damage can be read. A wrong checksum is about all of it, but
            // is known only at the end.
            Some(Err((kind, reason))) if n == 0 || end == state.out.len() as u64 => {
                Err(io::Error::new(kind, reason))
            }
            _ => Ok(n),
        }
    }
}
