//! A scan from planes that other workers decoded.

use hounsfield::{HeldAs, Info, Slice, grid::Affine, nifti::Limits};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::{
    Labels, Scan,
    error::{parse, to_js},
};

/// A volume in the making.
#[wasm_bindgen]
pub struct Assembly {
    assembly: hounsfield::Assembly,
}

/// What of `hounsfield_formats::plan::Plan` matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    info: Forecast,
    file_size: [usize; 3],
    ras_from_file: Affine,
    fill: i16,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Forecast {
    held_as: HeldAs,
}

#[wasm_bindgen]
impl Assembly {
    /// Room for the volume of a plan (as JSON), in at most `memory_bytes`.
    ///
    /// # Errors
    /// A grid that no scan can have, `too_large` before anything is allocated, out of memory.
    #[wasm_bindgen(constructor)]
    pub fn new(plan: &str, memory_bytes: f64) -> Result<Self, JsValue> {
        let Plan { info, file_size, ras_from_file, fill } = parse("the plan", plan)?;
        let limits = Limits { memory_bytes: memory_bytes as u64, source_bytes: None };
        hounsfield::Assembly::new(file_size, &ras_from_file, info.held_as, fill, limits)
            .map(|assembly| Self { assembly })
            .map_err(|error| to_js(&error))
    }

    /// Puts plane `k` of the file, i fastest.
    ///
    /// # Errors
    /// A plane that the volume does not have, another number of values.
    #[wasm_bindgen(js_name = putI16)]
    pub fn put_i16(&mut self, k: usize, values: Vec<i16>) -> Result<(), JsValue> {
        self.assembly.put(k, &Slice::I16(values)).map_err(|error| to_js(&error))
    }

    /// See [`Assembly::put_i16`]; the first such plane widens all others.
    ///
    /// # Errors
    /// As there; `too_large` and out of memory when there is no room to widen.
    #[wasm_bindgen(js_name = putF32)]
    pub fn put_f32(&mut self, k: usize, values: Vec<f32>) -> Result<(), JsValue> {
        self.assembly.put(k, &Slice::F32(values)).map_err(|error| to_js(&error))
    }

    /// The scan; `info` is the plan's, with what was learned while it was read.
    ///
    /// # Errors
    /// An `info` of another shape.
    pub fn finish(self, info: &str) -> Result<Scan, JsValue> {
        let mut info: Info = parse("the scan's info", info)?;
        let held_as = self.assembly.held_as();
        let (volume, template) = self.assembly.finish().map_err(|error| to_js(&error))?;
        // A forecast until now.
        info.held_as = held_as;
        info.volume_bytes = volume.grid().voxel_count() as u64 * held_as.bytes();
        Scan::new(volume, template, info)
    }

    /// Masks on `scan`'s grid instead of a scan; see [`Labels`].
    ///
    /// # Errors
    /// Labels on another grid, values that are no labels, out of memory.
    #[wasm_bindgen(js_name = finishLabels)]
    pub fn finish_labels(self, info: &str, scan: &Scan) -> Result<Labels, JsValue> {
        let info: Info = parse("the labels' info", info)?;
        let (volume, _) = self.assembly.finish().map_err(|error| to_js(&error))?;
        Labels::of(&volume, &info, scan.opened())
    }
}
