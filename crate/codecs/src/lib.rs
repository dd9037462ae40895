//! Compressed DICOM frames into samples.
//!
//! ```text
//! one frame's bytes + Shape (what the header says it is) ──decode──▶ samples, little-endian
//! ```
//!
//! Pure Rust, so that the same code runs natively and in a browser. The decoders are behind the
//! feature `decoders`; without it only the types are here. A stream's own header is read and checked
//! against [`Shape`] before anything is allocated for it, and before a library sees it.
//!
//! # What decodes what, and what it was compared with
//!
//! Milliseconds of processor time for a 512 × 512 slice of 16 bits: the mean of 11 slices of
//! lidc-0001 compressed losslessly, on a shared machine of two cores, 2026-11-20; wasm in node with
//! SIMD. Right: equal to the C libraries on every frame of real files there was (80 of them
//! lossless, JPEG-LS or JPEG 2000: cornerstone3D, `dicomParser`, `dicom2nifti`, nibabel, pydicom, a
//! Siemens series), and to the uncompressed slices.
//!
//! | Syntaxes | Decoder | native | wasm | Right | |
//! |---|---|---|---|---|---|
//! | JPEG lossless .57 .70 | **own** | | | all | restarts, point transform, any predictor; made faster since the others were measured: `tests/bench/OPENING.md` |
//! | | `jpeg-decoder` 0.3 | 5.5 | | grey | panics on subsampled colour left unconverted; maintenance mode |
//! | | libjpeg 2.5 (C++), libjpeg-turbo (C) | 11.3, 2.3 | | | |
//! | JPEG .50 .51, 8 and 12 bits | **own** | 3.5 | | ±1 | unbiased against libjpeg-turbo (mean 0.0001) |
//! | | `jpeg-decoder` 0.3, `zune-jpeg` 0.5, `dicom-toolkit-codec` 0.5 | | | | none decodes 12 bits |
//! | JPEG-LS .80 .81 | **own** | 7.3 | 9.8 | all | every interleaving, near-lossless |
//! | | `dicom-toolkit-codec` 0.5 | | | none of 21 | brings an XML reader, `tracing` and raw pointers |
//! | | `CharLS` (C++) | 5.7 | | | |
//! | JPEG 2000 .90 .91 | **own** | 10.9* | 13.6* | all | lossy ±1; every progression, block style and marker but those of Part 2 |
//! | | `hayro-jpeg2000` 0.5 | 37, 23.0* | 48, 31.6* | all | lossy ±1; no unsafe of its own |
//! | | `dicom-toolkit-jpeg2000` 0.5 | 54 | | lossless | an older fork of it; lossy up to 843 off; cuts signed samples off at 0 |
//! | | `OpenJPEG` (C) | 34, 23.1* | | | |
//! | HTJ2K .201 .202 .203 | **`dicom-toolkit-jpeg2000` 0.5**, with care | 7.4 | 7.4 | all | lossy ±1 after a change to the stream, see `j2k` |
//! | | the same with `openjph-core` 0.1 | | | | raw pointers into line buffers: not for files from anywhere |
//! | | `j2k-native` 0.13 | | | | wants Rust 1.96 or newer |
//! | | `OpenJPH` (C++, AVX2) | 1.6 | | | |
//!
//! *: on another machine, 2026-12-01, the fastest of several rounds, each program in runs of its own; side by
//! side with others only `tests/bench/OPENING.md` has them.
//!
//! JPEG 2000 was a library's until it was the one codec that opened a series no faster than other programs: of
//! its time 97 % went into the bits of code blocks, one after the other, each a guess that the processor loses.
//! `j2k::part1::mq` and `passes` say what was done about that.
//!
//! Not decoded, each with a sentence that says so: progressive and arithmetic JPEG (retired from
//! DICOM), JPEG-LS with restart intervals, palettes or a colour transform of its own, JPEG 2000 with
//! more than 16 bits or subsampled components.

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
