//! How a series becomes a volume: worked out from headers, before any pixel is read.
//!
//! Plans cross between workers as JSON: each worker reads the planes it is asked for.

use hounsfield::{Info, Note, grid::Affine, labels::Coding};
use serde::{Deserialize, Serialize};

use crate::item::Place;

/// What the reader may decide.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Options {
    /// Planes that are missing or not where an even grid has them.
    pub gaps: Gaps,
    /// A tilted gantry.
    pub tilt: Tilt,
    /// Spacing along the file's i, j, k where the files state none (or to overrule them).
    pub spacing_mm: Option<[f64; 3]>,
    /// Is the last picture of a stack the lowest slice? Pictures do not say.
    pub turn_over: bool,
    /// Do pictures hold labels? Colours are told apart then, see [`Plan::labels`].
    pub labels: bool,
}

/// What becomes of planes without a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Gaps {
    /// Missing planes are filled with padding; slices a little off keep their values.
    #[default]
    Leave,
    /// Planes without a slice are interpolated between their neighbours, and marked.
    Interpolate,
}

/// What becomes of slices stacked along another line than their normal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tilt {
    /// Slices are shifted within their planes (linear interpolation) until the grid is upright.
    #[default]
    Correct,
    /// The grid stays sheared; every voxel keeps its value and its true place.
    Keep,
    /// A tilted series is refused.
    Refuse,
}

/// A volume to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// What opening it gives, with notes and facts.
    pub info: Info,
    /// Which reader decodes the planes.
    pub reader: ReaderKind,
    /// Where the header stands, in formats with one for the whole volume; the planes' parts say
    /// where the voxels are.
    #[serde(default)]
    pub header: Option<Place>,
    /// Voxels along the file's i, j, k.
    pub file_size: [usize; 3],
    /// RAS millimetres from the file's i, j, k.
    pub ras_from_file: Affine,
    /// The value of voxels that no slice covers.
    pub fill: i16,
    /// One entry for each k.
    pub planes: Vec<Plane>,
    /// Must planes be read in order, by one reader (a compressed stream)?
    pub sequential: bool,
    /// Does decoding need `hounsfield-codecs`?
    pub needs_codecs: bool,
    /// What the values are, where pictures hold labels.
    #[serde(default)]
    pub labels: Option<Coding>,
    /// The colours of these labels by their numbers, where pictures have one palette.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub palette: Vec<[u8; 3]>,
}

impl Plan {
    /// The planes that have slices, in the order in which these lie in their files: large entries of
    /// archives can only be gone through from front to back.
    #[must_use]
    pub fn in_file_order(&self) -> Vec<usize> {
        let first = |k: &usize| {
            let part = self.planes.get(*k).and_then(|plane| plane.parts.first());
            part.map(|part| (&part.place, part.frame))
        };
        let mut order: Vec<usize> = (0..self.planes.len()).filter(|k| first(k).is_some()).collect();
        order.sort_by(|a, b| first(a).cmp(&first(b)));
        order
    }
}

/// Which reader decodes the planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReaderKind {
    /// Slices or frames of DICOM objects.
    Dicom,
    /// The core's own reader takes the whole file. The only plane's only part is the file with
    /// the voxels, which is the header's where they are not apart.
    Nifti,
    /// One stream of voxels.
    Nrrd,
    /// One stream of voxels, or a file a slice.
    MetaImage,
    /// Pictures or pages.
    Picture,
}

/// What one plane is made of.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Plane {
    /// Slices and their weights, which add up to 1; none: the plane stays [`Plan::fill`].
    pub parts: Vec<Part>,
    /// How far its values move along i and j, in pixels (the correction of a tilt).
    pub shift_px: [f64; 2],
}

/// A slice's share of a plane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Where its bytes are.
    pub place: Place,
    /// Which frame or page, from 0.
    pub frame: u32,
    /// 0 to 1.
    pub weight: f64,
}

/// A file's name without its folders: notes go along with results, and folders are named after
/// people.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(path)
}

/// How many broken slices are named.
const NAMED: usize = 5;

/// Says which slices could not be decoded, after decoding: `failed` is each one's name and the
/// reason. They stay [`Plan::fill`] in the volume.
pub fn note_broken(info: &mut Info, failed: &[(String, String)]) {
    if failed.is_empty() {
        return;
    }
    let mut names: Vec<String> = failed
        .iter()
        .take(NAMED)
        .map(|(name, reason)| format!("“{}” ({reason})", file_name(name)))
        .collect();
    if failed.len() > NAMED {
        names.push(format!("and {} more", failed.len() - NAMED));
    }
    let n = failed.len();
    let slices = match &info.facts.stack {
        Some(stack) => format!("{n} of {} slices", stack.found),
        None => format!("{n} slice{}", if n == 1 { "" } else { "s" }),
    };
    let (verb, was) = if n == 1 { ("is", "was") } else { ("are", "were") };
    let message = format!("{slices} {verb} broken and {was} left out: {}.", names.join(", "));
    info.notes.push(Note::new("broken_slices", message));
    if let Some(stack) = &mut info.facts.stack {
        stack.broken = stack.broken.saturating_add(failed.len());
    }
}
