//! Blood or marrow? Both are smooth and bright; only marrow has a bright rim.

use super::active::Active;
use crate::{
    Error, Grid, Mask, Progress,
    components::{Component, Components},
    error::try_with_capacity,
    morphology::{Ball, dilate, radius},
    progress::checkpoint,
};

/// What people read while shells are looked at, of cores and of dense parts alike.
const STAGE: &str = "blood or marrow";

/// Cores below this say nothing reliable about their rim.
const MIN_CORE_ML: f64 = 0.2;
const MIN_CORE_VOXELS: usize = 60;
/// The rim is looked for this far outside a core.
const RIM_FROM_MM: f64 = 1.0;
const RIM_TO_MM: f64 = 5.0;
/// A voxel of the rim is brighter than the core's mean by this, or by 2.5 times the noise.
const RIM_ABOVE_HU: f64 = 40.0;
/// Share of the shell that is rim: below, no rim; above, a rim; between, undecided.
const NO_RIM: f64 = 0.08;
const RIM: f64 = 0.14;
/// A core of this size is decided: beside a vein of undiluted contrast a heart seems to have a rim
/// of 10 %, while the joined marrow of a whole spine on 5 mm slices still has one of 18 %.
const LARGE_ML: f64 = 20.0;
/// A core this large, even, long and round is an artery, whose calcified wall looks like some rim:
/// marrow has trabeculae, and vertebrae are no tubes. Measured: an aorta spreads 1.0 times the noise
/// and is round over 32 mm, marrow of this size 2.2 times at least and round over 22 mm at most.
const TUBE_ML: f64 = 5.0;
/// In noise.
const TUBE_SPREAD: f64 = 1.5;
const TUBE_MM: f64 = 30.0;
/// A slice's share of the disc that is as wide.
const TUBE_ROUND: f64 = 0.6;
const RIM_OF_TUBE: f64 = 0.3;
/// Thick cortex is smooth, too, and has no rim: cores above this stay undecided.
const CORTEX_HU: f64 = 700.0;
/// A smaller core without a rim is no sure blood: small marrow has none either on coarse voxels.
const MIN_BLOOD_ML: f64 = 1.0;

/// What a smooth core is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A contrast-filled vessel, heart chamber or organ.
    Blood,
    /// Marrow in its cortex.
    Marrow,
    /// Cannot be told; what it touches decides.
    Open,
}

/// A smooth, bright part.
#[derive(Debug, Clone)]
pub(super) struct Core {
    /// Its number among the components.
    pub(super) component: usize,
    pub(super) kind: Kind,
    pub(super) volume_ml: f64,
    pub(super) mean_hu: f64,
    /// Share of the shell that is brighter than the core.
    pub(super) rim: f64,
}

/// Judges every part of `smooth` that is large enough.
///
/// Reports stage `"blood or marrow"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn judge(
    smooth: &Components,
    active: &Active,
    grid: &Grid,
    noise_hu: f64,
    progress: &mut dyn Progress,
) -> Result<Vec<Core>, Error> {
    let shells = Shells::new(smooth, grid, RIM_FROM_MM, RIM_TO_MM, |component| {
        component.voxels >= MIN_CORE_VOXELS && grid.volume_ml(component.voxels) >= MIN_CORE_ML
    })?;
    let margin = RIM_ABOVE_HU.max(2.5 * noise_hu);
    let mut cores = Vec::new();
    for (index, core) in shells.parts.iter().enumerate() {
        let done = index as f64 / shells.parts.len() as f64;
        checkpoint(progress, STAGE, done)?;
        let (mean_hu, spread_hu) = core.values_hu(active);
        let above = active.level_of(mean_hu + margin);
        let rim = shells.share(
            core,
            |word, bit, is_active| {
                is_active
                    && active.level.get(active.id(word, bit)).is_some_and(|level| *level > above)
            },
            active,
            &mut |_: &'static str, _: f64| progress.report(STAGE, done),
        )?;
        let volume_ml = grid.volume_ml(core.component.voxels);
        let is_tube = volume_ml >= TUBE_ML
            && spread_hu <= TUBE_SPREAD * noise_hu
            && core.round_mm(grid.spacing_mm()) >= TUBE_MM;
        let kind = kind(rim, volume_ml, mean_hu, is_tube);
        cores.push(Core { component: core.id, kind, volume_ml, mean_hu, rim });
    }
    Ok(cores)
}

