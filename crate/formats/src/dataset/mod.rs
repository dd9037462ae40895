//! A dataset for training: slices or volumes as files with neutral names, what they are in a manifest,
//! and whose they are in a map that is kept apart. `docs/DATASET.md` describes it.
//!
//! ```text
//! slices of a case ──put──▶ images/case001_042.png, masks/case001_042.png      (bytes, no files)
//! all cases        ──finish──▶ manifest.json (no name of anybody), map.csv (the key to identities)
//! ```
//!
//! Bytes come out, nothing is written: the command puts them into a folder, the page into a
//! [`zip::DatasetZip`]. The same slices give the same bytes: no clock, no random number.

use std::collections::{BTreeMap, BTreeSet};

use hounsfield::{
    Error, Slice,
    grid::Affine,
    prepare::{Step, Values},
};
use serde::{Deserialize, Serialize};

mod encode;
mod manifest;
mod options;
pub mod zip;

use options::{DEFAULT_WINDOW, default_window};

pub use manifest::{Case, FORMAT, HuFromStored, Manifest, SliceFiles, VERSION};
pub use options::{Format, Label, Options, Window};

/// A case as it was prepared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct About {
    /// What its files are called: letters, digits, `.`, `-` and `_`.
    pub id: String,
    /// What it was called. Goes into the map and nowhere else.
    pub original: String,
    /// Voxels along x, y, z.
    pub size_voxel: [usize; 3],
    /// 3×4: RAS millimetres from voxels.
    pub ras_from_voxel: Affine,
    /// What its numbers are.
    pub values: Values,
    /// How the CT check came out ([`hounsfield::check::summary`]).
    pub check: String,
}

/// A file of the dataset: where it belongs, with `/` between folders, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// `images/case001_042.png`
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Writes one dataset, case by case, slice by slice.
#[derive(Debug)]
pub struct DatasetWriter {
    options: Options,
    labels: Vec<Label>,
    steps: Vec<Step>,
    cases: Vec<Case>,
    open: Option<Case>,
    ids: BTreeSet<String>,
    map: Vec<[String; 3]>,
}

/// What the map says of a case that went well.
const PREPARED: &str = "prepared";

impl DatasetWriter {
    /// A dataset of scans that went through `steps`.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for a window that cannot be, and for label 0 or one that is there twice.
    pub fn new(options: Options, steps: Vec<Step>, labels: Vec<Label>) -> Result<Self, Error> {
        let window = options.window.unwrap_or_else(|| default_window(&steps));
        if !(window.centre_hu.is_finite() && (1e-6..=1e6).contains(&window.width_hu)) {
            return Err(Error::BadParameter {
                name: "the window",
                value: format!("{} ± {} HU", window.centre_hu, window.width_hu / 2.0),
                expected: "its width must be more than 0 HU",
            });
        }
        let options = Options { window: Some(window), ..options };
        let (cases, ids, map) = Default::default();
        let known = Vec::new();
        let mut writer = Self { options, labels: known, steps, cases, open: None, ids, map };
        for label in labels {
            writer.name(label)?;
        }
        Ok(writer)
    }

    /// Says what a number in the masks means, before the slices that have it.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for 0, and for a number that means something else already.
    pub fn name(&mut self, label: Label) -> Result<(), Error> {
        let place = self.labels.binary_search_by_key(&label.value, |known| known.value);
        match place {
            Ok(place) if self.labels.get(place) == Some(&label) => Ok(()),
            Err(place) if label.value != 0 => {
                self.labels.insert(place, label);
                Ok(())
            }
            _ => Err(Error::BadParameter {
                name: "a label",
                value: format!("{} ({})", label.value, label.name),
                expected: "each needs a number of its own from 1 to 255",
            }),
        }
    }

    /// What a number in the masks means so far.
    #[must_use]
    pub fn label(&self, value: u8) -> Option<&Label> {
        self.labels.iter().find(|label| label.value == value)
    }

