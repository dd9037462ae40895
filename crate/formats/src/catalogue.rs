//! Items into series to pick from.

use hounsfield::{Error, Note};
use serde::{Deserialize, Serialize};

use crate::{
    item::Item,
    plan::{Options, Plan},
};

/// What was dropped, header only.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    /// What can be opened, most sensible first.
    pub series: Vec<SeriesInfo>,
    /// The one to open when nobody picks; `None` when there is nothing to open.
    pub suggested: Option<String>,
    /// Why that one, in a sentence.
    pub reason: String,
    /// Everything else, grouped by reason.
    pub left_out: Vec<LeftOut>,
}

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

/// A group of items that can be opened as one volume; each format has its own.
pub(crate) trait Openable: std::fmt::Debug {
    /// The entry in the listing.
    fn info(&self, id: String) -> SeriesInfo;

    /// The volume to be.
    ///
    /// # Errors
    /// What the options refuse, or no grid can hold.
    fn plan(&self, options: &Options) -> Result<Plan, Error>;
}

/// What a format made of the items it knows.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// What can be opened.
    pub(crate) openable: Vec<Box<dyn Openable>>,
    /// The rest of its items.
    pub(crate) left_out: Vec<LeftOut>,
}

/// Everything that was found, grouped.
#[derive(Debug, Default)]
pub struct Catalogue {
    items: Vec<Item>,
}

impl Catalogue {
    /// Groups what was found; the order of `items` does not matter.
    #[must_use]
    pub fn new(items: Vec<Item>) -> Self {
        Self { items }
    }

    /// What there is to pick from.
    #[must_use]
    pub fn listing(&self) -> Listing {
        Listing {
            series: Vec::new(),
            suggested: None,
            reason: self.items.len().to_string(),
            left_out: Vec::new(),
        }
    }

    /// The volume to be of a series in the listing.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for an id that the listing does not have; what the options refuse.
    pub fn plan(&self, id: &str, _options: &Options) -> Result<Plan, Error> {
        Err(Error::BadParameter {
            name: "series",
            value: id.into(),
            expected: "the listing has no such series",
        })
    }
}
