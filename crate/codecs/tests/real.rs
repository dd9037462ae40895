//! Real files against what pydicom 3.0.2 reads from them (pylibjpeg-libjpeg 2.5, pylibjpeg-openjpeg
//! 2.6, pyjpegls 1.5, that is libjpeg, `OpenJPEG` and `CharLS`).

#![cfg(feature = "decoders")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod common;

use common::{File, data, hash};
use hounsfield_codecs::{Codec, decode};

/// Lossless files, and lossy ones whose decoding is defined to the last bit: hash of the samples.
const EXACT: [(&str, u64); 38] = [
    ("cornerstone-ts/CT1_J2KR", 0x6cc337643157547b),
    ("cornerstone-ts/CT2_J2KR", 0xea98ba75499b9dc8),
    (
        "cornerstone-ts/CTImage.dcm_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm",
        0x4000af8ca09410dc,
    ),
    (
        "cornerstone-ts/CTImage.dcm_JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91.dcm",
        0x31c201750393fac9,
    ),
    (
        "cornerstone-ts/CTImage.dcm_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm",
        0x4000af8ca09410dc,
    ),
    (
        "cornerstone-ts/CTImage.dcm_JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81.dcm",
        0x55341ffa62fc7941,
    ),
    (
        "cornerstone-ts/CTImage.dcm_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm",
        0x4000af8ca09410dc,
    ),
    (
        "cornerstone-ts/CTImage.dcm_JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm",
        0x4000af8ca09410dc,
    ),
    ("cornerstone-ts/TestPattern_JPEG-LS-Lossless.dcm", 0x78f5eeb6b0ac240a),
    ("cornerstone-ts/TestPattern_JPEG-LS-NearLossless.dcm", 0xabd7a16e2364cb96),
    ("cornerstone-ts/TestPattern_JPEG-Lossless_RGB.dcm", 0x78f5eeb6b0ac240a),
    ("dicom2nifti-generic/compressed/001/IM-0001-0001-0001.dcm", 0x5998577f1eb2459d),
    ("dicom2nifti-generic/compressed_j2k/001/IM-0001-0001-0001.dcm", 0x5998577f1eb2459d),
    ("dicom2nifti-generic/compressed_jpeg/001/IM-0001-0001-0001.dcm", 0x5998577f1eb2459d),
    ("dicom2nifti-generic/compressed_jpegls/001/IM-0001-0001-0001.dcm", 0x5998577f1eb2459d),
    ("dicom2nifti-generic/rgb/001/IM-0001-0001-0001.dcm", 0x7222e2e3f927c54b),
    (
        "dicomparser/encapsulated/multi-frame/CT0012.fragmented_no_bot_jpeg_lossless.57.dcm",
        0x314b7aff4df8133e,
    ),
    (
        "dicomparser/encapsulated/multi-frame/CT0012.fragmented_no_bot_jpeg_lossless.70.dcm",
        0x314b7aff4df8133e,
    ),
    (
        "dicomparser/encapsulated/multi-frame/CT0012.fragmented_no_bot_jpeg_ls.80.dcm",
        0x314b7aff4df8133e,
    ),
    (
        "dicomparser/encapsulated/multi-frame/CT0012.fragmented_no_bot_jpeg_ls.81.dcm",
        0x212dfeceba10172a,
    ),
    (
        "dicomparser/encapsulated/multi-frame/CT0012.not_fragmented_bot_jpeg_ls.80.dcm",
        0x314b7aff4df8133e,
    ),
    (
        "dicomparser/encapsulated/multi-frame/CT0012.not_fragmented_no_bot_jpeg_ls.80.dcm",
        0x314b7aff4df8133e,
    ),
    (
        "dicomparser/encapsulated/single-frame/CT1_UNC.fragmented_bot_jpeg_ls.80.dcm",
        0x6cc337643157547b,
    ),
    (
        "dicomparser/encapsulated/single-frame/CT1_UNC.fragmented_no_bot_jpeg_ls.80.dcm",
        0x6cc337643157547b,
    ),
    (
        "dicomparser/encapsulated/single-frame/CT1_UNC.not_fragmented_bot_jpeg_ls.80.dcm",
        0x6cc337643157547b,
    ),
    (
        "dicomparser/encapsulated/single-frame/CT1_UNC.not_fragmented_no_bot_jpeg_ls.80.dcm",
        0x6cc337643157547b,
    ),
    ("pydicom-testfiles/693_J2KI.dcm", 0x8906371a812b0b27),
    ("pydicom-testfiles/GDCMJ2K_TextGBR.dcm", 0xf8be88001430502a),
    ("pydicom-testfiles/JPEGLSNearLossless_08.dcm", 0x6f43e7bb6e9e77d9),
    ("pydicom-testfiles/JPEGLSNearLossless_16.dcm", 0xfcd9d20d9e51971d),
    ("pydicom-testfiles/MR_small_jp2klossless.dcm", 0x51433421a5f7529a),
    ("pydicom-testfiles/MR_small_jpeg_ls_lossless.dcm", 0x51433421a5f7529a),
    ("pydicom-testfiles/SC_rgb_gdcm_KY.dcm", 0xe9719e4c815ac1dd),
    ("pydicom-testfiles/SC_rgb_jls_lossy_line.dcm", 0x439e15aad9824c15),
    ("pydicom-testfiles/SC_rgb_jls_lossy_sample.dcm", 0x439e15aad9824c15),
    ("pydicom-testfiles/SC_rgb_jpeg_gdcm.dcm", 0xe9719e4c815ac1dd),
    ("pydicom-testfiles/examples_jpeg2k.dcm", 0xeb0be435cfe3fad9),
    (
        "totalseg-dicom/CT.1.3.12.2.1107.5.1.4.60064.30000022120808113428000016573",
        0x0538380eec3c4228,
    ),
];

