//! Where each frame's bytes are (PS3.5 annex A.4): one after another, or in fragments.

use hounsfield::{Error, error::try_with_capacity};
use hounsfield_codecs::{Codec, Shape};

use super::{
    image::{PixelPlace, frame_bytes},
    source::{Window, read_exactly},
    syntax::{Coding, Frames},
    walk::{ITEM, item_header},
};
use crate::bytes::Bytes;

/// More than any object has.
const FRAGMENTS_MAX: usize = 1 << 22;

/// A fragment: where its item begins, where its bytes begin, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fragment {
    item: u64,
    at: u64,
    length: u64,
    /// Does it look as the first of a frame does?
    begins: bool,
}

/// The fragments of encapsulated pixels, told apart into frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fragments {
    all: Vec<Fragment>,
    /// Where in `all` each frame begins.
    firsts: Vec<usize>,
}

/// An uncompressed frame's bytes.
///
/// # Errors
/// [`Error::Truncated`] where the pixels or the file end before it does.
pub(crate) fn native(
    data: &dyn Bytes,
    pixels: &PixelPlace,
    shape: Shape,
    index: u32,
) -> Result<Vec<u8>, Error> {
    let size = frame_bytes(shape);
    let from = size.saturating_mul(u64::from(index));
    let to = from.saturating_add(size);
    let stated = pixels.length.unwrap_or(u64::MAX);
    let there = data.byte_length().saturating_sub(pixels.at).min(stated);
    let truncated = |found_bytes| Error::Truncated { needed_bytes: to, found_bytes };
    if to > there {
        return Err(truncated(there));
    }
    // 8-bit samples in big-endian words (PS3.5 8.1.1): the second of each pair comes first.
    let paired = pixels.words && pixels.big_endian && shape.bits_allocated == 8;
    let odd = if paired { from % 2 } else { 0 };
    let length = if paired { (odd + size).next_multiple_of(2) } else { size };
    let read = read_exactly(data, pixels.at.saturating_add(from - odd), length, "a frame");
    let mut bytes = read.map_err(|error| match error {
        Error::Truncated { found_bytes, .. } => truncated(from + found_bytes),
        error => error,
    })?;
    if paired {
        for pair in bytes.as_chunks_mut::<2>().0 {
            pair.reverse();
        }
        bytes = bytes.split_off(usize::from(odd == 1));
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    }
    Ok(bytes)
}

impl Fragments {
    /// Walks through the fragments, without reading them.
    ///
    /// # Errors
    /// [`Error::Damaged`] when they cannot be told apart into `count` frames.
    pub(crate) fn find(data: &dyn Bytes, pixels: &PixelPlace, count: usize) -> Result<Self, Error> {
        let mut window = Window::sparse(data);
        let Some((table, mut at)) = next(&mut window, pixels.at, pixels.frames)? else {
            return Err(damaged("there is no fragment".into()));
        };
        let first_item = at;
        let mut all = Vec::new();
        while let Some((fragment, next_at)) = next(&mut window, at, pixels.frames)? {
            if all.len() >= FRAGMENTS_MAX {
                return Err(damaged(format!("there are more than {FRAGMENTS_MAX} fragments")));
            }
            all.push(fragment);
            at = next_at;
        }
        let mut found = Self { all, firsts: Vec::new() };
        if found.all.is_empty() {
            return Err(damaged("there is no fragment".into()));
        }
        found.firsts = if count <= 1 {
            vec![0]
        } else if let Some(firsts) = found.by_table(data, pixels, table, first_item, count)? {
            firsts
        } else if found.all.len() == count {
            (0..count).collect()
        } else {
            found.by_marks(count)?
        };
        Ok(found)
    }

    /// By the Extended Offset Table or the Basic Offset Table, where one is there and true.
    fn by_table(
        &self,
        data: &dyn Bytes,
        pixels: &PixelPlace,
        basic: Fragment,
        first_item: u64,
        count: usize,
    ) -> Result<Option<Vec<usize>>, Error> {
        let (at, width) = match pixels.offsets {
            Some((at, length)) if length == 8 * count as u64 => (at, 8),
            _ if basic.length == 4 * count as u64 => (basic.at, 4),
            _ => return Ok(None),
        };
        let table = read_exactly(data, at, width * count as u64, "the table of frames")?;
        let mut firsts = try_with_capacity(count, "the table of frames")?;
        let mut last = None;
        let width = usize::try_from(width).unwrap_or(4);
        for offset in table.chunks_exact(width) {
            let offset = offset.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            let item = first_item.saturating_add(offset);
            let place = self.all.binary_search_by_key(&item, |fragment| fragment.item).ok();
            // Each begins with a fragment, behind the one before, the first with the first.
            let good = place.filter(|place| last.map_or(*place == 0, |last| *place > last));
            let Some(place) = good else { return Ok(None) };
            firsts.push(place);
            last = Some(place);
        }
        Ok(Some(firsts))
    }

