//! What JavaScript sees of the core. It converts, it never decides: a method reads its arguments,
//! calls one function of the core, and turns the result round.
//!
//! - **Bulk** (voxels, bits, files) crosses as typed arrays that JavaScript owns.
//! - **Small data** crosses as JSON, with units in its names; the shapes are in `crate/js/types.ts`.
//! - **What lives long** ([`Scan`], [`Mask`], [`Bones`]) stays here behind a handle with `free()`.
//! - **Errors** are JavaScript errors with the core's `code` and sentence. Anything else that is
//!   thrown is a trap, and the instance must not be used again.

#![allow(
    missing_debug_implementations,
    reason = "handles are for JavaScript, which cannot print them"
)]

mod bones;
mod error;
mod mask;
mod phantom;
mod progress;
mod scan;
mod source;
#[cfg(feature = "threads")]
mod threads;

pub use bones::Bones;
pub use mask::Mask;
pub use phantom::Phantom;
pub use scan::{Scan, inspect};
#[cfg(feature = "threads")]
pub use threads::{run_thread, start_threads};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(message: &str);
}

/// The instance aborts on a panic, so this is the last chance to say where it was.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| error(&panic.to_string())));
}

/// The version of core and bindings.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}
