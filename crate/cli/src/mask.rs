//! Masks out, in the format their file's name asks for.

use std::io::Write;

use hounsfield::{
    Error, Mask, Progress, check,
    nifti::{labels_in_file_order, write_described_labels_to, write_described_mask_to},
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

/// Writes masks, each with what it is of, as labels 1, 2, 3 …; how the CT check came out goes along.
pub(crate) fn write(
    file: &MaskFile,
    masks: &[(Anatomy, &Mask)],
    scan: &Scan,
    progress: &mut dyn Progress,
) -> Result<(), Failure> {
    let summary = check::summary(&scan.check);
    let template = &scan.opened.template;
    let labels: Vec<(u8, &Mask)> =
        (1..).zip(masks).map(|(label, (_, mask))| (label, *mask)).collect();
    let segments: Vec<Segment> = masks
        .iter()
        .map(|(anatomy, _)| Segment { name: String::new(), anatomy: *anatomy })
        .collect();
    output::write_file(&file.path, |out| match file.format {
        MaskFormat::Nifti => match labels.as_slice() {
            [(_, mask)] => write_described_mask_to(out, mask, template, &summary, progress),
            _ => write_described_labels_to(out, &labels, template, &summary, progress),
        }
        .map(|_| ()),
        MaskFormat::DicomSeg => {
            let about = About { check_summary: summary, now: None };
            let (files, plan) = (&scan.found.files, &scan.found.plan);
            let mut writer = SegWriter::new(files, plan, &segments, &about)?;
            planes(&labels, scan, progress, |k, plane| writer.put(k, plane))?;
            put(out, &writer.finish()?)
        }
        MaskFormat::SegNrrd => {
            let plan = &scan.found.plan;
            let mut writer =
                SegNrrdWriter::new(plan.file_size, &plan.ras_from_file, &segments, &summary)?;
            planes(&labels, scan, progress, |k, plane| writer.put(k, plane))?;
            put(out, &writer.finish()?)
        }
    })
}

fn put(out: &mut dyn Write, bytes: &[u8]) -> Result<(), Error> {
    out.write_all(bytes).map_err(|error| Error::Unwritable { reason: error.to_string() })
}

/// The labels plane by plane, in the order of the file.
fn planes(
    labels: &[(u8, &Mask)],
    scan: &Scan,
    progress: &mut dyn Progress,
    mut put: impl FnMut(usize, &[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let template = &scan.opened.template;
    let count = template.file_size()[2];
    for k in 0..count {
        checkpoint(progress, "writing", k as f64 / count as f64)?;
        put(k, &labels_in_file_order(labels, template, k, 1)?)?;
    }
    Ok(())
}
