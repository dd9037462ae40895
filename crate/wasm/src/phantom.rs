//! The synthetic chest, in a wasm of its own: whoever brings a scan does not fetch it.

use hounsfield::{
    HeldAs, Info, Mask,
    phantom::{self, PhantomParams, Structure},
};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::{
    error::{parse, to_js},
    info::info_json,
    progress::OnProgress,
};

/// A rendered phantom; the engine takes its slices.
#[wasm_bindgen]
pub struct Phantom {
    volume: hounsfield::Volume,
    bones: Mask,
    info: String,
}

/// `PhantomOptions` of `types.ts`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Options {
    size_voxel: [usize; 3],
    spacing_mm: Option<[f64; 3]>,
    seed: u64,
    contrast: bool,
    noise_hu: f64,
}

impl Default for Options {
    fn default() -> Self {
        let PhantomParams { size_voxel, seed, contrast, noise_hu, .. } = PhantomParams::default();
        Self { size_voxel, spacing_mm: None, seed, contrast, noise_hu }
    }
}

impl From<Options> for PhantomParams {
    fn from(options: Options) -> Self {
        let Options { size_voxel, spacing_mm, seed, contrast, noise_hu } = options;
        let fitted = Self::fitted(size_voxel);
        let spacing_mm = spacing_mm.unwrap_or(fitted.spacing_mm);
        Self { spacing_mm, seed, contrast, noise_hu, ..fitted }
    }
}

#[wasm_bindgen]
impl Phantom {
    /// Renders it; `options` is `PhantomOptions` as JSON.
    ///
    /// # Errors
    /// An option out of range, out of memory, stopped.
    pub fn render(options: &str, on_progress: &OnProgress) -> Result<Self, JsValue> {
        let mut on_progress = on_progress;
        let params = PhantomParams::from(parse::<Options>("the phantom's options", options)?);
        let rendered = phantom::Phantom::new(params)
            .and_then(|phantom| phantom.render(&mut on_progress))
            .map_err(|error| to_js(&error))?;
        let bones = rendered.truth.mask(Structure::Bones).map_err(|error| to_js(&error))?;
        let grid = rendered.volume.grid();
        let mut info = Info::of_grid("phantom", grid, "RAS".into(), "int16", HeldAs::I16);
        info.facts = phantom::facts();
        let info = info_json(&info)?;
        Ok(Self { volume: rendered.volume, bones, info })
    }

    /// `ScanInfo` as JSON.
    #[must_use]
    pub fn info(&self) -> String {
        self.info.clone()
    }

    /// Slices `z0..z0 + n` in HU, x fastest; those that exist.
    ///
    /// # Errors
    /// Out of memory.
    pub fn slab(&self, z0: usize, n: usize) -> Result<Vec<i16>, JsValue> {
        self.volume.hu_of_slices(z0, n).map_err(|error| to_js(&error))
    }

    /// Bits of the true skeleton, as the engine's masks give and take them.
    ///
    /// # Errors
    /// Out of memory.
    pub fn bones(&self) -> Result<Vec<u8>, JsValue> {
        self.bones.bytes_of_slices(0, usize::MAX).map_err(|error| to_js(&error))
    }
}