fn kind(rim: f64, volume_ml: f64, mean_hu: f64, is_tube: bool) -> Kind {
    let (no_rim, some_rim) = match volume_ml >= LARGE_ML {
        _ if is_tube => (RIM_OF_TUBE, RIM_OF_TUBE),
        true => (RIM, RIM),
        false => (NO_RIM, RIM),
    };
    if mean_hu > CORTEX_HU {
        Kind::Open
    } else if rim > some_rim {
        Kind::Marrow
    } else if rim < no_rim && volume_ml >= MIN_BLOOD_ML {
        Kind::Blood
    } else {
        Kind::Open
    }
}

/// Dense parts below this are noise or a calcification.
const MIN_DENSE_ML: f64 = 0.02;
/// The surroundings of a dense part: beyond its own halo.
const AROUND_FROM_MM: f64 = 3.0;
const AROUND_TO_MM: f64 = 8.0;
/// A screw sits in bone on all sides; a vein lies in fat and muscle.
const IMPLANT_SHARE: f64 = 0.5;

/// A part denser than any bone.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    pub(super) component: usize,
    /// Surrounded by bone, so metal in bone rather than contrast.
    pub(super) implant: bool,
}

/// Tells undiluted contrast from metal in bone, by what surrounds it.
///
/// Reports stage `"blood or marrow"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn judge_dense(
    dense: &Components,
    active: &Active,
    grid: &Grid,
    progress: &mut dyn Progress,
) -> Result<Vec<Dense>, Error> {
    let shells = Shells::new(dense, grid, AROUND_FROM_MM, AROUND_TO_MM, |component| {
        grid.volume_ml(component.voxels) >= MIN_DENSE_ML
    })?;
    let mut parts = Vec::new();
    for (index, part) in shells.parts.iter().enumerate() {
        let done = index as f64 / shells.parts.len() as f64;
        checkpoint(progress, STAGE, done)?;
        let mut same_stage = |_: &'static str, _: f64| progress.report(STAGE, done);
        let share = shells.share(part, |_, _, is_active| is_active, active, &mut same_stage)?;
        parts.push(Dense { component: part.id, implant: share >= IMPLANT_SHARE });
    }
    Ok(parts)
}

/// Components with their runs, and the balls that make the shells around them.
struct Shells {
    parts: Vec<Part>,
    inner: Ball,
    outer: Ball,
    /// How far the outer ball reaches, in voxels along x, y, z.
    reach: [usize; 3],
}

struct Part {
    id: usize,
    component: Component,
    /// (y, z, start, end).
    runs: Vec<[u16; 4]>,
}

impl Part {
    /// The mean and the standard deviation.
    fn values_hu(&self, active: &Active) -> (f64, f64) {
        let (mut sum, mut squares, mut count) = (0.0, 0.0, 0_usize);
        for [y, z, start, end] in self.runs.iter().map(|run| run.map(usize::from)) {
            active.for_each_of_run([start, end], y, z, |id| {
                let hu = active.level.get(id).map_or(0.0, |level| active.hu_of(*level));
                sum += hu;
                squares += hu * hu;
                count += 1;
            });
        }
        let count = count.max(1) as f64;
        let mean = sum / count;
        (mean, (squares / count - mean * mean).max(0.0).sqrt())
    }

    /// How much of the length is nearly a disc in cross-section.
    fn round_mm(&self, [x_mm, y_mm, z_mm]: [f64; 3]) -> f64 {
        let round = |slice: &[[u16; 4]]| {
            let (mut pixels, mut low, mut high) = (0_usize, [u16::MAX; 2], [0_u16; 2]);
            for &[y, _, start, end] in slice {
                pixels += usize::from(end - start);
                low = [low[0].min(start), low[1].min(y)];
                high = [high[0].max(end), high[1].max(y + 1)];
            }
            let width_mm = f64::from(high[0] - low[0]) * x_mm;
            let height_mm = f64::from(high[1] - low[1]) * y_mm;
            let disc_mm2 = std::f64::consts::FRAC_PI_4 * width_mm.max(height_mm).powi(2);
            pixels as f64 * x_mm * y_mm >= TUBE_ROUND * disc_mm2
        };
        let slices = self.runs.chunk_by(|a, b| a[1] == b[1]);
        slices.filter(|slice| round(slice)).count() as f64 * z_mm
    }
}

