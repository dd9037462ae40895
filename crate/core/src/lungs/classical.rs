//! The published recipe, for comparison: dark voxels that the sides of the image do not reach, the
//! two largest parts of them.

use super::{Found, LungsParams};
use crate::{
    Error, Grid, Neighbourhood, Note, Progress,
    components::Components,
    morphology::fill_holes_axial,
    order::largest_first,
    progress::{Part as Span, checkpoint},
    threshold::threshold,
};

/// The second part counts when it has at least this share of the first.
const SECOND_PERCENT: usize = 10;
/// A part with at least this much on either side of the middle is both lungs.
const BOTH_PERCENT: usize = 12;
/// What is denser is the patient, whose middle divides left from right.
const DENSE_HU: i16 = -300;

/// Runs the recipe; see [`super::run`].
pub(super) fn segment(
    hu: &[i16],
    grid: &Grid,
    border_hu: i16,
    params: &LungsParams,
    progress: &mut dyn Progress,
) -> Result<Found, Error> {
    let [nx, ny, _] = grid.size_voxel();
    let dark = threshold(hu, grid, i16::MIN, border_hu, &mut Span::new(progress, 0.0, 0.1))?;
    let mut span = Span::new(progress, 0.1, 0.4);
    let parts = Components::of_with(&dark, Neighbourhood::Faces6, &mut span)?;
    drop(dark);
    checkpoint(progress, "sort parts", 0.4)?;
    let mut sizes = parts.sizes().to_vec();
    parts.for_each_run(|id, y, _, start, end| {
        // Not the first and last slices: the scan may cut the lungs there.
        if start == 0 || end == nx || y == 0 || y + 1 == ny {
            sizes[id] = 0;
        }
    });
    let mut ids = largest_first(&sizes, 1)?;
    ids.truncate(2);
    let largest = ids.first().map_or(0, |id| sizes[*id]);
    ids.retain(|id| sizes[*id] * 100 >= largest * SECOND_PERCENT);
    let mut found = Found::nothing(grid)?;
    let dense = threshold(hu, grid, DENSE_HU, i16::MAX, &mut Span::new(progress, 0.4, 0.5))?;
    let middle = super::middle_x(&dense).unwrap_or(nx as f64 / 2.0).round() as usize;
    drop(dense);
    for id in ids {
        let mut part = parts.select(|other| other == id)?;
        if params.fill {
            part = fill_holes_axial(&part, usize::MAX, &mut Span::new(progress, 0.5, 0.9))?;
        }
        let mut right = part.try_clone()?;
        for row in right.words_mut().chunks_exact_mut(nx.div_ceil(64)) {
            super::clear_below(row, middle);
        }
        let (all, on_the_right) = (part.count(), right.count());
        let lesser = on_the_right.min(all - on_the_right);
        if lesser * 100 >= all * BOTH_PERCENT {
            found.right.union_with(&right)?;
            part.subtract(&right)?;
            found.left.union_with(&part)?;
            found.notes.push(Note::new(
                "split_at_middle",
                format!("one part lies on both sides of the body: it was cut in two at its middle, x = {middle} voxels, not where the lungs meet"),
            ));
        } else if 2 * on_the_right > all {
            found.right.union_with(&part)?;
        } else {
            found.left.union_with(&part)?;
        }
    }
    // Filling may put one part's hole into the other.
    let left = found.left.try_clone()?;
    found.right.subtract(&left)?;
    Ok(found)
}
