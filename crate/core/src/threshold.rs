//! Voxels in a range of HU, as bits.

use wide::{i8x16, i16x16};

use crate::{Error, Grid, Mask, Progress, par, progress::checkpoint};

/// Slices between two reports: about 10 ms of work at 512 × 512.
const SLICES_PER_STEP: usize = 64;

/// The mask of all voxels with `min_hu <= HU <= max_hu`.
///
/// ```
/// use hounsfield::{Grid, Mask, threshold::threshold};
/// let grid = Grid::from_spacing([4, 1, 1], [1.0; 3])?;
/// let mask = threshold(&[-1000, 150, 1300, 1301], &grid, 150, 1300, &mut ())?;
/// assert_eq!(mask, Mask::drawn(".##."));
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// `hu` is x fastest, on `grid`. Reports stage `"threshold"`. Memory: one bit a voxel.
///
/// # Errors
/// [`Error::BadGrid`] when `hu` is not on `grid`, [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn threshold(
    hu: &[i16],
    grid: &Grid,
    min_hu: i16,
    max_hu: i16,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    check_on_grid(hu, grid)?;
    let size = grid.size_voxel();
    let mut mask = Mask::empty(size)?;
    let (words_per_row, last) = (mask.words_per_row(), mask.last_word_mask());
    let rows_per_step = size[1] * SLICES_PER_STEP;
    let steps = (size[1] * size[2]).div_ceil(rows_per_step);
    let words = mask.words_mut().chunks_mut(rows_per_step * words_per_row);
    for (step, (words, hu)) in words.zip(hu.chunks(rows_per_step * size[0])).enumerate() {
        checkpoint(progress, "threshold", step as f64 / steps as f64)?;
        let slices = words.chunks_mut(words_per_row * size[1]).zip(hu.chunks(size[0] * size[1]));
        par::each(slices, &|_, (words, hu)| {
            for (words, hu) in words.chunks_exact_mut(words_per_row).zip(hu.chunks_exact(size[0])) {
                row_to_bits(hu, min_hu, max_hu, last, words);
            }
        });
    }
    Ok(mask)
}

/// As [`threshold`], for three ranges in one walk over the voxels: memory is what it waits for.
pub(crate) fn threshold_three(
    hu: &[i16],
    grid: &Grid,
    ranges: [[i16; 2]; 3],
    progress: &mut dyn Progress,
) -> Result<[Mask; 3], Error> {
    check_on_grid(hu, grid)?;
    let size = grid.size_voxel();
    let mut masks = [Mask::empty(size)?, Mask::empty(size)?, Mask::empty(size)?];
    let (words_per_row, last) = (masks[0].words_per_row(), masks[0].last_word_mask());
    let per_step = words_per_row * size[1] * SLICES_PER_STEP;
    let steps = size[2].div_ceil(SLICES_PER_STEP);
    let [a, b, c] = masks.each_mut().map(|mask| mask.words_mut().chunks_mut(per_step));
    let hu = hu.chunks(size[0] * size[1] * SLICES_PER_STEP);
    for (step, (((a, b), c), hu)) in a.zip(b).zip(c).zip(hu).enumerate() {
        checkpoint(progress, "threshold", step as f64 / steps as f64)?;
        let [a, b, c] = [a, b, c].map(|words| words.chunks_mut(words_per_row * size[1]));
        let slices = a.zip(b).zip(c).zip(hu.chunks(size[0] * size[1]));
        par::each(slices, &|_, (((a, b), c), hu)| {
            let mut rows = [a, b, c].map(|words| words.chunks_exact_mut(words_per_row));
            for hu in hu.chunks_exact(size[0]) {
                for (rows, [min_hu, max_hu]) in rows.iter_mut().zip(ranges) {
                    if let Some(words) = rows.next() {
                        row_to_bits(hu, min_hu, max_hu, last, words);
                    }
                }
            }
        });
    }
    Ok(masks)
}

