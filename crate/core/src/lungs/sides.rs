//! Which lung is left and which is right, also where they touch.

use super::{parts::Parts, touching, window::Window};
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::Components,
    error::try_vec,
    morphology::{Ball, Beyond, dilate, erode, radius},
    order::largest_first,
    progress::checkpoint,
};

/// A part is both lungs when at least this much of it lies on either side of the middle …
const BOTH_PERCENT: usize = 12;
/// … and it is as large as this.
const BOTH_ML: f64 = 300.0;
/// Lungs touch at most this far from the middle.
const ASIDE_MM: f64 = 60.0;
/// The bridge between them is looked for with balls of these radii.
const RADII_MM: [f64; 5] = [3.0, 5.0, 8.0, 11.0, 15.0];
/// Cores that are further apart than twice the ball's radius and this do not touch.
const NEAR_MM: f64 = 1.5;
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
    let ids: Vec<usize> = parts.kept.iter().map(|part| part.id).collect();
    let place_of = parts.components.places_of(&ids)?;
    let mut right_voxels = try_vec(0, ids.len(), "parts")?;
    let middle_voxel = middle.max(0.0).round() as usize;
    parts.components.for_each_run(|id, _, _, start, end| {
        if let Some(count) = right_voxels.get_mut(place_of[id]) {
            *count += end.saturating_sub(start.max(middle_voxel));
        }
    });
    let mut side = Vec::new();
    let mut halves = Vec::new();
    let (mut split_mm, mut across) = (None, false);
    for (part, on_the_right) in parts.kept.iter().zip(right_voxels) {
        let voxels = part.place.voxels;
        let lesser = on_the_right.min(voxels - on_the_right);
        let both = lesser * 100 >= voxels * BOTH_PERCENT && grid.volume_ml(voxels) >= BOTH_ML;
        side.push(Some(2 * on_the_right > voxels));
        if !both {
            continue;
        }
        let whole = parts.components.select(|id| id == part.id)?;
        match split(grid, whole, middle, progress)? {
            Some((left, right, radius_mm)) => {
                side.pop();
                side.push(None);
                halves.push((left, right));
                split_mm = Some(split_mm.map_or(radius_mm, |mm: f64| mm.max(radius_mm)));
            }
            None => across = true,
        }
    }
    let select =
        |right: bool| parts.components.select(|id| side.get(place_of[id]) == Some(&Some(right)));
    let (mut left, mut right) = (select(false)?, select(true)?);
    for half in halves {
        left.union_with(&half.0)?;
        right.union_with(&half.1)?;
    }
    Ok(Sides { left, right, split_mm, across })
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
    mut whole: Mask,
    middle: f64,
    progress: &mut dyn Progress,
) -> Result<Option<(Mask, Mask, f64)>, Error> {
    let Some(window) = Window::around(&whole, 0.0, grid) else { return Ok(None) };
    let [x_mm, ..] = grid.spacing_mm();
    let nx = grid.size_voxel()[0];
    let aside = ASIDE_MM / x_mm;
    let x = [(middle - aside).max(0.0) as usize, ((middle + aside) as usize).min(nx - 1)];
    let rows = [window.y, window.y + window.size_voxel[1] - 1];
    let slices = [window.z, window.z + window.size_voxel[2] - 1];
    let slab = Window::of([[x[0].min(x[1]), x[1]], rows, slices], nx);
    let near = slab.cut(&whole)?;
    let voxels = whole.count();
    for (step, radius_mm) in RADII_MM.into_iter().enumerate() {
        checkpoint(progress, "left and right", step as f64 / RADII_MM.len() as f64)?;
        // One voxel at least.
        let radius_mm = radius_mm.max(1.001 * x_mm);
        let ball = radius::ball(radius_mm, grid)?;
        slab.put(&near, &mut whole, false);
        slab.put(&erode(&near, &ball, Beyond::Inside, &mut ())?, &mut whole, true);
        let cores = Components::of(&whole, Neighbourhood::Faces6)?;
        slab.put(&near, &mut whole, true);
        let sizes = cores.sizes();
        let mut order = largest_first(sizes, 1)?;
        order.truncate(2);
        let [first, second] = order[..] else { continue };
        if sizes[second] * 100 < voxels * BOTH_PERCENT {
            continue;
        }
        let place_of = cores.places_of(&order)?;
        let table = cores.table_of(2, &place_of)?;
        let [a, b] = [0, 1].map(|place| table[place].centroid_voxel[0]);
        if (a - b).abs() * x_mm < APART_MM {
            continue;
        }
        let (low, high) = if a < b { (first, second) } else { (second, first) };
        let (left, right) = (cores.select(|id| id == low)?, cores.select(|id| id == high)?);
        drop(cores);
        let reach = grid.spacing_mm().map(|mm| ((2.0 * radius_mm + NEAR_MM) / mm).ceil() as usize);
        let (left, right) = part(&slab, whole, &left, &right, reach)?;
        return Ok(Some((left, right, radius_mm)));
    }
    Ok(None)
}