    /// Begins a case.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for an id that no file can have or another case has;
    /// [`Error::BadGrid`].
    pub fn begin(&mut self, about: &About) -> Result<(), Error> {
        self.take_id(&about.id)?;
        let stored = self.hu_from_stored(about.values);
        self.open = Some(Case::new(about, &self.options, stored)?);
        self.map.push([about.id.clone(), about.original.clone(), PREPARED.into()]);
        Ok(())
    }

    /// Says in the map that a case is not in the dataset. Its id is not free again.
    ///
    /// # Errors
    /// As [`DatasetWriter::begin`], but for a case that was begun: that one is taken out.
    pub fn leave_out(&mut self, id: &str, original: &str, reason: &str) -> Result<(), Error> {
        let line = [id.to_owned(), original.to_owned(), format!("left out: {reason}")];
        if self.open.as_ref().is_some_and(|case| case.id == id) {
            self.open = None;
            self.map.pop();
        } else {
            self.take_id(id)?;
        }
        self.map.push(line);
        Ok(())
    }

    /// The files of the open case's slice `number` (from 0): `values` and labels row by row, as
    /// [`Plane::values`](hounsfield::prepare::Plane::values) and
    /// [`Plane::labels`](hounsfield::prepare::Plane::labels) give them. Without labels there is no mask.
    ///
    /// # Errors
    /// [`Error::BadParameter`] where no case is open, for a slice out of turn and for a label that is
    /// not known; [`Error::SizeMismatch`], [`Error::Unwritable`].
    pub fn put(
        &mut self,
        number: usize,
        values: &Slice,
        labels: Option<&[u8]>,
    ) -> Result<Vec<DataFile>, Error> {
        let case = self.open.as_mut().ok_or_else(no_case)?;
        let [columns, rows, count] = self.options.plane.size(case.size_voxel);
        if number >= count || number != case.slices.len() {
            return Err(Error::BadParameter {
                name: "slice",
                value: number.to_string(),
                expected: "slices must come in order, from 0, within the volume",
            });
        }
        let len = match values {
            Slice::I16(values) => values.len(),
            Slice::F32(values) => values.len(),
        };
        for found in [len, labels.map_or(len, <[u8]>::len)] {
            if found != columns * rows {
                return Err(Error::SizeMismatch {
                    what: "a slice",
                    found: [found, 1, 1],
                    expected: [columns, rows, 1],
                });
            }
        }
        let picture = encode::Picture { columns, rows, spacing_mm: case.pixel_mm() };
        let extension = if self.options.format == Format::Tiff16 { "tif" } else { "png" };
        // As many digits as the last slice needs, so that names sort.
        let digits = count.saturating_sub(1).to_string().len().max(3);
        let stem = format!("{}_{number:0digits$}", case.id);
        let image = format!("images/{stem}.{extension}");
        let bytes = match self.options.format {
            Format::Png8 => {
                let window = self.options.window.unwrap_or(DEFAULT_WINDOW);
                picture.png8(&encode::windowed(values, case.values, window))?
            }
            Format::Png16 => picture.png16(&encode::offset(values, case.values))?,
            Format::Tiff16 => picture.tiff(values)?,
            Format::Nifti => {
                return Err(Error::BadParameter {
                    name: "the format",
                    value: "nifti".into(),
                    expected: "a dataset of volumes has no slices",
                });
            }
        };
        let mut files = vec![DataFile { path: image.clone(), bytes }];
        let mut slice = SliceFiles { number, image, mask: None, label_voxels: BTreeMap::new() };
        if let Some(labels) = labels {
            slice.label_voxels = counted(labels, &self.labels)?;
            let path = format!("masks/{stem}.png");
            let palette = self.options.palette.then_some(self.labels.as_slice());
            files.push(DataFile { path: path.clone(), bytes: picture.mask(labels, palette)? });
            slice.mask = Some(path);
        }
        case.add(slice);
        Ok(files)
    }

