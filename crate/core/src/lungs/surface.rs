//! From the air of one lung to a lung: vessels and nodules put back, holes filled, edges smoothed.

use super::window::Window;
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::Components,
    morphology::{
        Ball, Beyond, close, erode, fill_holes, fill_holes_axial, majority_axial, radius,
    },
    progress::{Part as Span, checkpoint},
};

/// Holes in an axial slice are filled up to this inscribed radius: vessels, not the heart.
const HOLE_MM: f64 = 6.0;
/// In the end pixels vote within a window of this side, unless they are coarser.
const VOTE_MM: f64 = 3.0;
const MAX_VOTING_MM: f64 = 1.5;
/// What smoothing cut off goes when it is smaller than this.
const CRUMB_ML: f64 = 2.0;

/// Finishes one lung; `not` is never part of it (the hilum, the other lung).
///
/// Reports the stages of the steps.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn finish(
    grid: &Grid,
    lung: &Mask,
    not: &[&Mask],
    close_mm: f64,
    fill: bool,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let close_mm = close_mm.min(radius::max_closing_mm(grid));
    let Some(window) = Window::around(lung, close_mm, grid) else { return lung.try_clone() };
    let mut part = window.cut(lung)?;
    part = close(&part, &Ball::new(close_mm, grid)?, &mut Span::new(progress, 0.0, 0.5))?;
    if fill {
        let mut holes = fill_holes_axial(&part, usize::MAX, &mut Span::new(progress, 0.5, 0.6))?;
        holes.subtract(&part)?;
        part.union_with(&narrow(&holes, grid)?)?;
        part = fill_holes(&part, &mut Span::new(progress, 0.6, 0.7))?;
    }
    for not in not {
        part.subtract(&window.cut(not)?)?;
    }
    checkpoint(progress, "smooth", 0.7)?;
    let [x_mm, y_mm, _] = grid.spacing_mm();
    let pixel_mm = (x_mm * y_mm).sqrt();
    if pixel_mm <= MAX_VOTING_MM {
        let reach = (((VOTE_MM / pixel_mm - 1.0) / 2.0).round() as usize).max(1);
        part = majority_axial(&part, reach, &mut Span::new(progress, 0.7, 0.9))?;
    }
    let pieces = Components::of(&part, Neighbourhood::Faces6)?;
    let (sizes, largest) = (pieces.sizes(), pieces.largest());
    let part = pieces.select(|id| grid.volume_ml(sizes[id]) >= CRUMB_ML || Some(id) == largest)?;
    let mut whole = Mask::empty(grid.size_voxel())?;
    window.put(&part, &mut whole, true);
    Ok(whole)
}

/// The holes, slice by slice, into which a disc does not fit.
fn narrow(holes: &Mask, grid: &Grid) -> Result<Mask, Error> {
    let wide = erode(holes, &radius::axial(HOLE_MM, grid)?, Beyond::Outside, &mut ())?;
    let holes = Components::of(holes, Neighbourhood::Plane4)?;
    let mut narrow = vec![true; holes.count()];
    holes.for_each_run(|id, y, z, start, end| {
        if narrow[id] {
            narrow[id] = !(start..end).any(|x| wide.get(x, y, z));
        }
    });
    holes.select(|id| narrow[id])
}
