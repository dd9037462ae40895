//! The component curve: connected components in [t, 1300] HU, exactly, for every t from 150 to 500.
//!
//! Everybody counts by one labelling per threshold. This takes one sweep for all 351, at about half
//! the cost of one labelling.
//!
//! Let the voxels in [150, 1300] HU enter one by one, highest first (of equals, the one earlier in
//! raster order). A voxel entering changes the number of components by one minus the number of
//! components it touches among its higher neighbours:
//! - no higher neighbour: a component is born;
//! - its higher neighbours are joined inside its own 3×3×3 box: nothing changes. This is nearly
//!   every voxel, and it is decided with a few word operations on a 27-bit mask;
//! - otherwise it may join components: one *edge* for each further set in its box.
//!
//! A voxel that is no birth hangs on one higher neighbour, so every voxel belongs to the *basin* of
//! one maximum, and only basins and edges are left: births minus Kruskal's unions at or above t is
//! the count at t. It is the 0-dimensional part of discrete Morse theory (Robins, Wood, Sheppard:
//! *Theory and algorithms for constructing discrete Morse complexes from grayscale digital images*,
//! 2011) on a plain order of voxels.
//!
//! `compare` finds higher neighbours, `local` decides about one box, `slab` passes over slices,
//! `resolve` and `join` turn what it leaves into counts.

mod choice;
mod compare;
mod join;
mod local;
mod resolve;
mod slab;

pub use choice::{Choice, MIN_STRETCH_HU, Proposal, Rule, Stretch, choose};
use local::Local;
use serde::{Deserialize, Serialize};
use slab::{ListBudget, Slab};

use crate::{
    Error, Grid, Neighbourhood, Progress, par, progress::checkpoint, threshold::check_on_grid,
};

/// The lowest threshold.
pub const FIRST_HU: i16 = 150;
/// The highest threshold.
pub const LAST_HU: i16 = 500;
/// Voxels above are no bone (metal, dense contrast) and never counted.
pub const MAX_HU: i16 = 1300;
/// Thresholds counted.
pub const LEVELS: usize = (LAST_HU - FIRST_HU + 1) as usize;
/// Lists of voxels up to this long are always kept (40 MB).
pub const FREE_LIST_VOXELS: usize = 1 << 22;
/// Slices a thread works through between two reports: about 10 ms.
const SLICES_PER_STEP: usize = 16;

/// Components at every threshold; entry k is for `first_hu + k`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Curve {
    /// The threshold of entry 0.
    pub first_hu: i16,
    /// What counts as connected.
    pub neighbourhood: Neighbourhood,
    /// Connected components in [threshold, 1300] HU.
    pub components: Vec<u32>,
    /// Voxels in [threshold, 1300] HU.
    pub voxels: Vec<u64>,
    /// Voxels of the largest component; empty when sizes were not asked for, or given up.
    pub largest_voxels: Vec<u64>,
    /// Components of at least [`Sizes::large_voxels`]; empty likewise.
    pub large_components: Vec<u32>,
}

/// Asks for the sizes of components, too.
///
/// They are given up (and the lists stay empty) when more than an eighth of the scan, and more than
/// [`FREE_LIST_VOXELS`], lies in range: that is noise or no CT, and would cost more memory than the
/// scan itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// A component of at least this many voxels is counted as large.
    pub large_voxels: u64,
}

/// Counts components at every threshold.
///
/// `hu` is x fastest, on `grid`; `neighbourhood` is 6, 18 or 26. `sizes` adds the sizes of
/// components for 10 bytes an active voxel and half as much time again. Reports stage
/// `"component curve"`.
///
/// ```
/// use hounsfield::{Grid, Neighbourhood, curve::component_curve};
/// // Two peaks that a saddle of 200 HU joins.
/// let grid = Grid::from_spacing([5, 1, 1], [1.0; 3])?;
/// let curve = component_curve(
///     &[300, 250, 200, 400, 2000], &grid, Neighbourhood::Corners26, None, &mut (),
/// )?;
/// let at = |hu: usize| curve.components[hu - 150];
/// assert_eq!([at(150), at(200), at(201), at(300), at(301), at(400), at(401)], [1, 1, 2, 2, 1, 1, 0]);
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// # Errors
/// [`Error::BadGrid`] when `hu` is not on `grid`, [`Error::BadParameter`] for a neighbourhood in
/// the plane, [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn component_curve(
    hu: &[i16],
    grid: &Grid,
    neighbourhood: Neighbourhood,
    sizes: Option<Sizes>,
    progress: &mut dyn Progress,
) -> Result<Curve, Error> {
    check_on_grid(hu, grid)?;
    Neighbourhood::try_from(neighbourhood.size())?;
    let size = grid.size_voxel();
    let nz = size[2];
    // The counts do not depend on the cut, so it may follow the number of threads.
    let count = par::threads().min(nz.div_ceil(8)).max(1);
    let budget = sizes.map(|_| ListBudget::new((hu.len() / 8).max(FREE_LIST_VOXELS)));
    let mut slabs = (0..count)
        .map(|k| {
            let range = (nz * k / count, nz * (k + 1) / count);
            Slab::new(hu, size, range, Local::new(neighbourhood), budget.as_ref())
        })
        .collect::<Result<Vec<_>, _>>()?;
    let steps = nz.div_ceil(count * SLICES_PER_STEP);
    for step in 0.. {
        checkpoint(progress, "component curve", (step as f64 / steps as f64).min(1.0) * 0.9)?;
        let done = par::map(slabs.iter_mut(), &|_, slab| slab.advance(SLICES_PER_STEP));
        if done.into_iter().try_fold(true, |all, done| Ok::<_, Error>(done? && all))? {
            break;
        }
    }
    // What one slab could still list is worth nothing when another had to stop.
    let sizes = sizes.filter(|_| budget.as_ref().is_some_and(|budget| !budget.is_exceeded()));
    join::count(slabs, neighbourhood, sizes)
}

#[cfg(test)]
mod tests;
