//! Filling what a mask encloses: components of the complement that do not reach the outside.

use crate::{Error, Mask, Neighbourhood, Progress, components::Components};

/// Adds every hole: background that no face-to-face path joins to the grid's faces.
///
/// Reports stage `"fill holes"`. Memory: the result and 8 bytes a run of background.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn fill_holes(mask: &Mask, progress: &mut dyn Progress) -> Result<Mask, Error> {
    let [nx, ny, nz] = mask.size_voxel();
    fill(mask, Neighbourhood::Faces6, usize::MAX, progress, |y, z, start, end| {
        start == 0 || end == nx || y == 0 || y + 1 == ny || z == 0 || z + 1 == nz
    })
}

/// Adds, slice by slice, every hole of at most `max_pixels` pixels: background that no path
/// within the slice joins to the slice's edge.
///
/// ```
/// use hounsfield::{Mask, morphology::fill_holes_axial};
/// let mask = Mask::drawn("
///     .###.####
///     .#.#.#..#
///     .###.####
/// ");
/// assert_eq!(fill_holes_axial(&mask, 1, &mut ())?, Mask::drawn("
///     .###.####
///     .###.#..#
///     .###.####
/// "));
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn fill_holes_axial(
    mask: &Mask,
    max_pixels: usize,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let [nx, ny, _] = mask.size_voxel();
    fill(mask, Neighbourhood::Plane4, max_pixels, progress, |y, _, start, end| {
        start == 0 || end == nx || y == 0 || y + 1 == ny
    })
}

fn fill(
    mask: &Mask,
    neighbourhood: Neighbourhood,
    max_voxels: usize,
    progress: &mut dyn Progress,
    at_the_edge: impl Fn(usize, usize, usize, usize) -> bool,
) -> Result<Mask, Error> {
    let mut fill_stage = |_: &'static str, done: f64| progress.report("fill holes", done);
    let background = Components::of_complement(mask, neighbourhood, &mut fill_stage)?;
    let mut hole: Vec<bool> = background.sizes().iter().map(|n| *n <= max_voxels).collect();
    background.for_each_run(|id, y, z, start, end| {
        if at_the_edge(y, z, start, end) {
            hole[id] = false;
        }
    });
    let mut filled = background.select(|id| hole[id])?;
    filled.union_with(mask)?;
    Ok(filled)
}
