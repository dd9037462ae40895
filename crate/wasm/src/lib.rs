//! What JavaScript sees of the Rust crates. It converts, it never decides: a method reads its
//! arguments, calls one function of a crate, and turns the result round.
//!
//! Five artifacts come from here, by feature: the engine (`engine`, and with `threads`), the other
//! formats (`formats`), the decoders of compressed frames (`codecs`) and the phantom (`phantom`).
//!
//! - **Bulk** (voxels, bits, files) crosses as typed arrays that JavaScript owns.
//! - **Small data** crosses as JSON, with units in its names; the shapes are in `crate/js/types.ts`.
//! - **What lives long** (`Scan`, `Mask`, `Bones`, `Files`, …) stays here behind a handle with
//!   `free()`.
//! - **Errors** are JavaScript errors with a crate's `code` and sentence. Anything else that is
//!   thrown is a trap, and the instance must not be used again.

#![allow(
    missing_debug_implementations,
    reason = "handles are for JavaScript, which cannot print them"
)]

#[cfg(any(feature = "engine", feature = "formats"))]
mod arrays;
mod error;
#[cfg(any(feature = "engine", feature = "formats", feature = "phantom"))]
mod info;
#[cfg(any(feature = "engine", feature = "phantom"))]
mod progress;
#[cfg(any(feature = "engine", feature = "formats"))]
mod source;
#[cfg(any(feature = "engine", feature = "formats"))]
mod values;

#[cfg(feature = "engine")]
mod assembly;
#[cfg(feature = "engine")]
mod bones;
#[cfg(feature = "engine")]
mod labels;
#[cfg(feature = "engine")]
mod lungs;
#[cfg(feature = "engine")]
mod mask;
#[cfg(feature = "engine")]
mod measures;
#[cfg(feature = "engine")]
mod prepare;
#[cfg(feature = "engine")]
mod scan;
#[cfg(feature = "engine")]
mod sink;
#[cfg(feature = "engine")]
mod slices;
#[cfg(feature = "engine")]
mod surface;
#[cfg(feature = "threads")]
mod threads;

#[cfg(feature = "codecs")]
mod codecs;
#[cfg(feature = "formats")]
mod dataset;
#[cfg(feature = "formats")]
mod export;
#[cfg(feature = "formats")]
mod formats;
#[cfg(feature = "phantom")]
mod phantom;
#[cfg(feature = "formats")]
mod surfaces;
#[cfg(feature = "formats")]
mod text;

#[cfg(feature = "codecs")]
pub use codecs::decode_frame;
#[cfg(feature = "phantom")]
pub use phantom::Phantom;
#[cfg(feature = "threads")]
pub use threads::{run_thread, start_threads};
use wasm_bindgen::prelude::*;
#[cfg(feature = "engine")]
pub use {
    assembly::Assembly,
    bones::Bones,
    labels::Labels,
    lungs::Lungs,
    mask::Mask,
    measures::Masks,
    prepare::{Made, Prepared},
    scan::{Scan, inspect},
    surface::Surface,
};
#[cfg(feature = "formats")]
pub use {
    dataset::{DataFile, DatasetWriter},
    export::{SegNrrdWriter, SegWriter},
    formats::{Catalogue, Files, PlaneReader, note_broken, plan_info},
    surfaces::{SurfaceFile, SurfaceParts},
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(message: &str);
}

/// The instance aborts on a panic, so this is the last chance to say where it was.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| error(&panic.to_string())));
    #[cfg(feature = "formats")]
    text::install();
}

/// The version of crates and bindings.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}
