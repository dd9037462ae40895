//! Lungs: left, right and the airways, from a scan alone.
//!
//! ```text
//! Volume ──body──▶ air in it ──trachea, airways──▶ lung parts ──left | right──▶ closed, filled ──▶ 3 Masks
//! ```

mod airways;
mod anatomy;
mod body;
mod classical;
mod coarse;
mod flags;
mod gas;
mod parts;
mod sides;
mod surface;
mod trachea;
mod window;

use serde::{Deserialize, Serialize};

use crate::{
    Error, Grid, Mask, Neighbourhood, Note, Progress, Volume,
    components::Components,
    progress::{Part, checkpoint},
};

/// What to do; [`Default`] suits 0.5–5 mm slices. Unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LungsParams {
    /// Which recipe.
    pub method: Method,
    /// Where the border of lung lies, in HU: a convention, named in every report. `None`: −450 for
    /// [`Method::Anatomy`], −320 for [`Method::Classical`].
    pub border_hu: Option<i16>,
    /// What becomes of trachea and bronchi.
    pub airways: Airways,
    /// Vessels and nodules at the edge up to about twice this radius are put back, in mm.
    pub close_mm: f64,
    /// Fill what the lungs enclose.
    pub fill: bool,
}

/// Which recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Method {
    /// Ours.
    Anatomy,
    /// The published one: everything darker than the border that is not connected to the sides of
    /// the image, its two largest parts.
    Classical,
}

/// What becomes of trachea and main bronchi.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Airways {
    /// Taken out of the lungs.
    Out,
    /// Taken out, and given as a mask of their own.
    Label,
    /// Left in the lungs.
    In,
}

impl Default for LungsParams {
    fn default() -> Self {
        Self {
            method: Method::Anatomy,
            border_hu: None,
            airways: Airways::Label,
            close_mm: 4.0,
            fill: true,
        }
    }
}

/// The label map: left lung.
pub const LEFT: u8 = 1;
/// The label map: right lung.
pub const RIGHT: u8 = 2;
/// The label map: airways.
pub const AIRWAYS: u8 = 3;

/// What was found.
#[derive(Debug)]
pub struct LungsRun {
    /// The patient's left lung; empty when there is none.
    pub left: Mask,
    /// The patient's right lung; empty when there is none.
    pub right: Mask,
    /// Trachea and main bronchi, with [`Airways::Label`].
    pub airways: Option<Mask>,
    /// The numbers, and what to know of them.
    pub report: Report,
}

/// The numbers of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The full parameters, with the border that was used: the recipe that replays this result.
    pub params: LungsParams,
    /// The border that was used, in HU.
    pub border_hu: i16,
    /// Was any lung found?
    pub found: bool,
    /// One sentence: how it came out.
    pub summary: String,
    /// Left lung.
    pub left: Side,
    /// Right lung.
    pub right: Side,
    /// Airways; `None` when they were not asked for as a label.
    pub airways: Option<Side>,
    /// Of both lungs' volume, the left one's, 0 to 1; `None` without lungs.
    pub left_share: Option<f64>,
    /// What a reader should look at: no trachea, cut at the top, a dense lung, …. They catch some
    /// failures and not others.
    pub flags: Vec<Note>,
    /// The assumptions and what was left out.
    pub notes: Vec<Note>,
    /// A paragraph for the methods section of a paper: recipe, parameters, version, sources.
    pub methods: String,
}

/// One lung, or the airways.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    /// Voxels inside.
    pub voxels: usize,
    /// Their volume.
    pub volume_ml: f64,
}

/// Segments lungs and airways.
///
/// # Errors
/// [`Error::BadParameter`], [`Error::OutOfMemory`], [`Error::Stopped`]. A scan without lungs is no
/// error: the masks are empty and the summary says so.
pub fn run(
    volume: &Volume,
    params: &LungsParams,
    progress: &mut dyn Progress,
) -> Result<LungsRun, Error> {
    check(params)?;
    let border_hu = params.border_hu.unwrap_or(match params.method {
        Method::Anatomy => -450,
        Method::Classical => -320,
    });
    let (hu, grid) = (volume.hu()?, volume.grid());
    let mut most = Part::new(progress, 0.0, 0.95);
    let found = match params.method {
        Method::Anatomy => anatomy::segment(&hu, grid, border_hu, params, &mut most)?,
        Method::Classical => classical::segment(&hu, grid, border_hu, params, &mut most)?,
    };
    checkpoint(progress, "report", 0.95)?;
    let report = flags::report(&hu, grid, border_hu, params, &found);
    let Found { left, right, airways, .. } = found;
    Ok(LungsRun { left, right, airways, report })
}

