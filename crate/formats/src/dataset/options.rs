//! What is written, and how.

use hounsfield::prepare::{Plane, Step};
use serde::{Deserialize, Serialize};

/// What a slice is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// 8 bits, a window of HU.
    #[default]
    Png8,
    /// 16 bits, HU + 32768.
    Png16,
    /// As the scan is held: 16 bits with a sign, or 32-bit floats.
    Tiff16,
    /// No slices: a `.nii.gz` for each case, which the caller writes.
    Nifti,
}

/// HU from black to white.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Window {
    /// In the middle.
    pub centre_hu: f64,
    /// From black to white.
    pub width_hu: f64,
}

/// What is written, and how.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Options {
    /// What slices are written as.
    pub format: Format,
    /// Which way they are cut.
    pub plane: Plane,
    /// Of 8-bit pictures; default: the range of the recipe's `normalise`, else 40 ± 200 HU.
    pub window: Option<Window>,
    /// Masks with the labels' colours as palette. Programs that expand palettes then read colours
    /// instead of numbers.
    pub palette: bool,
}

/// What a number in the masks means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Label {
    /// In the masks; 0 is the background.
    pub value: u8,
    /// For people.
    pub name: String,
    /// Red, green, blue.
    pub rgb: [u8; 3],
}

/// Soft tissue, as most programs begin with.
pub(super) const DEFAULT_WINDOW: Window = Window { centre_hu: 40.0, width_hu: 400.0 };

/// The range that the steps leave, or soft tissue.
pub(super) fn default_window(steps: &[Step]) -> Window {
    let normalised = steps.iter().rev().find_map(|step| match step {
        Step::Normalise { min_hu, max_hu } => {
            Some(Window { centre_hu: (min_hu + max_hu) / 2.0, width_hu: max_hu - min_hu })
        }
        _ => None,
    });
    normalised.unwrap_or(DEFAULT_WINDOW)
}
