//! Smoothing by vote: a pixel is inside when most of the pixels around it are.

use super::ROWS_PER_PART;
use crate::{Error, Mask, Progress, par, progress::checkpoint};

/// Slices between two reports.
const SLICES_PER_STEP: usize = 32;
/// Windows of up to 15 × 15 pixels: 225 votes fit into eight bits.
const MAX_REACH: usize = 7;

/// Keeps, slice by slice, the pixels most of whose window of (2 · `reach` + 1)² pixels is inside.
///
/// Rounds corners and takes away spikes and pits narrower than half the window, without a bias
/// to larger or smaller. Pixels beyond the slice are outside. `reach` is at most 7.
///
/// ```
/// use hounsfield::{Mask, morphology::majority_axial};
/// let mask = Mask::drawn("
///     ......
///     .####.
///     .#.##.
///     .####.
///     ......
/// ");
/// assert_eq!(majority_axial(&mask, 1, &mut ())?, Mask::drawn("
///     ......
///     ..##..
///     .####.
///     ..##..
///     ......
/// "));
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// Reports stage `"smooth"`. Memory: the result.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn majority_axial(
    mask: &Mask,
    reach: usize,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let [_, ny, nz] = mask.size_voxel();
    let reach = reach.min(MAX_REACH);
    let mut result = Mask::empty(mask.size_voxel())?;
    let words_per_row = mask.words_per_row();
    let rows_per_step = SLICES_PER_STEP * ny;
    for (step, words) in result.words_mut().chunks_mut(rows_per_step * words_per_row).enumerate() {
        checkpoint(progress, "smooth", (step * SLICES_PER_STEP) as f64 / nz as f64)?;
        par::each(words.chunks_mut(ROWS_PER_PART * words_per_row), &|part, words| {
            let first = step * rows_per_step + part * ROWS_PER_PART;
            for (row, words) in (first..).zip(words.chunks_mut(words_per_row)) {
                vote_row(mask, row % ny, row / ny, reach, words);
            }
        });
    }
    Ok(result)
}

fn vote_row(mask: &Mask, y: usize, z: usize, reach: usize, words: &mut [u64]) {
    let side = 2 * reach + 1;
    let majority = (side * side / 2 + 1) as u8;
    let ny = mask.size_voxel()[1];
    let rows = y.saturating_sub(reach)..(y + reach + 1).min(ny);
    let whole = rows.len() == side;
    for (index, result) in words.iter_mut().enumerate() {
        let (mut any, mut all) = (0, u64::MAX);
        for y in rows.clone() {
            let [before, here, after] = three(mask.row(y, z), index);
            // The neighbours' nearest `reach` bits vote, too.
            let (low, high) = (before >> (64 - reach), after << (64 - reach));
            any |= here | low | high;
            all &= here & (low | u64::MAX << reach) & (high | u64::MAX >> reach);
        }
        *result = match () {
            () if any == 0 => 0,
            () if all == u64::MAX && whole => u64::MAX,
            () => vote_word(mask, rows.clone(), z, index, reach, majority),
        };
    }
    if let Some(last) = words.last_mut() {
        *last &= mask.last_word_mask();
    }
}

/// Counts 64 windows at once: `planes[k]` holds bit k of every count.
fn vote_word(
    mask: &Mask,
    rows: std::ops::Range<usize>,
    z: usize,
    index: usize,
    reach: usize,
    majority: u8,
) -> u64 {
    let mut planes = [0_u64; 8];
    for y in rows {
        let [before, here, after] = three(mask.row(y, z), index);
        add(&mut planes, here);
        for dx in 1..=reach {
            add(&mut planes, here << dx | before >> (64 - dx));
            add(&mut planes, here >> dx | after << (64 - dx));
        }
    }
    // count >= majority, from the highest bit down.
    let (mut above, mut equal) = (0, u64::MAX);
    for (k, plane) in planes.iter().enumerate().rev() {
        if majority >> k & 1 == 1 {
            equal &= plane;
        } else {
            above |= equal & plane;
            equal &= !plane;
        }
    }
    above | equal
}

#[inline]
fn add(planes: &mut [u64; 8], votes: u64) {
    let mut carry = votes;
    for plane in planes {
        if carry == 0 {
            break;
        }
        let both = *plane & carry;
        *plane ^= carry;
        carry = both;
    }
}

/// A word and its neighbours in the row.
#[inline]
fn three(row: &[u64], index: usize) -> [u64; 3] {
    let at = |index: Option<usize>| index.and_then(|i| row.get(i)).copied().unwrap_or(0);
    [at(index.checked_sub(1)), at(Some(index)), at(index.checked_add(1))]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equals_counting_pixel_by_pixel(
            nx in 1usize..140, ny in 1usize..12, reach in 1usize..=7, seed: u64, density in 1u64..8,
        ) {
            let mut state = seed;
            let mask = Mask::from_fn([nx, ny, 2], |_, _, _| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 60) % 8 < density
            }).unwrap();
            let fast = majority_axial(&mask, reach, &mut ()).unwrap();
            let side = 2 * reach + 1;
            let slow = Mask::from_fn([nx, ny, 2], |x, y, z| {
                let votes = (0..side).flat_map(|dy| (0..side).map(move |dx| (dx, dy))).filter(|(dx, dy)| {
                    let at = (x + dx).checked_sub(reach).zip((y + dy).checked_sub(reach));
                    at.is_some_and(|(x, y)| mask.get(x, y, z))
                });
                2 * votes.count() > side * side
            }).unwrap();
            prop_assert_eq!(fast, slow);
        }
    }
}
