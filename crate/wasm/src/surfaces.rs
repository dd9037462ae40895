//! Surfaces as files, and back.

use hounsfield::surface::Surface;
use hounsfield_formats::surfaces::{self, Format};
use js_sys::{Float32Array, Uint32Array};
use wasm_bindgen::prelude::*;

use crate::{
    Files,
    arrays::{self, Floats, Indices},
    error::to_js,
};

/// A file of surfaces in the making.
#[wasm_bindgen]
pub struct SurfaceFile {
    format: Format,
    surfaces: Vec<Surface>,
}

#[wasm_bindgen]
impl SurfaceFile {
    /// `format` is `SurfaceFormat`.
    ///
    /// # Errors
    /// Another format.
    #[wasm_bindgen(constructor)]
    pub fn new(format: &str) -> Result<Self, JsValue> {
        let format = format.parse().map_err(|error| to_js(&error))?;
        Ok(Self { format, surfaces: Vec::new() })
    }

    /// The next part.
    ///
    /// # Errors
    /// Triangles of vertices that are not there, out of memory.
    pub fn put(
        &mut self,
        name: String,
        rgb: &[u8],
        ct_check: &str,
        positions_ras_mm: &Float32Array,
        indices: &Uint32Array,
    ) -> Result<(), JsValue> {
        let surface = arrays::surface(name, rgb, ct_check, positions_ras_mm, indices);
        self.surfaces.push(surface.map_err(|error| to_js(&error))?);
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// No parts, too many triangles, out of memory.
    pub fn finish(self) -> Result<Vec<u8>, JsValue> {
        surfaces::encode(&self.surfaces, self.format, &mut ()).map_err(|error| to_js(&error))
    }
}

/// The surfaces of a file, one after the other.
#[wasm_bindgen]
pub struct SurfaceParts {
    left: std::vec::IntoIter<Surface>,
    at: Option<Surface>,
}

#[wasm_bindgen]
impl SurfaceParts {
    /// Of the first of the files.
    ///
    /// # Errors
    /// Whatever is wrong with it.
    #[wasm_bindgen(constructor)]
    pub fn new(files: &Files) -> Result<Self, JsValue> {
        let found = surfaces::decode(&files.files).map_err(|error| to_js(&error))?;
        Ok(Self { left: found.into_iter(), at: None })
    }

    /// Goes on to the next one; the one before is gone. Is there one?
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "JavaScript has no such trait")]
    pub fn next(&mut self) -> bool {
        self.at = self.left.next();
        self.at.is_some()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        self.at.as_ref().map(|surface| surface.name.clone()).unwrap_or_default()
    }

    /// Its colour, 0 to 255.
    #[must_use]
    pub fn rgb(&self) -> Vec<u8> {
        self.at.as_ref().map(|surface| surface.colour.to_vec()).unwrap_or_default()
    }

    /// How the CT check of its scan came out; empty where the file does not say.
    #[wasm_bindgen(js_name = ctCheck)]
    #[must_use]
    pub fn ct_check(&self) -> String {
        self.at.as_ref().map(|surface| surface.ct_check().to_owned()).unwrap_or_default()
    }

    /// x, y, z of each vertex.
    #[must_use]
    pub fn positions(&self) -> Floats {
        arrays::floats(self.at.as_ref().map_or(&[], |surface| surface.positions().as_flattened()))
    }

    /// Three vertices a triangle.
    #[must_use]
    pub fn indices(&self) -> Indices {
        arrays::indices(self.at.as_ref().map_or(&[], |surface| surface.triangles().as_flattened()))
    }
}
