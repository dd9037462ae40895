//! What can be opened, as every format says it.
//!
//! ```text
//! Items ─a format's groups─▶ Groups { openable, left_out } ─catalogue─▶ Listing
//! ```

use hounsfield::{Error, Note};
use serde::{Deserialize, Serialize};

use crate::plan::{Options, Plan, file_name};

/// Something that can be opened as one volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeriesInfo {
    /// Names it in this listing: `"1"`, `"2"`, …; says nothing about the patient.
    pub id: String,
    /// A few words for people: the series' description or the file's name.
    pub title: String,
    /// "DICOM", "NRRD", "PNG stack", ….
    pub format: String,
    /// "CT", "MR", …; empty where the format does not say.
    pub modality: String,
    /// Files (or entries) it is made of.
    pub files: usize,
    /// Voxels along x, y, z in closest-RAS order.
    pub size_voxel: [usize; 3],
    /// Distance of neighbours along x, y, z.
    pub spacing_mm: [f64; 3],
    /// The same along the file's i, j, k, as [`Options`] take it.
    pub file_spacing_mm: [f64; 3],
    /// Bytes of the voxels in memory.
    pub volume_bytes: u64,
    /// What to know before opening it: uneven slices, gaps, tilt, ….
    pub notes: Vec<Note>,
    /// Which options would change the outcome.
    pub asks: Asks,
}

/// What the reader may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asks {
    /// Planes are missing or uneven: leave or interpolate?
    pub gaps: bool,
    /// The gantry was tilted: correct, keep or refuse?
    pub tilt: bool,
    /// The file states no spacing.
    pub spacing: bool,
    /// Nothing says which end of the stack is up.
    #[serde(default)]
    pub turn_over: bool,
}

/// Files that are not part of any series, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// A stable word: `"dicomdir"`, `"damaged"`, `"encrypted"`, `"not_a_scan"`, `"duplicate"`, ….
    pub code: String,
    /// One sentence for people.
    pub reason: String,
    /// How many.
    pub count: usize,
    /// Names of the first few.
    pub names: Vec<String>,
}

impl LeftOut {
    /// Nothing yet, for a reason.
    pub(crate) fn of(code: &str, reason: &str) -> Self {
        Self { code: code.into(), reason: reason.into(), count: 0, names: Vec::new() }
    }

    /// One file; named without its folders, which are named after people.
    pub(crate) fn one(code: &str, reason: &str, name: &str) -> Self {
        Self { count: 1, names: vec![file_name(name).into()], ..Self::of(code, reason) }
    }
}

/// What a person who drops a folder most likely means, first to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// A CT as it was taken: axial, no scout, no reformat.
    Scan,
    /// A CT made from another: reformats, projections, other orientations.
    Derived,
    /// A file that holds a whole volume.
    Whole,
    /// Another modality's volume.
    Other,
    /// A stack of pictures.
    Pictures,
    /// Scouts, single slices, secondary captures, X-rays.
    Aside,
}

/// Where an entry stands in the listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rank {
    pub(crate) standing: Standing,
    pub(crate) slices: usize,
}

/// A group of items that can be opened as one volume; each format has its own.
pub(crate) trait Openable: std::fmt::Debug + Send + Sync {
    /// The entry in the listing.
    fn info(&self, id: String) -> SeriesInfo;

    /// Where it stands there.
    fn rank(&self) -> Rank {
        let info = self.info(String::new());
        let picture = info.modality.is_empty() && !WHOLE.iter().any(|w| info.format.starts_with(w));
        let standing = if picture { Standing::Pictures } else { Standing::Whole };
        Rank { standing, slices: info.size_voxel[2] }
    }

    /// The volume to be.
    ///
    /// # Errors
    /// What the options refuse, or no grid can hold.
    fn plan(&self, options: &Options) -> Result<Plan, Error>;
}

/// Formats of files that hold a whole volume.
const WHOLE: [&str; 4] = ["NIfTI", "Analyze", "NRRD", "MetaImage"];

/// What a format made of the items it knows.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// What can be opened.
    pub(crate) openable: Vec<Box<dyn Openable>>,
    /// The rest of its items.
    pub(crate) left_out: Vec<LeftOut>,
}
