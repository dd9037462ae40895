//! Which reader reads a plan.

use hounsfield::Error;

use crate::{
    bytes::Bytes,
    dicom::pixels::DicomReader,
    files::Files,
    item::VolumeFormat,
    picture::PictureReader,
    plan::{Plan, ReaderKind},
    reader::{FrameCodec, PlaneReader},
    volume,
};

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
