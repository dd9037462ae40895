//! Slices as pictures show them: upright, as radiologists look at them.
//!
//! ```text
//!              column 0          row 0        slice 0
//! axial        patient's right   anterior     inferior
//! coronal      patient's right   superior     posterior
//! sagittal     anterior          superior     patient's left
//! ```

use serde::{Deserialize, Serialize};

use crate::{Error, Grid, Mask, Slice, Volume, Voxels, error::try_with_capacity, grid::Affine};

/// Which way slices are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Plane {
    /// Across the body.
    #[default]
    Axial,
    /// As one faces the patient.
    Coronal,
    /// From the patient's left.
    Sagittal,
}

impl Plane {
    /// For columns, rows and slices: the axis of the volume, and whether they run against it.
    fn axes(self) -> [(usize, bool); 3] {
        match self {
            Self::Axial => [(0, true), (1, true), (2, false)],
            Self::Coronal => [(0, true), (2, true), (1, false)],
            Self::Sagittal => [(1, true), (2, true), (0, false)],
        }
    }

    /// Columns, rows and slices.
    #[must_use]
    pub fn size(self, size_voxel: [usize; 3]) -> [usize; 3] {
        self.axes().map(|(axis, _)| size_voxel[axis])
    }

    /// Millimetres between columns, rows and slices.
    #[must_use]
    pub fn spacing_mm(self, grid: &Grid) -> [f64; 3] {
        self.axes().map(|(axis, _)| grid.spacing_mm()[axis])
    }

    /// RAS millimetres from column, row and slice.
    #[must_use]
    pub fn ras_from_pixel(self, grid: &Grid) -> Affine {
        let size = grid.size_voxel();
        let mut origin = [0.0; 3];
        for (axis, against) in self.axes() {
            origin[axis] = if against { (size[axis] - 1) as f64 } else { 0.0 };
        }
        let origin_ras = grid.ras_of(origin);
        let mut affine = [[0.0; 4]; 3];
        for ((row, old), origin) in affine.iter_mut().zip(grid.ras_from_voxel()).zip(origin_ras) {
            let [c, r, s] = self
                .axes()
                .map(|(axis, against)| if against { 0.0 - old[axis] } else { old[axis] });
            *row = [c, r, s, origin];
        }
        affine
    }

    /// The values of slice `index`, row by row.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for a slice that the volume does not have, [`Error::OutOfMemory`].
    pub fn values(self, volume: &Volume, index: usize) -> Result<Slice, Error> {
        let size = volume.grid().size_voxel();
        match volume.voxels() {
            Voxels::I16(voxels) => {
                self.cut(size, index, |at| voxels.get(at).copied().unwrap_or(0)).map(Slice::I16)
            }
            Voxels::F32(voxels) => {
                self.cut(size, index, |at| voxels.get(at).copied().unwrap_or(0.0)).map(Slice::F32)
            }
        }
    }

    /// The labels of slice `index`, row by row: each mask's number, 0 outside of all. Where masks
    /// overlap, the later one's.
    ///
    /// # Errors
    /// As [`Plane::values`]; [`Error::SizeMismatch`].
    pub fn labels(
        self,
        size_voxel: [usize; 3],
        masks: &[(u8, &Mask)],
        index: usize,
    ) -> Result<Vec<u8>, Error> {
        let [nx, ny, _] = size_voxel;
        for (_, mask) in masks {
            if mask.size_voxel() != size_voxel {
                let found = mask.size_voxel();
                return Err(Error::SizeMismatch { what: "a mask", found, expected: size_voxel });
            }
        }
        self.cut(size_voxel, index, |at| {
            let [x, y, z] = [at % nx, at / nx % ny, at / nx / ny];
            masks.iter().rev().find(|(_, mask)| mask.get(x, y, z)).map_or(0, |(label, _)| *label)
        })
    }

    fn cut<T>(
        self,
        size: [usize; 3],
        index: usize,
        value: impl Fn(usize) -> T,
    ) -> Result<Vec<T>, Error> {
        let [columns, rows, slices] = self.size(size);
        if index >= slices {
            return Err(Error::BadParameter {
                name: "slice",
                value: index.to_string(),
                expected: "it must be less than the number of slices",
            });
        }
        let stride = [1, size[0], size[0] * size[1]];
        let place = |n: usize, which: usize| {
            let (axis, against) = self.axes()[which];
            stride[axis] * if against { size[axis] - 1 - n } else { n }
        };
        let mut found = try_with_capacity(columns * rows, "a slice")?;
        for row in 0..rows {
            let start = place(index, 2) + place(row, 1);
            found.extend((0..columns).map(|column| value(start + place(column, 0))));
        }
        Ok(found)
    }
}
