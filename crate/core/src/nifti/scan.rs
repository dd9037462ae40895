//! A header, checked: everything known about a scan before its first voxel is read.

use super::{
    Limits,
    axes::AxisMap,
    convert::{Decoder, Fit},
    header::{Header, Version, bad_rank},
    place,
    template::Template,
};
use crate::{
    Error, Grid,
    facts::{Facts, Placement},
    info::{HeldAs, Info},
    note::Note,
};

/// Header extensions larger than this are a broken `vox_offset`.
const MAX_VOX_OFFSET: f64 = 256e6;
/// Deflate cannot shrink anything further than 1032 to 1.
const MAX_DEFLATE_RATIO: u64 = 1032;

/// A checked header with all that reading needs.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) header: Header,
    pub(super) decoder: Decoder,
    pub(super) file_size: [usize; 3],
    pub(super) axes: AxisMap,
    pub(super) grid: Grid,
    pub(super) volumes: u64,
    /// Bytes between the header's end (or the image file's start) and the first voxel.
    pub(super) skip_bytes: u64,
    pub(super) notes: Vec<Note>,
    pub(super) template: Template,
}

impl Scan {
    pub(super) fn check(header: Header) -> Result<Self, Error> {
        let mut notes = Vec::new();
        refuse_cifti(&header)?;
        let (file_size, volumes) = sizes(&header, &mut notes)?;
        let decoder =
            Decoder::new(header.datatype, header.big_endian, scale(&header, &mut notes)?)?;
        let skip_bytes = skip_bytes(&header, &mut notes)?;
        let ras_from_file = place::ras_from_file(&header, file_size, &mut notes)?;
        // In the file's own order first: a broken affine has no nearest axes.
        Grid::new(file_size, ras_from_file)?;
        let axes = AxisMap::closest_ras(&ras_from_file);
        let grid = axes.grid(file_size, &ras_from_file)?;
        let template = Template::of_header(&header, axes, file_size, &ras_from_file)?;
        Ok(Self { header, decoder, file_size, axes, grid, volumes, skip_bytes, notes, template })
    }

    /// What the header alone tells about how voxels will be held.
    pub(super) fn forecast(&self) -> HeldAs {
        match self.decoder.fit() {
            Fit::Always => HeldAs::I16,
            // Whole numbers outside i16 are rare in CT, fractions in float files are not.
            Fit::PerhapsWhole if !self.decoder.is_float() => HeldAs::I16,
            Fit::PerhapsWhole | Fit::Never => HeldAs::F32,
        }
    }

    /// Bytes of the first volume in the file.
    pub(super) fn stored_bytes(&self) -> u64 {
        (self.grid.voxel_count() as u64).saturating_mul(self.decoder.bytes() as u64)
    }

    /// Refuses what cannot fit.
    pub(super) fn admit(&self, limits: &Limits) -> Result<(), Error> {
        let needed_bytes = (self.grid.voxel_count() as u64).saturating_mul(self.forecast().bytes());
        if needed_bytes > limits.memory_bytes {
            return Err(too_large(needed_bytes, limits));
        }
        Ok(())
    }

    /// Does the header promise more than a file of `source_bytes` can hold, however it is packed?
    pub(super) fn promises_too_much(&self, source_bytes: Option<u64>, gzipped: bool) -> bool {
        let ratio = if gzipped { MAX_DEFLATE_RATIO } else { 1 };
        source_bytes.is_some_and(|bytes| self.stored_bytes() > bytes.saturating_mul(ratio))
    }

    /// The report, for voxels held as `held_as`.
    pub(super) fn info(&self, held_as: HeldAs) -> Info {
        let assumed = self.notes.iter().any(|note| note.code == "orientation_unknown");
        let placement = if assumed { Placement::Assumed } else { Placement::Stated };
        Info {
            volumes: self.volumes,
            image_apart: self.header.image_apart,
            notes: self.notes.clone(),
            facts: Facts { placement, ..Facts::default() },
            ..Info::of_grid(
                self.header.version.name(),
                &self.grid,
                self.axes.letters(),
                self.decoder.name(),
                held_as,
            )
        }
    }
}

