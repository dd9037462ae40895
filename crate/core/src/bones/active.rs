//! The few bright voxels of a scan, numbered: what competition and contact work on.
//!
//! Of a chest CT about 5 % of the voxels can be bone. They get ids in raster order: a bit mask says
//! which, and the number of bits before each word turns a place into an id without a search.

use super::{
    quiet::{Quiet, Scratch},
    window::Window,
};
use crate::{
    Error, Mask, Progress,
    error::{try_vec, try_with_capacity},
    par,
    progress::checkpoint,
    threshold::row_to_bits,
};

/// HU per step of [`Active::level`].
const LEVEL_HU: i32 = 4;
/// Slices of every thread between two reports.
const SLICES_PER_STEP: usize = 4;

/// The voxels above a bound, with how far they are above it.
#[derive(Debug)]
pub(super) struct Active {
    /// Which voxels.
    pub(super) mask: Mask,
    /// The id of the first voxel at or after each word.
    first: Vec<u32>,
    /// (HU − bound) / 4 of every voxel, at most 255.
    pub(super) level: Vec<u8>,
    above_hu: i16,
}

impl Active {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.level.len()
    }

    /// The level of a value; voxels of a higher level are surely brighter.
    pub(super) fn level_of(&self, hu: f64) -> u8 {
        ((hu - f64::from(self.above_hu)) / f64::from(LEVEL_HU)).floor().clamp(0.0, 255.0) as u8
    }

    /// The level of what is this many HU above the bound.
    pub(super) fn level_above_bound(&self, hu: f64) -> u8 {
        self.level_of(f64::from(self.above_hu) + hu)
    }

    /// The middle of a level's values in HU.
    pub(super) fn hu_of(&self, level: u8) -> f64 {
        f64::from(self.above_hu) + f64::from(LEVEL_HU) * (f64::from(level) + 0.5)
    }

    /// The id of an active voxel: bit `bit` of word `word`.
    #[inline]
    pub(super) fn id(&self, word: usize, bit: u32) -> usize {
        let bits = self.mask.words().get(word).copied().unwrap_or(0);
        let before = bits & ((1_u64 << bit) - 1);
        self.first.get(word).copied().unwrap_or(0) as usize + before.count_ones() as usize
    }

    /// The id of bit `bit` of word `word`, if that voxel is active; words beyond the end are not.
    #[inline]
    pub(super) fn find(&self, word: usize, bit: u32) -> Option<usize> {
        let bits = *self.mask.words().get(word)?;
        if bits >> bit & 1 == 0 {
            return None;
        }
        let before = bits & ((1_u64 << bit) - 1);
        Some(*self.first.get(word)? as usize + before.count_ones() as usize)
    }

    /// Calls `visit(id, word, bit)` for every active voxel of some slices, in raster order.
    pub(super) fn for_each_in_slices(
        &self,
        slices: std::ops::Range<usize>,
        mut visit: impl FnMut(usize, usize, u32),
    ) {
        let words = self.mask.words_per_slice();
        let chosen = self.mask.words().iter().enumerate();
        for (word, active) in chosen.skip(slices.start * words).take(slices.len() * words) {
            let mut bits = *active;
            while bits != 0 {
                let bit = bits.trailing_zeros();
                visit(self.id(word, bit), word, bit);
                bits &= bits - 1;
            }
        }
    }

    /// Calls `visit(id, word, bit)` for every active voxel that is in `within`, in raster order.
    pub(super) fn for_each_in(&self, within: &Mask, mut visit: impl FnMut(usize, usize, u32)) {
        let words = self.mask.words().iter().zip(within.words()).enumerate();
        for (word, (active, within)) in words {
            let mut bits = active & within;
            while bits != 0 {
                let bit = bits.trailing_zeros();
                visit(self.id(word, bit), word, bit);
                bits &= bits - 1;
            }
        }
    }

    /// Calls `visit(id, y, z, x)` for the active voxels of a run.
    pub(super) fn for_each_of_run(
        &self,
        [start, end]: [usize; 2],
        y: usize,
        z: usize,
        mut visit: impl FnMut(usize),
    ) {
        let row = (z * self.mask.size_voxel()[1] + y) * self.mask.words_per_row();
        for word in start / 64..end.div_ceil(64) {
            let from = start.max(word * 64) - word * 64;
            let to = end.min((word + 1) * 64) - word * 64;
            let span = u64::MAX << from & u64::MAX >> (64 - to);
            let all = self.mask.words().get(row + word).copied().unwrap_or(0);
            let count = (all & span).count_ones() as usize;
            if count > 0 {
                let id = self.id(row + word, (all & span).trailing_zeros());
                // Ids of one run follow one another.
                (id..id + count).for_each(&mut visit);
            }
        }
    }

    /// The mask of all active voxels for which `keep(id)`.
    pub(super) fn select(&self, keep: impl Fn(usize) -> bool) -> Result<Mask, Error> {
        let mut mask = Mask::empty(self.mask.size_voxel())?;
        let mut id = 0;
        for (word, active) in mask.words_mut().iter_mut().zip(self.mask.words()) {
            let mut bits = *active;
            while bits != 0 {
                if keep(id) {
                    *word |= bits & bits.wrapping_neg();
                }
                id += 1;
                bits &= bits - 1;
            }
        }
        Ok(mask)
    }
}

