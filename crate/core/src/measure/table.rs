//! One row of numbers for each label.

use serde::Serialize;

use super::BoxVoxel;
use crate::{Error, Mask, Progress, Volume};

/// A mask and what it is called.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// As it stands in the table.
    pub name: &'a str,
    /// On the scan's grid.
    pub mask: &'a Mask,
}

/// What is known of one label. HU are of its voxels that are not padding; `None` without such.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The label's name.
    pub name: String,
    /// Voxels inside.
    pub voxels: usize,
    /// Of these, padding: counted in voxels and volume, left out of all HU.
    pub padding_voxels: usize,
    /// Their volume.
    pub volume_ml: f64,
    /// The area of the border.
    pub surface_mm2: f64,
    /// Lowest and highest voxel inside.
    pub box_voxel: Option<BoxVoxel>,
    /// The mean position in RAS millimetres.
    pub centroid_ras_mm: Option<[f64; 3]>,
    /// Mean.
    pub mean_hu: Option<f64>,
    /// Standard deviation (divided by n).
    pub sd_hu: Option<f64>,
    /// Lowest.
    pub min_hu: Option<f64>,
    /// 5th percentile, linear between ranks.
    pub p5_hu: Option<f64>,
    /// 15th percentile.
    pub p15_hu: Option<f64>,
    /// Median.
    pub median_hu: Option<f64>,
    /// 95th percentile.
    pub p95_hu: Option<f64>,
    /// Highest.
    pub max_hu: Option<f64>,
}

/// A row for each label, and with more than one a last row `"all"` for their union.
///
/// # Errors
/// [`Error::SizeMismatch`], [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn table(
    volume: &Volume,
    labels: &[Named<'_>],
    progress: &mut dyn Progress,
) -> Result<Vec<Row>, Error> {
    let _ = (volume, labels, progress);
    Err(Error::Unsupported { what: "a table of measures".into(), hint: "it is being built" })
}
