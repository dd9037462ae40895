//! Masks and volumes as `.nii.gz`, slice by slice: the byte volume never exists whole.
//!
//! The same mask gives the same bytes natively and in wasm, on one thread and on many: the gzip
//! header carries no time and no name, and flate2's pure-Rust deflate does not look at the CPU.

use std::io::Write;

use flate2::{Compression, GzBuilder, write::GzEncoder};

use super::template::{Content, Template};
use crate::{
    Error, Mask, Progress, Volume, Voxels, error::try_with_capacity, progress::checkpoint,
};

/// Something in memory, seen row by row in the file's order.
trait FileRows {
    /// Appends what the file holds for its row (j, k).
    fn row(&self, j: usize, k: usize, bytes: &mut Vec<u8>);
}

/// The mask as `.nii.gz`: `uint8`, 0 and 1, on the grid and in the axis order of the scan that
/// `template` is from, with a copy of its header.
///
/// # Errors
/// [`Error::SizeMismatch`] when the mask is not on the scan's grid, [`Error::OutOfMemory`].
pub fn write_mask(mask: &Mask, template: &Template) -> Result<Vec<u8>, Error> {
    write_mask_to(Vec::new(), mask, template, &mut ())
}

/// [`write_mask`] into any sink, which is handed back. Reports stage `"writing"`.
///
/// # Errors
/// As [`write_mask`]; [`Error::Unwritable`] when the sink fails, [`Error::Stopped`].
pub fn write_mask_to<W: Write>(
    sink: W,
    mask: &Mask,
    template: &Template,
    progress: &mut dyn Progress,
) -> Result<W, Error> {
    write_described_mask_to(sink, mask, template, "", progress)
}

/// [`write_mask_to`] with a remark: the header's `descrip` is "Hounsfield mask", a semicolon and
/// `about`, cut off after 79 bytes. [`check::summary`](crate::check::summary) fits.
///
/// # Errors
/// As [`write_mask_to`].
pub fn write_described_mask_to<W: Write>(
    sink: W,
    mask: &Mask,
    template: &Template,
    about: &str,
    progress: &mut dyn Progress,
) -> Result<W, Error> {
    let descrip = described("Hounsfield mask", about);
    write_labels(sink, &[(1, mask)], template, &descrip, progress)
}

/// Several masks as one `.nii.gz` (`uint8`): where a mask is, its number; where several are, that of
/// the last one. The header's `descrip` is "Hounsfield labels", a semicolon and `about`.
///
/// # Errors
/// As [`write_mask_to`].
pub fn write_described_labels_to<W: Write>(
    sink: W,
    labels: &[(u8, &Mask)],
    template: &Template,
    about: &str,
    progress: &mut dyn Progress,
) -> Result<W, Error> {
    write_labels(sink, labels, template, &described("Hounsfield labels", about), progress)
}

fn write_labels<W: Write>(
    sink: W,
    labels: &[(u8, &Mask)],
    template: &Template,
    descrip: &str,
    progress: &mut dyn Progress,
) -> Result<W, Error> {
    let highest = labels.iter().map(|(label, _)| *label).max().unwrap_or(0);
    let content =
        Content { datatype: 2, voxel_bytes: 1, cal_min: 0.0, cal_max: highest.into(), descrip };
    write(sink, template, &content, &MaskRows::new(labels, template)?, progress)
}

/// A volume of whole numbers as `.nii.gz` (`int16`), in closest-RAS order x fastest.
///
/// # Errors
/// [`Error::BadGrid`] when `voxels` are not as many as the template's grid has,
/// [`Error::OutOfMemory`].
pub fn write_volume_i16(voxels: &[i16], template: &Template) -> Result<Vec<u8>, Error> {
    write_values(Vec::new(), voxels, template, "", &mut ())
}

/// [`write_volume_i16`] into any sink, which is handed back. Reports stage `"writing"`.
///
/// # Errors
/// As [`write_volume_i16`]; [`Error::Unwritable`] when the sink fails, [`Error::Stopped`].
pub fn write_volume_i16_to<W: Write>(
    sink: W,
    voxels: &[i16],
    template: &Template,
    progress: &mut dyn Progress,
) -> Result<W, Error> {
    write_values(sink, voxels, template, "", progress)
}

