//! What is measured of lungs: gas, tissue, aeration, emphysema.

use serde::Serialize;

use super::table::Row;
use crate::{Error, Mask, Note, Progress, Volume};

/// One region of the lungs. Shares are of its voxels that are not padding, 0 to 100.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LungRow {
    /// Its general numbers; the name is "lungs", "left lung", "right lung", "left apical", ….
    #[serde(flatten)]
    pub row: Row,
    /// Gas: −HU/1000 of each voxel's volume, 0 above 0 HU, all of it below −1000.
    pub gas_ml: Option<f64>,
    /// Tissue by density = (HU + 1000)/1000 g/ml, HU within [−1000, 0].
    pub tissue_g: Option<f64>,
    /// Tissue and gas by the piecewise curve of Schneider as the Chest Imaging Platform has it.
    pub schneider_g: Option<f64>,
    /// Below −900 HU.
    pub over_aerated_percent: Option<f64>,
    /// −900 to below −500 HU.
    pub normally_aerated_percent: Option<f64>,
    /// −500 to below −100 HU.
    pub poorly_aerated_percent: Option<f64>,
    /// −100 HU and above, up to +100 HU.
    pub non_aerated_percent: Option<f64>,
    /// Of the tissue's weight rather than of the volume, in the same order.
    pub aeration_weight_percent: Option<[f64; 4]>,
    /// Below −950 HU.
    pub laa950_percent: Option<f64>,
    /// Below −910 HU.
    pub laa910_percent: Option<f64>,
    /// Below −856 HU.
    pub laa856_percent: Option<f64>,
}

/// The numbers of a pair of lungs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LungMeasures {
    /// Both, left, right, then each lung's apical, middle and basal third by height.
    pub rows: Vec<LungRow>,
    /// Of both lungs' volume, the left one's, 0 to 1.
    pub left_share: Option<f64>,
    /// What was left out, and the caveats that belong beside the numbers.
    pub notes: Vec<Note>,
}

/// Measures lungs. `left` and `right` should hold no airways ([`crate::lungs::Airways`]).
///
/// # Errors
/// [`Error::SizeMismatch`], [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn measure_lungs(
    volume: &Volume,
    left: &Mask,
    right: &Mask,
    progress: &mut dyn Progress,
) -> Result<LungMeasures, Error> {
    let _ = (volume, left, right, progress);
    Err(Error::Unsupported { what: "measuring lungs".into(), hint: "it is being built" })
}
