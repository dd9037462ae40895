//! The three headers, read into one: NIfTI-1 (348 bytes), NIfTI-2 (540 bytes), Analyze 7.5
//! (348 bytes without a magic word). Fields keep the standard's names.
//!
//! Read here from the standards' tables of offsets. The `nifti` crate knows NIfTI-1 alone, and its
//! reader, once for each byte order, is a fiftieth of the engine's wasm; a test holds ours against it.
//! An Analyze header is a NIfTI-1 header of which only sizes, spacing and type count.

use std::io::Read;

use super::{sniff, source::Source};
use crate::Error;

/// `sizeof_hdr` of NIfTI-1 and Analyze.
pub(super) const NIFTI1_BYTES: usize = 348;
/// `sizeof_hdr` of NIfTI-2.
pub(super) const NIFTI2_BYTES: usize = 540;
/// Where `magic` stands in a NIfTI-1 header.
pub(super) const NIFTI1_MAGIC_AT: usize = 344;

/// Which standard a header follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Analyze 7.5: no orientation, always a pair of files.
    Analyze,
    /// NIfTI-1, single file or pair.
    Nifti1,
    /// NIfTI-2, single file or pair.
    Nifti2,
}

impl Version {
    /// "NIfTI-1", "NIfTI-2", "Analyze 7.5".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Analyze => "Analyze 7.5",
            Self::Nifti1 => "NIfTI-1",
            Self::Nifti2 => "NIfTI-2",
        }
    }
}

/// The fields that decide what the voxels mean; numbers as wide as NIfTI-2 has them.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) version: Version,
    pub(super) big_endian: bool,
    /// Are the voxels in another file (`.img`)?
    pub(super) image_apart: bool,
    /// The header as it stood in the file; masks are written with a copy of it.
    pub(super) raw: Vec<u8>,
    pub(super) dim: [i64; 8],
    pub(super) intent_code: i32,
    pub(super) datatype: i16,
    pub(super) pixdim: [f64; 8],
    pub(super) vox_offset: f64,
    pub(super) scl_slope: f64,
    pub(super) scl_inter: f64,
    pub(super) xyzt_units: i32,
    pub(super) qform_code: i32,
    pub(super) sform_code: i32,
    /// `quatern_b`, `quatern_c`, `quatern_d`.
    pub(super) quatern: [f64; 3],
    /// `qoffset_x`, `qoffset_y`, `qoffset_z`.
    pub(super) qoffset: [f64; 3],
    /// `srow_x`, `srow_y`, `srow_z`.
    pub(super) srow: [[f64; 4]; 3],
}

impl Header {
    /// Reads the header and leaves the source right behind it.
    ///
    /// # Errors
    /// [`Error::NotNifti`], [`Error::BadHeader`], [`Error::Unreadable`].
    pub(super) fn read<R: Read>(source: &mut Source<R>) -> Result<Self, Error> {
        let mut raw = vec![0; NIFTI1_BYTES];
        let found = source.fill(&mut raw).map_err(unreadable)?;
        raw.truncate(found);
        if source.is_cut() {
            return Err(cut_gzip());
        }
        let fields = |big_endian| Fields { bytes: &raw, big_endian };
        let (is_nifti2, big_endian) = match (fields(false).i32(0), fields(true).i32(0)) {
            (348, _) => (false, false),
            (_, 348) => (false, true),
            (540, _) => (true, false),
            (_, 540) => (true, true),
            (sizeof_hdr, _) => return Err(unknown(&raw, source.gzipped(), sizeof_hdr)),
        };
        if found < NIFTI1_BYTES {
            return Err(cut_off(found));
        }
        if is_nifti2 {
            raw.resize(NIFTI2_BYTES, 0);
            let rest = raw.get_mut(NIFTI1_BYTES..).unwrap_or(&mut []);
            let more = source.fill(rest).map_err(unreadable)?;
            if found + more < NIFTI2_BYTES {
                return Err(cut_off(found + more));
            }
            Self::nifti2(raw, big_endian)
        } else {
            Ok(Self::nifti1(raw, big_endian))
        }
    }

