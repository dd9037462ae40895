//! The structuring elements: balls in millimetres, as rows of voxels.

use crate::{Error, Grid};

/// One row of a ball: voxels `-reach..=reach` along x, `dy` rows and `dz` slices from the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BallRow {
    pub(crate) dy: isize,
    pub(crate) dz: isize,
    pub(crate) reach: usize,
}

/// A symmetric structuring element, as rows along x.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ball {
    /// Sorted by falling reach, so that rows of one reach stand together.
    rows: Vec<BallRow>,
}

/// More rows than this would make one dilation take minutes.
const MAX_RADIUS_VOXEL: f64 = 64.0;

impl Ball {
    /// Every voxel whose centre lies within `radius_mm` of the centre voxel's, at the grid's
    /// spacing. A radius below the spacing leaves that axis alone.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for a negative or non-finite radius, or one above 64 voxels.
    pub fn new(radius_mm: f64, grid: &Grid) -> Result<Self, Error> {
        Self::from_spacing(radius_mm, grid.spacing_mm())
    }

    /// As [`Ball::new`], but flat: within one slice only.
    ///
    /// # Errors
    /// As [`Ball::new`].
    pub fn axial(radius_mm: f64, grid: &Grid) -> Result<Self, Error> {
        let [x, y, _] = grid.spacing_mm();
        Self::from_spacing(radius_mm, [x, y, f64::INFINITY])
    }

    fn from_spacing(radius_mm: f64, spacing_mm: [f64; 3]) -> Result<Self, Error> {
        let radius_voxel = spacing_mm.map(|mm| radius_mm / mm);
        if !(radius_mm >= 0.0 && radius_voxel.iter().all(|r| *r <= MAX_RADIUS_VOXEL)) {
            return Err(Error::BadParameter {
                name: "radius_mm",
                value: radius_mm.to_string(),
                expected: "it must be at least 0 and at most 64 voxels",
            });
        }
        // A hair of slack: 0.7 mm spacing and a radius of 2.1 mm mean three voxels.
        let limit = radius_mm * radius_mm * (1.0 + 1e-9);
        let [rx, ry, rz] = radius_voxel.map(|r| (r * (1.0 + 1e-9)).floor() as isize);
        let mut rows = Vec::new();
        for dz in -rz..=rz {
            for dy in -ry..=ry {
                // An infinite spacing meets only dz = 0, where 0 * inf would be NaN.
                let z_mm = if dz == 0 { 0.0 } else { dz as f64 * spacing_mm[2] };
                let y_mm = dy as f64 * spacing_mm[1];
                let left = limit - y_mm * y_mm - z_mm * z_mm;
                if left >= 0.0 {
                    let fits = |x: &isize| (*x as f64 * spacing_mm[0]).powi(2) <= left;
                    let reach = (0..=rx).rev().find(fits).unwrap_or(0);
                    rows.push(BallRow { dy, dz, reach: reach.unsigned_abs() });
                }
            }
        }
        Ok(Self::from_rows(&rows))
    }

    /// The centre and its six face neighbours, whatever the spacing.
    #[must_use]
    pub fn faces() -> Self {
        let row = |dy, dz, reach| BallRow { dy, dz, reach };
        Self::from_rows(&[row(0, 0, 1), row(0, -1, 0), row(-1, 0, 0), row(1, 0, 0), row(0, 1, 0)])
    }

    /// The centre and its four face neighbours within the slice, whatever the spacing.
    #[must_use]
    pub fn axial_faces() -> Self {
        let row = |dy, reach| BallRow { dy, dz: 0, reach };
        Self::from_rows(&[row(0, 1), row(-1, 0), row(1, 0)])
    }

    fn from_rows(rows: &[BallRow]) -> Self {
        let longest = rows.iter().map(|row| row.reach).max().unwrap_or(0);
        let of = |reach| rows.iter().filter(move |row| row.reach == reach);
        Self { rows: (0..=longest).rev().flat_map(of).copied().collect() }
    }

    pub(crate) fn rows(&self) -> &[BallRow] {
        &self.rows
    }

    /// Is the centre the only voxel?
    #[must_use]
    pub fn is_point(&self) -> bool {
        matches!(self.rows.as_slice(), [row] if row.reach == 0)
    }

    /// The number of voxels.
    #[must_use]
    pub fn voxel_count(&self) -> usize {
        self.rows.iter().map(|row| 2 * row.reach + 1).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ball_follows_the_spacing() {
        let grid = Grid::from_spacing([9, 9, 9], [1.0, 1.0, 2.5]).unwrap();
        assert_eq!(Ball::new(1.0, &grid).unwrap().voxel_count(), 5);
        assert_eq!(Ball::new(2.0, &grid).unwrap().voxel_count(), 13);
        assert_eq!(Ball::new(2.5, &grid).unwrap().voxel_count(), 21 + 2);
        assert_eq!(Ball::axial(2.5, &grid).unwrap().voxel_count(), 21);
        assert!(Ball::new(0.5, &grid).unwrap().is_point());
        assert_eq!(Ball::faces().voxel_count(), 7);
    }

    #[test]
    fn refuses_radii_that_make_no_sense() {
        let grid = Grid::from_spacing([9, 9, 9], [1.0; 3]).unwrap();
        for radius_mm in [-1.0, f64::NAN, f64::INFINITY, 65.0] {
            assert_eq!(Ball::new(radius_mm, &grid).unwrap_err().code(), "bad_parameter");
        }
    }
}
