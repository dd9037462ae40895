//! The values of a plane.

use hounsfield::Slice;
use js_sys::{ArrayBuffer, Float32Array, Int16Array};
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

/// In `room` where they fit exactly.
pub(crate) fn plane_values(slice: &Slice, room: Option<ArrayBuffer>) -> PlaneValues {
    let fits = |bytes: usize| room.filter(|room| room.byte_length() as usize == bytes);
    match slice {
        Slice::I16(values) => match fits(size_of_val(values.as_slice())) {
            Some(room) => {
                let target = Int16Array::new(&room);
                target.copy_from(values);
                target.unchecked_into()
            }
            None => Int16Array::from(values.as_slice()).unchecked_into(),
        },
        Slice::F32(values) => match fits(size_of_val(values.as_slice())) {
            Some(room) => {
                let target = Float32Array::new(&room);
                target.copy_from(values);
                target.unchecked_into()
            }
            None => Float32Array::from(values.as_slice()).unchecked_into(),
        },
    }
}
