//! What a lungs run leaves behind.

use std::rc::Rc;

use hounsfield::lungs;
use wasm_bindgen::prelude::*;

use crate::{
    Mask, Scan,
    error::{json, parse, to_js},
    progress::OnProgress,
};

/// Lungs, airways and their report; each mask can be taken once.
#[wasm_bindgen]
pub struct Lungs {
    left: Option<Mask>,
    right: Option<Mask>,
    airways: Option<Mask>,
    report: String,
}

#[wasm_bindgen]
impl Lungs {
    /// `LungsReport` as JSON.
    #[must_use]
    pub fn report(&self) -> String {
        self.report.clone()
    }

    /// The left lung, once.
    #[wasm_bindgen(js_name = takeLeft)]
    pub fn take_left(&mut self) -> Option<Mask> {
        self.left.take()
    }

    /// The right lung, once.
    #[wasm_bindgen(js_name = takeRight)]
    pub fn take_right(&mut self) -> Option<Mask> {
        self.right.take()
    }

    /// The airways, once, when they were asked for as a label.
    #[wasm_bindgen(js_name = takeAirways)]
    pub fn take_airways(&mut self) -> Option<Mask> {
        self.airways.take()
    }
}

#[wasm_bindgen]
impl Scan {
    /// Segments lungs; `params` is `LungsParams` as JSON.
    ///
    /// # Errors
    /// A parameter out of range, out of memory, stopped.
    pub fn lungs(&self, params: &str, on_progress: &OnProgress) -> Result<Lungs, JsValue> {
        let mut on_progress = on_progress;
        let params = parse("the parameters", params)?;
        let opened = self.opened();
        let run =
            lungs::run(&opened.volume, &params, &mut on_progress).map_err(|error| to_js(&error))?;
        let mask = |mask| Some(Mask::new(mask, Rc::clone(&opened)));
        Ok(Lungs {
            left: mask(run.left),
            right: mask(run.right),
            airways: run.airways.and_then(mask),
            report: json(&run.report)?,
        })
    }

    /// Peak bytes of [`Scan::lungs`] beyond the voxels.
    #[wasm_bindgen(js_name = lungsBytes)]
    #[must_use]
    pub fn lungs_bytes(&self) -> f64 {
        lungs::peak_bytes(self.opened().volume.grid().voxel_count() as u64) as f64
    }
}
