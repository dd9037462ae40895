//! Gas of stomach or bowel that joined a lung through the thin diaphragm.

use super::{coarse::Rows, parts::has_wall, window::Window};
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::Components,
    morphology::{Ball, Beyond, dilate, erode, majority_axial, open, radius},
    order::largest_first,
    progress::checkpoint,
    threshold::darker_within,
};

/// A pocket is darker than this, and than the lung by `DARKER_HU`.
const DARK_HU: i16 = -930;
const DARKER_HU: i16 = 60;
/// Smaller pockets stay.
const MIN_ML: f64 = 2.0;
/// More are not looked at: they are emphysema.
const MOST: usize = 16;
/// A pocket goes with this much around it …
const CUT_MM: f64 = 3.5;
/// … and within this distance all that a ball of `THIN_MM` does not fit into: its rim.
const NEAR_MM: f64 = 15.0;
const THIN_MM: f64 = 4.0;

/// Takes pockets of gas out of `lungs`; were there any?
///
/// Reports stage `"gas beside the lungs"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn remove(
    hu: &[i16],
    grid: &Grid,
    lungs: &mut Mask,
    median_hu: i16,
    progress: &mut dyn Progress,
) -> Result<bool, Error> {
    checkpoint(progress, "gas beside the lungs", 0.0)?;
    let rows = Rows::of(grid);
    let voxel_ml = grid.volume_ml(rows.step);
    let least = ((MIN_ML / voxel_ml).ceil() as usize).max(8);
    let dark_hu = DARK_HU.min(median_hu.saturating_sub(DARKER_HU)) - 1;
    let dark = rows.take(&darker_within(hu, lungs, dark_hu)?)?;
    // A vote does for noise what a mean would do.
    let solid = majority_axial(&dark, 1, &mut ())?;
    drop(dark);
    let cores = erode(&solid, &Ball::faces(), Beyond::Outside, &mut ())?;
    drop(solid);
    let pockets = Components::of(&cores, Neighbourhood::Faces6)?;
    drop(cores);
    let sizes = pockets.sizes();
    let mut ids = largest_first(sizes, least)?;
    ids.truncate(MOST);
    let mut any = false;
    for id in ids {
        checkpoint(progress, "gas beside the lungs", 0.5)?;
        let pocket = rows.spread(&pockets.select(|other| other == id)?)?;
        if has_wall(hu, grid, &pocket)? {
            any = true;
            cut(grid, lungs, &pocket)?;
        }
    }
    Ok(any)
}

fn cut(grid: &Grid, lungs: &mut Mask, pocket: &Mask) -> Result<(), Error> {
    let near_mm = radius::capped(NEAR_MM, grid);
    let margin_mm = near_mm + 2.0 * THIN_MM;
    let Some(window) = Window::around(pocket, margin_mm, grid) else { return Ok(()) };
    let (pocket, mut lung) = (window.cut(pocket)?, window.cut(lungs)?);
    let before = lung.try_clone()?;
    lung.subtract(&dilate(&pocket, &radius::ball(CUT_MM, grid)?, &mut ())?)?;
    let mut rim = dilate(&pocket, &radius::ball(near_mm, grid)?, &mut ())?;
    rim.subtract(&open(&lung, &radius::ball(THIN_MM, grid)?, &mut ())?)?;
    lung.subtract(&rim)?;
    window.put(&before, lungs, false);
    window.put(&lung, lungs, true);
    Ok(())
}
