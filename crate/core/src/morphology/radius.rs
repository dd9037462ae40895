//! Radii in voxels: millimetres suit every scan but the finest, on which a ball would have so many
//! rows that it is refused.

use super::Ball;
use crate::{Error, Grid};

/// The recipe's own radii reach at most this far: wider ones cost time and gain nothing.
const MAX_VOXELS: f64 = 20.0;
/// A person's radius may reach this far; [`Ball::new`] refuses more.
const MAX_CLOSING_VOXELS: f64 = 64.0;

/// A radius of at most 20 voxels along every axis.
pub(crate) fn capped(radius_mm: f64, grid: &Grid) -> f64 {
    radius_mm.min(MAX_VOXELS * finest_mm(grid))
}

/// A ball of the recipe's own, smaller on fine voxels.
///
/// # Errors
/// As [`Ball::new`].
pub(crate) fn ball(radius_mm: f64, grid: &Grid) -> Result<Ball, Error> {
    Ball::new(capped(radius_mm, grid), grid)
}

/// As [`ball`], but flat: only the pixels count.
///
/// # Errors
/// As [`Ball::axial`].
pub(crate) fn axial(radius_mm: f64, grid: &Grid) -> Result<Ball, Error> {
    let [x_mm, y_mm, _] = grid.spacing_mm();
    Ball::axial(radius_mm.min(MAX_VOXELS * x_mm.min(y_mm)), grid)
}

/// The widest radius with which gaps can be closed.
pub(crate) fn max_closing_mm(grid: &Grid) -> f64 {
    MAX_CLOSING_VOXELS * finest_mm(grid)
}

fn finest_mm(grid: &Grid) -> f64 {
    grid.spacing_mm().into_iter().fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radii_shrink_on_fine_voxels_only() {
        let usual = Grid::from_spacing([9; 3], [0.7, 0.7, 2.5]).unwrap();
        assert_eq!(capped(5.0, &usual), 5.0);
        assert_eq!(axial(3.0, &usual).unwrap(), Ball::axial(3.0, &usual).unwrap());
        for spacing_mm in [[0.03; 3], [1.0, 1.0, 0.01], [0.004, 1.0, 1.0]] {
            let fine = Grid::from_spacing([9; 3], spacing_mm).unwrap();
            assert!(ball(4.0, &fine).is_ok() && axial(4.0, &fine).is_ok());
            assert!(Ball::new(max_closing_mm(&fine), &fine).is_ok());
        }
    }
}
