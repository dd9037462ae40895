//! Voxels from the stream straight to their closest-RAS place.
//!
//! At no time is more in memory than the voxels themselves and a few hundred kilobytes (8 MB
//! where the file's rows do not run along x): bytes are inflated in chunks, each chunk is decoded
//! and its rows are scattered.
//!
//! **i16 or f32?** Types and scales that always fit start (and stay) as `i16`. Where only the
//! voxels can tell (float files of whole numbers, `uint16`, …) the first block decides what is
//! allocated; if a later one brings the first value that does not fit, what was read so far is
//! widened to `f32`. Only then, for a moment, are there six bytes a voxel; a scan that has no
//! room for that is refused with the number.

use std::{io::Read, ops::Range};

use super::{
    Limits,
    convert::{Decoder, Fit},
    header::{cut_gzip, unreadable},
    scan::{Scan, too_large},
    scatter::Scatter,
    source::Source,
};
use crate::{
    Error, Progress, Voxels,
    error::{try_vec, try_with_capacity},
    info::HeldAs,
    note::Note,
    progress::checkpoint,
};

/// Decoded at a time: large enough to keep the inflater busy, small enough for the L2 cache.
const CHUNK_BYTES: usize = 192 * 1024;
/// What may follow the voxels and still be read, to get to the gzip checksum behind it.
const MAX_REST_BYTES: u64 = 1024 * 1024;
/// Chunks between two progress reports: about 3 MB, a few milliseconds.
const CHUNKS_PER_REPORT: usize = 16;

/// Reads the first volume. The source must stand at its first voxel.
///
/// # Errors
/// [`Error::Truncated`], [`Error::Unreadable`], [`Error::TooLarge`], [`Error::OutOfMemory`],
/// [`Error::Stopped`].
pub(super) fn voxels<R: Read>(
    source: &mut Source<R>,
    scan: &mut Scan,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<Voxels, Error> {
    let decoder = scan.decoder;
    let count = scan.grid.voxel_count();
    let chunk_voxels = (CHUNK_BYTES / decoder.bytes()).min(count);
    let scatter = Scatter::new(scan.file_size, &scan.axes, chunk_voxels);
    let mut bytes = try_vec(0u8, chunk_voxels * decoder.bytes(), "a chunk of the file")?;
    let first_try = if decoder.fit() == Fit::Never { HeldAs::F32 } else { HeldAs::I16 };
    let mut block = zeros(first_try, scatter.largest_block(), "a block of voxels")?;
    // Allocated when the first block has shown what its values need.
    let mut store: Option<Voxels> = None;
    let mut not_finite = 0;
    let mut done = 0;
    let mut chunks = 0usize;
    while done < count {
        let len = scatter.block(done);
        let mut filled = 0;
        while filled < len {
            if chunks.is_multiple_of(CHUNKS_PER_REPORT) {
                checkpoint(progress, "reading", (done + filled) as f64 / count as f64)?;
            }
            chunks += 1;
            let n = chunk_voxels.min(len - filled);
            let bytes = bytes.get_mut(..n * decoder.bytes()).unwrap_or(&mut []);
            let found = source.fill(bytes).map_err(unreadable)?;
            if found < bytes.len() {
                return Err(Error::Truncated {
                    needed_bytes: scan.stored_bytes(),
                    found_bytes: ((done + filled) * decoder.bytes() + found) as u64,
                });
            }
            if !decode(&decoder, bytes, &mut block, filled..filled + n) {
                block = widened(block)?;
                if let Some(narrow) = store.take() {
                    check_room(6 * count as u64, limits)?;
                    store = Some(widened(narrow)?);
                }
                decode(&decoder, bytes, &mut block, filled..filled + n);
            }
            filled += n;
        }
        let mut voxels = match store {
            Some(voxels) => voxels,
            None => {
                let held_as = held_as(&block);
                check_room(held_as.bytes() * count as u64, limits)?;
                zeros(held_as, count, "the voxels")?
            }
        };
        match (&block, &mut voxels) {
            (Voxels::I16(block), Voxels::I16(voxels)) => {
                scatter.put(done, block.get(..len).unwrap_or(&[]), voxels);
            }
            (Voxels::F32(block), Voxels::F32(voxels)) => {
                let block = block.get(..len).unwrap_or(&[]);
                not_finite += block.iter().filter(|value| !value.is_finite()).count();
                scatter.put(done, block, voxels);
            }
            // Block and store are widened together.
            _ => {}
        }
        store = Some(voxels);
        done += len;
    }
    finish(source, scan)?;
    let voxels = store.unwrap_or(Voxels::I16(Vec::new()));
    note_losses(scan, &voxels, not_finite);
    Ok(voxels)
}

/// Decodes into `block[range]`; `false` when a value does not fit what the block holds.
fn decode(decoder: &Decoder, bytes: &[u8], block: &mut Voxels, range: Range<usize>) -> bool {
    match block {
        Voxels::I16(block) => decoder.whole(bytes, block.get_mut(range).unwrap_or(&mut [])),
        Voxels::F32(block) => {
            decoder.real(bytes, block.get_mut(range).unwrap_or(&mut []));
            true
        }
    }
}

/// How these voxels are held.
pub(super) fn held_as(voxels: &Voxels) -> HeldAs {
    match voxels {
        Voxels::I16(_) => HeldAs::I16,
        Voxels::F32(_) => HeldAs::F32,
    }
}

fn zeros(held_as: HeldAs, len: usize, purpose: &'static str) -> Result<Voxels, Error> {
    Ok(match held_as {
        HeldAs::I16 => Voxels::I16(try_vec(0, len, purpose)?),
        HeldAs::F32 => Voxels::F32(try_vec(0.0, len, purpose)?),
    })
}

fn widened(voxels: Voxels) -> Result<Voxels, Error> {
    let Voxels::I16(narrow) = voxels else { return Ok(voxels) };
    let mut wide = try_with_capacity(narrow.len(), "the voxels as 32-bit floats")?;
    wide.extend(narrow.iter().map(|value| f32::from(*value)));
    Ok(Voxels::F32(wide))
}

fn check_room(needed_bytes: u64, limits: &Limits) -> Result<(), Error> {
    if needed_bytes > limits.memory_bytes {
        return Err(too_large(needed_bytes, limits));
    }
    Ok(())
}

/// Reads to the end, so that a gzip checksum is seen, unless more volumes follow.
fn finish<R: Read>(source: &mut Source<R>, scan: &mut Scan) -> Result<(), Error> {
    if scan.volumes > 1 {
        return Ok(());
    }
    let rest = source.skip(MAX_REST_BYTES).map_err(unreadable)?;
    if source.is_cut() {
        // Every voxel arrived, but the checksum that would vouch for them did not.
        return Err(cut_gzip());
    }
    if rest > 0 || source.has_tail() {
        scan.notes.push(Note::new(
            "tail",
            "The file goes on behind its voxels; what follows was not used.",
        ));
    }
    Ok(())
}

/// Says what the numbers lost on their way, if anything.
fn note_losses(scan: &mut Scan, voxels: &Voxels, not_finite: usize) {
    if not_finite > 0 {
        scan.notes.push(Note::new(
            "not_a_number",
            format!("{not_finite} voxels hold no finite number (NaN or infinity); they are kept as they are."),
        ));
    }
    if matches!(voxels, Voxels::F32(_)) && scan.decoder.is_finer_than_f32() {
        scan.notes.push(Note::new(
            "rounded",
            format!(
                "The file's {} values are held as 32-bit floats (7 digits).",
                scan.decoder.name()
            ),
        ));
    }
}
