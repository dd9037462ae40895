//! Where the voxels lie: sform before qform before `pixdim`.

use super::header::{Header, Version};
use crate::{Error, grid::Affine, note::Note};

/// RAS millimetres from the file's own indices i, j, k, with notes on how it was come by.
///
/// # Errors
/// [`Error::BadHeader`] when the numbers that would be used are no numbers.
pub(super) fn ras_from_file(
    header: &Header,
    file_size: [usize; 3],
    notes: &mut Vec<Note>,
) -> Result<Affine, Error> {
    let with_form = header.version != Version::Analyze;
    let mut affine = if with_form && header.sform_code > 0 {
        notes.push(Note::new(
            "sform",
            format!("Position and axes come from the sform (code {}).", header.sform_code),
        ));
        sform(header)?
    } else {
        let spacing = spacing(header, notes)?;
        if with_form && header.qform_code > 0 {
            notes.push(Note::new(
                "qform",
                format!("Position and axes come from the qform (code {}).", header.qform_code),
            ));
            qform(header, spacing)?
        } else {
            notes.push(Note::new(
                "orientation_unknown",
                "The header does not say how the scan lies in the patient: the old Analyze order is \
                 assumed (x to the Left, y Anterior, z Superior); left and right may be swapped.",
            ));
            unplaced(file_size, spacing)
        }
    };
    let (factor, name) = unit(header);
    if factor != 1.0 {
        affine.iter_mut().flatten().for_each(|value| *value *= factor);
        notes.push(Note::new(
            "units",
            format!("The header counts in {name}; everything here is in millimetres."),
        ));
    }
    Ok(affine)
}

/// Millimetres in the header's unit of length, and its name.
pub(super) fn unit(header: &Header) -> (f64, &'static str) {
    // The low three bits of `xyzt_units`: 0 unknown, 1 metre, 2 millimetre, 3 micrometre.
    match header.xyzt_units & 7 {
        1 if header.version != Version::Analyze => (1e3, "metres"),
        3 if header.version != Version::Analyze => (1e-3, "micrometres"),
        _ => (1.0, "millimetres"),
    }
}

fn sform(header: &Header) -> Result<Affine, Error> {
    for (row, field) in header.srow.iter().zip(["srow_x", "srow_y", "srow_z"]) {
        finite(field, row)?;
    }
    Ok(header.srow)
}

/// The standard's METHOD 2: R is the rotation of the unit quaternion (a, b, c, d),
/// `[x y z] = R · [pixdim[1] i, pixdim[2] j, qfac pixdim[3] k] + qoffset`.
fn qform(header: &Header, spacing: [f64; 3]) -> Result<Affine, Error> {
    finite("quatern", &header.quatern)?;
    finite("qoffset", &header.qoffset)?;
    let [mut b, mut c, mut d] = header.quatern;
    let squared = b * b + c * c + d * d;
    // Rounded to f32, half turns come out a little longer than 1.
    let a = if squared > 1.0 - 1e-7 {
        let length = squared.sqrt();
        (b, c, d) = (b / length, c / length, d / length);
        0.0
    } else {
        (1.0 - squared).sqrt()
    };
    let rotation = [
        [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
        [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
        [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - b * b - c * c],
    ];
    let qfac = if header.pixdim[0] < 0.0 { -1.0 } else { 1.0 };
    let scale = [spacing[0], spacing[1], qfac * spacing[2]];
    let mut affine = [[0.0; 4]; 3];
    for (r, row) in affine.iter_mut().enumerate() {
        let [x, y, z] = rotation[r];
        *row = [x * scale[0], y * scale[1], z * scale[2], header.qoffset[r]];
    }
    Ok(affine)
}

/// Neither form: the middle of the scan is the origin and x grows to the Left, as nibabel and
/// FSL have it.
fn unplaced(file_size: [usize; 3], spacing: [f64; 3]) -> Affine {
    let mut affine = [[0.0; 4]; 3];
    for (r, row) in affine.iter_mut().enumerate() {
        let step = if r == 0 { -spacing[r] } else { spacing[r] };
        row[r] = step;
        row[3] = -step * (file_size[r] as f64 - 1.0) / 2.0;
    }
    affine
}

/// `pixdim[1..=3]`, [`mended`], with a note where it was.
fn spacing(header: &Header, notes: &mut Vec<Note>) -> Result<[f64; 3], Error> {
    let [_, x, y, z, ..] = header.pixdim;
    let mut spacing = [x, y, z];
    finite("pixdim", &spacing)?;
    for (axis, mm) in spacing.iter_mut().enumerate() {
        let mended = mended(*mm);
        if mended != *mm {
            notes.push(Note::new(
                "pixdim",
                format!(
                    "The header's pixdim[{}] is {mm}; {mended} is used in its place.",
                    axis + 1
                ),
            ));
            *mm = mended;
        }
    }
    Ok(spacing)
}

/// 0 (not set) is taken as 1, a negative spacing without its sign.
pub(super) fn mended(spacing: f64) -> f64 {
    if spacing == 0.0 { 1.0 } else { spacing.abs() }
}

fn finite(field: &'static str, values: &[f64]) -> Result<(), Error> {
    if values.iter().all(|value| value.is_finite()) {
        return Ok(());
    }
    Err(Error::BadHeader {
        field,
        value: format!("{values:?}"),
        expected: "every entry must be a finite number",
    })
}
