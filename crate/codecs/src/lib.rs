//! Compressed DICOM frames into samples.
//!
//! ```text
//! one frame's bytes + Shape (what the header says it is) ──decode──▶ samples, little-endian
//! ```
//!
//! Pure Rust, so that the same code runs natively and in a browser. The decoders are behind the
//! feature `decoders`; without it only the types are here.

#![forbid(unsafe_code)]

#[cfg(feature = "decoders")]
mod frame;
#[cfg(feature = "decoders")]
mod j2k;
#[cfg(feature = "decoders")]
mod jpeg;
#[cfg(feature = "decoders")]
mod jpegls;

use serde::{Deserialize, Serialize};

/// How a frame is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Codec {
    /// JPEG, any process: baseline (1.2.840.10008.1.2.4.50), extended (.51), lossless (.57, .70).
    Jpeg,
    /// JPEG-LS, lossless and near-lossless (.80, .81).
    JpegLs,
    /// JPEG 2000 (.90, .91).
    Jpeg2000,
    /// High-throughput JPEG 2000 (.201, .202, .203).
    Htj2k,
}

/// What the header says a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shape {
    /// Columns (0028,0011).
    pub columns: u32,
    /// Rows (0028,0010).
    pub rows: u32,
    /// Samples per Pixel (0028,0002): 1 or 3.
    pub samples_per_pixel: u16,
    /// Bits Allocated (0028,0100): 8, 16 or 32.
    pub bits_allocated: u16,
    /// Bits Stored (0028,0101).
    pub bits_stored: u16,
    /// Pixel Representation (0028,0103): two's complement?
    pub signed: bool,
}

/// Why a frame could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CodecError(pub String);

/// Decodes one frame: samples little-endian, `bits_allocated / 8` bytes each, pixels in order (row by
/// row), the samples of a pixel side by side. A stream with fewer bits than are allocated comes out
/// zero-extended, or in two's complement where the stream itself is signed (JPEG 2000 only);
/// whether the header wants it read as signed is the reader's business (PS3.5 §8.1.1). Colour is
/// left as the stream's components are.
///
/// # Errors
/// When the stream is not what `codec` says, when its size, samples per pixel or bits contradict
/// `shape`, when it is damaged or cut off, and when it asks for more than a frame may have.
#[cfg(feature = "decoders")]
pub fn decode(codec: Codec, frame: &[u8], shape: &Shape) -> Result<Vec<u8>, CodecError> {
    shape.check()?;
    match codec {
        Codec::Jpeg => jpeg::decode(frame, shape),
        Codec::JpegLs => jpegls::decode(frame, shape),
        Codec::Jpeg2000 | Codec::Htj2k => j2k::decode(frame, shape),
    }
}
