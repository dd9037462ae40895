//! A scan from planes that other workers decoded.

use hounsfield::{HeldAs, Slice, bones, error::Error, grid::Affine, labels::About, nifti::Limits};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{
    Labels, Scan,
    error::{json, parse, to_js},
};

/// A volume in the making.
#[wasm_bindgen]
pub struct Assembly {
    assembly: hounsfield::Assembly,
}

/// What of a scan's info is a forecast until its planes are there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    held_as: HeldAs,
    volume_bytes: u64,
    peak_bytes: u64,
}

#[wasm_bindgen]
impl Assembly {
    /// Room for the volume of a plan, in at most `memory_bytes`: three sizes, a 3×4 matrix row by
    /// row, whether it is held as `f32`, and what is where no plane is.
    ///
    /// # Errors
    /// A grid that no scan can have, `too_large` before anything is allocated, out of memory.
    #[wasm_bindgen(constructor)]
    pub fn new(
        file_size: &[u32],
        ras_from_file: &[f64],
        as_f32: bool,
        fill: i16,
        memory_bytes: f64,
    ) -> Result<Self, JsValue> {
        let bad_grid = || Error::BadGrid {
            what: "affine",
            value: format!("{ras_from_file:?}"),
            expected: "it must be three rows of four",
        };
        let mut affine: Affine = [[0.0; 4]; 3];
        for (row, given) in affine.iter_mut().zip(ras_from_file.chunks(4)) {
            *row = given.try_into().map_err(|_| to_js(&bad_grid()))?;
        }
        let mut size = [0; 3];
        for (n, given) in size.iter_mut().zip(file_size) {
            *n = *given as usize;
        }
        let held_as = if as_f32 { HeldAs::F32 } else { HeldAs::I16 };
        let limits = Limits { memory_bytes: memory_bytes as u64, source_bytes: None };
        hounsfield::Assembly::new(size, &affine, held_as, fill, limits)
            .map(|assembly| Self { assembly })
            .map_err(|error| to_js(&error))
    }

    /// Puts plane `k` of the file, i fastest. `false`: all planes that were put before are to be put
    /// again.
    ///
    /// # Errors
    /// A plane that the volume does not have, another number of values.
    #[wasm_bindgen(js_name = putI16)]
    pub fn put_i16(&mut self, k: usize, values: Vec<i16>) -> Result<bool, JsValue> {
        self.assembly.put(k, &Slice::I16(values)).map_err(|error| to_js(&error))
    }

    /// See [`Assembly::put_i16`]; at the first such plane the volume begins anew.
    ///
    /// # Errors
    /// As there; `too_large` and out of memory when there is no room for it.
    #[wasm_bindgen(js_name = putF32)]
    pub fn put_f32(&mut self, k: usize, values: Vec<f32>) -> Result<bool, JsValue> {
        self.assembly.put(k, &Slice::F32(values)).map_err(|error| to_js(&error))
    }

    /// The scan. `facts` is the plan's `Facts` as JSON; of `ScanInfo` the scan says only what was
    /// a forecast until now.
    ///
    /// # Errors
    /// Facts of another shape.
    pub fn finish(self, facts: &str) -> Result<Scan, JsValue> {
        let facts = parse("the scan's facts", facts)?;
        let held_as = self.assembly.held_as();
        let (volume, template) = self.assembly.finish().map_err(|error| to_js(&error))?;
        let voxels = volume.grid().voxel_count() as u64;
        let info = json(&Found {
            held_as,
            volume_bytes: voxels * held_as.bytes(),
            peak_bytes: bones::peak_bytes(voxels, held_as == HeldAs::F32),
        })?;
        Ok(Scan::new(volume, template, facts, info))
    }

    /// Masks on `scan`'s grid instead of a scan; `placed`: do the labels say where they lie?
    /// `turn_over`: is their last slice the lowest one, if they do not? `coding` is the plan's
    /// `Coding` as JSON.
    ///
    /// # Errors
    /// Labels on another grid, values that are no labels, out of memory.
    #[wasm_bindgen(js_name = finishLabels)]
    pub fn finish_labels(
        self,
        placed: bool,
        turn_over: bool,
        coding: &str,
        scan: &Scan,
    ) -> Result<Labels, JsValue> {
        let about = About { placed, turn_over, coding: parse("the labels' coding", coding)? };
        let (volume, _) = self.assembly.finish().map_err(|error| to_js(&error))?;
        Labels::of(&volume, &about, scan.opened())
    }
}