    fn nifti1(raw: Vec<u8>, big_endian: bool) -> Self {
        let (version, image_apart) = match raw.get(NIFTI1_MAGIC_AT..) {
            Some(b"n+1\0") => (Version::Nifti1, false),
            Some(b"ni1\0") => (Version::Nifti1, true),
            _ => (Version::Analyze, true),
        };
        let fields = Fields { bytes: &raw, big_endian };
        Self {
            version,
            big_endian,
            image_apart,
            dim: std::array::from_fn(|i| fields.i16(40 + 2 * i).into()),
            intent_code: fields.i16(68).into(),
            datatype: fields.i16(70),
            pixdim: fields.f32s(76),
            vox_offset: fields.f32(108),
            scl_slope: fields.f32(112),
            scl_inter: fields.f32(116),
            xyzt_units: fields.array::<1>(123)[0].into(),
            qform_code: fields.i16(252).into(),
            sform_code: fields.i16(254).into(),
            quatern: fields.f32s(256),
            qoffset: fields.f32s(268),
            srow: [fields.f32s(280), fields.f32s(296), fields.f32s(312)],
            raw,
        }
    }

    fn nifti2(raw: Vec<u8>, big_endian: bool) -> Result<Self, Error> {
        let fields = Fields { bytes: &raw, big_endian };
        // The last four bytes of the magic are what a text-mode transfer would have changed.
        let image_apart = match fields.array::<8>(4) {
            [b'n', b'+', b'2', 0, b'\r', b'\n', 0x1a, b'\n'] => false,
            [b'n', b'i', b'2', 0, b'\r', b'\n', 0x1a, b'\n'] => true,
            magic => {
                return Err(Error::BadHeader {
                    field: "magic",
                    value: format!("\"{}\"", magic.escape_ascii()),
                    expected: "a NIfTI-2 header has \"n+2\\0\\r\\n\\x1a\\n\" or \"ni2\\0\\r\\n\\x1a\\n\" there",
                });
            }
        };
        Ok(Self {
            version: Version::Nifti2,
            big_endian,
            image_apart,
            datatype: fields.i16(12),
            dim: std::array::from_fn(|i| fields.i64(16 + 8 * i)),
            pixdim: fields.f64s(104),
            vox_offset: fields.i64(168) as f64,
            scl_slope: fields.f64(176),
            scl_inter: fields.f64(184),
            qform_code: fields.i32(344),
            sform_code: fields.i32(348),
            quatern: fields.f64s(352),
            qoffset: fields.f64s(376),
            srow: [fields.f64s(400), fields.f64s(432), fields.f64s(464)],
            xyzt_units: fields.i32(500),
            intent_code: fields.i32(504),
            raw,
        })
    }
}

/// A header's bytes, read at the standard's offsets. Beyond the end everything is zero.
#[derive(Clone, Copy)]
struct Fields<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl Fields<'_> {
    fn array<const N: usize>(self, at: usize) -> [u8; N] {
        let bytes = self.bytes.get(at..at + N).and_then(|bytes| bytes.try_into().ok());
        bytes.unwrap_or([0; N])
    }

    /// The `N` bytes at `at`, lowest first.
    fn little<const N: usize>(self, at: usize) -> [u8; N] {
        let mut bytes = self.array(at);
        if self.big_endian {
            bytes.reverse();
        }
        bytes
    }

    fn i16(self, at: usize) -> i16 {
        i16::from_le_bytes(self.little(at))
    }

    fn i32(self, at: usize) -> i32 {
        i32::from_le_bytes(self.little(at))
    }

    fn i64(self, at: usize) -> i64 {
        i64::from_le_bytes(self.little(at))
    }

    fn f32(self, at: usize) -> f64 {
        f32::from_le_bytes(self.little(at)).into()
    }

    fn f32s<const N: usize>(self, at: usize) -> [f64; N] {
        std::array::from_fn(|i| self.f32(at + 4 * i))
    }

    fn f64(self, at: usize) -> f64 {
        f64::from_le_bytes(self.little(at))
    }

    fn f64s<const N: usize>(self, at: usize) -> [f64; N] {
        std::array::from_fn(|i| self.f64(at + 8 * i))
    }
}

