//! A mask out, in the format its name asks for.

use std::io::Write;

use hounsfield::{
    Error, Mask, Progress, check,
    nifti::{mask_in_file_order, write_described_mask_to},
    progress::checkpoint,
};
use hounsfield_formats::{
    dicom::seg::{About, SegWriter},
    nrrd::SegNrrdWriter,
    plan::ReaderKind,
    segment::{Anatomy, Segment},
};

use crate::{
    args::{MaskFile, MaskFormat},
    failure::Failure,
    output,
    scan::Scan,
};

/// Before the work is done rather than after it.
pub(crate) fn refuse_early(format: MaskFormat, scan: &Scan) -> Result<(), Failure> {
    if format == MaskFormat::DicomSeg && scan.found.plan.reader != ReaderKind::Dicom {
        return Err(Failure::Usage(format!(
            "a DICOM SEG refers to the DICOM series it is of, but this scan is {}: name a .nii.gz or a .seg.nrrd",
            scan.opened.info.format
        )));
    }
    Ok(())
}

/// Writes `mask`, which is of bone; how the CT check came out goes along.
pub(crate) fn write(
    file: &MaskFile,
    mask: &Mask,
    scan: &Scan,
    progress: &mut dyn Progress,
) -> Result<(), Failure> {
    let summary = check::summary(&scan.check);
    output::write_file(&file.path, |out| match file.format {
        MaskFormat::Nifti => {
            write_described_mask_to(out, mask, &scan.opened.template, &summary, progress)
                .map(|_| ())
        }
        MaskFormat::DicomSeg => {
            let about = About { check_summary: summary, now: None };
            let (files, plan) = (&scan.found.files, &scan.found.plan);
            let mut writer = SegWriter::new(files, plan, &[bone()], &about)?;
            planes(mask, scan, progress, |k, plane| writer.put(k, plane))?;
            put(out, &writer.finish()?)
        }
        MaskFormat::SegNrrd => {
            let plan = &scan.found.plan;
            let mut writer =
                SegNrrdWriter::new(plan.file_size, &plan.ras_from_file, &[bone()], &summary)?;
            planes(mask, scan, progress, |k, plane| writer.put(k, plane))?;
            put(out, &writer.finish()?)
        }
    })
}

fn put(out: &mut dyn Write, bytes: &[u8]) -> Result<(), Error> {
    out.write_all(bytes).map_err(|error| Error::Unwritable { reason: error.to_string() })
}

fn bone() -> Segment {
    Segment { name: String::new(), anatomy: Anatomy::Bone }
}

/// The mask plane by plane, in the order of the file.
fn planes(
    mask: &Mask,
    scan: &Scan,
    progress: &mut dyn Progress,
    mut put: impl FnMut(usize, &[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let template = &scan.opened.template;
    let count = template.file_size()[2];
    for k in 0..count {
        checkpoint(progress, "writing", k as f64 / count as f64)?;
        put(k, &mask_in_file_order(mask, template, k, 1)?)?;
    }
    Ok(())
}
