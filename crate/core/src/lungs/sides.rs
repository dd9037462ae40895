//! Which lung is left and which is right, also where they touch.

use super::{parts::Parts, window::Window};
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::Components,
    morphology::{Ball, Beyond, dilate, erode, radius},
    progress::checkpoint,
};

/// A part is both lungs when at least this much of it lies on either side of the middle …
const BOTH_PERCENT: usize = 12;
/// … and it is as large as this.
const BOTH_ML: f64 = 300.0;
/// Lungs touch at most this far from the middle.
const ASIDE_MM: f64 = 60.0;
/// The bridge between them is looked for with balls of these radii.
const RADII_MM: [f64; 9] = [0.5, 1.0, 2.0, 3.0, 4.5, 6.5, 9.0, 12.0, 15.0];
/// Without a trachea, two parts whose centres are this far apart are the two lungs, wherever the
/// middle of the image is; the second has at least this share of the first.
const APART_MM: f64 = 40.0;
const SECOND_PERCENT: usize = 15;

/// The two lungs, and how they were told apart.
#[derive(Debug)]
pub(super) struct Sides {
    pub(super) left: Mask,
    pub(super) right: Mask,
    /// The radius with which one part was split in two, in mm.
    pub(super) split_mm: Option<f64>,
    /// A part lies on both sides and could not be split.
    pub(super) across: bool,
}

/// Tells left from right. `trachea_x` and `body_x` are places along x; higher is the right.
///
/// Reports stage `"left and right"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn sides(
    grid: &Grid,
    parts: &Parts,
    trachea_x: Option<f64>,
    body_x: f64,
    progress: &mut dyn Progress,
) -> Result<Sides, Error> {
    checkpoint(progress, "left and right", 0.0)?;
    let middle = trachea_x.unwrap_or_else(|| between(grid, parts).unwrap_or(body_x));
    let mut right_voxels = vec![0; parts.kept.len()];
    let middle_voxel = middle.max(0.0).round() as usize;
    let mut index_of = vec![usize::MAX; parts.components.count()];
    for (index, part) in parts.kept.iter().enumerate() {
        index_of[part.id] = index;
    }
    parts.components.for_each_run(|id, _, _, start, end| {
        if let Some(count) = right_voxels.get_mut(index_of[id]) {
            *count += end.saturating_sub(start.max(middle_voxel));
        }
    });
    let is_right: Vec<bool> =
        right_voxels.iter().zip(&parts.kept).map(|(n, part)| 2 * n > part.place.voxels).collect();
    let select =
        |right: bool| parts.components.select(|id| is_right.get(index_of[id]) == Some(&right));
    let mut found =
        Sides { left: select(false)?, right: select(true)?, split_mm: None, across: false };
    for (index, part) in parts.kept.iter().enumerate() {
        let (voxels, right) = (part.place.voxels, right_voxels[index]);
        let lesser = right.min(voxels - right);
        if lesser * 100 < voxels * BOTH_PERCENT || grid.volume_ml(voxels) < BOTH_ML {
            continue;
        }
        let whole = parts.components.select(|id| id == part.id)?;
        match split(grid, &whole, middle, progress)? {
            Some((left, right, radius_mm)) => {
                found.left.subtract(&whole)?;
                found.right.subtract(&whole)?;
                found.left.union_with(&left)?;
                found.right.union_with(&right)?;
                found.split_mm = Some(found.split_mm.map_or(radius_mm, |mm| mm.max(radius_mm)));
            }
            None => found.across = true,
        }
    }
    Ok(found)
}

/// Half way between the two largest parts, when they are a pair.
fn between(grid: &Grid, parts: &Parts) -> Option<f64> {
    let [first, second, ..] = parts.kept.as_slice() else { return None };
    let (a, b) = (first.place.centroid_voxel[0], second.place.centroid_voxel[0]);
    let pair = second.place.voxels * 100 >= first.place.voxels * SECOND_PERCENT
        && (a - b).abs() * grid.spacing_mm()[0] >= APART_MM;
    pair.then_some((a + b) / 2.0)
}

