//! NIfTI in and out: `.nii`, `.nii.gz`, `.hdr`/`.img` pairs (gzipped or not) of NIfTI-1,
//! NIfTI-2 and Analyze 7.5, both byte orders.
//!
//! ```text
//! bytes ─source─▶ inflated ─header─▶ Header ─scan─▶ Scan (checked) ─read─▶ Volume + Template
//!                                                                             Mask + Template ─write─▶ .nii.gz
//! ```
//!
//! - **What is read**: every integer and float type, `scl_slope`/`scl_inter` applied (a slope of
//!   0 is none). Of 4-D and 5-D files the first volume. Colours, complex numbers, 128-bit floats
//!   and CIFTI matrices are refused by name.
//! - **Where it lies**: sform before qform before `pixdim`, in millimetres, turned to closest-RAS
//!   order ([`AxisMap`]) without resampling; oblique and sheared grids keep their affine.
//! - **In what it is held**: `i16` when every value is whole and in range, `f32` otherwise; NaN
//!   stays NaN.
//! - **What it costs**: the voxels and less than a megabyte (8 MB where the file's rows do not run
//!   along x). The inflated file never exists.
//! - **What is said**: each choice that a reader might have made otherwise is a [`Note`].
//!
//! # What the crates do, and what is written by hand
//! `flate2` inflates and deflates, on zlib-rs (the measurements are in the workspace's
//! `Cargo.toml`). `nifti` 0.18 parses NIfTI-1 headers and names the types. It has no NIfTI-2 and
//! no Analyze, tells the byte order by `dim[0]` alone, panics on a negative `pixdim` in a qform,
//! reads volumes only in the file's axis order with a vector per slice, and writes only whole
//! arrays to paths; so offsets of NIfTI-2, affines, streaming and writing are here.
//!
//! # Example
//! ```
//! use hounsfield::{Grid, Mask, nifti::{self, Limits, Template}};
//!
//! let grid = Grid::from_spacing([3, 2, 1], [0.7, 0.7, 2.5])?;
//! let file = nifti::write_volume_i16(&[0, 40, 300, -1000, 40, 700], &Template::of_grid(&grid)?)?;
//!
//! let scan = nifti::read(file.as_slice(), &Limits::default(), &mut ())?;
//! assert_eq!(scan.volume.grid().size_voxel(), [3, 2, 1]);
//! let mask = Mask::drawn("..#\n..#");
//! let saved = nifti::write_mask(&mask, &scan.template)?;
//! assert_eq!(&saved[..2], b"\x1f\x8b");
//! # Ok::<(), hounsfield::Error>(())
//! ```

use std::io::Read;

use crate::{Error, Progress, Volume};

mod axes;
mod convert;
mod header;
mod place;
mod read;
mod scan;
mod scatter;
mod sniff;
mod source;
mod template;
mod write;

pub use axes::{AxisMap, Steps};
pub use header::Version;
pub(crate) use scatter::Scatter;
pub use template::Template;
pub use write::{
    labels_in_file_order, mask_in_file_order, write_described_labels_to, write_described_mask_to,
    write_described_volume_to, write_mask, write_mask_to, write_volume_i16, write_volume_i16_to,
};

pub use crate::{
    info::{HeldAs, Info},
    note::Note,
};

/// What reading may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that the voxels may take.
    pub memory_bytes: u64,
    /// Length of the (compressed) file with the voxels, where it is known: a header that
    /// promises more than such a file can hold is refused before anything is allocated.
    pub source_bytes: Option<u64>,
}

impl Default for Limits {
    /// As much as the address space has; no known length.
    fn default() -> Self {
        Self { memory_bytes: isize::MAX as u64, source_bytes: None }
    }
}

/// A scan that was read.
#[derive(Debug, Clone)]
pub struct NiftiFile {
    /// The voxels in closest-RAS order, scaled.
    pub volume: Volume,
    /// What masks on this scan are written with.
    pub template: Template,
    /// What the file said, and the notes.
    pub info: Info,
}

/// Reads a single file: `.nii` or `.nii.gz`, whatever its name is.
///
/// Reports stage `"reading"`; stops between chunks of a few megabytes.
///
/// # Errors
/// [`Error::NotNifti`] names what the file is instead. [`Error::MissingImage`] for the header of
/// a pair. [`Error::BadHeader`], [`Error::BadGrid`], [`Error::Unsupported`]: a value in the
/// header. [`Error::TooLarge`] before any voxel is read, [`Error::Truncated`],
/// [`Error::Unreadable`], [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn read(
    source: impl Read,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<NiftiFile, Error> {
    let mut source = source::Source::open(source).map_err(header::unreadable)?;
    let scan = scan::Scan::check(header::Header::read(&mut source)?)?;
    if scan.header.image_apart {
        return Err(Error::MissingImage { format: scan.header.version.name() });
    }
    read_rest(source, scan, limits, progress)
}

/// Reads a pair: `.hdr` and `.img`, each gzipped or not.
///
/// # Errors
/// As [`read`].
pub fn read_pair(
    header: impl Read,
    image: impl Read,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<NiftiFile, Error> {
    let mut header = source::Source::open(header).map_err(header::unreadable)?;
    let mut header = header::Header::read(&mut header)?;
    if !header.image_apart {
        // A single-file magic over a pair is a common slip of converters; the offset then
        // counts from a header that is not in this file.
        header.image_apart = true;
        header.vox_offset = 0.0;
    }
    let image = source::Source::open(image).map_err(header::unreadable)?;
    read_rest(image, scan::Scan::check(header)?, limits, progress)
}

/// Reads the header alone, of a single file or of a pair's `.hdr`.
///
/// # Errors
/// As [`read`], as far as a header can be wrong.
pub fn inspect(source: impl Read) -> Result<Info, Error> {
    let mut source = source::Source::open(source).map_err(header::unreadable)?;
    let scan = scan::Scan::check(header::Header::read(&mut source)?)?;
    Ok(scan.info(scan.forecast()))
}

fn read_rest<R: Read>(
    mut source: source::Source<R>,
    mut scan: scan::Scan,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<NiftiFile, Error> {
    scan.admit(limits)?;
    let needed_bytes = scan.stored_bytes();
    let truncated = |found_bytes| Err(Error::Truncated { needed_bytes, found_bytes });
    let skipped = source.skip(scan.skip_bytes).map_err(header::unreadable)?;
    if skipped < scan.skip_bytes {
        return truncated(0);
    }
    if scan.promises_too_much(limits.source_bytes, source.gzipped()) {
        // Nothing is allocated for a lie; what is there is counted for the sentence.
        return truncated(source.skip(needed_bytes).map_err(header::unreadable)?);
    }
    let voxels = read::voxels(&mut source, &mut scan, limits, progress)?;
    let info = scan.info(read::held_as(&voxels));
    Ok(NiftiFile { volume: Volume::new(scan.grid, voxels)?, template: scan.template, info })
}
