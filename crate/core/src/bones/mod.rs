//! Bones: the whole recipe from a scan to a filled skeleton, every part kept or dropped with its reason.
//!
//! ```text
//! Volume ──curve──▶ Curve ──choose──▶ threshold ──▶ candidates ──▶ parts kept / dropped ──▶ Mask
//! ```

mod active;
mod anatomy;
mod body;
mod canal;
mod compete;
mod contrast;
mod cores;
mod explain;
mod fill;
mod parts;
mod plain;
mod quiet;
mod run;
mod window;

pub use run::{BonesRun, Report, curve_and_choice, peak_bytes, run};
use serde::{Deserialize, Serialize};

use crate::{Error, Grid, Mask, Neighbourhood, Note, Progress};

/// What to do; [`Default`] suits 0.5–5 mm slices. Unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BonesParams {
    /// Which recipe.
    pub method: Method,
    /// Lower bound of bone in HU; `None`: chosen from the component curve.
    pub threshold_hu: Option<i16>,
    /// Parts smaller than this are dropped, in ml (cm³).
    pub min_part_ml: f64,
    /// Gaps up to about twice this radius are closed, in mm.
    pub close_mm: f64,
    /// Fill what bone encloses (marrow).
    pub fill: bool,
    /// Keep only the part that is largest, or every part that is large enough.
    pub keep: Keep,
    /// What counts as connected when components are counted for the curve.
    pub neighbourhood: Neighbourhood,
}

/// Which recipe turns a threshold into a skeleton.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Method {
    /// Ours: filled anatomy, contrast-filled vessels and organs told apart and left out.
    Anatomy,
    /// The classical one: everything in [threshold, 1300] HU, then cleaned.
    Threshold,
}

/// Which parts stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Keep {
    /// The largest connected part: one skeleton.
    Largest,
    /// Every part of at least [`BonesParams::min_part_ml`].
    Parts,
}

impl Default for BonesParams {
    fn default() -> Self {
        Self {
            method: Method::Anatomy,
            threshold_hu: None,
            min_part_ml: 1.5,
            close_mm: 2.0,
            fill: true,
            keep: Keep::Parts,
            neighbourhood: Neighbourhood::Corners26,
        }
    }
}

/// One part of the candidates, kept or dropped, and why. A person may turn either round:
/// a kept part is the 26-connected part of [`Bones::mask`] around `seed_voxel`, a dropped one that
/// of [`Bones::dropped`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// 0, 1, 2 … by falling volume.
    pub id: usize,
    /// In the mask?
    pub kept: bool,
    /// A word for programs: `skeleton`, `bone`, `vessel`, `organ`, `denseContrast`, `crumb`, ….
    pub kind: String,
    /// One sentence for people, with the numbers behind it.
    pub why: String,
    /// Volume in ml.
    pub volume_ml: f64,
    /// Mean of the voxels in HU.
    pub mean_hu: f64,
    /// A voxel inside, x y z.
    pub seed_voxel: [usize; 3],
    /// The box's lowest voxel.
    pub min_voxel: [usize; 3],
    /// The box's highest voxel (inclusive).
    pub max_voxel: [usize; 3],
}

/// What the recipe found.
#[derive(Debug, Clone)]
pub struct Bones {
    /// The skeleton.
    pub mask: Mask,
    /// Candidates that were left out, so that a person can put a part back.
    pub dropped: Mask,
    /// Bone began here, in HU.
    pub threshold_hu: i16,
    /// Parts by falling volume, at most [`MAX_PARTS`].
    pub parts: Vec<Part>,
    /// Was contrast found, and how much, as a sentence with numbers; empty for [`Method::Threshold`].
    pub contrast: String,
    /// Assumptions a reader of the result must know.
    pub notes: Vec<Note>,
}

/// Longer lists of parts are cut (the smallest go).
pub const MAX_PARTS: usize = 200;

/// Turns a threshold into a skeleton; [`run`] chooses the threshold first.
///
/// `hu` is x fastest, on `grid`; `threshold_hu` is the lower bound of bone.
///
/// # Errors
/// [`Error::BadParameter`], [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn segment(
    hu: &[i16],
    grid: &Grid,
    threshold_hu: i16,
    params: &BonesParams,
    progress: &mut dyn Progress,
) -> Result<Bones, Error> {
    match params.method {
        Method::Anatomy => anatomy::segment(hu, grid, params, progress),
        Method::Threshold => plain::segment(hu, grid, threshold_hu, params, progress),
    }
}

#[cfg(test)]
mod tests;
