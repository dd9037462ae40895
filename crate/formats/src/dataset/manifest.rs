//! `manifest.json`: what is in the dataset. Nothing in it says whose it is.

use std::collections::BTreeMap;

use hounsfield::{
    Error, Grid,
    grid::Affine,
    prepare::{Step, Values},
};
use serde::Serialize;

use super::{About, Label, Options};

/// What `format` says in every manifest.
pub const FORMAT: &str = "hounsfield-dataset";
/// Of the layout; a reader of another one should not guess.
pub const VERSION: u32 = 1;

/// The whole of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    format: &'static str,
    version: u32,
    software: &'static str,
    steps: Vec<Step>,
    options: Options,
    labels: Vec<Label>,
    cases: Vec<Case>,
}

impl Manifest {
    pub(super) fn new(
        options: Options,
        steps: Vec<Step>,
        labels: Vec<Label>,
        cases: Vec<Case>,
    ) -> Self {
        let software = concat!("hounsfield ", env!("CARGO_PKG_VERSION"));
        Self { format: FORMAT, version: VERSION, software, steps, options, labels, cases }
    }
}

/// HU = `slope` · stored number + `intercept`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HuFromStored {
    /// HU for a step of 1.
    pub slope: f64,
    /// HU of a stored 0.
    pub intercept: f64,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    pub(super) id: String,
    pub(super) size_voxel: [usize; 3],
    spacing_mm: [f64; 3],
    ras_from_voxel: Affine,
    /// RAS millimetres from column, row and number of a slice.
    #[serde(skip_serializing_if = "Option::is_none")]
    ras_from_pixel: Option<Affine>,
    /// Between columns and rows of a slice, and between slices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pixel_spacing_mm: Option<[f64; 3]>,
    /// What the prepared scan's numbers are.
    pub(super) values: Values,
    /// What the numbers in the files are.
    hu_from_stored: HuFromStored,
    check: String,
    pub(super) label_voxels: BTreeMap<u8, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mask: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) slices: Vec<SliceFiles>,
}

impl Case {
    pub(super) fn new(
        about: &About,
        options: &Options,
        hu_from_stored: HuFromStored,
    ) -> Result<Self, Error> {
        let grid = Grid::new(about.size_voxel, about.ras_from_voxel)?;
        let cut = (options.format != super::Format::Nifti).then_some(options.plane);
        Ok(Self {
            id: about.id.clone(),
            size_voxel: about.size_voxel,
            spacing_mm: grid.spacing_mm(),
            ras_from_voxel: about.ras_from_voxel,
            ras_from_pixel: cut.map(|plane| plane.ras_from_pixel(&grid)),
            pixel_spacing_mm: cut.map(|plane| plane.spacing_mm(&grid)),
            values: about.values,
            hu_from_stored,
            check: about.check.clone(),
            label_voxels: BTreeMap::new(),
            image: None,
            mask: None,
            slices: Vec::new(),
        })
    }

    pub(super) fn pixel_mm(&self) -> [f64; 2] {
        self.pixel_spacing_mm.map_or([1.0; 2], |[x, y, _]| [x, y])
    }

    pub(super) fn add(&mut self, slice: SliceFiles) {
        for (label, count) in &slice.label_voxels {
            *self.label_voxels.entry(*label).or_default() += count;
        }
        self.slices.push(slice);
    }
}

/// The files of one slice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SliceFiles {
    /// From 0: inferior, posterior, left first.
    pub number: usize,
    /// Where the picture is.
    pub image: String,
    /// Where its mask is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
    /// Voxels of each label that is there.
    pub label_voxels: BTreeMap<u8, u64>,
}
