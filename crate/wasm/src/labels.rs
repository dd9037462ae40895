//! Masks from a file of labels.

use std::rc::Rc;

use hounsfield::{
    Volume,
    labels::{About, Label, split},
};
use wasm_bindgen::prelude::*;

use crate::{
    Mask,
    error::{json, to_js},
    scan::Opened,
};

/// The masks of a file of labels, lowest label first; each can be taken once.
#[wasm_bindgen]
pub struct Labels {
    found: std::vec::IntoIter<Label>,
    notes: String,
    opened: Rc<Opened>,
}

#[wasm_bindgen]
impl Labels {
    /// The label of the mask that comes next; `undefined` after the last.
    #[must_use]
    pub fn label(&self) -> Option<i32> {
        self.found.as_slice().first().map(|next| next.label)
    }

    /// The colour of the mask that comes next, where its file has colours: `0xRRGGBB`.
    #[must_use]
    pub fn colour(&self) -> Option<u32> {
        let [red, green, blue] = self.found.as_slice().first()?.colour?;
        Some(u32::from_be_bytes([0, red, green, blue]))
    }

    /// What became of the file's values: `Note[]` as JSON.
    #[must_use]
    pub fn notes(&self) -> String {
        self.notes.clone()
    }

    /// The next mask.
    #[must_use]
    pub fn take(&mut self) -> Option<Mask> {
        self.found.next().map(|next| Mask::new(next.mask, Rc::clone(&self.opened)))
    }
}

impl Labels {
    /// Splits a volume of labels into masks on the grid of `opened`.
    pub(crate) fn of(volume: &Volume, about: &About, opened: Rc<Opened>) -> Result<Self, JsValue> {
        let labels = split(volume, opened.volume.grid(), about).map_err(|error| to_js(&error))?;
        Ok(Self { notes: json(&labels.notes)?, found: labels.found.into_iter(), opened })
    }
}
