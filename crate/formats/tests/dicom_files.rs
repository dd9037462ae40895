//! Real DICOM files: every one gives an image or a sentence, and uncompressed, deflated, big-endian
//! and run-length ones the values that pydicom 3.0.2 gives.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "../../core/tests/common/mod.rs"]
mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use hounsfield::{Error, Slice};
use hounsfield_formats::{dicom, item::Kind};

/// File, frame, values, lowest, highest, and the sum of each value times (its index mod 1009) + 1.
/// By pydicom's `pixel_array`, stored bits cut out by Bits Stored and High Bit, then rescaled (by the
/// frame's functional groups where there are any).
const PYDICOM: &[(&str, u32, usize, f64, f64, f64)] = &[
    ("cip/ct-64Dicom/IMG0001.dcm", 0, 4096, -1003.0, 913.0, -646624080.0),
    ("cip/ct-64Dicom/IMG0079.dcm", 0, 4096, -1002.0, 749.0, -913656805.0),
    ("cip/simple_dicom/slice001.dcm", 0, 262144, -3024.0, 1156.0, -108610773009.0),
    ("cip/simple_dicom/slice002.dcm", 0, 262144, -3024.0, 1219.0, -108531185442.0),
    ("cornerstone-ts/CTImage.dcm", 0, 262144, -3024.0, 1378.0, -124905324102.0),
    (
        "cornerstone-ts/CTImage.dcm_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm",
        0,
        262144,
        -3024.0,
        1378.0,
        -124905324102.0,
    ),
    (
        "cornerstone-ts/CTImage.dcm_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm",
        0,
        262144,
        -3024.0,
        1378.0,
        -124905324102.0,
    ),
    (
        "cornerstone-ts/CTImage.dcm_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm",
        0,
        262144,
        -3024.0,
        1378.0,
        -124905324102.0,
    ),
    (
        "cornerstone-ts/CTImage.dcm_LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2.dcm",
        0,
        262144,
        -3024.0,
        1378.0,
        -124905324102.0,
    ),
    (
        "cornerstone-ts/CTImage.dcm_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm",
        0,
        262144,
        -3024.0,
        1378.0,
        -124905324102.0,
    ),
    ("dcmqa-12bit/In/12bitSigned_0x0F0F.dcm", 0, 147456, -2048.0, 2047.0, 19219813482.0),
    ("dcmqa-12bit/In/12bitUnsigned.dcm", 0, 147456, 0.0, 2908.0, 19739721930.0),
    ("dcmqa-12bit/In/12bitUnsigned_0x0F0F.dcm", 0, 147456, 0.0, 4095.0, 20499436650.0),
    (
        "dicom2nifti-generic/anatomical/001/IM-0001-0001-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4201768645.0,
    ),
    (
        "dicom2nifti-generic/anatomical/001/IM-0001-0002-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4195518867.0,
    ),
    (
        "dicom2nifti-generic/anatomical/001/IM-0001-0003-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4214510800.0,
    ),
    (
        "dicom2nifti-generic/anatomical/001/IM-0001-0004-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4188975117.0,
    ),
    (
        "dicom2nifti-generic/anatomical/001_implicit/IM-0001-0001-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4214887114.0,
    ),
    (
        "dicom2nifti-generic/anatomical/001_implicit/IM-0001-0002-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4200854433.0,
    ),
    (
        "dicom2nifti-generic/anatomical/001_implicit/IM-0001-0003-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4187008988.0,
    ),
    (
        "dicom2nifti-generic/anatomical/001_implicit/IM-0001-0004-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4195830657.0,
    ),
    (
        "dicom2nifti-generic/anatomical/002_non_isotropic/001.dcm",
        0,
        1792,
        33.901196,
        34.1639879306,
        27784386.997476693,
    ),
    (
        "dicom2nifti-generic/anatomical/002_non_isotropic/002.dcm",
        0,
        1792,
        33.443825,
        33.70307154779999,
        27412544.9965467,
    ),
    (
        "dicom2nifti-generic/anatomical/002_non_isotropic/003.dcm",
        0,
        1792,
        42.542904,
        42.872683884,
        34875905.849857494,
    ),
    (
        "dicom2nifti-generic/anatomical/002_non_isotropic/004.dcm",
        0,
        1792,
        95.725945,
        96.4679839528,
        78455590.99450591,
    ),
    (
        "dicom2nifti-generic/compressed_rle/001/IM-0001-0001-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4196631873.0,
    ),
    (
        "dicom2nifti-generic/compressed_rle/001/IM-0001-0002-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4201572877.0,
    ),
    (
        "dicom2nifti-generic/compressed_rle/001/IM-0001-0003-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4217337171.0,
    ),
    (
        "dicom2nifti-generic/compressed_rle/001/IM-0001-0004-0001.dcm",
        0,
        65536,
        0.0,
        254.0,
        4203350138.0,
    ),
    ("dicomparser/CT1_UNC.explicit_big_endian.dcm", 0, 262144, -3024.0, 1254.0, -114764985675.0),
    ("dicomparser/CT1_UNC.explicit_little_endian.dcm", 0, 262144, -3024.0, 1254.0, -114764985675.0),
    ("dicomparser/CT1_UNC.implicit_little_endian.dcm", 0, 262144, -3024.0, 1254.0, -114764985675.0),
    ("dicomparser/deflate/image_dfl", 0, 262144, 0.0, 255.0, 16808441573.0),
    (
        "dicomparser/encapsulated/multi-frame/CT0012.explicit_little_endian.dcm",
        1,
        262144,
        -1024.0,
        148.0,
        -85630291533.0,
    ),
    (
        "dicomparser/encapsulated/multi-frame/CT0012.not_fragmented_bot_rle.dcm",
        1,
        262144,
        -1024.0,
        148.0,
        -85630291533.0,
    ),
    (
        "dicomparser/encapsulated/multi-frame/CT0012.not_fragmented_no_bot_rle.dcm",
        1,
        262144,
        -1024.0,
        148.0,
        -85630291533.0,
    ),
    (
        "dicomparser/encapsulated/single-frame/CT1_UNC.explicit_little_endian.dcm",
        0,
        262144,
        -3024.0,
        1254.0,
        -114764985675.0,
    ),
    ("lidc-0001/dicom/1-001.dcm", 0, 262144, -2048.0, 3071.0, -109075390646.0),
    ("lidc-0001/dicom/1-077.dcm", 0, 262144, -2048.0, 1240.0, -114506809954.0),
    ("nibabel-nicom/0.dcm", 0, 65536, 0.0, 4095.0, 67494685600.0),
    ("nibabel-nicom/1.dcm", 0, 65536, 0.0, 4095.0, 67494685600.0),
    ("nibabel-nicom/decimal_rescale.dcm", 0, 12288, -4096.0, -4096.0, -25111879680.0),
    ("pydicom-testfiles/CT_small.dcm", 0, 16384, -896.0, 1167.0, -944977800.0),
    ("pydicom-testfiles/MR_small.dcm", 0, 4096, 127.0, 2145.0, 1083392662.0),
    ("pydicom-testfiles/MR_small_RLE.dcm", 0, 4096, 127.0, 2145.0, 1083392662.0),
    ("pydicom-testfiles/MR_small_bigendian.dcm", 0, 4096, 127.0, 2145.0, 1083392662.0),
    ("pydicom-testfiles/MR_small_expb.dcm", 0, 4096, 127.0, 2145.0, 1083392662.0),
    ("pydicom-testfiles/MR_small_implicit.dcm", 0, 4096, 127.0, 2145.0, 1083392662.0),
    ("pydicom-testfiles/MR_small_padded.dcm", 0, 4096, 127.0, 2145.0, 1083392662.0),
    (
        "pydicom-testfiles/dicomdirtests/77654033/CR1/6154",
        0,
        256,
        1563.8960000000002,
        2116.568,
        64002548.57600001,
    ),
    ("pydicom-testfiles/dicomdirtests/77654033/CT2/17106", 0, 256, -981.0, 77.0, -19277273.0),
    ("pydicom-testfiles/dicomdirtests/98892003/MR700/4467", 0, 256, 48.0, 80.0, 2001211.0),
    ("pydicom-testfiles/examples_overlay.dcm", 0, 145200, 0.0, 1123.0, 14023556849.0),
    ("pydicom-testfiles/image_dfl.dcm", 0, 262144, 0.0, 255.0, 16808441573.0),
    ("pydicom-testfiles/rtdose.dcm", 14, 100, 796000.0, 1251000.0, 4707483000.0),
    ("pydicom-testfiles/rtdose_1frame.dcm", 0, 100, 795000.0, 1254000.0, 4706067000.0),
    ("pydicom-testfiles/rtdose_expb.dcm", 14, 100, 796000.0, 1251000.0, 4707483000.0),
    ("pydicom-testfiles/rtdose_expb_1frame.dcm", 0, 100, 795000.0, 1254000.0, 4706067000.0),
    ("pydicom-testfiles/rtdose_rle.dcm", 14, 100, 796000.0, 1251000.0, 4707483000.0),
    ("pydicom-testfiles/rtdose_rle_1frame.dcm", 0, 100, 795000.0, 1254000.0, 4706067000.0),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { out.extend(files(&path)) } else { out.push(path) }
    }
    out.sort();
    out
}

