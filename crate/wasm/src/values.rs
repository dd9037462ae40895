//! The values of a plane.

use hounsfield::Slice;
use js_sys::{Float32Array, Int16Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** The values of a plane, row by row. */
export type PlaneValues = Int16Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
";

#[wasm_bindgen]
extern "C" {
    /// `Int16Array | Float32Array`.
    #[wasm_bindgen(typescript_type = "PlaneValues")]
    pub type PlaneValues;
}

pub(crate) fn plane_values(slice: &Slice) -> PlaneValues {
    match slice {
        Slice::I16(values) => Int16Array::from(values.as_slice()).unchecked_into(),
        Slice::F32(values) => Float32Array::from(values.as_slice()).unchecked_into(),
    }
}
