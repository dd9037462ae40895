//! Contrast or bone: from smooth cores to a verdict for every bright voxel.

use super::{
    active::Active,
    compete::{self, BLOOD, FIRST_BONE, Label, NONE},
    cores::{self, Core, Kind},
};
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::Components,
    error::try_vec,
    morphology::{dilate, radius},
    progress::{Part as Span, checkpoint},
};

/// Contrast is there when cores of at least this size …
const POOL_ML: f64 = 5.0;
/// … have at least this volume together. A calcified rib cartilage has less.
const CONTRAST_ML: f64 = 10.0;
/// Bone seeds stay this far from blood, whose rim is bright where contrast mixes.
const GUARD_MM: f64 = 4.0;
/// … and at least this many pixels: on coarse voxels the rim is a whole pixel wide.
const GUARD_PIXELS: f64 = 2.0;
/// Bone seeds are brighter than nearly all blood, within these limits.
const SEED_HU: [f64; 2] = [300.0, 650.0];
const POOL_QUANTILE: f64 = 0.95;
/// A bone with this share of voxels denser than bone is a vein full of undiluted contrast.
const DENSE_SHARE: f64 = 0.002;

/// Why a label is no bone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// It is bone.
    Bone,
    /// No seed reaches it.
    Unreached,
    /// It belongs to a smooth core without a rim.
    Blood,
    /// It touches blood on too much of its surface.
    Contact,
    /// It holds undiluted contrast.
    Dense,
}

/// The verdict.
#[derive(Debug)]
pub(super) struct Contrast {
    /// What was found, for people.
    pub(super) sentence: String,
    /// Bone seeds are brighter than this; `None`: there is no contrast, and all is bone.
    pub(super) bright_hu: Option<f64>,
    /// The label of every active voxel; empty without contrast.
    label: Vec<Label>,
    cause: Vec<Cause>,
}

impl Contrast {
    /// Everything bright is bone.
    pub(super) fn none(sentence: String) -> Self {
        Self { sentence, bright_hu: None, label: Vec::new(), cause: Vec::new() }
    }

    pub(super) fn is_bone(&self, id: usize) -> bool {
        self.cause(id) == Cause::Bone
    }

    /// What an active voxel is.
    pub(super) fn cause(&self, id: usize) -> Cause {
        let label = self.label.get(id).copied().unwrap_or(FIRST_BONE);
        self.cause.get(usize::from(label)).copied().unwrap_or(Cause::Bone)
    }
}

