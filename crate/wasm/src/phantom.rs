//! The synthetic chest.

use hounsfield::{
    nifti::{HeldAs, Info, Template},
    phantom::{self, PhantomParams, Structure},
};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::{
    Mask, Scan,
    error::{parse, to_js},
    info::info_json,
    progress::OnProgress,
};

/// A rendered phantom; its two parts can be taken once.
#[wasm_bindgen]
pub struct Phantom {
    scan: Option<Scan>,
    bones: Option<Mask>,
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
        let template = Template::of_grid(grid).map_err(|error| to_js(&error))?;
        let mut info = Info::of_grid("phantom", grid, "RAS".into(), "int16", HeldAs::I16);
        info.facts = phantom::facts();
        let text = info_json(&info)?;
        let scan = Scan::new(rendered.volume, template, info.facts, text);
        let bones = Mask::new(bones, scan.opened());
        Ok(Self { scan: Some(scan), bones: Some(bones) })
    }

    /// The scan, once.
    #[wasm_bindgen(js_name = takeScan)]
    pub fn take_scan(&mut self) -> Option<Scan> {
        self.scan.take()
    }

    /// The true skeleton, once.
    #[wasm_bindgen(js_name = takeBones)]
    pub fn take_bones(&mut self) -> Option<Mask> {
        self.bones.take()
    }
}
