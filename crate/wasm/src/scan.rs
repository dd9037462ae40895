//! An open scan.

use std::{cell::OnceCell, rc::Rc};

use hounsfield::{
    Error, Facts, Volume, bones,
    check::{CheckItem, check, summary},
    facts::Placement,
    labels::{About, Coding},
    nifti::{self, Limits, NiftiFile, Template},
    prepare::Values,
    recipe::{self, Step},
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{
    Bones, Labels, Mask,
    error::{json, parse, to_js},
    info::info_json,
    progress::OnProgress,
    sink::{Sink, TakePiece},
    source::{ByteSource, Reader},
};

/// Voxels, and what masks on them are written with. Shared by a scan and its masks.
pub(crate) struct Opened {
    pub(crate) volume: Volume,
    pub(crate) template: Template,
    /// What its numbers are; HU, unless they were prepared.
    pub(crate) values: Values,
    pub(crate) facts: Facts,
    /// Of the CT check; worked out when it is first asked for.
    checked: OnceCell<Vec<CheckItem>>,
}

impl Opened {
    pub(crate) fn check(&self) -> Result<&[CheckItem], Error> {
        if self.checked.get().is_none() {
            // Nothing else fills it meanwhile: there is one thread here.
            let _ = self.checked.set(check(&self.volume, &self.facts)?);
        }
        Ok(self.checked.get().map_or(&[], Vec::as_slice))
    }

    /// What every export of a mask says about the scan.
    pub(crate) fn remark(&self) -> Result<String, Error> {
        Ok(summary(self.check()?))
    }
}

/// An open scan.
#[wasm_bindgen]
pub struct Scan {
    opened: Rc<Opened>,
    info: String,
}

/// What the header of a file (or of a pair's `.hdr`) says, as JSON.
///
/// # Errors
/// Whatever is wrong with the header.
#[wasm_bindgen]
pub fn inspect(header: &ByteSource) -> Result<String, JsValue> {
    let info = nifti::inspect(Reader::new(header)).map_err(|error| to_js(&error))?;
    info_json(&info)
}

/// Reads a file, or a pair when `image` is given.
fn read(
    header: &ByteSource,
    image: Option<&ByteSource>,
    memory_bytes: f64,
    mut on_progress: &OnProgress,
) -> Result<NiftiFile, JsValue> {
    let header = Reader::new(header);
    let image = image.map(Reader::new);
    let source_bytes = Some(image.as_ref().unwrap_or(&header).byte_length());
    let limits = Limits { memory_bytes: memory_bytes as u64, source_bytes };
    let file = match image {
        Some(image) => nifti::read_pair(header, image, &limits, &mut on_progress),
        None => nifti::read(header, &limits, &mut on_progress),
    };
    file.map_err(|error| to_js(&error))
}

#[wasm_bindgen]
impl Scan {
    /// Reads a file, or a pair when `image` is given, into at most `memory_bytes`.
    ///
    /// # Errors
    /// Whatever is wrong with the file; `too_large` before anything is read.
    pub fn open(
        header: &ByteSource,
        image: Option<ByteSource>,
        memory_bytes: f64,
        on_progress: &OnProgress,
    ) -> Result<Self, JsValue> {
        let file = read(header, image.as_ref(), memory_bytes, on_progress)?;
        let info = info_json(&file.info)?;
        Ok(Self::new(file.volume, file.template, file.info.facts, info))
    }

    /// `ScanInfo` as JSON.
    #[must_use]
    pub fn info(&self) -> String {
        self.info.clone()
    }

    /// The CT check: `CheckItem[]` as JSON.
    ///
    /// # Errors
    /// Out of memory.
    pub fn check(&self) -> Result<String, JsValue> {
        json(&self.opened.check().map_err(|error| to_js(&error))?)
    }

    /// Masks on this scan's grid from a NIfTI file of labels, or a pair when `image` is given;
    /// its voxels take at most `memory_bytes`. `turn_over`: its last slice is the lowest one, unless
    /// it says where it lies.
    ///
    /// # Errors
    /// Whatever is wrong with the file; labels on another grid, values that are no labels.
    #[wasm_bindgen(js_name = openLabels)]
    pub fn open_labels(
        &self,
        header: &ByteSource,
        image: Option<ByteSource>,
        turn_over: bool,
        memory_bytes: f64,
        on_progress: &OnProgress,
    ) -> Result<Labels, JsValue> {
        let file = read(header, image.as_ref(), memory_bytes, on_progress)?;
        let placed = file.info.facts.placement == Placement::Stated;
        let about = About { placed, turn_over, coding: Coding::Labels };
        Labels::of(&file.volume, &about, self.opened())
    }

    /// A mask on this scan's grid from bits as [`Mask::bits`] gives them, of all slices.
    ///
    /// # Errors
    /// Another number of bytes, out of memory.
    #[wasm_bindgen(js_name = maskOf)]
    pub fn mask_of(&self, bits: &[u8]) -> Result<Mask, JsValue> {
        let opened = self.opened();
        hounsfield::Mask::from_bytes(opened.volume.grid().size_voxel(), bits)
            .map(|mask| Mask::new(mask, opened))
            .map_err(|error| to_js(&error))
    }

    /// `IntensitySummary` as JSON.
    ///
    /// # Errors
    /// None so far.
    pub fn intensity(&self) -> Result<String, JsValue> {
        json(&hounsfield::measure::intensity(&self.opened.volume))
    }

    /// Slices `z0..z0 + n` as whole HU, x fastest; those that exist.
    ///
    /// # Errors
    /// Out of memory.
    pub fn slab(&self, z0: usize, n: usize) -> Result<Vec<i16>, JsValue> {
        self.opened.volume.hu_of_slices(z0, n).map_err(|error| to_js(&error))
    }

    /// The scan as `.nii.gz`, `int16` or `float32` as it is held, piece by piece.
    ///
    /// # Errors
    /// Out of memory, stopped.
    #[wasm_bindgen(js_name = toNifti)]
    pub fn to_nifti(&self, take: &TakePiece, on_progress: &OnProgress) -> Result<(), JsValue> {
        let mut on_progress = on_progress;
        let Opened { volume, template, .. } = &*self.opened;
        let remark = self.opened.remark().map_err(|error| to_js(&error))?;
        let sink = Sink::new(take);
        nifti::write_described_volume_to(sink, volume, template, &remark, &mut on_progress)
            .map(drop)
            .map_err(|error| to_js(&error))
    }

    /// The component curve and the choice of a threshold: `{ curve, choice }` as JSON.
    ///
    /// # Errors
    /// A neighbourhood that does not exist, out of memory, stopped.
    pub fn curve(&self, neighbourhood: u8, on_progress: &OnProgress) -> Result<String, JsValue> {
        let mut on_progress = on_progress;
        let found = neighbourhood
            .try_into()
            .and_then(|n| bones::curve_and_choice(&self.opened.volume, n, &mut on_progress))
            .map_err(|error| to_js(&error))?;
        json(&CurveAndChoice { curve: found.0, choice: found.1 })
    }

    /// Segments bones; `params` is `BonesParams` as JSON.
    ///
    /// # Errors
    /// A parameter out of range, out of memory, stopped.
    pub fn bones(&self, params: &str, on_progress: &OnProgress) -> Result<Bones, JsValue> {
        let mut on_progress = on_progress;
        let params = parse("the parameters", params)?;
        let run = bones::run(&self.opened.volume, &params, &mut on_progress)
            .map_err(|error| to_js(&error))?;
        Ok(Bones::new(run, Rc::clone(&self.opened)))
    }

    /// One step of a recipe (a `RecipeStep` as JSON) on the mask of the steps before it.
    ///
    /// # Errors
    /// A parameter out of range, out of memory, stopped.
    pub fn step(
        &self,
        step: &str,
        mask: Option<Mask>,
        on_progress: &OnProgress,
    ) -> Result<Mask, JsValue> {
        let mut on_progress = on_progress;
        let step: Step = parse("the recipe's step", step)?;
        let before = mask.as_ref().map(Mask::look);
        recipe::apply(&step, &self.opened.volume, before.as_deref(), &mut on_progress)
            .map(|mask| Mask::new(mask, Rc::clone(&self.opened)))
            .map_err(|error| to_js(&error))
    }
}

#[derive(Serialize)]
struct CurveAndChoice {
    curve: hounsfield::curve::Curve,
    choice: hounsfield::curve::Choice,
}

impl Scan {
    pub(crate) fn new(volume: Volume, template: Template, facts: Facts, info: String) -> Self {
        Self::with_values(volume, template, Values::HU, facts, info)
    }

    pub(crate) fn with_values(
        volume: Volume,
        template: Template,
        values: Values,
        facts: Facts,
        info: String,
    ) -> Self {
        let opened = Opened { volume, template, values, facts, checked: OnceCell::new() };
        Self { opened: Rc::new(opened), info }
    }

    pub(crate) fn opened(&self) -> Rc<Opened> {
        Rc::clone(&self.opened)
    }
}