/// A volume as `.nii.gz`, `int16` or `float32` as it is held, in the file's own order. The header's `descrip` is "Hounsfield", a semicolon and
/// `about`, which is cut after 80 bytes of all (how the CT check came out, for one).
///
/// # Errors
/// As [`write_volume_i16_to`].
pub fn write_described_volume_to<W: Write>(
    sink: W,
    volume: &Volume,
    template: &Template,
    about: &str,
    progress: &mut dyn Progress,
) -> Result<W, Error> {
    match volume.voxels() {
        Voxels::I16(voxels) => write_values(sink, voxels, template, about, progress),
        Voxels::F32(voxels) => write_values(sink, voxels, template, about, progress),
    }
}

fn described(what: &str, about: &str) -> String {
    if about.is_empty() { what.into() } else { format!("{what}; {about}") }
}

fn write_values<W: Write, T: Value>(
    sink: W,
    voxels: &[T],
    template: &Template,
    about: &str,
    progress: &mut dyn Progress,
) -> Result<W, Error> {
    let expected: usize = template.ras_size().iter().product();
    if voxels.len() != expected {
        return Err(Error::BadGrid {
            what: "voxel count",
            value: voxels.len().to_string(),
            expected: "it must be the product of the grid's sizes",
        });
    }
    // Shorter with a remark, which has room for 62 bytes of the check and more.
    let what = if about.is_empty() { "Hounsfield volume" } else { "Hounsfield" };
    let descrip = described(what, about);
    let content = Content {
        datatype: T::DATATYPE,
        voxel_bytes: size_of::<T>() as i16,
        cal_min: 0.0,
        cal_max: 0.0,
        descrip: &descrip,
    };
    write(sink, template, &content, &VolumeRows { voxels, template }, progress)
}

/// Slices `k..k + n` of the file that `template` is from, those that exist: one byte a voxel (0
/// or 1), i fastest. What other formats' writers start from.
///
/// # Errors
/// [`Error::SizeMismatch`] when the mask is not on the scan's grid, [`Error::OutOfMemory`].
pub fn mask_in_file_order(
    mask: &Mask,
    template: &Template,
    k: usize,
    n: usize,
) -> Result<Vec<u8>, Error> {
    labels_in_file_order(&[(1, mask)], template, k, n)
}

/// As [`mask_in_file_order`], of several masks: where a mask is, its number; where several are, that
/// of the last one.
///
/// # Errors
/// As there.
pub fn labels_in_file_order(
    labels: &[(u8, &Mask)],
    template: &Template,
    k: usize,
    n: usize,
) -> Result<Vec<u8>, Error> {
    let rows = MaskRows::new(labels, template)?;
    let [ni, nj, nk] = template.file_size();
    let (first, last) = (k.min(nk), k.saturating_add(n).min(nk));
    let mut bytes = try_with_capacity((last - first) * ni * nj, "slices of a mask")?;
    for k in first..last {
        (0..nj).for_each(|j| rows.row(j, k, &mut bytes));
    }
    Ok(bytes)
}

fn write<W: Write>(
    sink: W,
    template: &Template,
    content: &Content,
    rows: &dyn FileRows,
    progress: &mut dyn Progress,
) -> Result<W, Error> {
    let [ni, nj, nk] = template.file_size();
    let mut gzip: GzEncoder<W> = GzBuilder::new().mtime(0).write(sink, Compression::default());
    gzip.write_all(&template.header_for(content)?).map_err(unwritable)?;
    let row_bytes = ni.saturating_mul(usize::from(content.voxel_bytes.unsigned_abs()));
    let mut row = try_with_capacity(row_bytes, "a row of the file")?;
    for k in 0..nk {
        checkpoint(progress, "writing", k as f64 / nk as f64)?;
        for j in 0..nj {
            row.clear();
            rows.row(j, k, &mut row);
            gzip.write_all(&row).map_err(unwritable)?;
        }
    }
    gzip.finish().map_err(unwritable)
}

