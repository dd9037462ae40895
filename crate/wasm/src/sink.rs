//! Files on their way out.

use std::io::{self, Write};

use js_sys::{Function, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** Takes the next bytes of a file. */
export type TakePiece = (piece: Uint8Array<ArrayBuffer>) => void;
";

#[wasm_bindgen]
extern "C" {
    /// `(piece) => void`.
    #[wasm_bindgen(typescript_type = "TakePiece", extends = Function)]
    pub type TakePiece;
}

/// Gives a file away piece by piece: it never lies in wasm's memory, which cannot shrink again.
pub(crate) struct Sink<'a> {
    take: &'a TakePiece,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(take: &'a TakePiece) -> Self {
        Self { take }
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.take.call1(&JsValue::NULL, &Uint8Array::from(bytes).into()) {
            Ok(_) => Ok(bytes.len()),
            Err(_) => Err(io::Error::other("nobody takes it")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
