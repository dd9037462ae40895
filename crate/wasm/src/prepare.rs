//! Data as training scripts expect them.

use std::rc::Rc;

use hounsfield::{
    Facts, HeldAs, Info, Volume, Voxels,
    error::{Error, try_with_capacity},
    nifti::Template,
    prepare::{self, Step, apply, facts_after},
};
use wasm_bindgen::prelude::*;

use crate::{
    Mask, Masks, Scan,
    error::{parse, to_js},
    info::info_json,
    progress::OnProgress,
};

/// A scan and its masks between two steps.
#[wasm_bindgen]
pub struct Prepared {
    prepared: prepare::Prepared,
    facts: Facts,
}

#[wasm_bindgen]
impl Scan {
    /// A copy of the scan and of masks on its grid, to be prepared.
    ///
    /// # Errors
    /// Out of memory.
    pub fn prepare(&self, masks: &Masks) -> Result<Prepared, JsValue> {
        let opened = self.opened();
        let volume = copy(&opened.volume).map_err(|error| to_js(&error))?;
        let masks = masks.look().iter().map(|mask| (**mask).clone()).collect();
        let prepared = prepare::Prepared { volume, masks };
        Ok(Prepared { prepared, facts: opened.facts.clone() })
    }
}

fn copy(volume: &Volume) -> Result<Volume, Error> {
    fn of<T: Copy>(values: &[T]) -> Result<Vec<T>, Error> {
        let mut copy = try_with_capacity(values.len(), "a copy of the scan")?;
        copy.extend_from_slice(values);
        Ok(copy)
    }
    let voxels = match volume.voxels() {
        Voxels::I16(values) => Voxels::I16(of(values)?),
        Voxels::F32(values) => Voxels::F32(of(values)?),
    };
    Volume::new(volume.grid().clone(), voxels)
}

#[wasm_bindgen]
impl Prepared {
    /// The next step, a `PrepareStep` as JSON.
    ///
    /// # Errors
    /// A parameter out of range, out of memory, stopped; what was prepared so far is gone.
    pub fn step(self, step: &str, on_progress: &OnProgress) -> Result<Self, JsValue> {
        let mut on_progress = on_progress;
        let step: Step = parse("the step", step)?;
        let prepared = apply(&step, self.prepared, &mut on_progress);
        let prepared = prepared.map_err(|error| to_js(&error))?;
        Ok(Self { prepared, facts: facts_after(self.facts, &step) })
    }

    /// What came out.
    ///
    /// # Errors
    /// A grid that no file can say.
    pub fn finish(self) -> Result<Made, JsValue> {
        let Self { prepared: prepare::Prepared { volume, masks }, facts } = self;
        let grid = volume.grid();
        let (held_as, stored) = match volume.voxels() {
            Voxels::I16(_) => (HeldAs::I16, "int16"),
            Voxels::F32(_) => (HeldAs::F32, "float32"),
        };
        let template = Template::of_grid(grid).map_err(|error| to_js(&error))?;
        let mut info = Info::of_grid("prepared", grid, template.axes().letters(), stored, held_as);
        info.facts = facts.clone();
        let scan = Scan::new(volume, template, facts, info_json(&info)?);
        let opened = scan.opened();
        let masks: Vec<_> =
            masks.into_iter().map(|mask| Mask::new(mask, Rc::clone(&opened))).collect();
        Ok(Made { scan: Some(scan), masks: masks.into_iter() })
    }
}

/// A prepared scan and its masks; each can be taken once.
#[wasm_bindgen]
pub struct Made {
    scan: Option<Scan>,
    masks: std::vec::IntoIter<Mask>,
}

#[wasm_bindgen]
impl Made {
    /// The scan, once.
    #[wasm_bindgen(js_name = takeScan)]
    pub fn take_scan(&mut self) -> Option<Scan> {
        self.scan.take()
    }

    /// The next mask, in the order in which they were given.
    #[wasm_bindgen(js_name = takeMask)]
    pub fn take_mask(&mut self) -> Option<Mask> {
        self.masks.next()
    }
}
