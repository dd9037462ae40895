//! Every second or third row of a mask, where rows are fine: what needs no sharp edge takes half
//! the time.

use crate::{Error, Grid, Mask};

/// Rows are at most this far apart, unless they are so already.
const ROWS_MM: f64 = 1.5;
const MOST: usize = 4;

/// Which rows of a scan are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) step: usize,
    size_voxel: [usize; 3],
}

impl Rows {
    pub(super) fn of(grid: &Grid) -> Self {
        let step = (ROWS_MM / grid.spacing_mm()[1]) as usize;
        Self { step: step.clamp(1, MOST), size_voxel: grid.size_voxel() }
    }

    /// Voxels along x, rows that are looked at, slices.
    pub(super) fn size_voxel(self) -> [usize; 3] {
        let [nx, ny, nz] = self.size_voxel;
        [nx, ny.div_ceil(self.step), nz]
    }

    /// The grid of these rows (upright, wherever the scan lies).
    ///
    /// # Errors
    /// As [`Grid::new`].
    pub(super) fn grid(self, grid: &Grid) -> Result<Grid, Error> {
        let [x_mm, y_mm, z_mm] = grid.spacing_mm();
        // A step is only made where rows are fine, so the spacing stays one that a grid can have.
        Grid::from_spacing(self.size_voxel(), [x_mm, y_mm * self.step as f64, z_mm])
    }

    /// These rows of a mask.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(super) fn take(self, mask: &Mask) -> Result<Mask, Error> {
        let mut some = Mask::empty(self.size_voxel())?;
        let [_, ny, nz] = self.size_voxel();
        for (y, z) in (0..nz).flat_map(|z| (0..ny).map(move |y| (y, z))) {
            some.row_mut(y, z).copy_from_slice(mask.row(y * self.step, z));
        }
        Ok(some)
    }

    /// All rows again; those between two that were looked at have what is in both.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(super) fn spread(self, some: &Mask) -> Result<Mask, Error> {
        let mut all = Mask::empty(self.size_voxel)?;
        let [_, ny, nz] = self.size_voxel;
        let last = some.size_voxel()[1] - 1;
        for (y, z) in (0..nz).flat_map(|z| (0..ny).map(move |y| (y, z))) {
            let (below, above) = (y / self.step, y.div_ceil(self.step).min(last));
            let rows = some.row(below, z).iter().zip(some.row(above, z));
            for (word, (a, b)) in all.row_mut(y, z).iter_mut().zip(rows) {
                *word = a & b;
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_between_have_what_is_in_both() {
        let grid = Grid::from_spacing([4, 6, 1], [0.5, 0.7, 2.0]).unwrap();
        let rows = Rows::of(&grid);
        assert_eq!((rows.step, rows.size_voxel()), (2, [4, 3, 1]));
        let mask = Mask::drawn("##..\n####\n.##.\n....\n.###\n####");
        let some = rows.take(&mask).unwrap();
        assert_eq!(some, Mask::drawn("##..\n.##.\n.###"));
        let all = Mask::drawn("##..\n.#..\n.##.\n.##.\n.###\n.###");
        assert_eq!(rows.spread(&some).unwrap(), all);
        let grid = Grid::from_spacing([4, 6, 1], [0.001; 3]).unwrap();
        assert_eq!(Rows::of(&grid).step, MOST);
        assert_eq!(Rows::of(&Grid::from_spacing([4, 6, 1], [3.0; 3]).unwrap()).step, 1);
    }
}