    /// Of a dataset of volumes: where the open case's scan and mask belong. `label_voxels`: what the
    /// mask holds; `None` without one.
    ///
    /// # Errors
    /// [`Error::BadParameter`] where no case is open.
    pub fn volume(
        &mut self,
        label_voxels: Option<BTreeMap<u8, u64>>,
    ) -> Result<(String, Option<String>), Error> {
        let case = self.open.as_mut().ok_or_else(no_case)?;
        let image = format!("images/{}.nii.gz", case.id);
        let mask = label_voxels.is_some().then(|| format!("masks/{}.nii.gz", case.id));
        case.image = Some(image.clone());
        case.mask.clone_from(&mask);
        case.label_voxels = label_voxels.unwrap_or_default();
        Ok((image, mask))
    }

    /// Ends the case: it is part of the dataset.
    ///
    /// # Errors
    /// [`Error::BadParameter`] where no case is open, and when slices are missing.
    pub fn end(&mut self) -> Result<(), Error> {
        let case = self.open.take().ok_or_else(no_case)?;
        let [_, _, count] = self.options.plane.size(case.size_voxel);
        if case.image.is_none() && case.slices.len() != count {
            return Err(Error::BadParameter {
                name: "the number of slices",
                value: case.slices.len().to_string(),
                expected: "all slices of a case must be put before it ends",
            });
        }
        self.cases.push(case);
        Ok(())
    }

    /// The manifest, and the map. The map says who is who: it belongs beside the dataset, not into it.
    ///
    /// # Errors
    /// [`Error::Unwritable`].
    pub fn finish(self) -> Result<[DataFile; 2], Error> {
        let manifest = Manifest::new(self.options, self.steps, self.labels, self.cases);
        let mut bytes = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| Error::Unwritable { reason: error.to_string() })?;
        bytes.push(b'\n');
        let mut csv = String::from("caseId,original,outcome\n");
        for line in &self.map {
            let cells: Vec<String> = line.iter().map(|cell| cell_of(cell)).collect();
            csv.push_str(&cells.join(","));
            csv.push('\n');
        }
        Ok([
            DataFile { path: "manifest.json".into(), bytes },
            DataFile { path: "map.csv".into(), bytes: csv.into_bytes() },
        ])
    }

    fn hu_from_stored(&self, values: Values) -> HuFromStored {
        let window = self.options.window.unwrap_or(DEFAULT_WINDOW);
        let (slope, intercept) = match self.options.format {
            Format::Png8 => (window.width_hu / 255.0, window.centre_hu - window.width_hu / 2.0),
            Format::Png16 => (1.0, -encode::OFFSET_HU),
            Format::Tiff16 | Format::Nifti => (values.slope, values.intercept),
        };
        HuFromStored { slope, intercept }
    }

    fn take_id(&mut self, id: &str) -> Result<(), Error> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let plain = !id.is_empty() && id.len() <= 64 && id.chars().all(is_plain);
        if !plain || id.starts_with('.') {
            return Err(Error::BadParameter {
                name: "the case's id",
                value: format!("\"{id}\""),
                expected: "it names files: 1 to 64 letters, digits, '.', '-' and '_', no '.' first",
            });
        }
        // Some file systems make no difference between large and small letters.
        if self.open.is_some() || !self.ids.insert(id.to_ascii_lowercase()) {
            return Err(Error::BadParameter {
                name: "the case's id",
                value: format!("\"{id}\""),
                expected: "each case needs an id of its own, and ends before the next begins",
            });
        }
        Ok(())
    }
}

fn counted(labels: &[u8], known: &[Label]) -> Result<BTreeMap<u8, u64>, Error> {
    let mut counts = [0_u64; 256];
    for label in labels {
        counts[usize::from(*label)] += 1;
    }
    let mut found = BTreeMap::new();
    for (value, count) in (0_u8..=255).zip(counts).skip(1).filter(|(_, count)| *count > 0) {
        if !known.iter().any(|label| label.value == value) {
            return Err(Error::BadParameter {
                name: "a label in the mask",
                value: value.to_string(),
                expected: "the dataset's labels must name every number of its masks",
            });
        }
        found.insert(value, count);
    }
    Ok(found)
}

/// A cell as RFC 4180 has it.
fn cell_of(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn no_case() -> Error {
    Error::BadParameter {
        name: "the case",
        value: "none".into(),
        expected: "a case must begin before its slices come",
    }
}
