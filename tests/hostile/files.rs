//! Files that must be refused: each with the code of its error and a word its sentence must have.

use super::build::{Built, gz};

/// A bad file.
#[derive(Debug)]
pub struct Hostile {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    /// `Error::code()`.
    pub code: &'static str,
    /// The value that is wrong, or the name of what it is.
    pub says: &'static str,
}

/// All of them.
pub fn files() -> Vec<Hostile> {
    let good = Built::default;
    let with = |change: &dyn Fn(&mut Built)| {
        let mut built = good();
        change(&mut built);
        built.bytes()
    };
    let with2 = |change: &dyn Fn(&mut Built)| {
        let mut built = Built::nifti2();
        change(&mut built);
        built.bytes()
    };
    let cut = |bytes: Vec<u8>, keep: usize| bytes[..keep].to_vec();
    let whole = gz(&good().bytes());
    let two_thirds = whole.len() * 2 / 3;
    let mut wrong_checksum = whole.clone();
    let checksum_at = wrong_checksum.len() - 8;
    wrong_checksum[checksum_at] ^= 0x55;
    let mut damaged = whole.clone();
    // A block type that deflate does not have.
    damaged[10] = 0x07;
    let mut dicom = vec![0; 400];
    dicom[128..132].copy_from_slice(b"DICM");
    let mut jpeg = vec![0x20; 600];
    jpeg[..4].copy_from_slice(b"\xff\xd8\xff\xe0");
    let nan = f64::NAN;
    let list: Vec<(&'static str, Vec<u8>, &'static str, &'static str)> = vec![
        ("empty.nii", vec![], "not_nifti", "0 bytes"),
        ("empty.nii.gz", gz(&[]), "not_nifti", "0 bytes"),
        ("zeros.nii", vec![0; 1000], "not_nifti", "zeros"),
        ("jpeg.nii", jpeg.clone(), "not_nifti", "JPEG"),
        ("jpeg.nii.gz", gz(&jpeg), "not_nifti", "inside the gzip it is a JPEG"),
        ("dicom.nii", dicom, "not_nifti", "DICOM"),
        ("page.nii", b"<!DOCTYPE html><title>404</title>".to_vec(), "not_nifti", "web page"),
        ("letter.nii", b"Dear colleague, please find attached".repeat(20), "not_nifti", "text"),
        ("zip.nii", b"PK\x03\x04\x14\0\0\0".to_vec(), "not_nifti", "zip"),
        ("short_header.nii", cut(good().bytes(), 200), "not_nifti", "200 bytes"),
        ("short_header2.nii", cut(Built::nifti2().bytes(), 400), "not_nifti", "400 bytes"),
        ("orphan.hdr", Built { single: false, ..good() }.header(), "missing_image", ".img"),
        ("orphan_analyze.hdr", Built::analyze().header(), "missing_image", "Analyze"),
        ("truncated.nii", cut(good().bytes(), 400), "truncated", "48 bytes"),
        ("truncated.nii.gz", cut(whole.clone(), two_thirds), "truncated", "promises 120"),
        ("truncated_at_once.nii.gz", cut(whole.clone(), 12), "unreadable", "truncated"),
        ("no_checksum.nii.gz", cut(whole.clone(), checksum_at), "unreadable", "truncated"),
        ("wrong_checksum.nii.gz", wrong_checksum, "unreadable", "gzip"),
        ("damaged.nii.gz", damaged, "unreadable", "deflate"),
        (
            "lying_size.nii",
            with(&|b| b.dim = [3, 300, 300, 300, 1, 1, 1, 1]),
            "truncated",
            "54000000",
        ),
        ("huge.nii", with(&|b| b.dim = [3, 32767, 32767, 32767, 1, 1, 1, 1]), "too_large", "70"),
        (
            "huge2.nii",
            with2(&|b| b.dim = [3, 1 << 40, 1 << 20, 2, 1, 1, 1, 1]),
            "bad_grid",
            "1099511627776",
        ),
        (
            "overflow2.nii",
            with2(&|b| b.dim = [3, i64::MAX, i64::MAX, i64::MAX, 1, 1, 1, 1]),
            "bad_grid",
            "9223372036854775807",
        ),
        ("no_rank.nii", with(&|b| b.dim[0] = 0), "bad_header", "dim[0] is 0"),
        ("rank_8.nii", with(&|b| b.dim[0] = 8), "bad_header", "dim[0] is 8"),
        ("rank_negative.nii", with(&|b| b.dim[0] = -3), "bad_header", "dim[0] is -3"),
        (
            "rank_2_to_40.nii",
            with2(&|b| b.dim[0] = 1 << 40),
            "bad_header",
            "dim[0] is 1099511627776",
        ),
        ("zero_dim.nii", with(&|b| b.dim[2] = 0), "bad_header", "dim[2] is 0"),
        ("negative_dim.nii", with(&|b| b.dim[1] = -512), "bad_header", "dim[1] is -512"),
        ("negative_dim2.nii", with2(&|b| b.dim[3] = -1), "bad_header", "dim[3] is -1"),
        (
            "singular.nii",
            with(&|b| (b.srow[0][1], b.srow[1][0]) = (-0.7, -0.7)),
            "bad_grid",
            "singular",
        ),
        ("flat.nii", with(&|b| b.srow[2] = [0.0; 4]), "bad_grid", "spacing"),
        ("nan_affine.nii", with(&|b| b.srow[0][1] = nan), "bad_header", "NaN"),
        ("infinite_origin.nii", with(&|b| b.srow[2][3] = f64::INFINITY), "bad_header", "srow_z"),
        (
            "nan_quaternion.nii",
            with(&|b| (b.sform_code, b.qform_code, b.quatern[1]) = (0, 1, nan)),
            "bad_header",
            "quatern",
        ),
        (
            "nan_spacing.nii",
            with(&|b| (b.sform_code, b.pixdim[3]) = (0, nan)),
            "bad_header",
            "pixdim",
        ),
        ("huge_spacing.nii", with(&|b| b.srow[0][0] = 1e30), "bad_grid", "spacing"),
        ("tiny_spacing.nii", with(&|b| b.srow[0][0] = 1e-30), "bad_grid", "spacing"),
        (
            "metres_of_voxels.nii",
            with(&|b| (b.xyzt_units, b.srow[0][0]) = (1, 5.0)),
            "bad_grid",
            "5000",
        ),
        (
            "negative_offset.nii",
            with(&|b| b.vox_offset = Some(-352.0)),
            "bad_header",
            "vox_offset is -352",
        ),
        ("nan_offset.nii", with(&|b| b.vox_offset = Some(nan)), "bad_header", "vox_offset is NaN"),
        (
            "offset_beyond.nii",
            with(&|b| b.vox_offset = Some(1e6)),
            "truncated",
            "0 bytes of voxels",
        ),
        (
            "offset_absurd.nii",
            with(&|b| b.vox_offset = Some(1e12)),
            "bad_header",
            "vox_offset is 999999995904",
        ),
        (
            "nan_inter.nii",
            with(&|b| (b.scl_slope, b.scl_inter) = (2.0, nan)),
            "bad_header",
            "scl_inter is NaN",
        ),
        ("type_0.nii", with(&|b| b.datatype = 0), "bad_header", "datatype is 0"),
        ("type_binary.nii", with(&|b| b.datatype = 1), "bad_header", "datatype is 1"),
        ("type_unknown.nii", with(&|b| b.datatype = 12345), "bad_header", "datatype is 12345"),
        ("type_rgb.nii", with(&|b| b.datatype = 128), "unsupported", "128"),
        ("type_rgba.nii", with(&|b| b.datatype = 2304), "unsupported", "2304"),
        ("type_complex.nii", with(&|b| b.datatype = 32), "unsupported", "complex"),
        ("type_float128.nii", with(&|b| b.datatype = 1536), "unsupported", "128-bit"),
        ("cifti.dconn.nii", with2(&|b| b.intent_code = 3001), "unsupported", "CIFTI"),
        ("bad_magic2.nii", with2(&|b| b.magic = Some(*b"xxxx")), "bad_header", "magic"),
        ("bad_sizeof.nii", with(&|b| b.sizeof_hdr = 0xff), "bad_header", "sizeof_hdr is 255"),
        ("no_magic.nii", with(&|b| b.magic = Some([0; 4])), "missing_image", "Analyze"),
    ];
    list.into_iter().map(|(name, bytes, code, says)| Hostile { name, bytes, code, says }).collect()
}