/// Parts `whole` between two cores: where they are near each other voxel by voxel, elsewhere by
/// what hangs together.
fn part(
    slab: &Window,
    whole: Mask,
    left: &Mask,
    right: &Mask,
    reach: [usize; 3],
) -> Result<(Mask, Mask), Error> {
    for window in [between_cores(slab, left, right, reach), Some(*slab)].into_iter().flatten() {
        let (mut a, mut b) = (window.cut(left)?, window.cut(right)?);
        let mut free = window.cut(&whole)?;
        free.subtract(&a)?;
        free.subtract(&b)?;
        grow_in_turn(&mut a, &mut b, &mut free)?;
        let mut rest = whole.try_clone()?;
        window.put(&b, &mut rest, false);
        let all_left = touching(&rest, left)?;
        // What is behind the right core hangs together with it, not with the left one.
        let mut all_right = whole.try_clone()?;
        all_right.subtract(&all_left)?;
        let mut lost = right.try_clone()?;
        lost.intersect_with(&all_left)?;
        if lost.is_empty() || window == *slab {
            return Ok((all_left, all_right));
        }
    }
    Ok((left.try_clone()?, right.try_clone()?))
}

/// The rows of the slab in which the cores come near each other along x, and some more.
fn between_cores(slab: &Window, left: &Mask, right: &Mask, reach: [usize; 3]) -> Option<Window> {
    let words = slab.size_voxel[0].div_ceil(64);
    let (mut y, mut z) = ([usize::MAX, 0], [usize::MAX, 0]);
    let [_, ny, nz] = slab.size_voxel;
    for (at_y, at_z) in (0..nz).flat_map(|z| (0..ny).map(move |y| (y, z))) {
        let ends = |mask: &Mask| {
            let row = mask.row(slab.y + at_y, slab.z + at_z);
            let row = row.get(slab.word..slab.word + words).unwrap_or(&[]);
            let first = row.iter().position(|word| *word != 0)?;
            let last = row.iter().rposition(|word| *word != 0)?;
            let low = first * 64 + row.get(first)?.trailing_zeros() as usize;
            let high = last * 64 + 63 - row.get(last)?.leading_zeros() as usize;
            Some((low, high))
        };
        if let (Some((_, high)), Some((low, _))) = (ends(left), ends(right))
            && high + reach[0] >= low
        {
            y = [y[0].min(at_y), y[1].max(at_y)];
            z = [z[0].min(at_z), z[1].max(at_z)];
        }
    }
    if y[0] > y[1] {
        return None;
    }
    let wider = |[low, high]: [usize; 2], n: usize, reach: usize| {
        let (low, high) = (low.saturating_sub(reach), (high + reach).min(n - 1));
        (low, high + 1 - low)
    };
    let ((low_y, ny), (low_z, nz)) = (wider(y, ny, reach[1]), wider(z, nz, reach[2]));
    Some(Window {
        word: slab.word,
        y: slab.y + low_y,
        z: slab.z + low_z,
        size_voxel: [slab.size_voxel[0], ny, nz],
    })
}

/// Grows both, voxel by voxel in turn, until they have all they can reach.
fn grow_in_turn(a: &mut Mask, b: &mut Mask, free: &mut Mask) -> Result<(), Error> {
    loop {
        let mut changed = false;
        for side in [&mut *a, &mut *b] {
            let mut grown = dilate(side, &Ball::faces(), &mut ())?;
            grown.intersect_with(free)?;
            if !grown.is_empty() {
                changed = true;
                side.union_with(&grown)?;
                free.subtract(&grown)?;
            }
        }
        if !changed {
            return Ok(());
        }
    }
}
