//! Surfaces of scans and masks.

use hounsfield::{
    Error, Mask as Bits, Volume,
    surface::{self, SurfaceParams},
};
use js_sys::{Float32Array, Uint32Array};
use wasm_bindgen::prelude::*;

use crate::{
    Mask, Scan,
    arrays::{self, Floats, Indices},
    error::{json, parse, to_js},
    progress::OnProgress,
    scan::Opened,
};

/// Triangles in RAS millimetres. They do not need what they were made of.
#[wasm_bindgen]
pub struct Surface {
    surface: surface::Surface,
    info: String,
}

#[wasm_bindgen]
impl Surface {
    /// Of arrays that came from a file: `rgb` is three numbers from 0 to 255.
    ///
    /// # Errors
    /// Triangles of vertices that are not there, out of memory.
    #[wasm_bindgen(constructor)]
    pub fn new(
        name: String,
        rgb: &[u8],
        ct_check: &str,
        positions_ras_mm: &Float32Array,
        indices: &Uint32Array,
    ) -> Result<Self, JsValue> {
        Self::of(arrays::surface(name, rgb, ct_check, positions_ras_mm, indices))
    }

    /// `SurfaceInfo` as JSON.
    #[must_use]
    pub fn info(&self) -> String {
        self.info.clone()
    }

    /// x, y, z of each vertex.
    #[must_use]
    pub fn positions(&self) -> Floats {
        arrays::floats(self.surface.positions().as_flattened())
    }

    /// Of each vertex, of length 1.
    ///
    /// # Errors
    /// Out of memory.
    pub fn normals(&self) -> Result<Floats, JsValue> {
        let normals = self.surface.normals().map_err(|error| to_js(&error))?;
        Ok(arrays::floats(normals.as_flattened()))
    }

    /// Three vertices a triangle.
    #[must_use]
    pub fn indices(&self) -> Indices {
        arrays::indices(self.surface.triangles().as_flattened())
    }

    /// The same of fewer triangles.
    ///
    /// # Errors
    /// A parameter out of range, out of memory, stopped.
    pub fn simplify(
        &self,
        target_triangles: Option<u32>,
        tolerance_mm: Option<f64>,
        on_progress: &OnProgress,
    ) -> Result<Self, JsValue> {
        let mut on_progress = on_progress;
        Self::of(self.surface.simplified(target_triangles, tolerance_mm, &mut on_progress))
    }

    /// Peak bytes of [`Surface::simplify`], beyond the surface itself.
    #[wasm_bindgen(js_name = simplifyBytes)]
    #[must_use]
    pub fn simplify_bytes(&self) -> f64 {
        self.surface.simplify_bytes() as f64
    }
}

#[wasm_bindgen]
impl Scan {
    /// The surface at a level; `params` is `SurfaceOptions` as JSON, but for name and colour.
    ///
    /// # Errors
    /// A parameter out of range, nothing to draw, too much of it, out of memory, stopped.
    pub fn surface(
        &self,
        params: &str,
        name: String,
        rgb: Option<Vec<u8>>,
        memory_bytes: f64,
        on_progress: &OnProgress,
    ) -> Result<Surface, JsValue> {
        let look = Look { name, rgb, memory_bytes };
        made(&self.opened(), None, params, look, on_progress)
    }

    /// `SurfaceEstimate` as JSON.
    ///
    /// # Errors
    /// As [`Scan::surface`].
    #[wasm_bindgen(js_name = estimateSurface)]
    pub fn estimate_surface(
        &self,
        params: &str,
        on_progress: &OnProgress,
    ) -> Result<String, JsValue> {
        estimate(&self.opened().volume, None, params, on_progress)
    }
}

#[wasm_bindgen]
impl Mask {
    /// The mask's surface; see [`Scan::surface`].
    ///
    /// # Errors
    /// As there.
    pub fn surface(
        &self,
        params: &str,
        name: String,
        rgb: Option<Vec<u8>>,
        memory_bytes: f64,
        on_progress: &OnProgress,
    ) -> Result<Surface, JsValue> {
        let look = Look { name, rgb, memory_bytes };
        made(self.opened(), Some(&self.look()), params, look, on_progress)
    }

    /// `SurfaceEstimate` as JSON.
    ///
    /// # Errors
    /// As [`Scan::surface`].
    #[wasm_bindgen(js_name = estimateSurface)]
    pub fn estimate_surface(
        &self,
        params: &str,
        on_progress: &OnProgress,
    ) -> Result<String, JsValue> {
        estimate(&self.opened().volume, Some(&self.look()), params, on_progress)
    }
}

/// What a surface is called, what colour it has, and what it may take.
struct Look {
    name: String,
    rgb: Option<Vec<u8>>,
    memory_bytes: f64,
}

fn made(
    opened: &Opened,
    mask: Option<&Bits>,
    params: &str,
    Look { name, rgb, memory_bytes }: Look,
    mut on_progress: &OnProgress,
) -> Result<Surface, JsValue> {
    let params: SurfaceParams = parse("the options", params)?;
    let params = SurfaceParams { memory_bytes: Some(memory_bytes as u64), ..params };
    let remark = opened.remark().map_err(|error| to_js(&error))?;
    let drawn = surface::of(&opened.volume, mask, &params, &mut on_progress).map(|mut surface| {
        surface.name = name;
        surface.set_ct_check(&remark);
        if let Some([red, green, blue]) = rgb.as_deref() {
            surface.colour = [*red, *green, *blue];
        }
        surface
    });
    Surface::of(drawn)
}

fn estimate(
    volume: &Volume,
    mask: Option<&Bits>,
    params: &str,
    mut on_progress: &OnProgress,
) -> Result<String, JsValue> {
    let params = parse("the options", params)?;
    let counted = surface::estimate(volume, mask, &params, &mut on_progress);
    json(&counted.map_err(|error| to_js(&error))?)
}

impl Surface {
    fn of(made: Result<surface::Surface, Error>) -> Result<Self, JsValue> {
        let described = made.and_then(|surface| surface.info().map(|info| (surface, info)));
        let (surface, info) = described.map_err(|error| to_js(&error))?;
        Ok(Self { surface, info: json(&info)? })
    }
}