pub(super) fn too_large(needed_bytes: u64, limits: &Limits) -> Error {
    Error::TooLarge {
        needed_bytes,
        limit_bytes: limits.memory_bytes,
        hint: "crop or resample the scan first",
    }
}

/// CIFTI-2 files are NIfTI-2 files whose matrix is no picture.
fn refuse_cifti(header: &Header) -> Result<(), Error> {
    if (3000..3100).contains(&header.intent_code) {
        return Err(Error::Unsupported {
            what: format!("a CIFTI matrix (intent_code {})", header.intent_code),
            hint: "it holds values on a brain's surface and no scan; open the volume it was made from",
        });
    }
    Ok(())
}

/// Sizes along i, j, k, and how many such volumes there are.
fn sizes(header: &Header, notes: &mut Vec<Note>) -> Result<([usize; 3], u64), Error> {
    const FIELD: [&str; 3] = ["dim[1]", "dim[2]", "dim[3]"];
    let [rank, dim @ ..] = header.dim;
    let used =
        usize::try_from(rank).ok().and_then(|rank| dim.get(..rank)).filter(|used| !used.is_empty());
    let used = used.ok_or_else(|| bad_rank(rank))?;
    let mut file_size = [1; 3];
    for ((size, n), field) in file_size.iter_mut().zip(used).zip(FIELD) {
        *size = usize::try_from(*n).ok().filter(|n| *n > 0).ok_or_else(|| Error::BadHeader {
            field,
            value: n.to_string(),
            expected: "a scan has at least one voxel along each axis",
        })?;
    }
    // Some writers leave 0 in the upper dimensions; only the first volume counts, so be it.
    let upper = used.get(3..).unwrap_or(&[]);
    let volumes =
        upper.iter().fold(1u64, |product, n| product.saturating_mul((*n).max(1).unsigned_abs()));
    if volumes > 1 {
        notes.push(Note::new(
            "first_volume",
            format!("The file holds {volumes} volumes (dim {used:?}); the first one is used."),
        ));
    }
    Ok((file_size, volumes))
}

/// `scl_slope` and `scl_inter`; a slope of 0 means that stored values are the values.
fn scale(header: &Header, notes: &mut Vec<Note>) -> Result<Option<(f64, f64)>, Error> {
    let (slope, mut inter) = (header.scl_slope, header.scl_inter);
    if header.version == Version::Analyze {
        // The field after is unused in Analyze; SPM put a slope, but no intercept, here.
        inter = 0.0;
    }
    if slope == 0.0 || (slope, inter) == (1.0, 0.0) {
        return Ok(None);
    }
    if !slope.is_finite() {
        notes.push(Note::new(
            "slope",
            format!("The header's scl_slope is {slope}; the values are used unscaled."),
        ));
        return Ok(None);
    }
    if !inter.is_finite() {
        return Err(Error::BadHeader {
            field: "scl_inter",
            value: inter.to_string(),
            expected: "with a scl_slope it must be a finite number",
        });
    }
    Ok(Some((slope, inter)))
}

/// From `vox_offset` to the bytes that lie between the header and the voxels.
fn skip_bytes(header: &Header, notes: &mut Vec<Note>) -> Result<u64, Error> {
    let offset = header.vox_offset;
    if !(0.0..=MAX_VOX_OFFSET).contains(&offset) {
        return Err(Error::BadHeader {
            field: "vox_offset",
            value: offset.to_string(),
            expected: "the voxels begin right behind the header and its extensions",
        });
    }
    if header.image_apart {
        return Ok(offset as u64);
    }
    // Four bytes say whether extensions follow; then come the extensions, or the voxels.
    let behind_header = header.raw.len() as u64 + 4;
    if (offset as u64) < behind_header {
        notes.push(Note::new(
            "vox_offset",
            format!("The header's vox_offset is {offset}, which lies within the header; {behind_header} is used."),
        ));
        return Ok(4);
    }
    Ok(offset as u64 - header.raw.len() as u64)
}