/// Lossy files of grey slices, whose decoders may round differently: the sum of all samples, and
/// nine samples at (2k + 1)/18 of the frame.
const LOSSY: [(&str, i64, [i32; 9]); 5] = [
    (
        "cornerstone-ts/CT0012.fragmented_no_bot_jpeg_baseline.51.dcm",
        369003669,
        [1023, 2044, 2097, 1023, 1023, 1023, 1023, 1023, 1023],
    ),
    (
        "cornerstone-ts/CTImage.dcm_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm",
        25132902,
        [95, 95, 96, 96, 126, 135, 127, 98, 96],
    ),
    (
        "cornerstone-ts/CTImage.dcm_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm",
        405872884,
        [1541, 1528, 1534, 1553, 2027, 2167, 2044, 1573, 1553],
    ),
    ("pydicom-testfiles/JPEG2000.dcm", 3527976, [0, 25, 40, 13, -8, 2, 9, 4, 0]),
    ("pydicom-testfiles/JPGExtended.dcm", 3770427, [1, 18, 45, 15, 1, 1, 5, 7, 1]),
];

#[test]
fn exact_ones_are_as_the_c_libraries_decode_them() {
    let Some(root) = data("") else { return };
    for (name, expected) in EXACT {
        let file = File::read(&root.join(name));
        let samples =
            decode(file.codec, &file.frame, &file.shape).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(hash(&samples), expected, "{name}");
    }
}

#[test]
fn lossy_ones_are_within_a_rounding_of_the_c_libraries() {
    let Some(root) = data("") else { return };
    for (name, sum, nine) in LOSSY {
        let file = File::read(&root.join(name));
        let bytes =
            decode(file.codec, &file.frame, &file.shape).unwrap_or_else(|e| panic!("{name}: {e}"));
        let samples: Vec<i32> = if file.shape.bits_allocated == 8 {
            bytes.iter().map(|&byte| i32::from(byte)).collect()
        } else {
            bytes
                .as_chunks::<2>()
                .0
                .iter()
                .map(|&two| {
                    if file.shape.signed {
                        i16::from_le_bytes(two).into()
                    } else {
                        u16::from_le_bytes(two).into()
                    }
                })
                .collect()
        };
        for (k, expected) in nine.into_iter().enumerate() {
            let got = samples[samples.len() * k / 9 + samples.len() / 18];
            assert!((got - expected).abs() <= 2, "{name}, sample {k}: {got}, not {expected}");
        }
        let total: i64 = samples.iter().map(|&sample| i64::from(sample)).sum();
        let off = (total - sum) as f64 / samples.len() as f64;
        // libjpeg 2.5 rounds down by 0.025 more often than up; libjpeg-turbo and we do not.
        assert!(off.abs() < 0.05, "{name}: {off} off on average");
    }
}

/// The same slice in every lossless syntax is the same slice.
#[test]
fn lossless_syntaxes_give_the_uncompressed_slice() {
    let Some(folder) = data("cornerstone-ts") else { return };
    let plain = std::fs::read(
        folder.join("CTImage.dcm_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm"),
    )
    .unwrap();
    let plain = &plain[plain.len() - 512 * 512 * 2..];
    for name in [
        "JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57",
        "JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70",
        "JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80",
        "JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90",
    ] {
        let file = File::read(&folder.join(format!("CTImage.dcm_{name}.dcm")));
        assert!(decode(file.codec, &file.frame, &file.shape).unwrap() == plain, "{name}");
    }
}

/// 4.53 and 4.55 were retired from DICOM twenty years ago.
#[test]
fn progressive_jpeg_is_refused_by_name() {
    let Some(folder) = data("cornerstone-ts") else { return };
    for name in [
        "JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53",
        "JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55",
    ] {
        let file = File::read(&folder.join(format!("CTImage.dcm_{name}.dcm")));
        let refused = decode(file.codec, &file.frame, &file.shape).unwrap_err();
        assert!(refused.0.contains("progressive"), "{refused}");
    }
}

/// A stream of unsigned components in a file whose header says signed: the pattern is delivered as it
/// was stored, for the reader to extend the sign from Bits Stored.
#[test]
fn the_stored_pattern_is_delivered_whatever_the_header_calls_it() {
    let Some(folder) = data("pydicom-testfiles") else { return };
    let file = File::read(&folder.join("J2K_pixelrep_mismatch.dcm"));
    assert!(file.codec == Codec::Jpeg2000 && file.shape.signed && file.shape.bits_stored == 13);
    let bytes = decode(file.codec, &file.frame, &file.shape).unwrap();
    let extended: Vec<u8> = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .flat_map(|&two| ((i16::from_le_bytes(two) << 3) >> 3).to_le_bytes())
        .collect();
    assert_eq!(hash(&extended), 0x67ce3c8fce962aa2);
}
