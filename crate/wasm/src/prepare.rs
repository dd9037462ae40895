//! Data as training scripts expect them.

use std::rc::Rc;

use hounsfield::{
    Facts, HeldAs, Info, Voxels,
    nifti::Limits,
    prepare::{self, Step, apply, facts_after},
};
use wasm_bindgen::prelude::*;

use crate::{
    Mask, Masks, Scan,
    error::{parse, to_js},
    info::info_json,
    progress::OnProgress,
    scan::Opened,
};

/// A scan and its masks between two steps.
#[wasm_bindgen]
pub struct Prepared {
    opened: Rc<Opened>,
    masks: Vec<hounsfield::Mask>,
    /// After the first step. Before it, the open scan is looked at and not copied.
    prepared: Option<prepare::Prepared<'static>>,
    facts: Facts,
}

#[wasm_bindgen]
impl Scan {
    /// The scan, and copies of masks on its grid, to be prepared.
    ///
    /// # Errors
    /// Out of memory.
    pub fn prepare(&self, masks: &Masks) -> Result<Prepared, JsValue> {
        let opened = self.opened();
        let masks = masks.look().iter().map(|mask| mask.try_clone()).collect::<Result<_, _>>();
        let masks = masks.map_err(|error| to_js(&error))?;
        let facts = opened.facts.clone();
        Ok(Prepared { opened, masks, prepared: None, facts })
    }
}

#[wasm_bindgen]
impl Prepared {
    /// The next step, a `PrepareStep` as JSON.
    ///
    /// # Errors
    /// A parameter out of range, out of memory, stopped; what was prepared so far is gone.
    pub fn step(mut self, step: &str, on_progress: &OnProgress) -> Result<Self, JsValue> {
        let mut on_progress = on_progress;
        let step: Step = parse("the step", step)?;
        // What fits was worked out before the first step.
        let limits = Limits::default();
        let prepared = match self.prepared.take() {
            Some(prepared) => apply(&step, prepared, &limits, &mut on_progress),
            None => apply(&step, self.start(), &limits, &mut on_progress)
                .and_then(prepare::Prepared::into_owned),
        };
        self.prepared = Some(prepared.map_err(|error| to_js(&error))?);
        self.facts = facts_after(self.facts, &step);
        Ok(self)
    }

    fn start(&self) -> prepare::Prepared<'_> {
        let Opened { volume, template, values, .. } = &*self.opened;
        let values = *values;
        prepare::Prepared { values, ..prepare::Prepared::new(volume, &self.masks, template) }
    }

    /// What came out.
    ///
    /// # Errors
    /// Out of memory.
    pub fn finish(mut self) -> Result<Made, JsValue> {
        let prepared = match self.prepared.take() {
            Some(prepared) => Ok(prepared),
            None => self.start().into_owned(),
        };
        let prepare::Prepared { volume, masks, template, values } =
            prepared.map_err(|error| to_js(&error))?;
        let (volume, template, facts) = (volume.into_owned(), template.into_owned(), self.facts);
        let (held_as, stored) = match volume.voxels() {
            Voxels::I16(_) => (HeldAs::I16, "int16"),
            Voxels::F32(_) => (HeldAs::F32, "float32"),
        };
        let axes = template.axes().letters();
        let mut info = Info::of_grid("prepared", volume.grid(), axes, stored, held_as);
        info.facts = facts.clone();
        let scan = Scan::with_values(volume, template, values, facts, info_json(&info)?);
        let opened = scan.opened();
        let masks: Vec<_> = masks
            .into_iter()
            .map(|mask| Mask::new(mask.into_owned(), Rc::clone(&opened)))
            .collect();
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
