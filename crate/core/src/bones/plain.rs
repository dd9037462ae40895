//! The classical recipe: everything in [threshold, 1300] HU, closed, sorted by size, filled.

use super::{Bones, BonesParams, Keep, parts};
use crate::{
    Error, Grid, Neighbourhood, Progress,
    components::Components,
    curve::MAX_HU,
    morphology::{Ball, close, fill_holes, fill_holes_axial, radius},
    progress::{Part as Span, checkpoint},
    threshold::threshold,
};

/// Holes in an axial slice up to this area are marrow; larger ones are the body inside the ribs.
const MAX_HOLE_MM2: f64 = 3000.0;
/// Dropped parts below this are not worth a line.
const MIN_LISTED_ML: f64 = 0.05;

/// Runs the recipe; see [`super::segment`].
pub(super) fn segment(
    hu: &[i16],
    grid: &Grid,
    threshold_hu: i16,
    params: &BonesParams,
    progress: &mut dyn Progress,
) -> Result<Bones, Error> {
    let candidates =
        threshold(hu, grid, threshold_hu, MAX_HU, &mut Span::new(progress, 0.0, 0.15))?;
    let ball = Ball::new(params.close_mm.min(radius::max_closing_mm(grid)), grid)?;
    let closed = close(&candidates, &ball, &mut Span::new(progress, 0.15, 0.4))?;
    drop(candidates);
    let mut span = Span::new(progress, 0.4, 0.5);
    let components = Components::of_with(&closed, Neighbourhood::Corners26, &mut span)?;
    checkpoint(progress, "sort parts", 0.5)?;
    let largest = components.largest();
    let sizes = components.sizes();
    let volume_ml = |id: usize| grid.volume_ml(sizes[id]);
    let keeps = |id: usize| match params.keep {
        Keep::Largest => Some(id) == largest,
        Keep::Parts => volume_ml(id) >= params.min_part_ml || Some(id) == largest,
    };
    let mut mask = components.select(keeps)?;
    let mut dropped = components.select(|id| !keeps(id))?;
    drop(components);
    if params.fill {
        let [x_mm, y_mm, _] = grid.spacing_mm();
        let max_pixels = (MAX_HOLE_MM2 / (x_mm * y_mm)) as usize;
        mask = fill_holes(&mask, &mut Span::new(progress, 0.5, 0.65))?;
        mask = fill_holes_axial(&mask, max_pixels, &mut Span::new(progress, 0.65, 0.8))?;
    }
    // A crumb inside a filled bone is part of it.
    dropped.subtract(&mask)?;
    let mut span = Span::new(progress, 0.8, 0.85);
    let crumbs = Components::of_with(&dropped, Neighbourhood::Corners26, &mut span)?;
    checkpoint(progress, "measure parts", 0.85)?;
    let mut listed = parts::list(&crumbs, hu, grid, false, |_, volume_ml, _| {
        (volume_ml >= MIN_LISTED_ML).then(|| ("crumb", crumb(volume_ml, params)))
    })?;
    let mut span = Span::new(progress, 0.9, 0.95);
    let components = Components::of_with(&mask, Neighbourhood::Corners26, &mut span)?;
    checkpoint(progress, "measure parts", 0.95)?;
    let largest = components.largest();
    listed.extend(parts::list(&components, hu, grid, true, |id, volume_ml, _| {
        Some(if Some(id) == largest {
            ("skeleton", format!("The largest connected part, {volume_ml:.1} ml"))
        } else {
            (
                "bone",
                format!(
                    "A separate part of {volume_ml:.1} ml, above the limit of {} ml",
                    params.min_part_ml
                ),
            )
        })
    })?);
    Ok(Bones {
        mask,
        dropped,
        threshold_hu,
        parts: parts::number(&listed)?,
        contrast: String::new(),
        notes: Vec::new(),
    })
}

fn crumb(volume_ml: f64, params: &BonesParams) -> String {
    match params.keep {
        Keep::Largest => format!("A part of {volume_ml:.2} ml, not connected to the largest part"),
        Keep::Parts => {
            format!("A part of {volume_ml:.2} ml, below the limit of {} ml", params.min_part_ml)
        }
    }
}