/// What one walk over the scan finds inside the body.
#[derive(Debug)]
pub(super) struct Look {
    /// The voxels above the bound.
    pub(super) active: Active,
    /// Voxels whose window is bright and smooth.
    pub(super) smooth: Mask,
    /// Voxels whose window is denser than any bone.
    pub(super) dense: Mask,
    /// More than [`Looking::max_active`] voxels are active: only the masks are there.
    pub(super) too_many: bool,
}

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looking {
    /// Voxels above this are active.
    pub(super) above_hu: i16,
    /// Beyond this many the levels are not kept: a scan so bright is no CT of bones.
    pub(super) max_active: usize,
    /// How far the window reaches, in pixels.
    pub(super) reach: usize,
    /// Noise in half HU, of the slices looked at.
    pub(super) noise_half_hu: i64,
}

/// A smooth window has a mean above this: blood without contrast stays far below.
const SMOOTH_ABOVE_HU: i16 = 140;
/// A window this dense holds metal, or contrast as it came out of the syringe.
const DENSE_ABOVE_HU: i16 = 1500;

/// Walks over the scan once.
///
/// Reports stage `"look for smooth contrast"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn look(
    quiet: &Quiet<'_>,
    body: &Mask,
    looking: Looking,
    progress: &mut dyn Progress,
) -> Result<Look, Error> {
    let size = quiet.size_voxel();
    let mut masks = [Mask::empty(size)?, Mask::empty(size)?, Mask::empty(size)?];
    let mut level = Vec::new();
    let words = body.words_per_slice();
    // What is found does not depend on the steps; how soon a stop is heard does.
    let slices_per_step = SLICES_PER_STEP * par::threads();
    let [active, smooth, dense] = &mut masks;
    let steps = active
        .words_mut()
        .chunks_mut(words * slices_per_step)
        .zip(smooth.words_mut().chunks_mut(words * slices_per_step))
        .zip(dense.words_mut().chunks_mut(words * slices_per_step));
    for (step, ((active, smooth), dense)) in steps.enumerate() {
        let z0 = step * slices_per_step;
        checkpoint(progress, "look for smooth contrast", z0 as f64 / size[2] as f64)?;
        let too_many = level.len() > looking.max_active;
        let mut found = Vec::new();
        found.resize_with(slices_per_step, || Ok(Vec::new()));
        let slices = active
            .chunks_mut(words)
            .zip(smooth.chunks_mut(words))
            .zip(dense.chunks_mut(words))
            .zip(&mut found);
        let start = || (Scratch::default(), Window::new(looking.reach, size[0]));
        par::fold(
            slices,
            &start,
            &|(scratch, window), index, (((active, smooth), dense), found)| {
                let z = z0 + index;
                let slice = quiet.slice(z, scratch);
                let slice = Slice { hu: &slice, nx: size[0], looking };
                *found = slice.activate(body, z, active);
                let any = found.as_ref().is_ok_and(|levels| !levels.is_empty());
                if any && !too_many {
                    slice.find_smooth(body, z, active, window, smooth, dense);
                }
            },
        );
        for levels in found {
            let levels = levels?;
            if level.len() > looking.max_active {
                break;
            }
            level.try_reserve(levels.len()).map_err(|_| no_room(levels.len()))?;
            level.extend_from_slice(&levels);
        }
    }
    let [mask, smooth, dense] = masks;
    let mut first = try_vec(0_u32, mask.words().len(), "ranks")?;
    let mut before = 0;
    for (first, word) in first.iter_mut().zip(mask.words()) {
        *first = before;
        before += word.count_ones();
    }
    let too_many = level.len() > looking.max_active;
    if too_many {
        level = Vec::new();
    }
    let active = Active { mask, first, level, above_hu: looking.above_hu };
    Ok(Look { active, smooth, dense, too_many })
}