/// Looks for contrast and, if there is any, tells it from bone.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn tell_apart(
    active: &Active,
    smooth: Mask,
    dense: Mask,
    grid: &Grid,
    noise_hu: f64,
    progress: &mut dyn Progress,
) -> Result<Contrast, Error> {
    checkpoint(progress, "blood or marrow", 0.0)?;
    let parts =
        Components::of_with(&smooth, Neighbourhood::Faces6, &mut Span::new(progress, 0.0, 0.05))?;
    drop(smooth);
    let cores = cores::judge(&parts, active, grid, noise_hu, &mut Span::new(progress, 0.05, 0.25))?;
    let pools: Vec<&Core> =
        cores.iter().filter(|core| core.kind == Kind::Blood && core.volume_ml >= POOL_ML).collect();
    let pool_ml: f64 = pools.iter().fold(0.0, |sum, core| sum + core.volume_ml);
    if pool_ml < CONTRAST_ML {
        return Ok(Contrast::none(format!(
            "no contrast found: {pool_ml:.0} ml are bright, smooth and without a bright rim, less than {CONTRAST_ML} ml"
        )));
    }
    let pool_hu = pools.iter().map(|core| core.mean_hu * core.volume_ml).sum::<f64>() / pool_ml;
    let rim = pools.iter().map(|core| core.rim).fold(0.0, f64::max);
    let bright_hu = seed_hu(active, &parts, &pools, noise_hu)?;
    let kinds = kinds(&cores, parts.count())?;
    let mut blood = parts.select(|id| kinds.get(id) == Some(&Kind::Blood))?;
    let marrow = parts.select(|id| kinds.get(id) == Some(&Kind::Marrow))?;
    drop(parts);
    let mut span = Span::new(progress, 0.25, 0.27);
    let dense_parts = Components::of_with(&dense, Neighbourhood::Corners26, &mut span)?;
    drop(dense);
    let mut span = Span::new(progress, 0.27, 0.3);
    let mut implant = try_vec(None, dense_parts.count(), "dense parts")?;
    for part in cores::judge_dense(&dense_parts, active, grid, &mut span)? {
        if let Some(implant) = implant.get_mut(part.component) {
            *implant = Some(part.implant);
        }
    }
    let implant = |id: usize| implant.get(id).copied().flatten();
    let dense = dense_parts.select(|id| implant(id) != Some(true))?;
    blood.union_with(&dense_parts.select(|id| implant(id) == Some(false))?)?;
    drop(dense_parts);
    let [x_mm, y_mm, _] = grid.spacing_mm();
    let guard_mm = GUARD_MM.max(GUARD_PIXELS * x_mm.max(y_mm));
    let guard = radius::ball(guard_mm, grid)?;
    let near = dilate(&blood, &guard, &mut Span::new(progress, 0.3, 0.4))?;
    let above = active.level_of(bright_hu);
    let mut bright =
        active.select(|id| active.level.get(id).is_some_and(|level| *level > above))?;
    bright.subtract(&near)?;
    drop(near);
    let mut span = Span::new(progress, 0.4, 0.45);
    let mut flooded = compete::seed(active, grid, &blood, &bright, &marrow, &mut span)?;
    drop((blood, bright, marrow));
    compete::flood(active, &mut flooded, &mut Span::new(progress, 0.45, 0.85))?;
    let contacts = compete::contacts(active, &flooded, &mut Span::new(progress, 0.85, 1.0))?;
    let touching = compete::blood_by_contact(&contacts);
    let dense = mostly_dense(active, &flooded, &dense)?;
    let cause = (0..flooded.labels)
        .map(|label| match label as Label {
            NONE => Cause::Unreached,
            BLOOD => Cause::Blood,
            _ if dense.get(label) == Some(&true) => Cause::Dense,
            _ if touching.get(label) == Some(&true) => Cause::Contact,
            _ => Cause::Bone,
        })
        .collect();
    let sentence = format!(
        "contrast found: {} smooth parts of {pool_ml:.0} ml together, {pool_hu:.0} HU on average, at most {:.0} % of their surroundings brighter (marrow has a bright rim, blood has none); what is joined to them more closely than to bone above {bright_hu:.0} HU was left out",
        pools.len(),
        100.0 * rim,
    );
    Ok(Contrast { sentence, bright_hu: Some(bright_hu), label: flooded.label, cause })
}

fn kinds(cores: &[Core], count: usize) -> Result<Vec<Kind>, Error> {
    let mut kinds = try_vec(Kind::Open, count, "smooth parts")?;
    for core in cores {
        if let Some(kind) = kinds.get_mut(core.component) {
            *kind = core.kind;
        }
    }
    Ok(kinds)
}

/// Brighter than 95 % of the blood, and twice the noise on top.
fn seed_hu(
    active: &Active,
    parts: &Components,
    pools: &[&Core],
    noise_hu: f64,
) -> Result<f64, Error> {
    let mut is_pool = try_vec(false, parts.count(), "smooth parts")?;
    for pool in pools {
        if let Some(is_pool) = is_pool.get_mut(pool.component) {
            *is_pool = true;
        }
    }
    let mut levels = [0_u64; 256];
    parts.for_each_run(|id, y, z, start, end| {
        if is_pool.get(id) == Some(&true) {
            active.for_each_of_run([start, end], y, z, |id| {
                let level = active.level.get(id).map_or(0, |level| usize::from(*level));
                if let Some(count) = levels.get_mut(level) {
                    *count += 1;
                }
            });
        }
    });
    let wanted = (levels.iter().sum::<u64>() as f64 * POOL_QUANTILE) as u64;
    let mut below = 0;
    let level = levels.iter().position(|count| {
        below += count;
        below > wanted
    });
    let hu = active.hu_of(level.unwrap_or(255) as u8);
    let [low, high] = SEED_HU;
    Ok((hu + 2.0 * noise_hu).clamp(low, high))
}

/// Which labels hold undiluted contrast.
fn mostly_dense(
    active: &Active,
    flooded: &compete::Flooded,
    dense: &Mask,
) -> Result<Vec<bool>, Error> {
    let mut counts = try_vec([0_usize; 2], flooded.labels, "labels")?;
    for label in &flooded.label {
        if let Some([all, _]) = counts.get_mut(usize::from(*label)) {
            *all += 1;
        }
    }
    active.for_each_in(dense, |id, _, _| {
        let label = flooded.label.get(id).copied().unwrap_or(NONE);
        if let Some([_, dense]) = counts.get_mut(usize::from(label)) {
            *dense += 1;
        }
    });
    Ok(counts
        .iter()
        .map(|[all, dense]| *dense > 0 && *dense as f64 >= DENSE_SHARE * *all as f64)
        .collect())
}
