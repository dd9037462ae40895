//! What decodes a plan's planes, one by one.

use hounsfield::{Error, Slice};
use hounsfield_codecs::{Codec, Shape};

/// Decodes compressed frames: natively `hounsfield-codecs`, in a browser a wasm of its own.
pub trait FrameCodec {
    /// Samples of one frame: pixels in order, `bits_allocated / 8` bytes each, little-endian, the
    /// samples of a pixel side by side.
    ///
    /// # Errors
    /// [`Error::Damaged`] in the decoder's words.
    fn decode(&self, codec: Codec, frame: &[u8], shape: &Shape) -> Result<Vec<u8>, Error>;
}

/// Decodes planes of one plan.
pub trait PlaneReader {
    /// The values of plane `k`; `None` when no slice covers it. Where the plan is
    /// [sequential](crate::plan::Plan::sequential), planes must be asked for in order.
    ///
    /// # Errors
    /// What is wrong with the slice; the other planes can still be read.
    fn plane(&mut self, k: usize) -> Result<Option<Slice>, Error>;
}

/// No decoders: compressed frames are refused.
impl FrameCodec for () {
    fn decode(&self, codec: Codec, _: &[u8], _: &Shape) -> Result<Vec<u8>, Error> {
        Err(Error::Unsupported {
            what: format!("a frame compressed as {codec:?}"),
            hint: "load the codecs first",
        })
    }
}
