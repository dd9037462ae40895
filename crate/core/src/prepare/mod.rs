//! Data as training scripts expect them: another spacing, other values, another box. Each step takes a
//! scan and its masks and gives a scan and its masks, on one new grid.
//!
//! ```text
//! Prepared { volume, masks } ──resample──▶ ──normalise──▶ ──crop──▶ Prepared, on its own grid
//! ```

mod facts;

pub use facts::facts_after;
use serde::{Deserialize, Serialize};

use crate::{Error, Mask, Progress, Volume};

/// One step, plain data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Step {
    /// To another spacing. The grids share their outer corner; masks by a vote that keeps labels.
    Resample {
        /// Along x, y, z.
        spacing_mm: [f64; 3],
        /// Between voxels.
        interpolation: Interpolation,
    },
    /// To [0, 1] between two values, clipped.
    Normalise {
        /// Becomes 0; default −1000.
        min_hu: f64,
        /// Becomes 1; default 400.
        max_hu: f64,
    },
    /// Takes a mean away: the given one, or (`None`) the scan's own.
    ZeroCentre {
        /// Default 0.25.
        mean: Option<f64>,
    },
    /// To mean 0 and standard deviation 1, padding left out of both.
    ZScore,
    /// To the box of the masks' union, and some more.
    Crop {
        /// On each side.
        margin_mm: f64,
    },
    /// To at least this size, the scan in the middle.
    Pad {
        /// Along x, y, z.
        size_voxel: [usize; 3],
        /// The value around it.
        value: f64,
    },
    /// Another order or direction of axes, such as "LPS".
    Reorient {
        /// Where i, j and k run to.
        axes: String,
    },
}

/// How values between voxels come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Interpolation {
    /// The nearest voxel's.
    Nearest,
    /// Linear.
    Linear,
    /// Cubic (Catmull–Rom).
    Cubic,
}

/// A scan and its masks on one grid.
#[derive(Debug)]
pub struct Prepared {
    /// The scan.
    pub volume: Volume,
    /// Its masks.
    pub masks: Vec<Mask>,
}

/// Applies one step.
///
/// # Errors
/// [`Error::BadParameter`], [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn apply(
    step: &Step,
    prepared: Prepared,
    progress: &mut dyn Progress,
) -> Result<Prepared, Error> {
    let _ = (step, prepared, progress);
    Err(Error::Unsupported { what: "preparing".into(), hint: "it is being built" })
}