/// One part in two, by the smallest ball that does not pass from one side to the other.
fn split(
    grid: &Grid,
    whole: &Mask,
    middle: f64,
    progress: &mut dyn Progress,
) -> Result<Option<(Mask, Mask, f64)>, Error> {
    let Some(window) = Window::around(whole, 0.0, grid) else { return Ok(None) };
    let [x_mm, ..] = grid.spacing_mm();
    let nx = grid.size_voxel()[0];
    let aside = ASIDE_MM / x_mm;
    let x = [(middle - aside).max(0.0) as usize, ((middle + aside) as usize).min(nx - 1)];
    let rows = [window.y, window.y + window.size_voxel[1] - 1];
    let slices = [window.z, window.z + window.size_voxel[2] - 1];
    let slab = Window::of([[x[0].min(x[1]), x[1]], rows, slices], nx);
    let near = slab.cut(whole)?;
    let voxels = whole.count();
    for (step, radius_mm) in RADII_MM.into_iter().enumerate() {
        checkpoint(progress, "left and right", step as f64 / RADII_MM.len() as f64)?;
        let ball = radius::ball(radius_mm, grid)?;
        if ball.is_point() {
            continue;
        }
        let mut eroded = whole.try_clone()?;
        slab.put(&near, &mut eroded, false);
        slab.put(&erode(&near, &ball, Beyond::Inside, &mut ())?, &mut eroded, true);
        let cores = Components::of(&eroded, Neighbourhood::Faces6)?;
        drop(eroded);
        let sizes = cores.sizes();
        let mut order: Vec<usize> = (0..sizes.len()).collect();
        order.sort_by_key(|id| (std::cmp::Reverse(sizes[*id]), *id));
        let [first, second, ..] = order[..] else { continue };
        if sizes[second] * 100 < voxels * BOTH_PERCENT {
            continue;
        }
        let table = cores.table()?;
        let centre = |id: usize| table[id].centroid_voxel[0];
        if (centre(first) - centre(second)).abs() * x_mm < APART_MM {
            continue;
        }
        let (low, high) =
            if centre(first) < centre(second) { (first, second) } else { (second, first) };
        let (mut left, mut right) = (cores.select(|id| id == low)?, cores.select(|id| id == high)?);
        give_back(&slab, &near, &mut left, &mut right)?;
        leftovers(whole, &mut left, &mut right, middle)?;
        return Ok(Some((left, right, radius_mm)));
    }
    Ok(None)
}

/// Grows both cores within the slab, voxel by voxel in turn, until they have all they can reach.
fn give_back(slab: &Window, near: &Mask, left: &mut Mask, right: &mut Mask) -> Result<(), Error> {
    let (mut a, mut b) = (slab.cut(left)?, slab.cut(right)?);
    let mut free = near.try_clone()?;
    free.subtract(&a)?;
    free.subtract(&b)?;
    loop {
        let mut changed = false;
        for side in [&mut a, &mut b] {
            let mut grown = dilate(side, &Ball::faces(), &mut ())?;
            grown.intersect_with(&free)?;
            if !grown.is_empty() {
                changed = true;
                side.union_with(&grown)?;
                free.subtract(&grown)?;
            }
        }
        if !changed {
            break;
        }
    }
    slab.put(&a, left, true);
    slab.put(&b, right, true);
    Ok(())
}

/// What neither reached goes to the side that it lies on.
fn leftovers(whole: &Mask, left: &mut Mask, right: &mut Mask, middle: f64) -> Result<(), Error> {
    let mut rest = whole.try_clone()?;
    rest.subtract(left)?;
    rest.subtract(right)?;
    let crumbs = Components::of(&rest, Neighbourhood::Faces6)?;
    let table = crumbs.table()?;
    let is_right = |id: usize| table[id].centroid_voxel[0] > middle;
    right.union_with(&crumbs.select(is_right)?)?;
    left.union_with(&crumbs.select(|id| !is_right(id))?)
}
