//! Growing, shrinking, closing and filling masks: set algebra on whole words.
//!
//! A ball is a stack of rows along x. For every row of the result, the rows of the mask that the
//! ball reaches with one and the same half-width are OR-ed first and spread along x once: 64 voxels
//! an instruction, and as many spreads as the ball has different half-widths.

mod ball;
mod fill;
mod majority;
pub(crate) mod radius;
mod rows;

pub use ball::Ball;
pub use fill::{fill_holes, fill_holes_axial};
pub use majority::majority_axial;

use crate::{Error, Mask, Progress, par, progress::checkpoint};

/// What lies beyond the grid, for [`erode`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// Nothing: masks are eaten from the grid's faces, too (scipy's default).
    Outside,
    /// More of the same: a body that the scan cuts is not eaten at the cut.
    Inside,
}

/// Slices between two reports.
const SLICES_PER_STEP: usize = 32;
/// Rows that a thread takes at a time.
const ROWS_PER_PART: usize = 64;

/// Grows the mask by every voxel the ball covers when centred in the mask.
///
/// ```
/// use hounsfield::{Mask, morphology::{Ball, dilate}};
/// let mask = Mask::drawn("
///     .....
///     ..#..
///     .....
/// ");
/// assert_eq!(dilate(&mask, &Ball::axial_faces(), &mut ())?, Mask::drawn("
///     ..#..
///     .###.
///     ..#..
/// "));
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// Reports stage `"grow"`. Memory: the result.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn dilate(mask: &Mask, ball: &Ball, progress: &mut dyn Progress) -> Result<Mask, Error> {
    sweep(mask, ball, false, Beyond::Outside, "grow", progress)
}

/// Shrinks the mask to the voxels around which the whole ball lies inside.
///
/// ```
/// use hounsfield::{Mask, morphology::{Ball, Beyond, erode}};
/// let mask = Mask::drawn("
///     .###
///     .###
///     .###
/// ");
/// let ball = Ball::axial_faces();
/// assert_eq!(erode(&mask, &ball, Beyond::Outside, &mut ())?, Mask::drawn("
///     ....
///     ..#.
///     ....
/// "));
/// assert_eq!(erode(&mask, &ball, Beyond::Inside, &mut ())?, Mask::drawn("
///     ..##
///     ..##
///     ..##
/// "));
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// Reports stage `"shrink"`. Memory: the result.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn erode(
    mask: &Mask,
    ball: &Ball,
    beyond: Beyond,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    sweep(mask, ball, true, beyond, "shrink", progress)
}

/// Closes gaps narrower than the ball: [`dilate`], then [`erode`]. Never loses a voxel.
///
/// The grid's faces count as more of the same, so nothing is lost there.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn close(mask: &Mask, ball: &Ball, progress: &mut dyn Progress) -> Result<Mask, Error> {
    if ball.is_point() {
        return mask.try_clone();
    }
    let grown = dilate(mask, ball, progress)?;
    erode(&grown, ball, Beyond::Inside, progress)
}

/// Removes what the ball does not fit into: [`erode`], then [`dilate`]. Never gains a voxel.
///
/// A mask cut by the grid's faces is not eaten at the cut.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn open(mask: &Mask, ball: &Ball, progress: &mut dyn Progress) -> Result<Mask, Error> {
    if ball.is_point() {
        return mask.try_clone();
    }
    let shrunk = erode(mask, ball, Beyond::Inside, progress)?;
    dilate(&shrunk, ball, progress)
}

/// Dilation of the mask, or of its complement (`shrink`), by one pass over the rows of the result.
fn sweep(
    mask: &Mask,
    ball: &Ball,
    shrink: bool,
    beyond: Beyond,
    stage: &'static str,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let [_, ny, nz] = mask.size_voxel();
    let mut result = Mask::empty(mask.size_voxel())?;
    let words_per_row = mask.words_per_row();
    let rows_per_step = SLICES_PER_STEP * ny;
    let occupied = match shrink {
        false => occupied(mask)?,
        true => Vec::new(),
    };
    let pass = Pass { mask, ball, shrink, beyond, occupied };
    for (step, words) in result.words_mut().chunks_mut(rows_per_step * words_per_row).enumerate() {
        checkpoint(progress, stage, (step * SLICES_PER_STEP) as f64 / nz as f64)?;
        let parts = words.chunks_mut(ROWS_PER_PART * words_per_row);
        par::fold(parts, &Scratch::default, &|scratch, part, words| {
            let first = step * rows_per_step + part * ROWS_PER_PART;
            for (row, words) in (first..).zip(words.chunks_mut(words_per_row)) {
                pass.row(row % ny, row / ny, words, scratch);
            }
        });
    }
    Ok(result)
}

