//! A compressed stretch of a file that can be read at any place.
//!
//! It is inflated from its start as far as it was ever asked for. What is small is kept; of what is
//! large only the last stretch is, and reading further back starts again: a multi-frame image in an
//! archive must not be in memory beside the volume that it becomes.

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
/// What is kept behind the last read of something large: readers look back a little.
const BACK_BYTES: u64 = 256 * 1024;
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
    /// What is kept of what came out, and where it begins.
    out: Vec<u8>,
    start: u64,
    crc: Crc,
    end: Option<Result<(), (io::ErrorKind, &'static str)>>,
}

impl Inflating {
    pub(crate) fn shared(wrapping: Wrapping) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self::new(wrapping)))
    }

    fn new(wrapping: Wrapping) -> Self {
        let inflate = match wrapping {
            Wrapping::Deflate { .. } => Decompress::new(false),
            Wrapping::Gzip => Decompress::new_gzip(15),
        };
        let (input, out) = (Vec::new(), Vec::new());
        let (used, taken, start, crc, end) = (0, 0, 0, Crc::new(), None);
        Self { inflate, input, used, taken, out, start, crc, end }
    }

    /// How far it was inflated.
    fn reached(&self) -> u64 {
        self.start + self.out.len() as u64
    }

    /// Forgets what stands before `offset`, once it is worth the move.
    fn forget_before(&mut self, offset: u64) {
        let n = offset.min(self.reached()).saturating_sub(self.start);
        if n > 4 * BACK_BYTES {
            self.out.drain(..usize::try_from(n).unwrap_or(0));
            self.start += n;
        }
    }
}

/// A stretch of compressed bytes, seen as what is in it.
#[derive(Debug)]
pub(crate) struct Inflated<B> {
    packed: B,
    wrapping: Wrapping,
    /// What the archive says; never more than that comes out.
    bytes: u64,
    /// Is everything kept that came out?
    keep: bool,
    state: Arc<Mutex<Inflating>>,
}

impl<B: Bytes> Inflated<B> {
    pub(crate) fn new(
        packed: B,
        wrapping: Wrapping,
        bytes: u64,
        keep: bool,
        state: Arc<Mutex<Inflating>>,
    ) -> Self {
        Self { packed, wrapping, bytes, keep, state }
    }

    /// Inflates until there are `wanted` bytes, or no more; those from `offset` on are kept.
    fn grow(&self, state: &mut Inflating, offset: u64, wanted: u64) -> io::Result<()> {
        while state.reached() < wanted && state.end.is_none() {
            if !self.keep {
                state.forget_before(offset.saturating_sub(BACK_BYTES));
            }
            if state.used == state.input.len() {
                state.input.resize(INPUT_BYTES, 0);
                let n = self.packed.read_at(state.taken, &mut state.input)?;
                state.input.truncate(n);
                state.taken += n as u64;
                state.used = 0;
            }
            let left = self.bytes.saturating_sub(state.reached());
            // No more room than what may come out.
            let room = STEP_BYTES.min(usize::try_from(left).unwrap_or(STEP_BYTES));
            state.out.try_reserve(room).map_err(|_| io::ErrorKind::OutOfMemory)?;
            let before = state.inflate.total_in();
            let mut piece = [0; STEP_BYTES];
            let piece = piece.get_mut(..room).unwrap_or(&mut []);
            let input = state.input.get(state.used..).unwrap_or(&[]);
            let out_before = state.inflate.total_out();
            let status = state.inflate.decompress(input, piece, FlushDecompress::None);
            let produced = (state.inflate.total_out() - out_before) as usize;
            state.used += (state.inflate.total_in() - before) as usize;
            let piece = piece.get(..produced).unwrap_or(&[]);
            state.out.extend_from_slice(piece);
            if let Wrapping::Deflate { .. } = self.wrapping {
                state.crc.update(piece);
            }
            let whole = state.reached() == self.bytes;
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
        if offset < state.start {
            *state = Inflating::new(self.wrapping);
        }
        self.grow(&mut state, offset, end)?;
        let n = state.out.read_at(offset.saturating_sub(state.start), out)?;
        match state.end {
            // What came before the damage can be read. A wrong checksum is about all of it, but
            // is known only at the end.
            Some(Err((kind, reason))) if n == 0 || end == state.reached() => {
                Err(io::Error::new(kind, reason))
            }
            _ => Ok(n),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn of_something_large_little_is_kept() {
        let content: Vec<u8> =
            (0..8_000_000u32).map(|n| (n.wrapping_mul(n) / 7 % 251) as u8).collect();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&content).unwrap();
        let packed = gzip.finish().unwrap();
        for (keep, most) in [(true, 8_000_000), (false, 2_000_000)] {
            let state = Inflating::shared(Wrapping::Gzip);
            let file = Inflated::new(&packed, Wrapping::Gzip, 8_000_000, keep, Arc::clone(&state));
            let mut frame = vec![0; 500_000];
            for at in (0..8_000_000).step_by(500_000) {
                assert_eq!(file.read_at(at as u64, &mut frame).unwrap(), frame.len());
                assert!(frame == content[at..at + frame.len()], "{at}");
                let held = state.lock().unwrap().out.len();
                assert!(held <= most, "{held} bytes are held");
            }
            // One read over all of a skipped stretch holds no more.
            let end = file.read_at(7_999_990, &mut frame).unwrap();
            assert_eq!(frame[..end], content[7_999_990..]);
            file.read_at(0, &mut frame[..10]).unwrap();
            file.read_at(7_000_000, &mut frame[..10]).unwrap();
            assert_eq!(frame[..10], content[7_000_000..7_000_010]);
            assert!(state.lock().unwrap().out.len() <= most);
        }
    }
}
