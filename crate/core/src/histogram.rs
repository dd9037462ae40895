//! How often each HU occurs.

use serde::Serialize;

use crate::{Error, Mask, Volume};

/// Counts by value. Padding is not in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Histogram {
    /// The lowest value of the first bin.
    pub first_hu: f64,
    /// Width of a bin.
    pub bin_hu: f64,
    /// Voxels in each bin: values from `first_hu + k · bin_hu` to below the next.
    pub counts: Vec<u64>,
    /// Voxels that are padding or have no value.
    pub padding_voxels: u64,
    /// Where it has peaks that have a name.
    pub peaks: Vec<Peak>,
}

/// A peak with a name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Peak {
    /// "air", "lung", "fat", "soft tissue", "bone".
    pub kind: &'static str,
    /// Where it is highest.
    pub hu: f64,
    /// Voxels in the bin there.
    pub count: u64,
}

/// Counts the values of the scan, or of those inside `mask`, in bins of `bin_hu` (≥ 1).
///
/// # Errors
/// [`Error::BadParameter`] for a bin that cannot be, [`Error::SizeMismatch`], [`Error::OutOfMemory`].
pub fn histogram(volume: &Volume, mask: Option<&Mask>, bin_hu: u16) -> Result<Histogram, Error> {
    let _ = (volume, mask, bin_hu);
    Err(Error::Unsupported { what: "a histogram".into(), hint: "it is being built" })
}
