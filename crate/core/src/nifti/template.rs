//! What is kept of a scan's header, so that masks are written on the scan's own grid.

use super::{
    axes::AxisMap,
    header::{Header, NIFTI1_BYTES, NIFTI1_MAGIC_AT, NIFTI2_BYTES, Version},
    place,
};
use crate::{Error, Grid, grid::Affine};

/// A header to copy: version, byte order, qform, sform, codes, units and `pixdim` of the scan,
/// and the way from closest-RAS order back to the file's.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// A complete NIfTI-1 or NIfTI-2 header.
    header: Vec<u8>,
    big_endian: bool,
    axes: AxisMap,
    file_size: [usize; 3],
}

/// What [`Template::header_for`] puts into the copy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content<'a> {
    /// The standard's `datatype`, and bytes of one voxel.
    pub(super) datatype: i16,
    pub(super) voxel_bytes: i16,
    pub(super) cal_min: f64,
    pub(super) cal_max: f64,
    pub(super) descrip: &'a str,
}

impl Template {
    /// For scans without a file: a NIfTI-1 header with `grid` as sform (code 1, scanner).
    ///
    /// # Errors
    /// [`Error::BadGrid`] when an axis is longer than NIfTI-1 can say (32767).
    pub fn of_grid(grid: &Grid) -> Result<Self, Error> {
        Self::of_file_grid(grid.size_voxel(), grid.ras_from_voxel())
    }

    /// For scans of another format: a NIfTI-1 header with the file's own axes i, j, k as sform
    /// (code 1, scanner), so that masks come out in the order of the file.
    ///
    /// # Errors
    /// [`Error::BadGrid`] as [`Grid::new`], and when an axis is longer than NIfTI-1 can say (32767).
    pub fn of_file_grid(file_size: [usize; 3], ras_from_file: &Affine) -> Result<Self, Error> {
        Self::of_axes(file_size, ras_from_file, AxisMap::closest_ras(ras_from_file))
    }

    /// For a grid in closest-RAS order whose files are to have these axes.
    ///
    /// # Errors
    /// As [`Template::of_file_grid`].
    pub fn of_grid_along(grid: &Grid, axes: AxisMap) -> Result<Self, Error> {
        Self::of_axes(axes.file_size(grid.size_voxel()), &axes.ras_from_file(grid), axes)
    }

    fn of_axes(
        file_size: [usize; 3],
        ras_from_file: &Affine,
        axes: AxisMap,
    ) -> Result<Self, Error> {
        let spacing_mm = Grid::new(file_size, *ras_from_file)?.spacing_mm();
        let mut header =
            Patch { bytes: vec![0; NIFTI1_BYTES], big_endian: false, version: Version::Nifti1 };
        header.i32(0, 348);
        header.dim(file_size)?;
        header.pixdim(0, 1.0);
        for (i, mm) in spacing_mm.into_iter().enumerate() {
            header.pixdim(i + 1, mm);
        }
        // Millimetres.
        header.put(123, &[2]);
        header.i16(254, 1);
        for (row, at) in ras_from_file.iter().zip([280, 296, 312]) {
            for (i, value) in row.iter().enumerate() {
                header.f32(at + 4 * i, *value);
            }
        }
        Ok(Self { header: header.bytes, big_endian: false, axes, file_size })
    }

    pub(super) fn of_header(
        header: &Header,
        axes: AxisMap,
        file_size: [usize; 3],
        ras_from_file: &Affine,
    ) -> Result<Self, Error> {
        let (bytes, version) = match header.version {
            // Analyze's last 200 bytes mean something else; size, spacing and nothing more is kept.
            Version::Analyze => {
                let mut bytes = header.raw.clone();
                if let Some(history) = bytes.get_mut(148..) {
                    history.fill(0);
                }
                (bytes, Version::Nifti1)
            }
            version => (header.raw.clone(), version),
        };
        let mut copy = Patch { bytes, big_endian: header.big_endian, version };
        if header.version == Version::Analyze {
            copy.put(123, &[2]);
        }
        // Spacing that no reader would accept is mended: as for the affine, or, where the affine
        // comes from the sform, by it.
        let (unit_mm, _) = place::unit(header);
        for f in 0..3 {
            let spacing = header.pixdim[f + 1];
            if header.version != Version::Analyze && header.sform_code > 0 {
                if !(spacing.is_finite() && spacing > 0.0) {
                    let mm = ras_from_file.iter().map(|row| row[f] * row[f]).sum::<f64>().sqrt();
                    copy.pixdim(f + 1, mm / unit_mm);
                }
            } else if spacing != place::mended(spacing) {
                copy.pixdim(f + 1, place::mended(spacing));
            }
        }
        Ok(Self { header: copy.bytes, big_endian: header.big_endian, axes, file_size })
    }

    /// The way from the file's axes to closest-RAS and back.
    #[must_use]
    pub fn axes(&self) -> &AxisMap {
        &self.axes
    }

