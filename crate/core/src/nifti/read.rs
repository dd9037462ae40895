//! Voxels from the stream straight to their closest-RAS place.
//!
//! At no time is more in memory than the voxels themselves and a few hundred kilobytes: bytes
//! are inflated in chunks, each chunk is decoded and its rows are scattered.
//!
//! **i16 or f32?** Types and scales that always fit start (and stay) as `i16`. Where only the
//! voxels can tell (float files of whole numbers, `uint16`, …) the first chunk decides what is
//! allocated; if a later one brings the first value that does not fit, what was read so far is
//! widened to `f32`. Only then, for a moment, are there six bytes a voxel; a scan that has no
//! room for that is refused with the number.

use std::io::Read;

use super::{
    Limits,
    axes::Steps,
    convert::Fit,
    header::{cut_gzip, unreadable},
    scan::{Scan, too_large},
    source::Source,
};
use crate::{
    Error, Progress, Voxels,
    error::{try_vec, try_with_capacity},
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
    let mut bytes = try_vec(0u8, chunk_voxels * decoder.bytes(), "a chunk of the file")?;
    let mut whole = try_vec(0i16, chunk_voxels, "a chunk of voxels")?;
    let mut real = Vec::new();
    let mut rows = Rows::new(scan.file_size, scan.axes.steps(scan.grid.size_voxel()));
    let mut store = match decoder.fit() {
        Fit::Never => Store::F32(try_vec(0.0, count, "the voxels")?),
        Fit::Always | Fit::PerhapsWhole => Store::Open,
    };
    let mut not_finite = 0;
    let mut done = 0;
    let mut chunks = 0usize;
    while done < count {
        if chunks.is_multiple_of(CHUNKS_PER_REPORT) {
            checkpoint(progress, "reading", done as f64 / count as f64)?;
        }
        chunks += 1;
        let n = chunk_voxels.min(count - done);
        let bytes = bytes.get_mut(..n * decoder.bytes()).unwrap_or(&mut []);
        let found = source.fill(bytes).map_err(unreadable)?;
        if found < bytes.len() {
            return Err(Error::Truncated {
                needed_bytes: scan.stored_bytes(),
                found_bytes: (done * decoder.bytes() + found) as u64,
            });
        }
        let whole = whole.get_mut(..n).unwrap_or(&mut []);
        let fits = !matches!(store, Store::F32(_)) && decoder.whole(bytes, whole);
        if !fits {
            store = store.widened(count, limits)?;
            if real.is_empty() {
                real = try_vec(0.0, chunk_voxels, "a chunk of voxels")?;
            }
        }
        match &mut store {
            Store::F32(voxels) => {
                let real = real.get_mut(..n).unwrap_or(&mut []);
                decoder.real(bytes, real);
                not_finite += real.iter().filter(|value| !value.is_finite()).count();
                rows.scatter(real, voxels);
            }
            Store::I16(voxels) => rows.scatter(whole, voxels),
            Store::Open => {
                let mut voxels = try_vec(0, count, "the voxels")?;
                rows.scatter(whole, &mut voxels);
                store = Store::I16(voxels);
            }
        }
        done += n;
    }
    finish(source, scan)?;
    let voxels = match store {
        Store::I16(voxels) => Voxels::I16(voxels),
        Store::F32(voxels) => Voxels::F32(voxels),
        Store::Open => Voxels::I16(Vec::new()),
    };
    note_losses(scan, &voxels, not_finite);
    Ok(voxels)
}

/// What the voxels are gathered in.
enum Store {
    /// Nothing is decided yet.
    Open,
    I16(Vec<i16>),
    F32(Vec<f32>),
}

impl Store {
    fn widened(self, count: usize, limits: &Limits) -> Result<Self, Error> {
        match self {
            Self::F32(voxels) => Ok(Self::F32(voxels)),
            Self::Open => {
                let needed_bytes = 4 * count as u64;
                if needed_bytes > limits.memory_bytes {
                    return Err(too_large(needed_bytes, limits));
                }
                Ok(Self::F32(try_vec(0.0, count, "the voxels")?))
            }
            Self::I16(narrow) => {
                let needed_bytes = 6 * count as u64;
                if needed_bytes > limits.memory_bytes {
                    return Err(too_large(needed_bytes, limits));
                }
                let mut wide = try_with_capacity(count, "the voxels as 32-bit floats")?;
                wide.extend(narrow.iter().map(|value| f32::from(*value)));
                Ok(Self::F32(wide))
            }
        }
    }
}

/// Walks the file's rows and puts runs of values where they belong.
struct Rows {
    file_size: [usize; 3],
    steps: Steps,
    /// The file index (i, j, k) of the next voxel.
    next: [usize; 3],
}

impl Rows {
    fn new(file_size: [usize; 3], steps: Steps) -> Self {
        Self { file_size, steps, next: [0; 3] }
    }

    fn scatter<T: Copy>(&mut self, mut values: &[T], voxels: &mut [T]) {
        while !values.is_empty() {
            let [i, j, k] = self.next;
            let [step_i, step_j, step_k] = self.steps.step;
            let (run, rest) = values.split_at(values.len().min(self.file_size[0] - i));
            let start =
                self.steps.origin + i as isize * step_i + j as isize * step_j + k as isize * step_k;
            put(run, voxels, start, step_i);
            values = rest;
            self.advance(run.len());
        }
    }

    fn advance(&mut self, n: usize) {
        let [i, j, k] = &mut self.next;
        *i += n;
        if *i == self.file_size[0] {
            *i = 0;
            *j += 1;
            if *j == self.file_size[1] {
                *j = 0;
                *k += 1;
            }
        }
    }
}

/// `voxels[start + m · step] = run[m]`.
fn put<T: Copy>(run: &[T], voxels: &mut [T], start: isize, step: isize) {
    let span = (run.len() as isize - 1) * step;
    let (low, high) = (start.min(start + span), start.max(start + span));
    let (Ok(low), Ok(high)) = (usize::try_from(low), usize::try_from(high)) else {
        return;
    };
    let Some(target) = voxels.get_mut(low..=high) else {
        return;
    };
    match step {
        1 => target.copy_from_slice(run),
        -1 => target.iter_mut().rev().zip(run).for_each(|(voxel, value)| *voxel = *value),
        _ if step > 0 => target
            .iter_mut()
            .step_by(step.unsigned_abs())
            .zip(run)
            .for_each(|(voxel, value)| *voxel = *value),
        _ => target
            .iter_mut()
            .rev()
            .step_by(step.unsigned_abs())
            .zip(run)
            .for_each(|(voxel, value)| *voxel = *value),
    }
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
