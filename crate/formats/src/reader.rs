//! A plan's planes, one by one.

use hounsfield::{Error, Slice};
use hounsfield_codecs::{Codec, Shape};

use crate::{
    bytes::Bytes,
    dicom::pixels::DicomReader,
    files::Files,
    item::VolumeFormat,
    picture::PictureReader,
    plan::{Plan, ReaderKind},
    volume,
};

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

/// The reader of a plan's planes.
///
/// # Errors
/// [`Error::BadParameter`] for NIfTI, which the core reads whole; what is wrong with the header of
/// a NRRD or a MetaImage.
pub fn reader<'a, B: Bytes>(
    plan: &'a Plan,
    files: &'a Files<B>,
    codec: &'a dyn FrameCodec,
) -> Result<Box<dyn PlaneReader + 'a>, Error> {
    Ok(match plan.reader {
        ReaderKind::Dicom => Box::new(DicomReader::new(plan, |place| files.at(place), codec)),
        ReaderKind::Nrrd => Box::new(volume::reader(plan, files, VolumeFormat::Nrrd)?),
        ReaderKind::Picture => Box::new(PictureReader::new(plan, files)),
        ReaderKind::MetaImage => Box::new(volume::reader(plan, files, VolumeFormat::MetaImage)?),
        ReaderKind::Nifti => {
            return Err(Error::BadParameter {
                name: "plan",
                value: "of a NIfTI file".into(),
                expected: "a file that is read whole has no planes to read one by one",
            });
        }
    })
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