#[derive(Default)]
struct Scratch {
    gathered: Vec<u64>,
    shifted: Vec<u64>,
}

struct Pass<'a> {
    mask: &'a Mask,
    ball: &'a Ball,
    shrink: bool,
    beyond: Beyond,
    /// When growing: which rows have something in them. Most masks are empty for the most part.
    occupied: Vec<bool>,
}

/// Which rows have something in them.
fn occupied(mask: &Mask) -> Result<Vec<bool>, Error> {
    let [_, ny, nz] = mask.size_voxel();
    let mut occupied = crate::error::try_with_capacity(ny * nz, "a list of rows")?;
    let rows = mask.words().chunks_exact(mask.words_per_row());
    occupied.extend(rows.map(|row| row.iter().any(|word| *word != 0)));
    Ok(occupied)
}

impl Pass<'_> {
    /// Computes row (y, z) of the result into `words`, which is zero.
    fn row(&self, y: usize, z: usize, words: &mut [u64], scratch: &mut Scratch) {
        // What shrinks can only keep bits of its own row.
        if self.shrink && self.mask.row(y, z).iter().all(|word| *word == 0) {
            return;
        }
        let Scratch { gathered, shifted } = scratch;
        let rows = self.ball.rows();
        let mut start = 0;
        while let Some(first) = rows.get(start) {
            let same = rows[start..].iter().take_while(|row| row.reach == first.reach).count();
            gathered.clear();
            gathered.resize(words.len(), 0);
            let mut any = self.shrink;
            for row in &rows[start..start + same] {
                any |= self.gather(y, z, row.dy, row.dz, gathered);
            }
            if any && gathered.iter().any(|word| *word != 0) {
                rows::spread(gathered, first.reach, shifted);
                if self.shrink && self.beyond == Beyond::Outside {
                    self.spread_from_the_ends(first.reach, gathered);
                }
                for (word, gathered) in words.iter_mut().zip(gathered.iter()) {
                    *word |= gathered;
                }
            } else if self.shrink && self.beyond == Beyond::Outside {
                self.spread_from_the_ends(first.reach, words);
            }
            start += same;
        }
        let last = self.mask.last_word_mask();
        if self.shrink {
            for word in words.iter_mut() {
                *word = !*word;
            }
        }
        if let Some(word) = words.last_mut() {
            *word &= last;
        }
    }

    /// ORs row (y + dy, z + dz), or its complement, into `gathered`; `false`: there was nothing.
    fn gather(&self, y: usize, z: usize, dy: isize, dz: isize, gathered: &mut [u64]) -> bool {
        let [_, ny, nz] = self.mask.size_voxel();
        let inside = match (y.checked_add_signed(dy), z.checked_add_signed(dz)) {
            (Some(y), Some(z)) if y < ny && z < nz => Some((z * ny + y, self.mask.row(y, z))),
            _ => None,
        };
        match (inside, self.shrink) {
            (Some((at, _)), false) if !self.occupied[at] => return false,
            (Some((_, row)), false) => {
                for (word, bits) in gathered.iter_mut().zip(row) {
                    *word |= bits;
                }
            }
            (Some((_, row)), true) => {
                for (word, bits) in gathered.iter_mut().zip(row) {
                    *word |= !bits;
                }
                // The padding bits beyond the row's end are no complement.
                if let (Some(word), Some(bits)) = (gathered.last_mut(), row.last()) {
                    *word &= self.mask.last_word_mask() | bits;
                }
            }
            (None, true) if self.beyond == Beyond::Outside => gathered.fill(u64::MAX),
            (None, _) => return false,
        }
        true
    }

    /// The outside left and right of the row reaches `reach` voxels in.
    fn spread_from_the_ends(&self, reach: usize, words: &mut [u64]) {
        let nx = self.mask.size_voxel()[0];
        for x in (0..reach.min(nx)).chain(nx.saturating_sub(reach)..nx) {
            words[x / 64] |= 1 << (x % 64);
        }
    }
}

#[cfg(test)]
mod tests;