fn no_room(bytes: usize) -> Error {
    Error::OutOfMemory { bytes: bytes as u64, purpose: "bright voxels" }
}

struct Slice<'a> {
    hu: &'a [i16],
    nx: usize,
    looking: Looking,
}

impl Slice<'_> {
    /// Sets the bits of active voxels; returns their levels.
    fn activate(&self, body: &Mask, z: usize, active: &mut [u64]) -> Result<Vec<u8>, Error> {
        let wpr = body.words_per_row();
        let above = self.looking.above_hu;
        let mut count = 0;
        for ((active, hu), body) in active
            .chunks_exact_mut(wpr)
            .zip(self.hu.chunks_exact(self.nx))
            .zip(body.slice(z).chunks_exact(wpr))
        {
            if body.iter().any(|word| *word != 0) {
                row_to_bits(hu, above.saturating_add(1), i16::MAX, u64::MAX, active);
                for (active, body) in active.iter_mut().zip(body) {
                    *active &= body;
                    count += active.count_ones() as usize;
                }
            }
        }
        let mut levels = try_with_capacity(count, "bright voxels")?;
        for (active, hu) in active.chunks_exact(wpr).zip(self.hu.chunks_exact(self.nx)) {
            for (word, hu) in active.iter().zip(hu.chunks(64)) {
                let mut bits = *word;
                while bits != 0 {
                    let hu = hu.get(bits.trailing_zeros() as usize).copied().unwrap_or(above);
                    let level = (i32::from(hu) - i32::from(above)) / LEVEL_HU;
                    levels.push(level.clamp(0, 255) as u8);
                    bits &= bits - 1;
                }
            }
        }
        Ok(levels)
    }

    /// Sets the bits of voxels with a bright and smooth, and with a very dense, window.
    fn find_smooth(
        &self,
        body: &Mask,
        z: usize,
        active: &[u64],
        window: &mut Window,
        smooth: &mut [u64],
        dense: &mut [u64],
    ) {
        let wpr = body.words_per_row();
        let rows = self.hu.len() / self.nx;
        let bright = window.sum_above(SMOOTH_ABOVE_HU);
        let reach = self.looking.reach;
        window.start(self.hu);
        for y in 0..rows {
            let near = y.saturating_sub(reach)..(y + reach + 1).min(rows);
            for (word, inside) in body.row(y, z).iter().enumerate() {
                // A bright mean needs a bright voxel somewhere in the window's rows.
                if *inside == 0 || near.clone().all(|y| active_near(active, wpr, y, word) == 0) {
                    continue;
                }
                let sums = window.sums_of_64(word * 64);
                let mut bits = sums
                    .iter()
                    .enumerate()
                    .fold(0, |bits, (bit, sum)| bits | u64::from(*sum >= bright) << bit)
                    & inside;
                while bits != 0 {
                    let bit = bits.trailing_zeros();
                    let here = window.at(word * 64 + bit as usize);
                    let (is_smooth, is_dense) = self.judge(here);
                    if let Some(smooth) = smooth.get_mut(y * wpr + word) {
                        *smooth |= u64::from(is_smooth) << bit;
                    }
                    if let Some(dense) = dense.get_mut(y * wpr + word) {
                        *dense |= u64::from(is_dense) << bit;
                    }
                    bits &= bits - 1;
                }
            }
            window.step(self.hu, y);
        }
    }

    /// Smooth: the spread is below twice the noise, or a tenth of what is above 50 HU (motion and
    /// mixing grow with contrast).
    fn judge(&self, sums: super::window::Sums) -> (bool, bool) {
        let (n, mean) = (sums.n, sums.mean_times_n());
        let spread2 = sums.variance_times_n2();
        let noise = n * self.looking.noise_half_hu;
        let excess = (mean - 50 * n).max(0);
        let smooth = spread2 < noise * noise || 100 * spread2 < excess * excess;
        (smooth, mean > i64::from(DENSE_ABOVE_HU) * n)
    }
}

/// The words around `word` in row `y`.
fn active_near(active: &[u64], words_per_row: usize, y: usize, word: usize) -> u64 {
    let row = active.get(y * words_per_row..(y + 1) * words_per_row).unwrap_or(&[]);
    let around = word.saturating_sub(1)..(word + 2).min(row.len());
    row.get(around).unwrap_or(&[]).iter().fold(0, |all, word| all | word)
}
