//! Numbers about several masks at once, and about values.

use hounsfield::{
    histogram::histogram,
    measure::{
        lungs::{contrast_note, measure_lungs},
        table::{Named, table},
    },
    nifti,
};
use wasm_bindgen::prelude::*;

use crate::{
    Mask, Scan,
    error::{json, to_js},
    mask::{Held, Look},
    progress::OnProgress,
    sink::{Sink, TakePiece},
};

/// Masks by their names, for calls that take several. It keeps their bits alive, not their scan.
#[wasm_bindgen]
#[derive(Default)]
pub struct Masks {
    held: Vec<(String, Held)>,
}

#[wasm_bindgen]
impl Masks {
    /// None yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more.
    pub fn add(&mut self, name: String, mask: &Mask) {
        self.held.push((name, mask.held()));
    }

    /// All as one `.nii.gz` of labels on the grid of the scan of `like`, piece by piece: 1 is the
    /// first, 2 the second, …; where they overlap, the later one's.
    ///
    /// # Errors
    /// A mask of another size, stopped.
    #[wasm_bindgen(js_name = toNifti)]
    pub fn to_nifti(
        &self,
        like: &Mask,
        take: &TakePiece,
        on_progress: &OnProgress,
    ) -> Result<(), JsValue> {
        let mut on_progress = on_progress;
        let opened = like.opened();
        let remark = opened.remark().map_err(|error| to_js(&error))?;
        let (looks, sink) = (self.look(), Sink::new(take));
        let labels = numbered(&looks);
        let template = &opened.template;
        nifti::write_described_labels_to(sink, &labels, template, &remark, &mut on_progress)
            .map(drop)
            .map_err(|error| to_js(&error))
    }

    /// Slices `k..k + n` of the file that the scan of `like` came from, those that exist: a byte a
    /// voxel, i fastest, numbered as in [`Masks::to_nifti`].
    ///
    /// # Errors
    /// A mask of another size, out of memory.
    #[wasm_bindgen(js_name = fileSlices)]
    pub fn file_slices(&self, like: &Mask, k: usize, n: usize) -> Result<Vec<u8>, JsValue> {
        let looks = self.look();
        nifti::labels_in_file_order(&numbered(&looks), &like.opened().template, k, n)
            .map_err(|error| to_js(&error))
    }
}

pub(crate) fn numbered<'a>(looks: &'a [Look<'_>]) -> Vec<(u8, &'a hounsfield::Mask)> {
    (1..=u8::MAX).zip(looks.iter().map(|look| &**look)).collect()
}

impl Masks {
    pub(crate) fn look(&self) -> Vec<Look<'_>> {
        self.held.iter().map(|(_, held)| held.look()).collect()
    }
}

#[wasm_bindgen]
impl Scan {
    /// A row for each label: `LabelMeasures[]` as JSON.
    ///
    /// # Errors
    /// A mask of another size, out of memory, stopped.
    #[wasm_bindgen(js_name = measureLabels)]
    pub fn measure_labels(
        &self,
        labels: &Masks,
        on_progress: &OnProgress,
    ) -> Result<String, JsValue> {
        let mut on_progress = on_progress;
        let masks = labels.look();
        let names = labels.held.iter().map(|(name, _)| name);
        let labels: Vec<_> = names.zip(&masks).map(|(name, mask)| Named { name, mask }).collect();
        let rows = table(&self.opened().volume, &labels, &mut on_progress);
        json(&rows.map_err(|error| to_js(&error))?)
    }

    /// `Histogram` as JSON, of what is inside the first mask; of the whole scan without one.
    ///
    /// # Errors
    /// A bin that cannot be, a mask of another size, out of memory.
    pub fn histogram(&self, masks: &Masks, bin_hu: u16) -> Result<String, JsValue> {
        let mask = masks.look().into_iter().next();
        let found = histogram(&self.opened().volume, mask.as_deref(), bin_hu);
        json(&found.map_err(|error| to_js(&error))?)
    }
}

#[wasm_bindgen]
impl Mask {
    /// `LungMeasures` as JSON, of this left lung and a `right` one of the same scan, with what its CT
    /// check has to say about them.
    ///
    /// # Errors
    /// A mask of another size, out of memory, stopped.
    #[wasm_bindgen(js_name = measureLungs)]
    pub fn measure_lungs(&self, right: &Mask, on_progress: &OnProgress) -> Result<String, JsValue> {
        let mut on_progress = on_progress;
        let opened = self.opened();
        let mut found =
            measure_lungs(&opened.volume, &self.look(), &right.look(), &mut on_progress)
                .map_err(|error| to_js(&error))?;
        found.notes.extend(contrast_note(opened.check().map_err(|error| to_js(&error))?));
        json(&found)
    }
}
