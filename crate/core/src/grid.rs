//! Where voxels lie in the patient: a size, and the affine from voxel indices to RAS millimetres.

use crate::Error;

/// A 3×4 matrix, row-major: three rows of `[x, y, z, 1]` coefficients.
///
/// Named `target_from_source`, so that products read as a chain.
pub type Affine = [[f64; 4]; 3];

/// A checked sampling grid: size at least 1 in each axis, finite and invertible affine.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    size_voxel: [usize; 3],
    ras_from_voxel: Affine,
}

/// Smallest spacing accepted, in mm; below it a header is broken, not fine.
const MIN_SPACING_MM: f64 = 1e-3;
/// Largest spacing accepted, in mm.
const MAX_SPACING_MM: f64 = 1e3;

impl Grid {
    /// Checks and builds a grid.
    ///
    /// `ras_from_voxel` maps the centre of voxel (x, y, z) to millimetres, RAS+.
    ///
    /// # Errors
    /// [`Error::BadGrid`] for a zero size, a voxel count beyond `usize`, a non-finite or singular
    /// affine, or a spacing outside 0.001…1000 mm.
    pub fn new(size_voxel: [usize; 3], ras_from_voxel: Affine) -> Result<Self, Error> {
        if size_voxel.contains(&0) {
            return Err(Error::BadGrid {
                what: "size",
                value: format!("{size_voxel:?}"),
                expected: "every axis needs at least one voxel",
            });
        }
        // Runs keep x in 16 bits, and NIfTI-1 stores sizes in 15: no scanner comes near.
        if size_voxel.iter().any(|n| *n >= usize::from(u16::MAX)) {
            return Err(Error::BadGrid {
                what: "size",
                value: format!("{size_voxel:?}"),
                expected: "no axis may have more than 65534 voxels",
            });
        }
        let count = size_voxel.iter().try_fold(1usize, |product, n| product.checked_mul(*n));
        // Halved so that byte offsets of 16-bit voxels stay below isize::MAX everywhere.
        if count.is_none_or(|n| n > (isize::MAX as usize) / 2) {
            return Err(Error::BadGrid {
                what: "size",
                value: format!("{size_voxel:?}"),
                expected: "the number of voxels must fit this machine's address space",
            });
        }
        if ras_from_voxel.iter().flatten().any(|v| !v.is_finite()) {
            return Err(Error::BadGrid {
                what: "affine",
                value: format!("{ras_from_voxel:?}"),
                expected: "every entry must be a finite number",
            });
        }
        let grid = Self { size_voxel, ras_from_voxel };
        let spacing_mm = grid.spacing_mm();
        if spacing_mm.iter().any(|mm| !(MIN_SPACING_MM..=MAX_SPACING_MM).contains(mm)) {
            return Err(Error::BadGrid {
                what: "spacing",
                value: format!("{spacing_mm:?} mm"),
                expected: "each axis must lie between 0.001 and 1000 mm",
            });
        }
        let cube_mm3: f64 = spacing_mm.iter().product();
        if grid.voxel_volume_mm3() < 1e-6 * cube_mm3 {
            return Err(Error::BadGrid {
                what: "affine",
                value: format!("{ras_from_voxel:?}"),
                expected: "its axes must not lie in one plane (the matrix is singular)",
            });
        }
        Ok(grid)
    }

    /// An axis-aligned grid with voxel (0, 0, 0) at the RAS origin.
    ///
    /// # Errors
    /// As [`Grid::new`].
    pub fn from_spacing(size_voxel: [usize; 3], spacing_mm: [f64; 3]) -> Result<Self, Error> {
        let [x, y, z] = spacing_mm;
        Self::new(size_voxel, [[x, 0.0, 0.0, 0.0], [0.0, y, 0.0, 0.0], [0.0, 0.0, z, 0.0]])
    }

    /// Voxels along x, y, z.
    #[must_use]
    pub fn size_voxel(&self) -> [usize; 3] {
        self.size_voxel
    }

    /// The number of voxels.
    #[must_use]
    pub fn voxel_count(&self) -> usize {
        self.size_voxel.iter().product()
    }

    /// Millimetres (RAS+) from voxel indices.
    #[must_use]
    pub fn ras_from_voxel(&self) -> &Affine {
        &self.ras_from_voxel
    }

    /// The distance in mm between neighbours along each voxel axis: the lengths of the columns.
    #[must_use]
    pub fn spacing_mm(&self) -> [f64; 3] {
        std::array::from_fn(|axis| {
            self.ras_from_voxel.iter().map(|row| row[axis] * row[axis]).sum::<f64>().sqrt()
        })
    }

    /// The volume of one voxel in mm³: |det| of the affine, so right for sheared grids, too.
    #[must_use]
    pub fn voxel_volume_mm3(&self) -> f64 {
        determinant(&self.ras_from_voxel).abs()
    }

    /// The volume of `voxels` voxels in millilitres.
    #[must_use]
    pub fn volume_ml(&self, voxels: usize) -> f64 {
        voxels as f64 * self.voxel_volume_mm3() / 1000.0
    }

    /// RAS millimetres of a (fractional) voxel position.
    #[must_use]
    pub fn ras_of(&self, voxel: [f64; 3]) -> [f64; 3] {
        self.ras_from_voxel.map(|[a, b, c, d]| a * voxel[0] + b * voxel[1] + c * voxel[2] + d)
    }
}

/// The determinant of the 3×3 part.
#[must_use]
pub fn determinant(m: &Affine) -> f64 {
    m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_and_volume_of_a_sheared_grid() {
        // x columns of length 2, z tilted by 1 mm per slice along y.
        let grid = Grid::new(
            [2, 3, 4],
            [[2.0, 0.0, 0.0, 5.0], [0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 3.0, 0.0]],
        )
        .unwrap();
        assert_eq!(grid.voxel_volume_mm3(), 6.0);
        assert!((grid.spacing_mm()[2] - 10f64.sqrt()).abs() < 1e-12);
        assert_eq!(grid.ras_of([1.0, 0.0, 2.0]), [7.0, 2.0, 6.0]);
    }

    #[test]
    fn refuses_what_no_scan_can_have() {
        let unit = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]];
        assert!(Grid::new([0, 1, 1], unit).is_err());
        assert!(Grid::new([usize::MAX, 2, 1], unit).is_err());
        let mut singular = unit;
        singular[2] = [0.0, 1.0, 0.0, 0.0];
        assert!(Grid::new([1, 1, 1], singular).is_err());
        let mut infinite = unit;
        infinite[0][3] = f64::NAN;
        assert!(Grid::new([1, 1, 1], infinite).is_err());
        let mut huge = unit;
        huge[0][0] = 1e9;
        assert!(Grid::new([1, 1, 1], huge).unwrap_err().to_string().contains("1000000000"));
    }
}
