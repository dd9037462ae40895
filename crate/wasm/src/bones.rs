//! What a bones run leaves behind.

use std::{cell::RefCell, rc::Rc};

use hounsfield::bones::BonesRun;
use wasm_bindgen::prelude::*;

use crate::{
    Mask,
    error::{json, to_js},
    scan::Opened,
};

/// A skeleton, its report, and its parts.
#[wasm_bindgen]
pub struct Bones {
    run: Rc<RefCell<BonesRun>>,
    opened: Rc<Opened>,
}

#[wasm_bindgen]
impl Bones {
    /// `BonesReport` as JSON.
    ///
    /// # Errors
    /// None so far.
    pub fn report(&self) -> Result<String, JsValue> {
        json(&self.run.borrow().report)
    }

    /// The mask; it follows [`Bones::set_part`].
    #[must_use]
    pub fn mask(&self) -> Mask {
        Mask::of_bones(Rc::clone(&self.run), Rc::clone(&self.opened))
    }

    /// Puts a part in or out; the new report as JSON.
    ///
    /// # Errors
    /// No such part, out of memory.
    #[wasm_bindgen(js_name = setPart)]
    pub fn set_part(&self, id: usize, kept: bool) -> Result<String, JsValue> {
        self.run.borrow_mut().set_part(id, kept).map_err(|error| to_js(&error))?;
        self.report()
    }
}

impl Bones {
    pub(crate) fn new(run: BonesRun, opened: Rc<Opened>) -> Self {
        Self { run: Rc::new(RefCell::new(run)), opened }
    }
}