/// The reader below us failed.
pub(super) fn unreadable(error: std::io::Error) -> Error {
    Error::Unreadable { reason: error.to_string() }
}

pub(super) fn bad_rank(rank: i64) -> Error {
    Error::BadHeader {
        field: "dim[0]",
        value: rank.to_string(),
        expected: "a scan has 1 to 7 dimensions",
    }
}

/// A gzip stream that ends before its end, where that is all there is to say.
pub(super) fn cut_gzip() -> Error {
    Error::Unreadable { reason: "its gzip stream ends too early, so the file is truncated".into() }
}

fn cut_off(found: usize) -> Error {
    Error::NotNifti {
        found: format!("it begins like one, but ends within the header after {found} bytes"),
    }
}

/// Neither 348 nor 540: something else, or a NIfTI file whose first field is damaged.
fn unknown(raw: &[u8], gzipped: bool, sizeof_hdr: i32) -> Error {
    let magic = raw.get(NIFTI1_MAGIC_AT..).unwrap_or(&[]);
    if magic.starts_with(b"n+1\0") || magic.starts_with(b"ni1\0") {
        return Error::BadHeader {
            field: "sizeof_hdr",
            value: sizeof_hdr.to_string(),
            expected: "it is 348 in NIfTI-1 and 540 in NIfTI-2",
        };
    }
    Error::NotNifti { found: sniff::name_of(raw, gzipped) }
}

#[cfg(test)]
mod tests {
    use nifti::NiftiHeader;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equals_what_the_nifti_crate_reads(bytes in prop::collection::vec(any::<u8>(), 348), rank in 1u8..8, big_endian: bool) {
            let mut raw = bytes;
            let (size, dim) = if big_endian { ([0, 0, 1, 92], [0, rank]) } else { ([92, 1, 0, 0], [rank, 0]) };
            raw[..4].copy_from_slice(&size);
            raw[40..42].copy_from_slice(&dim);
            raw[344..].copy_from_slice(b"n+1\0");
            let theirs = NiftiHeader::from_reader(raw.as_slice()).unwrap();
            let ours = Header::nifti1(raw, big_endian);
            prop_assert_eq!(ours.dim, theirs.dim.map(|n| i64::from(n as i16)));
            prop_assert_eq!(ours.intent_code, i32::from(theirs.intent_code));
            prop_assert_eq!(ours.datatype, theirs.datatype);
            prop_assert_eq!(
                [ours.xyzt_units, ours.qform_code, ours.sform_code],
                [theirs.xyzt_units.into(), theirs.qform_code.into(), theirs.sform_code.into()]
            );
            let theirs: Vec<f32> = [theirs.vox_offset, theirs.scl_slope, theirs.scl_inter]
                .into_iter()
                .chain(theirs.pixdim)
                .chain([theirs.quatern_b, theirs.quatern_c, theirs.quatern_d])
                .chain([theirs.quatern_x, theirs.quatern_y, theirs.quatern_z])
                .chain([theirs.srow_x, theirs.srow_y, theirs.srow_z].into_iter().flatten())
                .collect();
            let ours: Vec<f64> = [ours.vox_offset, ours.scl_slope, ours.scl_inter]
                .into_iter()
                .chain(ours.pixdim)
                .chain(ours.quatern)
                .chain(ours.qoffset)
                .chain(ours.srow.into_iter().flatten())
                .collect();
            prop_assert_eq!(ours.len(), theirs.len());
            for (ours, theirs) in ours.into_iter().zip(theirs) {
                let theirs = f64::from(theirs);
                prop_assert!(ours == theirs || ours.is_nan() && theirs.is_nan(), "{ours} {theirs}");
            }
        }
    }
}
