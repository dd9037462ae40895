//! A scan: a [`Grid`] and its voxels.

use std::borrow::Cow;

use ndarray::ArrayView3;

use crate::{Error, Grid};

/// Values below this lie outside the scanner's field of view: *padding*, kept but never measured.
pub const PADDING_BELOW_HU: i16 = -1024;

/// The voxel values, x fastest.
#[derive(Debug, Clone, PartialEq)]
pub enum Voxels {
    /// Hounsfield units (or whatever whole numbers the file holds).
    I16(Vec<i16>),
    /// Where the file cannot be held in `i16` without loss. NaN is possible and means *no value*.
    F32(Vec<f32>),
}

/// Voxels on a grid, in closest-RAS order, x fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    grid: Grid,
    voxels: Voxels,
}

impl Volume {
    /// Pairs voxels with their grid.
    ///
    /// # Errors
    /// [`Error::BadGrid`] when the number of voxels is not the grid's.
    pub fn new(grid: Grid, voxels: Voxels) -> Result<Self, Error> {
        let found = match &voxels {
            Voxels::I16(v) => v.len(),
            Voxels::F32(v) => v.len(),
        };
        if found != grid.voxel_count() {
            return Err(Error::BadGrid {
                what: "voxel count",
                value: found.to_string(),
                expected: "it must be the product of the grid's sizes",
            });
        }
        Ok(Self { grid, voxels })
    }

    /// The grid.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The voxels as stored.
    #[must_use]
    pub fn voxels(&self) -> &Voxels {
        &self.voxels
    }

    /// The voxels alone.
    #[must_use]
    pub fn into_voxels(self) -> Voxels {
        self.voxels
    }

    /// The voxels as whole Hounsfield units: borrowed when stored so, else rounded half away
    /// from zero and clamped to `i16` (NaN becomes `i16::MIN`, which is padding).
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] when a copy is needed and does not fit.
    pub fn hu(&self) -> Result<Cow<'_, [i16]>, Error> {
        match &self.voxels {
            Voxels::I16(v) => Ok(Cow::Borrowed(v)),
            Voxels::F32(v) => {
                let mut hu = crate::error::try_with_capacity(v.len(), "rounded voxels")?;
                hu.extend(v.iter().map(|value| hu_from_f32(*value)));
                Ok(Cow::Owned(hu))
            }
        }
    }

    /// Slices `z0..z0 + n` as whole HU, as [`Volume::hu`] gives them; those that exist.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn hu_of_slices(&self, z0: usize, n: usize) -> Result<Vec<i16>, Error> {
        let [nx, ny, nz] = self.grid.size_voxel();
        let (first, last) = (z0.min(nz), z0.saturating_add(n).min(nz));
        let range = first * nx * ny..last * nx * ny;
        let mut hu = crate::error::try_with_capacity(range.len(), "a slab of voxels")?;
        match &self.voxels {
            Voxels::I16(v) => hu.extend_from_slice(v.get(range).unwrap_or(&[])),
            Voxels::F32(v) => {
                hu.extend(v.get(range).unwrap_or(&[]).iter().map(|value| hu_from_f32(*value)));
            }
        }
        Ok(hu)
    }

    /// The integer voxels as an array indexed `[z, y, x]` (C order, no copy), if stored so.
    #[must_use]
    pub fn view_i16(&self) -> Option<ArrayView3<'_, i16>> {
        let [nx, ny, nz] = self.grid.size_voxel();
        match &self.voxels {
            Voxels::I16(v) => ArrayView3::from_shape((nz, ny, nx), v).ok(),
            Voxels::F32(_) => None,
        }
    }
}

/// Nearest whole HU; NaN is padding.
pub(crate) fn hu_from_f32(value: f32) -> i16 {
    // `as` saturates, so the clamp is the cast's own.
    if value.is_nan() { i16::MIN } else { value.round() as i16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hu_rounds_clamps_and_turns_nan_into_padding() {
        let grid = Grid::from_spacing([4, 1, 1], [1.0; 3]).unwrap();
        let volume = Volume::new(grid, Voxels::F32(vec![1.5, -2.4, 1e9, f32::NAN])).unwrap();
        assert_eq!(*volume.hu().unwrap(), [2, -2, i16::MAX, i16::MIN]);
    }

    #[test]
    fn slices_beyond_the_last_are_not_there() {
        let grid = Grid::from_spacing([2, 1, 3], [1.0; 3]).unwrap();
        let volume = Volume::new(grid, Voxels::I16((0..6).collect())).unwrap();
        assert_eq!(volume.hu_of_slices(1, 1).unwrap(), [2, 3]);
        assert_eq!(volume.hu_of_slices(2, usize::MAX).unwrap(), [4, 5]);
        assert!(volume.hu_of_slices(7, 1).unwrap().is_empty());
    }

    #[test]
    fn the_view_is_z_y_x() {
        let grid = Grid::from_spacing([2, 3, 1], [1.0; 3]).unwrap();
        let volume = Volume::new(grid, Voxels::I16((0..6).collect())).unwrap();
        assert_eq!(volume.view_i16().unwrap()[[0, 2, 1]], 5);
    }

    #[test]
    fn a_wrong_count_is_refused() {
        let grid = Grid::from_spacing([2, 2, 2], [1.0; 3]).unwrap();
        assert!(Volume::new(grid, Voxels::I16(vec![0; 7])).is_err());
    }
}