    /// By the marks with which compressed frames begin.
    fn by_marks(&self, count: usize) -> Result<Vec<usize>, Error> {
        let begins = |(index, fragment): (usize, &Fragment)| fragment.begins.then_some(index);
        let firsts: Vec<usize> = self.all.iter().enumerate().filter_map(begins).collect();
        if firsts.len() != count || firsts.first() != Some(&0) {
            return Err(damaged(format!(
                "{} fragments cannot be told apart into {count} frames",
                self.all.len()
            )));
        }
        Ok(firsts)
    }

    /// A compressed frame's bytes.
    ///
    /// # Errors
    /// [`Error::Truncated`]; [`Error::Damaged`] when there is no such frame.
    pub(crate) fn frame(&self, data: &dyn Bytes, index: u32) -> Result<Vec<u8>, Error> {
        let index = index as usize;
        let first = self.firsts.get(index).copied();
        let end = self.firsts.get(index + 1).copied().unwrap_or(self.all.len());
        let parts = first.and_then(|first| self.all.get(first..end)).unwrap_or(&[]);
        match parts {
            [] => Err(damaged(format!("there is no frame {index}"))),
            [only] => read_exactly(data, only.at, only.length, "a compressed frame"),
            parts => {
                let mut whole = Vec::new();
                for part in parts {
                    let bytes = read_exactly(data, part.at, part.length, "a compressed frame")?;
                    whole.try_reserve(bytes.len()).map_err(|_| Error::OutOfMemory {
                        bytes: part.length,
                        purpose: "a compressed frame",
                    })?;
                    whole.extend_from_slice(&bytes);
                }
                Ok(whole)
            }
        }
    }
}

/// The fragment whose item begins at `at`, and where the next begins; `None` behind the last.
fn next(
    window: &mut Window<'_>,
    at: u64,
    frames: Frames,
) -> Result<Option<(Fragment, u64)>, Error> {
    let bytes = window.get(at, 16)?;
    match item_header(bytes, Coding::EXPLICIT_LE) {
        Some((ITEM, Some(length))) => {
            let front = bytes.get(8..).and_then(|front| front.first_chunk());
            let begins = length >= 4 && front.is_some_and(|front| begins(frames, front));
            let fragment = Fragment { item: at, at: at.saturating_add(8), length, begins };
            Ok(Some((fragment, fragment.at.saturating_add(length))))
        }
        Some((ITEM, None)) => Err(damaged(format!("the fragment at byte {at} has no length"))),
        // The end, or a file that was cut behind a whole fragment, or something else than fragments.
        _ => Ok(None),
    }
}

/// How frames are compressed whose transfer syntax is unknown, by how the first begins.
///
/// # Errors
/// [`Error::Unreadable`], [`Error::Damaged`].
pub(crate) fn kind_of(data: &dyn Bytes, at: u64) -> Result<Frames, Error> {
    let mut window = Window::sparse(data);
    let Some((_, at)) = next(&mut window, at, Frames::Foreign)? else { return Ok(Frames::Native) };
    let bytes = window.get(at.saturating_add(8), 64)?;
    let Some(front) = bytes.first_chunk() else { return Ok(Frames::Native) };
    let mut known = [Codec::Jpeg, Codec::Jpeg2000].map(Frames::Compressed).into_iter();
    let found = known.find(|frames| begins(*frames, front));
    Ok(match found {
        // Start of frame of JPEG-LS (ISO 14495-1 C.1.1), before any other's.
        Some(Frames::Compressed(Codec::Jpeg))
            if bytes.windows(2).any(|mark| mark == [0xFF, 0xF7]) =>
        {
            Frames::Compressed(Codec::JpegLs)
        }
        Some(frames) => frames,
        None if begins(Frames::Rle, front) => Frames::Rle,
        None => Frames::Native,
    })
}

/// Do a compressed frame's bytes begin so?
fn begins(frames: Frames, front: &[u8; 8]) -> bool {
    match (frames, *front) {
        // Start of image.
        (Frames::Compressed(Codec::Jpeg | Codec::JpegLs), [0xFF, 0xD8, 0xFF, ..]) => true,
        // Start of codestream, then its size; or the boxes of a JP2 file.
        (Frames::Compressed(Codec::Jpeg2000 | Codec::Htj2k), front) => {
            matches!(front, [0xFF, 0x4F, 0xFF, 0x51, ..] | [0, 0, 0, 12, b'j', b'P', ..])
        }
        // A count of segments, the first right behind the header.
        (Frames::Rle, [1..=15, 0, 0, 0, 64, 0, 0, 0]) => true,
        _ => false,
    }
}

fn damaged(reason: String) -> Error {
    Error::Damaged { what: "the pixel data".into(), reason }
}
