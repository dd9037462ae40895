//! From bright voxels to filled bone.

use crate::{
    Error, Grid, Mask, Progress,
    morphology::{Ball, Beyond, close, erode, fill_holes_axial, radius},
    progress::Part as Span,
};

/// Holes in an axial slice up to this area are marrow (a skull's inside and a chest's are not).
pub(super) const MAX_HOLE_MM2: f64 = 3000.0;

/// Closes gaps in the cortex, fills what it encloses slice by slice, and takes back what closing
/// added outside.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn fill(
    bone: &Mask,
    grid: &Grid,
    close_mm: f64,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let [x_mm, y_mm, _] = grid.spacing_mm();
    // One pixel at least, or gaps of a coarse scan's thin cortex stay open.
    let radius_mm = if close_mm > 0.0 { close_mm.max(1.001 * x_mm.max(y_mm)) } else { 0.0 };
    let radius_mm = radius_mm.min(radius::max_closing_mm(grid));
    let closed = close(bone, &Ball::new(radius_mm, grid)?, &mut Span::new(progress, 0.0, 0.6))?;
    let max_pixels = (MAX_HOLE_MM2 / (x_mm * y_mm)) as usize;
    let mut filled = fill_holes_axial(&closed, max_pixels, &mut Span::new(progress, 0.6, 0.8))?;
    drop(closed);
    if radius_mm > 0.0 {
        // Closing bridges notches on the outside as well: a pixel less, but never less than bone.
        let mut span = Span::new(progress, 0.8, 1.0);
        filled = erode(&filled, &Ball::axial_faces(), Beyond::Inside, &mut span)?;
        filled.union_with(bone)?;
    }
    Ok(filled)
}

/// Takes away, slice by slice, edge pixels that are not brighter than the edge should be: most
/// of such a pixel is the tissue beside the bone.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn trim(
    mask: &mut Mask,
    bright: &Mask,
    progress: &mut dyn Progress,
) -> Result<(), Error> {
    let mut kept = erode(mask, &Ball::axial_faces(), Beyond::Inside, progress)?;
    kept.union_with(bright)?;
    mask.intersect_with(&kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marrow_is_filled_and_the_outside_notch_is_not() {
        let grid = Grid::from_spacing([14, 11, 1], [1.0; 3]).unwrap();
        // A ring with a gap of one pixel on its right and a notch on its left.
        let bone = Mask::drawn(
            "
            ..............
            ..............
            ..########....
            ..########....
            ..##....##....
            ...#..........
            ..##....##....
            ..########....
            ..########....
            ..............
            ..............
        ",
        );
        let filled = fill(&bone, &grid, 1.5, &mut ()).unwrap();
        assert!(filled.get(5, 5, 0) && filled.get(8, 5, 0), "\n{}", filled.draw());
        assert!(!filled.get(2, 5, 0), "\n{}", filled.draw());
        let mut trimmed = filled.clone();
        trim(&mut trimmed, &Mask::drawn(&bone.draw().replace("########", "...#####")), &mut ())
            .unwrap();
        assert!(!trimmed.get(3, 2, 0) && trimmed.get(5, 2, 0) && trimmed.get(5, 5, 0));
        let open = fill(&bone, &grid, 0.0, &mut ()).unwrap();
        assert_eq!(open, bone);
    }
}