fn unwritable(error: std::io::Error) -> Error {
    Error::Unwritable { reason: error.to_string() }
}

/// Numbered masks seen in the file's order.
struct MaskRows<'a> {
    labels: &'a [(u8, &'a Mask)],
    /// For the file's i, j, k: the RAS axis it is, and whether it runs the other way.
    axes: [(usize, bool); 3],
    file_size: [usize; 3],
}

impl<'a> MaskRows<'a> {
    fn new(labels: &'a [(u8, &'a Mask)], template: &Template) -> Result<Self, Error> {
        let expected = template.ras_size();
        if let Some((_, mask)) = labels.iter().find(|(_, mask)| mask.size_voxel() != expected) {
            let found = mask.size_voxel();
            return Err(Error::SizeMismatch { what: "the mask", found, expected });
        }
        let axes = [0, 1, 2].map(|f| template.axes().ras_axis_of(f));
        Ok(Self { labels, axes, file_size: template.file_size() })
    }

    /// The index along its RAS axis of index `n` along file axis `f`.
    fn ras_index(&self, f: usize, n: usize) -> usize {
        if self.axes[f].1 { self.file_size[f] - 1 - n } else { n }
    }
}

impl FileRows for MaskRows<'_> {
    fn row(&self, j: usize, k: usize, bytes: &mut Vec<u8>) {
        let mut at = [0; 3];
        at[self.axes[1].0] = self.ras_index(1, j);
        at[self.axes[2].0] = self.ras_index(2, k);
        let start = bytes.len();
        bytes.resize(start + self.file_size[0], 0);
        let row = bytes.get_mut(start..).unwrap_or_default();
        let along_x = self.axes[0].0 == 0;
        for (label, mask) in self.labels {
            if along_x {
                // The file's rows are the mask's: whole words of zeros go by in one step.
                for (word, voxels) in mask.row(at[1], at[2]).iter().zip(row.chunks_mut(64)) {
                    if *word != 0 {
                        put_bits(*word, *label, voxels);
                    }
                }
                continue;
            }
            for (i, voxel) in row.iter_mut().enumerate() {
                at[self.axes[0].0] = self.ras_index(0, i);
                if mask.get(at[0], at[1], at[2]) {
                    *voxel = *label;
                }
            }
        }
        if along_x && self.axes[0].1 {
            row.reverse();
        }
    }
}

fn put_bits(word: u64, label: u8, voxels: &mut [u8]) {
    for (bit, voxel) in voxels.iter_mut().enumerate() {
        if word >> bit & 1 == 1 {
            *voxel = label;
        }
    }
}

/// What a voxel of a written volume can be.
trait Value: Copy + Default {
    /// The standard's code.
    const DATATYPE: i16;
    fn put(self, big_endian: bool, bytes: &mut Vec<u8>);
}

impl Value for i16 {
    const DATATYPE: i16 = 4;
    fn put(self, big_endian: bool, bytes: &mut Vec<u8>) {
        bytes.extend(if big_endian { self.to_be_bytes() } else { self.to_le_bytes() });
    }
}

impl Value for f32 {
    const DATATYPE: i16 = 16;
    fn put(self, big_endian: bool, bytes: &mut Vec<u8>) {
        bytes.extend(if big_endian { self.to_be_bytes() } else { self.to_le_bytes() });
    }
}

/// A volume seen in the file's order.
struct VolumeRows<'a, T> {
    voxels: &'a [T],
    template: &'a Template,
}

impl<T: Value> FileRows for VolumeRows<'_, T> {
    fn row(&self, j: usize, k: usize, bytes: &mut Vec<u8>) {
        let steps = self.template.axes().steps(self.template.ras_size());
        let start = steps.origin + j as isize * steps.step[1] + k as isize * steps.step[2];
        for i in 0..self.template.file_size()[0] {
            let at = usize::try_from(start + i as isize * steps.step[0]);
            let value = at.ok().and_then(|at| self.voxels.get(at)).copied().unwrap_or_default();
            value.put(self.template.big_endian(), bytes);
        }
    }
}
