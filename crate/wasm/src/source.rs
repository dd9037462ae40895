//! A file that JavaScript holds, read piece by piece.
//!
//! wasm cannot wait for a promise, so the worker reads synchronously (`FileReaderSync`); memory
//! stays at one piece, however large the file is.

use std::io;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// Asked for at a time. Each piece is a round trip to the browser's file process: larger pieces
/// read faster, 1 MiB is where it stops to matter.
const PIECE_BYTES: f64 = 1024.0 * 1024.0;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** Bytes that can be read synchronously at any place. */
export interface ByteSource {
  readonly byteLength: number;
  read(offset: number, length: number): Uint8Array;
}
/** Called between slabs of work; `true` stops it. */
export type OnProgress = (stage: string, fraction: number) => boolean;
";

#[wasm_bindgen]
extern "C" {
    /// Bytes that can be read synchronously at any place.
    #[wasm_bindgen(typescript_type = "ByteSource")]
    pub type ByteSource;

    #[wasm_bindgen(method, getter, js_name = byteLength)]
    fn byte_length(this: &ByteSource) -> f64;

    #[wasm_bindgen(method, catch)]
    fn read(this: &ByteSource, offset: f64, length: f64) -> Result<Uint8Array, JsValue>;
}

/// [`io::Read`] over a [`ByteSource`].
pub(crate) struct Reader<'a> {
    source: &'a ByteSource,
    length: f64,
    /// Where the next piece begins.
    next: f64,
    piece: io::Cursor<Vec<u8>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a ByteSource) -> Self {
        Self { source, length: source.byte_length(), next: 0.0, piece: io::Cursor::default() }
    }

    /// The whole length in bytes.
    pub(crate) fn byte_length(&self) -> u64 {
        self.length as u64
    }

    fn fetch(&mut self) -> io::Result<()> {
        let wanted = PIECE_BYTES.min(self.length - self.next);
        let bytes =
            self.source.read(self.next, wanted).map_err(|error| io::Error::other(words(&error)))?;
        if bytes.length() == 0 {
            return Err(io::Error::other("the file became shorter while it was read"));
        }
        self.next += f64::from(bytes.length());
        self.piece = io::Cursor::new(bytes.to_vec());
        Ok(())
    }
}

impl io::Read for Reader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.piece.read(out)?;
        if n > 0 || out.is_empty() || self.next >= self.length {
            return Ok(n);
        }
        self.fetch()?;
        self.piece.read(out)
    }
}

/// What a thrown JavaScript value says.
fn words(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| format!("{error:?}"), |error| String::from(error.message()))
}
