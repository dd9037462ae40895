//! Voxels that follow a text header, in its own file or in others: what NRRD and MetaImage share.

mod read;

use hounsfield::{
    Error, Grid, Info, Note,
    error::try_vec,
    facts::{Facts, PixelSpacing, Placement},
    grid::Affine,
    nifti::AxisMap,
};
pub(crate) use read::RasterReader;

use crate::{archive::unreadable, bytes::Bytes, inflate, number::Number};

/// The longest text header; 3D Slicer's segmentations have long ones.
pub(crate) const HEADER_BYTES: usize = 4 * 1024 * 1024;

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Raw,
    Gzip,
    Zlib,
    /// Decimal numbers with blanks between them.
    Text,
}

/// What is passed over at the start of each data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Skip {
    /// So many lines as they are in the file, then so many bytes after inflating.
    Start { lines: u64, bytes: u64 },
    /// Whatever stands before the voxels, which end with the file.
    UntilEnd,
}

/// A checked header.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raster {
    pub(crate) file_size: [usize; 3],
    pub(crate) ras_from_file: Affine,
    pub(crate) number: Number,
    pub(crate) big_endian: bool,
    pub(crate) encoding: Encoding,
    /// Numbers of a voxel, of which the first is taken.
    pub(crate) components: usize,
    /// Volumes in the file, of which the first is taken.
    pub(crate) volumes: usize,
    pub(crate) skip: Skip,
    /// Where the voxels begin behind the header; `None`: in other files.
    pub(crate) attached_at: Option<u64>,
    pub(crate) data_files: Vec<String>,
    pub(crate) notes: Vec<Note>,
    pub(crate) facts: Facts,
    /// Does the header state the distance of voxels?
    pub(crate) has_spacing: bool,
}

impl Raster {
    /// Bytes of a slice, inflated.
    pub(crate) fn slice_bytes(&self) -> u64 {
        let [ni, nj, _] = self.file_size.map(|n| n as u64);
        let voxel = (self.number.bytes() as u64).saturating_mul(self.components as u64);
        ni.saturating_mul(nj).saturating_mul(voxel)
    }

    /// Slices in each data file.
    ///
    /// # Errors
    /// [`Error::BadHeader`] when slices cannot be dealt out evenly.
    pub(crate) fn slices_per_file(&self) -> Result<usize, Error> {
        let slices = self.file_size[2].saturating_mul(self.volumes);
        let files = self.data_files.len().max(1);
        if !slices.is_multiple_of(files) {
            return Err(Error::BadHeader {
                field: "data file",
                value: format!("{files} files for {slices} slices"),
                expected: "each file must have the same number of whole slices",
            });
        }
        Ok(slices / files)
    }

    /// Bytes that each data file must have at least, however well it is compressed.
    ///
    /// # Errors
    /// As [`Raster::slices_per_file`].
    pub(crate) fn least_bytes(&self) -> Result<u64, Error> {
        let slices = self.slices_per_file()?.min(self.file_size[2]);
        let inflated = self.slice_bytes().saturating_mul(slices as u64);
        Ok(match self.encoding {
            Encoding::Raw => inflated,
            Encoding::Gzip | Encoding::Zlib => inflate::least_packed(inflated),
            // A digit and a blank, but for the last.
            Encoding::Text => (inflated / self.number.bytes() as u64).saturating_mul(2) - 1,
        })
    }

    /// What opening it gives.
    ///
    /// # Errors
    /// [`Error::BadGrid`].
    pub(crate) fn info(&self, format: &'static str) -> Result<Info, Error> {
        // In the file's own order first: a broken affine has no nearest axes.
        Grid::new(self.file_size, self.ras_from_file)?;
        let axes = AxisMap::closest_ras(&self.ras_from_file);
        let grid = axes.grid(self.file_size, &self.ras_from_file)?;
        let held_as = self.number.forecast();
        Ok(Info {
            volumes: self.volumes as u64,
            image_apart: self.attached_at.is_none(),
            notes: self.notes.clone(),
            facts: self.facts.clone(),
            ..Info::of_grid(format, &grid, axes.letters(), self.number.name(), held_as)
        })
    }
}

/// The facts of a header that names its axes, or not; that states the distance of voxels, or not.
pub(crate) fn facts(stated: bool, has_spacing: bool) -> Facts {
    let placement = if stated { Placement::Stated } else { Placement::Assumed };
    let pixel_spacing = if has_spacing { PixelSpacing::Stated } else { PixelSpacing::Assumed };
    Facts { placement, pixel_spacing, ..Facts::default() }
}

/// Says which of several numbers or volumes was taken.
pub(crate) fn note_firsts(components: usize, volumes: usize, notes: &mut Vec<Note>) {
    if components > 1 {
        notes.push(Note::new(
            "first_component",
            format!("Each voxel has {components} numbers; the first one is used."),
        ));
    }
    if volumes > 1 {
        notes.push(Note::new(
            "first_volume",
            format!("The file holds {volumes} volumes; the first one is used."),
        ));
    }
}

/// The first [`HEADER_BYTES`] of a text header, or the file.
pub(crate) fn header_bytes(bytes: &dyn Bytes) -> Result<Vec<u8>, Error> {
    let len = usize::try_from(bytes.byte_length()).unwrap_or(usize::MAX).min(HEADER_BYTES);
    // Most headers are short; a compressed entry is not inflated for more than that.
    let mut header = try_vec(0, len.min(16 * 1024), "a header")?;
    let mut found = bytes.read_at(0, &mut header).map_err(unreadable)?;
    let ended = |header: &[u8]| {
        header.windows(2).any(|two| two == b"\n\n")
            || header.windows(4).any(|four| four == b"\r\n\r\n")
            || names_its_data(header)
    };
    if found == header.len() && found < len && !ended(&header) {
        header = try_vec(0, len, "a header")?;
        found = bytes.read_at(0, &mut header).map_err(unreadable)?;
    }
    header.truncate(found);
    Ok(header)
}

/// Is the last key of a MetaImage header there, with its whole line, and no list behind it?
fn names_its_data(header: &[u8]) -> bool {
    const KEY: &[u8] = b"DataFile";
    let key = header.windows(KEY.len()).position(|word| word.eq_ignore_ascii_case(KEY));
    let rest = key.and_then(|at| header.get(at..)).unwrap_or(&[]);
    let line = rest.iter().position(|byte| *byte == b'\n').and_then(|end| rest.get(..end));
    line.is_some_and(|line| !line.windows(4).any(|word| word.eq_ignore_ascii_case(b"LIST")))
}
