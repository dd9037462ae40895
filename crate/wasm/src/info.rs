//! What is known about a scan, in the words of the JavaScript face.

use hounsfield::{HeldAs, Info, bones};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::error::json;

/// `ScanInfo` of `types.ts`, but for what only the engine knows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScanInfo<'a> {
    #[serde(flatten)]
    info: &'a Info,
    peak_bytes: u64,
}

/// `ScanInfo` as JSON.
pub(crate) fn info_json(info: &Info) -> Result<String, JsValue> {
    let voxels = info.size_voxel.iter().map(|n| *n as u64).product();
    let peak_bytes = bones::peak_bytes(voxels, info.held_as == HeldAs::F32);
    json(&ScanInfo { info, peak_bytes })
}