/// The voxels of `mask` of at most `max_hu`: only words with something in them are looked at.
pub(crate) fn darker_within(hu: &[i16], mask: &Mask, max_hu: i16) -> Result<Mask, Error> {
    let [nx, ny, _] = mask.size_voxel();
    let mut darker = mask.try_clone()?;
    let words_per_row = mask.words_per_row();
    let (low, high) = (i16x16::splat(i16::MIN), i16x16::splat(max_hu));
    let slices = darker.words_mut().chunks_mut(words_per_row * ny).zip(hu.chunks(nx * ny));
    par::each(slices, &|_, (words, hu)| {
        for (words, hu) in words.chunks_exact_mut(words_per_row).zip(hu.chunks_exact(nx)) {
            for (word, hu) in words.iter_mut().zip(hu.chunks(64)).filter(|(word, _)| **word != 0) {
                let mut block = [i16::MAX; 64];
                block[..hu.len()].copy_from_slice(hu);
                *word &= block_to_bits(&block, low, high);
            }
        }
    });
    Ok(darker)
}

/// Refuses voxels that are not on the grid.
pub(crate) fn check_on_grid(hu: &[i16], grid: &Grid) -> Result<(), Error> {
    if hu.len() == grid.voxel_count() {
        return Ok(());
    }
    Err(Error::BadGrid {
        what: "voxel count",
        value: hu.len().to_string(),
        expected: "it must be the product of the grid's sizes",
    })
}

pub(crate) fn row_to_bits(hu: &[i16], min_hu: i16, max_hu: i16, last: u64, words: &mut [u64]) {
    let (low, high) = (i16x16::splat(min_hu), i16x16::splat(max_hu));
    let (whole, rest) = hu.as_chunks::<64>();
    for (word, block) in words.iter_mut().zip(whole) {
        *word = block_to_bits(block, low, high);
    }
    if !rest.is_empty() {
        let mut block = [0; 64];
        block[..rest.len()].copy_from_slice(rest);
        if let Some(word) = words.last_mut() {
            *word = block_to_bits(&block, low, high) & last;
        }
    }
}

#[inline]
fn block_to_bits(block: &[i16; 64], low: i16x16, high: i16x16) -> u64 {
    let (quarters, _) = block.as_chunks::<16>();
    let mut word = 0;
    for (k, quarter) in quarters.iter().enumerate() {
        let hu = i16x16::new(*quarter);
        // Outside is two strict comparisons: SSE2 has no "or equal".
        let outside = hu.simd_lt(low) | hu.simd_gt(high);
        let bits = i8x16::from_i16x16_saturate(outside).to_bitmask();
        word |= u64::from(bits as u16) << (16 * k);
    }
    !word
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equals_one_comparison_a_voxel(
            nx in 1usize..150, ny in 1usize..4, nz in 1usize..4,
            min_hu: i16, max_hu: i16, seed: u64,
        ) {
            let grid = Grid::from_spacing([nx, ny, nz], [1.0; 3]).unwrap();
            let mut state = seed;
            let hu: Vec<i16> = (0..nx * ny * nz).map(|_| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 48) as i16
            }).collect();
            let mask = threshold(&hu, &grid, min_hu, max_hu, &mut ()).unwrap();
            let slow = Mask::from_fn([nx, ny, nz], |x, y, z| {
                (min_hu..=max_hu).contains(&hu[(z * ny + y) * nx + x])
            }).unwrap();
            prop_assert_eq!(mask, slow);
        }
    }

    #[test]
    fn three_at_once_and_those_within_are_what_one_at_a_time_gives() {
        let grid = Grid::from_spacing([131, 3, 2], [1.0; 3]).unwrap();
        let hu: Vec<i16> = (0..131 * 6).map(|i| ((i * 7919) % 3000) as i16 - 1500).collect();
        let ranges = [[-2000, -450], [-299, i16::MAX], [i16::MIN, -1200]];
        let three = threshold_three(&hu, &grid, ranges, &mut ()).unwrap();
        for (mask, [min_hu, max_hu]) in three.iter().zip(ranges) {
            assert_eq!(*mask, threshold(&hu, &grid, min_hu, max_hu, &mut ()).unwrap());
        }
        let mut darker = threshold(&hu, &grid, i16::MIN, -700, &mut ()).unwrap();
        darker.intersect_with(&three[0]).unwrap();
        assert_eq!(darker_within(&hu, &three[0], -700).unwrap(), darker);
    }

    #[test]
    fn every_voxel_at_the_full_range_and_no_bit_beyond_the_row() {
        let grid = Grid::from_spacing([65, 1, 1], [1.0; 3]).unwrap();
        let mask = threshold(&[i16::MIN; 65], &grid, i16::MIN, i16::MAX, &mut ()).unwrap();
        assert_eq!(mask.words(), [u64::MAX, 1]);
    }
}
