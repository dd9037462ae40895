//! A box of a mask, cut out and put back: whole words along x, so that nothing is shifted.

use crate::{Error, Grid, Mask};

/// A box: words of rows, rows, slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) word: usize,
    pub(super) y: usize,
    pub(super) z: usize,
    /// Voxels along x (words, or what is left of the row), y, z.
    pub(super) size_voxel: [usize; 3],
}

impl Window {
    /// The smallest window around what is in the mask and `margin_mm` more; `None`: it is empty.
    pub(super) fn around(mask: &Mask, margin_mm: f64, grid: &Grid) -> Option<Self> {
        let [nx, ny, nz] = mask.size_voxel();
        let words = mask.words_per_row();
        let mut columns = vec![0_u64; words];
        let (mut y, mut z) = ([usize::MAX, 0], [usize::MAX, 0]);
        for (row, bits) in mask.words().chunks_exact(words).enumerate() {
            let mut any = 0;
            for (column, word) in columns.iter_mut().zip(bits) {
                *column |= word;
                any |= word;
            }
            if any != 0 {
                y = [y[0].min(row % ny), y[1].max(row % ny)];
                z = [z[0].min(row / ny), z[1].max(row / ny)];
            }
        }
        let low = columns.iter().position(|word| *word != 0)?;
        let high = columns.iter().rposition(|word| *word != 0)?;
        let first = low * 64 + columns.get(low)?.trailing_zeros() as usize;
        let last = high * 64 + 63 - columns.get(high)?.leading_zeros() as usize;
        let mut range = [[first, last], y, z];
        for ((range, mm), n) in range.iter_mut().zip(grid.spacing_mm()).zip([nx, ny, nz]) {
            let margin = (margin_mm / mm).ceil() as usize + 1;
            *range = [range[0].saturating_sub(margin), (range[1] + margin).min(n - 1)];
        }
        Some(Self::of(range, nx))
    }

    /// From inclusive ranges of voxels.
    pub(super) fn of([x, y, z]: [[usize; 2]; 3], nx: usize) -> Self {
        let word = x[0] / 64;
        let size_x = ((x[1] / 64 + 1) * 64).min(nx) - word * 64;
        let size_voxel = [size_x, y[1] + 1 - y[0], z[1] + 1 - z[0]];
        Self { word, y: y[0], z: z[0], size_voxel }
    }

    /// What of the mask lies in the window.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(super) fn cut(&self, mask: &Mask) -> Result<Mask, Error> {
        let mut part = Mask::empty(self.size_voxel)?;
        let words = part.words_per_row();
        for z in 0..self.size_voxel[2] {
            for y in 0..self.size_voxel[1] {
                let from = mask.row(self.y + y, self.z + z);
                if let Some(from) = from.get(self.word..self.word + words) {
                    part.row_mut(y, z).copy_from_slice(from);
                }
            }
        }
        Ok(part)
    }

    /// Adds a part to the whole (`true`), or takes it away.
    pub(super) fn put(&self, part: &Mask, whole: &mut Mask, inside: bool) {
        let words = part.words_per_row();
        for z in 0..self.size_voxel[2] {
            for y in 0..self.size_voxel[1] {
                let to = whole.row_mut(self.y + y, self.z + z);
                if let Some(to) = to.get_mut(self.word..self.word + words) {
                    for (to, bits) in to.iter_mut().zip(part.row(y, z)) {
                        *to = if inside { *to | bits } else { *to & !bits };
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_out_can_be_put_back() {
        let size = [200, 7, 5];
        let grid = Grid::from_spacing(size, [1.0; 3]).unwrap();
        let mask =
            Mask::from_fn(size, |x, y, z| (70..150).contains(&x) && y == 3 && z > 2).unwrap();
        let window = Window::around(&mask, 1.0, &grid).unwrap();
        assert_eq!(window, Window { word: 1, y: 1, z: 1, size_voxel: [128, 5, 4] });
        let part = window.cut(&mask).unwrap();
        assert_eq!(part.count(), mask.count());
        assert!(part.get(6, 2, 2) && !part.get(5, 2, 2));
        let mut whole = Mask::empty(size).unwrap();
        window.put(&part, &mut whole, true);
        assert_eq!(whole, mask);
        window.put(&part, &mut whole, false);
        assert!(whole.is_empty() && Window::around(&whole, 1.0, &grid).is_none());
    }
}
