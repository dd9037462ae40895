//! Progress reports to JavaScript, and its wish to stop back.

use hounsfield::{Flow, Progress};
use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** Called between slabs of work; `true` stops it. */
export type OnProgress = (stage: string, fraction: number) => boolean;
";

#[wasm_bindgen]
extern "C" {
    /// `(stage, fraction) => stop`.
    #[wasm_bindgen(typescript_type = "OnProgress", extends = Function)]
    pub type OnProgress;
}

impl Progress for &OnProgress {
    fn report(&mut self, stage: &'static str, fraction: f64) -> Flow {
        let stop = self.call2(&JsValue::NULL, &stage.into(), &fraction.into());
        // A listener that throws must not lose the work.
        match stop {
            Ok(stop) if stop.is_truthy() => Flow::Stop,
            _ => Flow::Continue,
        }
    }
}
