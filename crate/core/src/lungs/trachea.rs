//! The trachea: a dark spot in slice after slice, near the middle.

use super::window::Window;
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::Components,
    error::{try_vec, try_with_capacity},
    progress::checkpoint,
    threshold::darker_within,
};

/// Air in the trachea is darker than this …
const DARK_HU: i16 = -850;
/// … or than this, where pixels are coarse and share it with the wall.
const COARSE_DARK_HU: i16 = -600;
const COARSE_MM: f64 = 2.0;
/// A spot's area.
const AREA_MM2: [f64; 2] = [40.0, 900.0];
/// Longer than wide by at most this much.
const MAX_ASPECT: f64 = 2.5;
/// The spot fills its box by at least this much.
const MIN_FILLING: f64 = 0.55;
/// From the body's middle, left or right.
const MAX_ASIDE_MM: f64 = 50.0;
/// From slice to slice a spot's centre moves by this much, and by the distance of the slices.
const MAX_STEP_MM: f64 = 3.0;
/// Its area changes by at most this factor.
const MAX_CHANGE: f64 = 2.0;
/// Shorter chains are chance.
const MIN_LENGTH_MM: f64 = 25.0;
/// Standard deviation of the areas over their mean.
const MAX_SPREAD: f64 = 0.5;

/// Spots of one tube.
#[derive(Debug)]
pub(super) struct Chain {
    /// The spots' pixels.
    pub(super) spots: Mask,
    /// Slices, inclusive.
    pub(super) z: [usize; 2],
    /// The mean of the spots' centres along x.
    pub(super) middle_x: f64,
}

/// One dark spot.
#[derive(Debug, Clone, Copy)]
struct Spot {
    id: usize,
    centre_mm: [f64; 2],
    middle_x: f64,
    area_mm2: f64,
    z: usize,
    /// Of the best chain that ends here, from its first slice to this one.
    slices: usize,
    before: Option<usize>,
}

/// The longest chain, if there is one.
///
/// Reports stage `"trachea"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn trachea(
    hu: &[i16],
    grid: &Grid,
    air: &Mask,
    middle_x: f64,
    progress: &mut dyn Progress,
) -> Result<Option<Chain>, Error> {
    checkpoint(progress, "trachea", 0.0)?;
    let [nx, ny, nz] = grid.size_voxel();
    let [x_mm, y_mm, z_mm] = grid.spacing_mm();
    let aside = MAX_ASIDE_MM / x_mm;
    let x = [(middle_x - aside).max(0.0) as usize, ((middle_x + aside) as usize).min(nx - 1)];
    let column = Window::of([[x[0].min(nx - 1), x[1]], [0, ny - 1], [0, nz - 1]], nx);
    let mut near = Mask::empty(grid.size_voxel())?;
    column.put(&column.cut(air)?, &mut near, true);
    let coarse = x_mm.max(y_mm) > COARSE_MM;
    let dark = darker_within(hu, &near, if coarse { COARSE_DARK_HU } else { DARK_HU })?;
    drop(near);
    let components = Components::of(&dark, Neighbourhood::Plane4)?;
    drop(dark);
    checkpoint(progress, "trachea", 0.5)?;
    let mut spots = spots(&components, grid, middle_x)?;
    link(&mut spots, z_mm);
    // The longest; of equals the one that ends highest.
    let Some(mut at) = (0..spots.len()).max_by_key(|at| (spots[*at].slices, spots[*at].z)) else {
        return Ok(None);
    };
    let mut chain = vec![spots[at]];
    while let Some(before) = spots[at].before {
        at = before;
        chain.push(spots[at]);
    }
    let n = chain.len() as f64;
    let mean = |of: fn(&Spot) -> f64| chain.iter().map(of).sum::<f64>() / n;
    let area = mean(|spot| spot.area_mm2);
    let variance = mean(|spot| spot.area_mm2 * spot.area_mm2) - area * area;
    let (Some(top), Some(bottom)) = (chain.first(), chain.last()) else { return Ok(None) };
    let length_mm = (top.z - bottom.z + 1) as f64 * z_mm;
    if length_mm < MIN_LENGTH_MM || chain.len() < 2 || variance.max(0.0).sqrt() > MAX_SPREAD * area
    {
        return Ok(None);
    }
    let mut in_chain = try_vec(false, components.count(), "components")?;
    for spot in &chain {
        in_chain[spot.id] = true;
    }
    Ok(Some(Chain {
        spots: components.select(|id| in_chain[id])?,
        z: [bottom.z, top.z],
        middle_x: mean(|spot| spot.middle_x),
    }))
}