fn values(slice: &Slice) -> Vec<f64> {
    match slice {
        Slice::I16(values) => values.iter().map(|value| f64::from(*value)).collect(),
        Slice::F32(values) => values.iter().map(|value| f64::from(*value)).collect(),
    }
}

#[test]
fn values_are_those_of_pydicom() {
    let Some(root) = common::data("") else { return };
    for (name, frame, count, min, max, sum) in PYDICOM {
        let bytes = fs::read(root.join(name)).unwrap();
        let values = values(&dicom::frame(&bytes, *frame, &()).unwrap());
        assert_eq!(values.len(), *count, "{name}");
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weighted = values.iter().enumerate().map(|(n, value)| (n % 1009 + 1) as f64 * value);
        let found = weighted.sum::<f64>();
        // Fractions are held in 32 bits.
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * b.abs();
        assert!(near(low, *min) && near(high, *max), "{name}: {low} to {high}");
        assert!(near(found, *sum), "{name}: {found}, not {sum}");
    }
}

#[test]
fn twelve_bits_with_junk_above_are_the_nifti_references() {
    let Some(root) = common::data("dcmqa-12bit") else { return };
    for (dicom, nifti) in [
        ("12bitUnsigned.dcm", "2.nii"),
        ("12bitUnsigned_0x0F0F.dcm", "3.nii"),
        ("12bitSigned_0x0F0F.dcm", "4.nii"),
    ] {
        let bytes = fs::read(root.join("In").join(dicom)).unwrap();
        let Slice::I16(mosaic) = dicom::frame(&bytes, 0, &()).unwrap() else { panic!("{dicom}") };
        let reference = fs::read(root.join("Ref").join(nifti)).unwrap();
        let mut voxels = reference[352..].chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]]));
        // 35 tiles of 64 × 64 in rows of six; NIfTI has the rows of each from the bottom up.
        for k in 0..35 {
            for j in 0..64 {
                for i in 0..64 {
                    let (row, column) = (k / 6 * 64 + 63 - j, k % 6 * 64 + i);
                    assert_eq!(
                        voxels.next(),
                        Some(mosaic[row * 384 + column]),
                        "{dicom} {i} {j} {k}"
                    );
                }
            }
        }
        assert_eq!(voxels.next(), None);
        let Some(Kind::Dicom(header)) = dicom::kind(&bytes) else { panic!("{dicom}") };
        assert!(header.unusable.contains("mosaic"));
    }
}

