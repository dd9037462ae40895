//! What a reader learned that the CT check goes by. Facts, no verdicts: those are in
//! [`check`](crate::check), which sees the voxels, too.

use serde::{Deserialize, Serialize};

/// What the file says about itself. Its default is a file that says nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Facts {
    /// How it was made, in the file's word: `"CT"`, `"MR"`, …; empty where it does not say.
    pub modality: String,
    /// What the numbers are.
    pub units: Units,
    /// Is it from a cone-beam scanner? Its numbers are no reliable HU.
    pub cone_beam: bool,
    /// Where position and axes come from.
    pub placement: Placement,
    /// Where the distance of pixels within a slice comes from; of files that hold a whole volume,
    /// the distance of voxels along any axis.
    pub pixel_spacing: PixelSpacing,
    /// How the slices lie, where the scan came as slices.
    pub stack: Option<Stack>,
    /// Slope and intercept, where the format has them.
    pub rescale: Option<Rescale>,
    /// The value that the file declares to be outside the field of view.
    pub padding_hu: Option<f64>,
    /// Does the file say that a contrast agent was given?
    pub contrast_agent: Option<bool>,
    /// Were the pixels compressed with loss at any time?
    pub lossy: bool,
}

/// What the numbers of a scan are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Units {
    /// The format has no word for it (NIfTI, NRRD, …).
    #[default]
    Unknown,
    /// The file says Hounsfield units.
    Hu,
    /// The file has no rescale: numbers as they were stored.
    Stored,
    /// The file names another unit.
    Other,
    /// Grey values of a picture.
    Grey,
}

/// Where position and axes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Placement {
    /// The file says so.
    Stated,
    /// The file does not say; left and right may be swapped.
    #[default]
    Assumed,
}

/// Where the distance of pixels comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PixelSpacing {
    /// The file states it; many formats cannot do without.
    #[default]
    Stated,
    /// The file states only that at the detector, which in the patient is smaller.
    Detector,
    /// The reader stated it.
    Given,
    /// Nothing states it: 1 mm.
    Assumed,
}

/// An axis of the volume in closest-RAS order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StackAxis {
    /// To the Right: sagittal slices.
    X,
    /// To Anterior: coronal slices.
    Y,
    /// To Superior: axial slices.
    #[default]
    Z,
}

impl StackAxis {
    /// Of axis 0, 1 or 2.
    #[must_use]
    pub fn of(axis: usize) -> Self {
        match axis {
            0 => Self::X,
            1 => Self::Y,
            _ => Self::Z,
        }
    }
}

/// How the slices of a series lie.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Stack {
    /// The volume's axis along which slices are stacked; [`made`](Self::made) counts along it.
    pub axis: StackAxis,
    /// Planes of the volume.
    pub planes: usize,
    /// Slices found in the files.
    pub found: usize,
    /// Planes for which there is no slice, not even a broken one.
    pub missing: usize,
    /// Planes that were interpolated on request, by their index along [`axis`](Self::axis) in
    /// closest-RAS order.
    pub made: Vec<usize>,
    /// Slices left out because another lies at the same place.
    pub duplicates: usize,
    /// Slices left out because they could not be read.
    pub broken: usize,
    /// Slices of the same series that lie alike, but are listed by themselves: in another frame of
    /// reference, of another pixel spacing, ….
    pub elsewhere: usize,
    /// How many of [`elsewhere`](Self::elsewhere) lie between slices of this stack.
    pub between: usize,
    /// Distance of the volume's planes.
    pub step_mm: f64,
    /// Shortest and longest distance of neighbouring slices where none is missing.
    pub min_step_mm: f64,
    /// See `min_step_mm`.
    pub max_step_mm: f64,
    /// How far the slice that is farthest from its plane lies from it, along the normal.
    pub off_mm: f64,
    /// How far the slice that is farthest to the side of the line on which the others are lies
    /// from it; 0 within a tenth of a pixel.
    pub stray_mm: f64,
    /// What the files call the thickness of a slice.
    pub thickness_mm: Option<f64>,
    /// Angle between the slices' normal and the line along which they are stacked.
    pub tilt_deg: f64,
    /// Were the slices moved so that the grid is upright?
    pub tilt_corrected: bool,
    /// Is the distance from the slices' positions (else stated by the reader, or assumed)?
    pub step_from_positions: bool,
}

/// Slope and intercept: HU = slope · stored + intercept.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rescale {
    /// Lowest and highest slope of all slices.
    pub slope: [f64; 2],
    /// Lowest and highest intercept of all slices.
    pub intercept: [f64; 2],
    /// Do slices differ?
    pub differs: bool,
    /// Slices that have neither, while the others have them.
    pub missing: usize,
}
