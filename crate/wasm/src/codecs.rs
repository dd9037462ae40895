//! Compressed DICOM frames.

use hounsfield_codecs::{Codec, Shape};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::error::{parse, with_code};

/// What came of a frame. It stays in here until it is copied out: an array of its own for each frame
/// would be garbage at once, and browsers let much of that pile up before they collect it.
#[wasm_bindgen]
pub struct Samples(Vec<u8>);

#[wasm_bindgen]
impl Samples {
    /// Its length in bytes.
    #[wasm_bindgen(getter, js_name = byteLength)]
    #[must_use]
    pub fn byte_length(&self) -> usize {
        self.0.len()
    }

    /// Fills `into`, which has to have its length.
    ///
    /// # Errors
    /// Another length.
    #[wasm_bindgen(js_name = copyTo)]
    pub fn copy_to(&self, into: &Uint8Array) -> Result<(), JsValue> {
        if into.length() as usize != self.0.len() {
            let lengths = format!("{} bytes of samples into {}", self.0.len(), into.length());
            return Err(with_code("damaged", &lengths));
        }
        into.copy_from(&self.0);
        Ok(())
    }
}

/// Samples of one frame; `codec` and `shape` are `Codec` and `Shape` of `hounsfield_codecs` as JSON.
///
/// # Errors
/// `damaged`, in the decoder's words.
#[wasm_bindgen(js_name = decodeFrame)]
pub fn decode_frame(codec: &str, frame: &[u8], shape: &str) -> Result<Samples, JsValue> {
    let codec: Codec = parse("the codec", codec)?;
    let shape: Shape = parse("the frame's shape", shape)?;
    hounsfield_codecs::decode(codec, frame, &shape)
        .map(Samples)
        .map_err(|error| with_code("damaged", &error.to_string()))
}