/// Components of slices that look like a tube cut across, bottom slice first.
fn spots(components: &Components, grid: &Grid, middle_x: f64) -> Result<Vec<Spot>, Error> {
    let [x_mm, y_mm, _] = grid.spacing_mm();
    let (least, most) = (AREA_MM2[0] / (x_mm * y_mm), AREA_MM2[1] / (x_mm * y_mm));
    let mut spots = try_with_capacity(64, "dark spots")?;
    let right_size = |id: &usize| (least..=most).contains(&(components.sizes()[*id] as f64));
    let ids: Vec<usize> = (0..components.count()).filter(right_size).collect();
    let place_of = components.places_of(&ids)?;
    for (id, part) in ids.iter().zip(components.table_of(ids.len(), &place_of)?) {
        let area = part.voxels as f64;
        let extent = |axis: usize| (part.max_voxel[axis] - part.min_voxel[axis] + 1) as f64;
        let (width_mm, height_mm) = (extent(0) * x_mm, extent(1) * y_mm);
        let [x, y, _] = part.centroid_voxel;
        if width_mm.max(height_mm) <= MAX_ASPECT * width_mm.min(height_mm)
            && area >= MIN_FILLING * extent(0) * extent(1)
            && (x - middle_x).abs() * x_mm <= MAX_ASIDE_MM
        {
            spots.push(Spot {
                id: *id,
                centre_mm: [x * x_mm, y * y_mm],
                middle_x: x,
                area_mm2: area * x_mm * y_mm,
                z: part.min_voxel[2],
                slices: 1,
                before: None,
            });
        }
    }
    Ok(spots)
}

/// Joins every spot to the one below it that ends the longest chain; one slice may be missing. Of
/// equals to the nearest, so that only what is missing is left out.
fn link(spots: &mut [Spot], z_mm: f64) {
    let mut first = 0;
    for at in 0..spots.len() {
        let here = spots[at];
        while spots[first].z + 2 < here.z {
            first += 1;
        }
        for before in first..at {
            let there = spots[before];
            let rise = here.z - there.z;
            let rise_mm = rise as f64 * z_mm;
            let [dx, dy] = [0, 1].map(|axis| here.centre_mm[axis] - there.centre_mm[axis]);
            let reach = MAX_STEP_MM + rise_mm;
            let change = here.area_mm2 / there.area_mm2;
            if rise > 0
                && dx * dx + dy * dy <= reach * reach
                && (1.0 / MAX_CHANGE..=MAX_CHANGE).contains(&change)
                && there.slices + rise >= spots[at].slices
            {
                spots[at].slices = there.slices + rise;
                spots[at].before = Some(before);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(z: usize) -> Spot {
        let centre_mm = [0.0; 2];
        Spot { id: z, centre_mm, middle_x: 0.0, area_mm2: 100.0, z, slices: 1, before: None }
    }

    #[test]
    fn a_chain_leaves_out_no_slice_that_has_a_spot() {
        for z_mm in [0.5, 2.0, 8.0 / 3.0] {
            // Nothing in slice 3; a second spot in slice 5.
            let mut spots: Vec<Spot> = [0, 1, 2, 4, 5, 5, 6].map(spot).into();
            link(&mut spots, z_mm);
            let mut at = 6;
            let mut slices = vec![spots[at].z];
            while let Some(before) = spots[at].before {
                at = before;
                slices.push(spots[at].z);
            }
            assert_eq!(slices, [6, 5, 4, 2, 1, 0], "{z_mm} mm");
            assert_eq!(spots[6].slices, 7, "{z_mm} mm");
        }
    }
}
