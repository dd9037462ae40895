//! The platform's decoder of text.

use hounsfield_formats::dicom::decode_text_with;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type TextDecoder;

    #[wasm_bindgen(constructor, catch)]
    fn new(label: &str) -> Result<TextDecoder, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn decode(this: &TextDecoder, bytes: &[u8]) -> Result<String, JsValue>;
}

/// Has descriptions decoded by the platform.
pub(crate) fn install() {
    decode_text_with(|label, bytes| TextDecoder::new(label).ok()?.decode(bytes).ok());
}
