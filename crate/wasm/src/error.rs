//! The crates' errors as JavaScript errors.

use js_sys::{Error as JsError, Reflect};
use wasm_bindgen::JsValue;

/// The core's error; see [`with_code`].
#[cfg(any(feature = "engine", feature = "formats", feature = "phantom"))]
pub(crate) fn to_js(error: &hounsfield::Error) -> JsValue {
    with_code(error.code(), &error.to_string())
}

/// An argument that does not have the shape of `crate/js/types.ts`.
pub(crate) fn bad_argument(what: &str, error: &serde_json::Error) -> JsValue {
    with_code("bad_parameter", &format!("{what} cannot be used: {error}"))
}

/// `Error` with `name`, `code` and the sentence.
///
/// The name tells them apart from traps, which have no code of ours.
pub(crate) fn with_code(code: &str, message: &str) -> JsValue {
    let js = JsError::new(message);
    js.set_name("HounsfieldError");
    // Setting a property of an object made one line above cannot fail.
    let _ = Reflect::set(&js, &"code".into(), &code.into());
    js.into()
}

/// Small data on its way out.
#[cfg(any(feature = "engine", feature = "formats", feature = "phantom"))]
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, JsValue> {
    serde_json::to_string(value).map_err(|error| bad_argument("the result", &error))
}

/// Small data on its way in.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(what: &str, json: &str) -> Result<T, JsValue> {
    serde_json::from_str(json).map_err(|error| bad_argument(what, &error))
}
