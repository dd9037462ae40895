//! Masks from a file of labels.

use std::rc::Rc;

use hounsfield::{Volume, labels::split};
use wasm_bindgen::prelude::*;

use crate::{Mask, error::to_js, scan::Opened};

/// The masks of a file of labels, lowest label first; each can be taken once.
#[wasm_bindgen]
pub struct Labels {
    found: std::vec::IntoIter<(i32, hounsfield::Mask)>,
    opened: Rc<Opened>,
}

#[wasm_bindgen]
impl Labels {
    /// The label of the mask that comes next; `undefined` after the last.
    #[must_use]
    pub fn label(&self) -> Option<i32> {
        self.found.as_slice().first().map(|(label, _)| *label)
    }

    /// The next mask.
    #[must_use]
    pub fn take(&mut self) -> Option<Mask> {
        self.found.next().map(|(_, mask)| Mask::new(mask, Rc::clone(&self.opened)))
    }
}

impl Labels {
    /// Splits a volume of labels into masks on the grid of `opened`.
    pub(crate) fn of(volume: &Volume, placed: bool, opened: Rc<Opened>) -> Result<Self, JsValue> {
        let found = split(volume, opened.volume.grid(), placed).map_err(|error| to_js(&error))?;
        Ok(Self { found: found.into_iter(), opened })
    }
}
