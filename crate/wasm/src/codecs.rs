//! Compressed DICOM frames.

use hounsfield_codecs::{Codec, Shape};
use wasm_bindgen::prelude::*;

use crate::error::{parse, with_code};

/// Samples of one frame; `codec` and `shape` are `Codec` and `Shape` of `hounsfield_codecs` as JSON.
///
/// # Errors
/// `damaged`, in the decoder's words.
#[wasm_bindgen(js_name = decodeFrame)]
pub fn decode_frame(codec: &str, frame: &[u8], shape: &str) -> Result<Vec<u8>, JsValue> {
    let codec: Codec = parse("the codec", codec)?;
    let shape: Shape = parse("the frame's shape", shape)?;
    hounsfield_codecs::decode(codec, frame, &shape)
        .map_err(|error| with_code("damaged", &error.to_string()))
}
