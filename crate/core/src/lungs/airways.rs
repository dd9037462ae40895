//! Trachea and bronchi: a flood from the trachea that stops before it breaks into the lung.

use super::{touching, trachea::Chain, window::Window};
use crate::{
    Error, Grid, Mask, Progress,
    error::try_with_capacity,
    morphology::{dilate, open, radius},
    progress::checkpoint,
};

/// The flood rises from here to here.
const FROM_HU: i16 = -1024;
const TO_HU: i16 = -500;
/// No airways hold more.
const MAX_ML: f64 = 150.0;
/// A leak: within this many HU the flood gains this much, and this share of itself.
const LEAK_WITHIN_HU: usize = 8;
const LEAK_ML: f64 = 8.0;
const LEAK_SHARE: f64 = 0.15;
/// Trachea and main bronchi hold a ball of this radius …
const MAIN_MM: f64 = 3.0;
/// … with what lies this far around it in the lumen.
const REGROWN_MM: f64 = 1.5;
/// Lobar bronchi hold one of this radius …
const LOBAR_MM: f64 = 2.0;
/// … and they, their walls and what lies between them are no lung.
const HILUM_MM: f64 = 3.0;
/// The wall of trachea and main bronchi.
const WALL_MM: f64 = 1.5;

/// What was found.
#[derive(Debug)]
pub(super) struct Airways {
    /// Trachea and main bronchi with their walls.
    pub(super) main: Mask,
    /// With the lobar bronchi at the hilum and what is around them: no lung.
    pub(super) block: Mask,
    /// The flood ended here.
    pub(super) level_hu: i16,
}

/// From the trachea's spots to airways.
///
/// Reports stage `"airways"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn airways(
    hu: &[i16],
    grid: &Grid,
    air: &Mask,
    chain: &Chain,
    progress: &mut dyn Progress,
) -> Result<Airways, Error> {
    checkpoint(progress, "airways", 0.0)?;
    let (lumen, level_hu) = flood(hu, grid, air, &chain.spots)?;
    checkpoint(progress, "airways", 0.4)?;
    let margin_mm = radius::capped(HILUM_MM, grid);
    let nothing = || Mask::empty(grid.size_voxel());
    let Some(window) = Window::around(&lumen, margin_mm, grid) else {
        return Ok(Airways { main: nothing()?, block: nothing()?, level_hu });
    };
    let (lumen, spots) = (window.cut(&lumen)?, window.cut(&chain.spots)?);
    let mut main = open(&lumen, &radius::ball(MAIN_MM, grid)?, &mut ())?;
    main = dilate(&main, &radius::ball(REGROWN_MM, grid)?, &mut ())?;
    main.intersect_with(&lumen)?;
    main.union_with(&spots)?;
    let main = touching(&main, &spots)?;
    let mut lobar = open(&lumen, &radius::ball(LOBAR_MM, grid)?, &mut ())?;
    lobar.union_with(&main)?;
    let lobar = touching(&lobar, &main)?;
    let mut block = dilate(&lobar, &radius::ball(HILUM_MM, grid)?, &mut ())?;
    let main = dilate(&main, &radius::ball(WALL_MM, grid)?, &mut ())?;
    block.union_with(&main)?;
    let whole = |part: &Mask| {
        let mut whole = nothing()?;
        window.put(part, &mut whole, true);
        Ok(whole)
    };
    Ok(Airways { main: whole(&main)?, block: whole(&block)?, level_hu })
}

/// Floods `air` from the seeds, darkest voxels first, up to the last level before it leaks: the
/// voxels, and that level.
fn flood(hu: &[i16], grid: &Grid, air: &Mask, seeds: &Mask) -> Result<(Mask, i16), Error> {
    let [nx, ny, nz] = grid.size_voxel();
    let most = (MAX_ML / grid.volume_ml(1)).min(grid.voxel_count() as f64) as usize;
    let levels = (TO_HU - FROM_HU) as usize + 1;
    let level_of = |[x, y, z]: [u16; 3]| {
        let at = (usize::from(z) * ny + usize::from(y)) * nx + usize::from(x);
        hu.get(at).map_or(0, |hu| (*hu).clamp(FROM_HU, i16::MAX) - FROM_HU) as usize
    };
    let mut seen = Mask::empty(grid.size_voxel())?;
    let mut waiting: Vec<Vec<[u16; 3]>> = vec![Vec::new(); levels];
    let mut seed_count = 0;
    for z in 0..nz {
        for (y, x) in set_voxels(seeds, z) {
            // Grid::new keeps every axis below u16::MAX.
            let voxel = [x as u16, y as u16, z as u16];
            // The trachea itself is never given up, however noisy.
            waiting[level_of(voxel).min(levels - 1)].push(voxel);
            seen.set(x, y, z, true);
            seed_count += 1;
        }
    }
    let mut order: Vec<[u16; 3]> = try_with_capacity(most.min(1 << 20), "airways")?;
    let mut reached = vec![0; levels];
    'rising: for level in 0..levels {
        while let Some(voxel) = waiting[level].pop() {
            order.push(voxel);
            if order.len() > most {
                reached[level..].fill(order.len());
                break 'rising;
            }
            for (axis, up) in [(0, true), (0, false), (1, true), (1, false), (2, true), (2, false)]
            {
                let mut next = voxel;
                let moved = if up { next[axis].checked_add(1) } else { next[axis].checked_sub(1) };
                let Some(moved) = moved else { continue };
                next[axis] = moved;
                let [x, y, z] = next.map(usize::from);
                if !air.get(x, y, z) || seen.get(x, y, z) {
                    continue;
                }
                let own = level_of(next);
                if own < levels {
                    seen.set(x, y, z, true);
                    waiting[own.max(level)].push(next);
                }
            }
        }
        reached[level] = order.len();
    }
    let level = before_the_leak(&reached, seed_count, grid);
    let mut lumen = seeds.try_clone()?;
    for [x, y, z] in order.iter().take(reached[level]) {
        lumen.set((*x).into(), (*y).into(), (*z).into(), true);
    }
    Ok((lumen, FROM_HU + level as i16))
}

/// The last level before the flood jumps, once it has filled the trachea.
fn before_the_leak(reached: &[usize], seed_count: usize, grid: &Grid) -> usize {
    let filled = reached.iter().position(|n| *n >= seed_count).unwrap_or(0);
    let leaks = |level: usize| {
        let now = reached[level];
        let then = reached[(level + LEAK_WITHIN_HU).min(reached.len() - 1)];
        let gain = (then - now) as f64;
        grid.volume_ml(then - now) > LEAK_ML && gain > LEAK_SHARE * now as f64
    };
    (filled..reached.len()).find(|level| leaks(*level)).unwrap_or(reached.len() - 1)
}

/// (y, x) of a slice's voxels.
fn set_voxels(mask: &Mask, z: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..mask.size_voxel()[1]).flat_map(move |y| {
        mask.row(y, z).iter().enumerate().flat_map(move |(index, word)| {
            let mut bits = *word;
            std::iter::from_fn(move || {
                (bits != 0).then(|| {
                    let x = index * 64 + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    (y, x)
                })
            })
        })
    })
}