    /// Voxels along the file's i, j, k.
    #[must_use]
    pub fn file_size(&self) -> [usize; 3] {
        self.file_size
    }

    /// Voxels along x, y, z in closest-RAS order.
    #[must_use]
    pub fn ras_size(&self) -> [usize; 3] {
        self.axes.ras_size(self.file_size)
    }

    /// Are numbers wider than a byte written highest byte first?
    pub(super) fn big_endian(&self) -> bool {
        self.big_endian
    }

    /// The header of a single-file NIfTI with this content, and the four bytes that say "no
    /// extensions". What the scan's header says about the person or the acquisition
    /// (`db_name`, `descrip`, `aux_file`, slice timing, extensions) does not go along.
    pub(super) fn header_for(&self, content: &Content) -> Result<Vec<u8>, Error> {
        let version =
            if self.header.len() == NIFTI2_BYTES { Version::Nifti2 } else { Version::Nifti1 };
        let mut header = Patch { bytes: self.header.clone(), big_endian: self.big_endian, version };
        header.dim(self.file_size)?;
        for i in 4..8 {
            header.pixdim(i, 1.0);
        }
        if version == Version::Nifti2 {
            header.put(4, b"n+2\0\r\n\x1a\n");
            header.i16(12, content.datatype);
            header.i16(14, 8 * content.voxel_bytes);
            header.zero(80, 24);
            header.i64(168, NIFTI2_BYTES as i64 + 4);
            header.f64(176, 1.0);
            header.f64(184, 0.0);
            header.f64(192, content.cal_max);
            header.f64(200, content.cal_min);
            header.zero(208, 32);
            header.text(240, 80, content.descrip);
            header.zero(320, 24);
            header.zero(496, 4);
            header.zero(504, 20);
            header.zero(525, 15);
        } else {
            header.zero(4, 34);
            header.zero(56, 14);
            header.i16(70, content.datatype);
            header.i16(72, 8 * content.voxel_bytes);
            header.zero(74, 2);
            header.f32(108, NIFTI1_BYTES as f64 + 4.0);
            header.f32(112, 1.0);
            header.f32(116, 0.0);
            header.zero(120, 3);
            header.f32(124, content.cal_max);
            header.f32(128, content.cal_min);
            header.zero(132, 16);
            header.text(148, 80, content.descrip);
            header.zero(228, 24);
            header.zero(328, 16);
            header.put(NIFTI1_MAGIC_AT, b"n+1\0");
        }
        header.bytes.extend([0; 4]);
        Ok(header.bytes)
    }
}

/// A header being changed, at the standard's offsets. Beyond its end nothing happens.
struct Patch {
    bytes: Vec<u8>,
    big_endian: bool,
    version: Version,
}

impl Patch {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(target) = self.bytes.get_mut(at..at + bytes.len()) {
            target.copy_from_slice(bytes);
        }
    }

    /// `bytes` come lowest first.
    fn number<const N: usize>(&mut self, at: usize, mut bytes: [u8; N]) {
        if self.big_endian {
            bytes.reverse();
        }
        self.put(at, &bytes);
    }

    fn i16(&mut self, at: usize, value: i16) {
        self.number(at, value.to_le_bytes());
    }

    fn i32(&mut self, at: usize, value: i32) {
        self.number(at, value.to_le_bytes());
    }

    fn i64(&mut self, at: usize, value: i64) {
        self.number(at, value.to_le_bytes());
    }

    fn f32(&mut self, at: usize, value: f64) {
        self.number(at, (value as f32).to_le_bytes());
    }

    fn f64(&mut self, at: usize, value: f64) {
        self.number(at, value.to_le_bytes());
    }

    fn zero(&mut self, at: usize, len: usize) {
        if let Some(target) = self.bytes.get_mut(at..at + len) {
            target.fill(0);
        }
    }

    fn text(&mut self, at: usize, len: usize, text: &str) {
        self.zero(at, len);
        // One byte short, so that C readers find an end.
        let text = text.as_bytes();
        self.put(at, text.get(..text.len().min(len - 1)).unwrap_or(&[]));
    }

    fn pixdim(&mut self, i: usize, value: f64) {
        match self.version {
            Version::Nifti2 => self.f64(104 + 8 * i, value),
            _ => self.f32(76 + 4 * i, value),
        }
    }

    fn dim(&mut self, size: [usize; 3]) -> Result<(), Error> {
        let [nx, ny, nz] = size;
        for (i, n) in [3, nx, ny, nz, 1, 1, 1, 1].into_iter().enumerate() {
            let too_long = |_| Error::BadGrid {
                what: "size",
                value: format!("{size:?}"),
                expected: "NIfTI-1 holds at most 32767 voxels along an axis",
            };
            match self.version {
                Version::Nifti2 => self.i64(16 + 8 * i, i64::try_from(n).map_err(too_long)?),
                _ => self.i16(40 + 2 * i, i16::try_from(n).map_err(too_long)?),
            }
        }
        Ok(())
    }
}