/// Peak bytes of a run beyond the volume's own, for a scan of `voxels` voxels.
#[must_use]
pub fn peak_bytes(voxels: u64) -> u64 {
    // Measured: 1.7 to 2.0 bytes a voxel, for masks of a bit a voxel and the runs of dark speckle.
    voxels.saturating_mul(9).div_euclid(4).saturating_add(32_000_000)
}

fn check(params: &LungsParams) -> Result<(), Error> {
    let bad = |name, value, expected| Err(Error::BadParameter { name, value, expected });
    if let Some(hu) = params.border_hu
        && !(-1000..=-100).contains(&hu)
    {
        return bad("borderHu", hu.to_string(), "it must lie between -1000 and -100 HU");
    }
    if !(0.0..=20.0).contains(&params.close_mm) {
        return bad("closeMm", params.close_mm.to_string(), "it must lie between 0 and 20");
    }
    Ok(())
}

/// What a recipe found, and what the report needs to know of how.
struct Found {
    left: Mask,
    right: Mask,
    airways: Option<Mask>,
    /// The HU at which the airways' flood ended; `None`: no trachea.
    trachea: Option<i16>,
    /// The radius that split one part into two lungs.
    split_mm: Option<f64>,
    /// A part lies on both sides and could not be split.
    across: bool,
    /// The area over which the field of view cuts lung at its sides.
    cut_aside_mm2: f64,
    /// The trachea comes from below.
    upside_down: bool,
    notes: Vec<Note>,
}

impl Found {
    fn nothing(grid: &Grid) -> Result<Self, Error> {
        Ok(Self {
            left: Mask::empty(grid.size_voxel())?,
            right: Mask::empty(grid.size_voxel())?,
            airways: None,
            trachea: None,
            split_mm: None,
            across: false,
            cut_aside_mm2: 0.0,
            upside_down: false,
            notes: Vec::new(),
        })
    }
}

/// The mean x of what is in the mask.
fn middle_x(mask: &Mask) -> Option<f64> {
    let (mut sum, mut count) = (0_u64, 0_u64);
    for row in mask.words().chunks_exact(mask.words_per_row()) {
        for (index, word) in row.iter().enumerate() {
            let n = u64::from(word.count_ones());
            count += n;
            sum += n * index as u64 * 64;
            let mut bits = *word;
            if bits == u64::MAX {
                sum += 63 * 32;
                continue;
            }
            while bits != 0 {
                sum += u64::from(bits.trailing_zeros());
                bits &= bits - 1;
            }
        }
    }
    (count > 0).then(|| sum as f64 / count as f64)
}

/// Clears the bits of a row below `x`.
fn clear_below(row: &mut [u64], x: usize) {
    let whole = (x / 64).min(row.len());
    row[..whole].fill(0);
    if let Some(word) = row.get_mut(whole) {
        *word &= u64::MAX << (x % 64);
    }
}

/// Set bits of `start..end`.
fn ones(row: &[u64], start: usize, end: usize) -> usize {
    let (first, last) = (start / 64, (end - 1) / 64);
    let (head, tail) = (u64::MAX << (start % 64), u64::MAX >> (63 - (end - 1) % 64));
    (first..=last)
        .map(|index| {
            let mut word = row[index];
            if index == first {
                word &= head;
            }
            if index == last {
                word &= tail;
            }
            word.count_ones() as usize
        })
        .sum()
}

/// The components of `mask` that have a voxel in `seeds`.
fn touching(mask: &Mask, seeds: &Mask) -> Result<Mask, Error> {
    let components = Components::of(mask, Neighbourhood::Faces6)?;
    let mut keep = crate::error::try_vec(false, components.count(), "components")?;
    components.for_each_run(|id, y, z, start, end| {
        keep[id] = keep[id] || ones(seeds.row(y, z), start, end) > 0;
    });
    components.select(|id| keep[id])
}