impl Shells {
    fn new(
        components: &Components,
        grid: &Grid,
        from_mm: f64,
        to_mm: f64,
        wanted: impl Fn(&Component) -> bool,
    ) -> Result<Self, Error> {
        let table = components.table()?;
        let mut place = try_with_capacity(table.len(), "smooth parts")?;
        let mut parts = Vec::new();
        for (id, component) in table.into_iter().enumerate() {
            place.push(wanted(&component).then(|| {
                parts.push(Part { id, component, runs: Vec::new() });
                parts.len() - 1
            }));
        }
        components.for_each_run(|id, y, z, start, end| {
            let part = place.get(id).copied().flatten().and_then(|index| parts.get_mut(index));
            if let Some(part) = part {
                // Sizes fit: Grid::new keeps axes below 65535.
                part.runs.push([y as u16, z as u16, start as u16, end as u16]);
            }
        });
        let spacing_mm = grid.spacing_mm();
        let to_mm = radius::capped(to_mm.max(1.5 * spacing_mm[0]), grid);
        // On voxels coarser than the gap the shell begins right outside.
        Ok(Self {
            parts,
            inner: radius::ball(from_mm, grid)?,
            outer: radius::ball(to_mm, grid)?,
            reach: spacing_mm.map(|mm| (to_mm / mm) as usize + 1),
        })
    }

    /// The share of a part's shell for which `counts(word, bit, is_active)`; 0 without a shell.
    fn share(
        &self,
        part: &Part,
        counts: impl Fn(usize, u32, bool) -> bool,
        active: &Active,
        progress: &mut dyn Progress,
    ) -> Result<f64, Error> {
        let size = active.mask.size_voxel();
        let Component { min_voxel, max_voxel, .. } = &part.component;
        // A box around the shell, beginning at a whole word.
        let low: [usize; 3] =
            std::array::from_fn(|axis| min_voxel[axis].saturating_sub(self.reach[axis]));
        let low = [low[0] / 64 * 64, low[1], low[2]];
        let high: [usize; 3] =
            std::array::from_fn(|axis| (max_voxel[axis] + self.reach[axis] + 1).min(size[axis]));
        let mut core = Mask::empty(std::array::from_fn(|axis| high[axis] - low[axis]))?;
        for [y, z, start, end] in part.runs.iter().map(|run| run.map(usize::from)) {
            set_bits(core.row_mut(y - low[1], z - low[2]), start - low[0], end - low[0]);
        }
        let mut shell = dilate(&core, &self.outer, progress)?;
        shell.subtract(&dilate(&core, &self.inner, progress)?)?;
        let (mut all, mut counted) = (0_usize, 0_usize);
        for z in low[2]..high[2] {
            for y in low[1]..high[1] {
                let row = (z * size[1] + y) * active.mask.words_per_row() + low[0] / 64;
                for (index, word) in shell.row(y - low[1], z - low[2]).iter().enumerate() {
                    let is_active = active.mask.words().get(row + index).copied().unwrap_or(0);
                    let mut bits = *word & is_active;
                    all += word.count_ones() as usize;
                    while bits != 0 {
                        let bit = bits.trailing_zeros();
                        counted += usize::from(counts(row + index, bit, true));
                        bits &= bits - 1;
                    }
                }
            }
        }
        Ok(if all == 0 { 0.0 } else { counted as f64 / all as f64 })
    }
}

/// Sets bits `start..end` of a row.
fn set_bits(row: &mut [u64], start: usize, end: usize) {
    for word in start / 64..end.div_ceil(64) {
        let from = start.max(word * 64) - word * 64;
        let to = end.min((word + 1) * 64) - word * 64;
        if let Some(word) = row.get_mut(word) {
            *word |= u64::MAX << from & u64::MAX >> (64 - to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_decides_how_much_rim_a_vessel_may_have() {
        assert_eq!(kind(0.02, 5.0, 300.0, false), Kind::Blood);
        assert_eq!(kind(0.10, 5.0, 300.0, false), Kind::Open);
        assert_eq!(kind(0.10, 400.0, 500.0, false), Kind::Blood);
        assert_eq!(kind(0.30, 44.0, 206.0, false), Kind::Marrow);
        assert_eq!(kind(0.18, 70.0, 191.0, false), Kind::Marrow);
        assert_eq!(kind(0.02, 0.5, 300.0, false), Kind::Open);
        assert_eq!(kind(0.17, 11.0, 160.0, true), Kind::Blood);
        assert_eq!(kind(0.40, 11.0, 160.0, true), Kind::Marrow);
        assert_eq!(kind(0.02, 30.0, 900.0, false), Kind::Open);
    }
}