#[test]
fn every_file_is_an_image_or_refused_by_name() {
    let folders = [
        "cornerstone-ts",
        "dicomparser",
        "dicom2nifti-generic",
        "dcmqa-12bit",
        "pydicom-testfiles",
        "nibabel-nicom",
        "cip",
        "lidc-0001/dicom",
        "totalseg-dicom",
    ];
    let (mut images, mut others, mut foreign) = (0, 0, 0);
    for folder in folders.iter().filter_map(|folder| common::data(folder)) {
        for path in files(&folder) {
            let name = path.display();
            let bytes = fs::read(&path).unwrap();
            match dicom::kind(&bytes) {
                None => foreign += 1,
                Some(Kind::Other { code, reason }) => {
                    others += 1;
                    assert!(!code.is_empty() && reason.len() < 250, "{name}: {reason}");
                }
                Some(Kind::Dicom(header)) => {
                    images += 1;
                    let shape = header.shape.unwrap();
                    let count = (shape.columns * shape.rows) as usize;
                    for index in 0..u32::try_from(header.frames.len()).unwrap() {
                        match dicom::frame(&bytes, index, &()) {
                            Ok(slice) => assert_eq!(values(&slice).len(), count, "{name}"),
                            Err(Error::Unsupported { .. }) => {
                                assert!(header.codec.is_some(), "{name}");
                            }
                            Err(error) => {
                                assert!(!header.unusable.is_empty(), "{name}: {error}");
                            }
                        }
                    }
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
    eprintln!("{images} images, {others} other DICOM objects, {foreign} other files");
}

#[test]
fn a_volume_of_133_slices_has_the_headers_that_it_has() {
    let Some(folder) = common::data("lidc-0001/dicom") else { return };
    let mut heights = Vec::new();
    for path in files(&folder) {
        let header = dicom::inspect(&fs::read(path).unwrap()).unwrap();
        let [frame] = header.frames.as_slice() else { panic!() };
        assert_eq!(frame.orientation_lps, Some([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]));
        assert_eq!(frame.spacing_mm, Some([0.703125, 0.703125]));
        assert_eq!(header.padding, Some([-2000, -2000]));
        assert_eq!(header.contrast_agent, Some(true));
        heights.push(frame.position_lps.unwrap()[2]);
    }
    heights.sort_by(f64::total_cmp);
    assert_eq!(heights.len(), 133);
    assert!(heights.windows(2).all(|pair| pair[1] - pair[0] == 2.5));
}
