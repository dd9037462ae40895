//! What is inside, a bit a voxel, with a layer of outside around it where the border is closed.

use std::borrow::Cow;

use crate::{
    Error, Mask, Progress, Volume, Voxels, par, progress::checkpoint, threshold::row_to_bits,
};

/// Slices between two reports.
const SLICES_PER_STEP: usize = 64;

/// `mask`, or with `pad` a copy one voxel larger on every side.
pub(super) fn of_mask<'a>(
    mask: &'a Mask,
    pad: bool,
    progress: &mut dyn Progress,
) -> Result<Cow<'a, Mask>, Error> {
    if !pad {
        return Ok(Cow::Borrowed(mask));
    }
    let copy = |y: usize, z: usize, words: &mut [u64]| {
        for (word, bits) in words.iter_mut().zip(mask.row(y, z)) {
            *word = *bits;
        }
    };
    rows(mask.size_voxel(), true, &copy, progress).map(Cow::Owned)
}

/// The voxels of at least `level_hu`, as [`of_mask`]. NaN is outside.
pub(super) fn of_level(
    volume: &Volume,
    level_hu: f64,
    pad: bool,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let size = volume.grid().size_voxel();
    let [nx, ny, _] = size;
    let last = match nx % 64 {
        0 => u64::MAX,
        rest => (1 << rest) - 1,
    };
    let at = |y: usize, z: usize| (z * ny + y) * nx..(z * ny + y + 1) * nx;
    match volume.voxels() {
        Voxels::I16(hu) => {
            let least = level_hu.ceil();
            if least > f64::from(i16::MAX) {
                return rows(size, pad, &|_, _, _| {}, progress);
            }
            // `as` saturates: below the least of `i16` everything is inside.
            let least = least as i16;
            let bits = |y: usize, z: usize, words: &mut [u64]| {
                row_to_bits(hu.get(at(y, z)).unwrap_or(&[]), least, i16::MAX, last, words);
            };
            rows(size, pad, &bits, progress)
        }
        Voxels::F32(values) => {
            let bits = |y: usize, z: usize, words: &mut [u64]| {
                let row = values.get(at(y, z)).unwrap_or(&[]);
                for (word, block) in words.iter_mut().zip(row.chunks(64)) {
                    let inside = block.iter().map(|value| f64::from(*value) >= level_hu);
                    *word = inside.enumerate().fold(0, |word, (k, bit)| word | u64::from(bit) << k);
                }
            };
            rows(size, pad, &bits, progress)
        }
    }
}

/// A mask of rows that `fill` writes, given (y, z) of the unpadded grid.
fn rows(
    size_voxel: [usize; 3],
    pad: bool,
    fill: &(dyn Fn(usize, usize, &mut [u64]) + Sync),
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let margin = usize::from(pad);
    let [_, ny, nz] = size_voxel;
    let mut mask = Mask::empty(size_voxel.map(|n| n + 2 * margin))?;
    let words_per_row = mask.words_per_row();
    let rows_per_slice = ny + 2 * margin;
    let step = SLICES_PER_STEP * rows_per_slice;
    for (chunk, words) in mask.words_mut().chunks_mut(step * words_per_row).enumerate() {
        checkpoint(progress, "inside", (chunk * SLICES_PER_STEP) as f64 / nz as f64)?;
        par::each(words.chunks_mut(rows_per_slice * words_per_row), &|slice, words| {
            let Some(z) = (chunk * SLICES_PER_STEP + slice).checked_sub(margin) else { return };
            let rows = words.chunks_mut(words_per_row).skip(margin).take(ny);
            for (y, words) in rows.enumerate().filter(|_| z < nz) {
                fill(y, z, words);
                if pad {
                    shift_up(words);
                }
            }
        });
    }
    Ok(mask)
}

/// Moves a row one voxel up, to make room for the one outside.
fn shift_up(words: &mut [u64]) {
    let mut carried = 0;
    for word in words {
        let next = *word >> 63;
        *word = *word << 1 | carried;
        carried = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grid;

    #[test]
    fn a_layer_of_outside_is_put_around() {
        let mask = Mask::drawn("#.\n##");
        let padded = of_mask(&mask, true, &mut ()).unwrap();
        let drawn = Mask::drawn(
            "....\n....\n....\n....\n\n....\n.#..\n.##.\n....\n\n....\n....\n....\n....",
        );
        assert_eq!(*padded, drawn, "\n{}", padded.draw());
        let wide = Mask::from_fn([130, 1, 1], |x, _, _| x % 63 == 0).unwrap();
        let shifted = of_mask(&wide, true, &mut ()).unwrap();
        assert!((0..132).all(|x| shifted.get(x, 1, 1) == (x > 0 && wide.get(x - 1, 0, 0))));
    }

    #[test]
    fn a_level_between_two_hu_lies_above_the_lower_and_nan_is_outside() {
        let grid = Grid::from_spacing([4, 1, 1], [1.0; 3]).unwrap();
        let whole = Volume::new(grid.clone(), Voxels::I16(vec![300, 301, -5, i16::MAX])).unwrap();
        assert_eq!(of_level(&whole, 300.5, false, &mut ()).unwrap(), Mask::drawn(".#.#"));
        assert_eq!(of_level(&whole, 300.0, false, &mut ()).unwrap(), Mask::drawn("##.#"));
        assert!(of_level(&whole, 4e4, false, &mut ()).unwrap().is_empty());
        assert_eq!(of_level(&whole, -4e4, false, &mut ()).unwrap().count(), 4);
        let real = Volume::new(grid, Voxels::F32(vec![f32::NAN, 0.25, 0.5, f32::INFINITY]));
        assert_eq!(of_level(&real.unwrap(), 0.5, false, &mut ()).unwrap(), Mask::drawn("..##"));
    }
}
