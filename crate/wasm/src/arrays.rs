//! A surface's numbers on their way in and out.

use hounsfield::{Error, error::try_vec, surface::Surface};
use js_sys::{Float32Array, Uint32Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `Float32Array`.
    #[wasm_bindgen(typescript_type = "Float32Array<ArrayBuffer>")]
    pub type Floats;

    /// `Uint32Array`.
    #[wasm_bindgen(typescript_type = "Uint32Array<ArrayBuffer>")]
    pub type Indices;
}

pub(crate) fn floats(values: &[f32]) -> Floats {
    Float32Array::from(values).unchecked_into()
}

pub(crate) fn indices(values: &[u32]) -> Indices {
    Uint32Array::from(values).unchecked_into()
}

/// A surface of three numbers a vertex and three a triangle; `rgb` is three, too. `ct_check` is how the
/// check of its scan came out, or empty.
pub(crate) fn surface(
    name: String,
    rgb: &[u8],
    ct_check: &str,
    positions_ras_mm: &Float32Array,
    indices: &Uint32Array,
) -> Result<Surface, Error> {
    let [vertices, triangles] = [positions_ras_mm.length() / 3, indices.length() / 3];
    let mut positions = try_vec([0.0; 3], vertices as usize, "the surface's vertices")?;
    positions_ras_mm.subarray(0, 3 * vertices).copy_to(positions.as_flattened_mut());
    let mut corners = try_vec([0; 3], triangles as usize, "the surface's triangles")?;
    indices.subarray(0, 3 * triangles).copy_to(corners.as_flattened_mut());
    let colour = rgb.first_chunk().copied().unwrap_or_default();
    let mut surface = Surface::from_parts(name, colour, positions, corners)?;
    surface.set_ct_check(ct_check);
    Ok(surface)
}
