//! Slices as pictures show them, for writers of datasets.

use hounsfield::prepare::Plane;
use wasm_bindgen::prelude::*;

use crate::{
    Masks, Scan,
    error::{json, parse, to_js},
    measures::numbered,
    values::{PlaneValues, plane_values},
};

#[wasm_bindgen]
impl Scan {
    /// What its numbers are: `{ slope, intercept }` as JSON, HU = slope · number + intercept.
    ///
    /// # Errors
    /// None so far.
    pub fn values(&self) -> Result<String, JsValue> {
        json(&self.opened().values)
    }

    /// How its CT check came out, in a few words.
    ///
    /// # Errors
    /// Out of memory.
    pub fn remark(&self) -> Result<String, JsValue> {
        self.opened().remark().map_err(|error| to_js(&error))
    }

    /// Slice `index` along a `Plane` (as JSON), row by row.
    ///
    /// # Errors
    /// No such slice, out of memory.
    #[wasm_bindgen(js_name = planeValues)]
    pub fn plane_values(&self, plane: &str, index: usize) -> Result<PlaneValues, JsValue> {
        let plane: Plane = parse("the plane", plane)?;
        let slice = plane.values(&self.opened().volume, index).map_err(|error| to_js(&error))?;
        Ok(plane_values(&slice, None))
    }

    /// The same slice of masks: 1 for the first, 2 for the second, …; where they overlap, the later
    /// one's.
    ///
    /// # Errors
    /// No such slice, a mask of another size, out of memory.
    #[wasm_bindgen(js_name = planeLabels)]
    pub fn plane_labels(
        &self,
        plane: &str,
        masks: &Masks,
        index: usize,
    ) -> Result<Vec<u8>, JsValue> {
        let plane: Plane = parse("the plane", plane)?;
        let size = self.opened().volume.grid().size_voxel();
        let looks = masks.look();
        plane.labels(size, &numbered(&looks), index).map_err(|error| to_js(&error))
    }
}
