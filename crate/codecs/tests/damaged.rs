//! Frames cut off and frames with changed bytes: samples or a sentence, never a panic.

#![cfg(feature = "decoders")]

#[path = "common/jpeg.rs"]
mod jpeg;
#[path = "common/streams.rs"]
mod streams;

use hounsfield_codecs::{Codec, Shape, decode};
use jpeg::Jpeg;
use streams::STREAMS;

/// Every kind of frame: the streams, and JPEG of every process.
fn frames() -> Vec<(Codec, Vec<u8>, Shape)> {
    let streams = STREAMS.iter().map(|stream| (stream.codec, stream.bytes(), stream.shape()));
    let lossless = Jpeg::lossless(16, 5);
    let kinds = [
        lossless.clone(),
        Jpeg { interval: 26, code_length: 13, ..lossless.clone() },
        Jpeg { components: 3, precision: 8, ..lossless },
        Jpeg::dct(0xC0, 8),
        Jpeg { interval: 2, ..Jpeg::dct(0xC1, 12) },
        Jpeg { components: 3, sampling: (2, 2), columns: 17, rows: 9, ..Jpeg::dct(0xC0, 8) },
    ];
    let built = kinds.map(|jpeg| {
        let count = jpeg.columns * jpeg.rows * jpeg.components;
        let samples: Vec<u16> =
            (0..count).map(|n| (n * n / 7 % (1 << jpeg.precision)) as u16).collect();
        let shape = Shape {
            columns: jpeg.columns as u32,
            rows: jpeg.rows as u32,
            samples_per_pixel: jpeg.components as u16,
            bits_allocated: if jpeg.precision > 8 { 16 } else { 8 },
            bits_stored: u16::from(jpeg.precision),
            signed: false,
        };
        (Codec::Jpeg, jpeg.encode(&samples), shape)
    });
    streams.chain(built).collect()
}

/// What comes out has the right length, or is a sentence.
fn holds(codec: Codec, frame: &[u8], shape: &Shape) {
    match decode(codec, frame, shape) {
        Ok(samples) => {
            let count =
                shape.columns as usize * shape.rows as usize * usize::from(shape.samples_per_pixel);
            assert_eq!(samples.len(), count * usize::from(shape.bits_allocated / 8));
        }
        Err(refused) => assert!(refused.0.len() > 20, "{refused}"),
    }
}

#[test]
fn frames_cut_off_anywhere() {
    for (codec, frame, shape) in frames() {
        for end in 0..frame.len() {
            holds(codec, &frame[..end], &shape);
        }
    }
}

#[test]
fn frames_with_any_byte_changed() {
    for (codec, frame, shape) in frames() {
        for at in 0..frame.len() {
            for change in [0x01, 0x10, 0x80, 0xFF] {
                let mut frame = frame.clone();
                frame[at] ^= change;
                holds(codec, &frame, &shape);
            }
        }
    }
}

#[test]
fn frames_as_what_they_are_not() {
    for (_, frame, shape) in frames() {
        for codec in [Codec::Jpeg, Codec::JpegLs, Codec::Jpeg2000, Codec::Htj2k] {
            holds(codec, &frame, &shape);
        }
    }
}

/// What is cut off is never made up, not even the last bytes (the end marker may be missing).
#[test]
fn half_a_frame_is_refused() {
    for (codec, frame, shape) in frames() {
        for missing in [6, frame.len() / 4, frame.len() / 2] {
            let cut = &frame[..frame.len() - missing];
            assert!(
                decode(codec, cut, &shape).is_err(),
                "{codec:?} without its last {missing} bytes"
            );
        }
    }
}

/// Found by fuzzing: a block whose significance bits lie behind its last column. The library that decodes
/// HTJ2K panics.
#[test]
fn a_decoder_that_panics_costs_its_frame() {
    let hex = "\
        ff4fff51002f40000000000e0000000b00000000000000000000000e0000000b00000000000000000003070101070101\
        070101ff500008000200000003ff52000c00020001010504044001ff5c00132050585858585858585858585858505050\
        ff64001700014f70656e4a50482056657220302e32362e332eff90000a0000000000003701ff93c01280f100c77400c0\
        1280f200c77400c01280e100077400000000c0096004b00250f800477400f600077400d901077400c0096004b00250fb\
        00077400c300877400b401077400c0096004b00250c400877400fc00077400f300c77400c00a8801340098ac1909f100\
        83340018fd000174000cf700817400c00a88013400e78a98558c0086b40083f500817400b7930062345150494f04d002\
        608befa40022940097fe0001740006a500423400c00b42005a3002d235ad7b80ba4403fe00005b80817ab8001f25e458\
        653efea915f701fbfe0802970041b8c6fee0108720e6001097fc21007f9900c00b42005a3002d343b89a09a3883af402\
        8bfe0000bd9800cb17cd20f9b08641dcac04fb800033970099442cbb37b4ec46daf400108bfe11007e9900c00ae80169\
        400b449026e5b73ca82024bcc0807f9700908e8193ee6b2e09dbbcf300b3800023970020578e7bc23094a3fb0225e600\
        329d3dbd6225e87f3a5dc555b4741454fc80208b3f58fdc8e00e10817f94205001ffd9\
        ";
    let digits: Vec<u8> =
        hex.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    let frame: Vec<u8> = digits.as_chunks::<2>().0.iter().map(|[a, b]| a << 4 | b).collect();
    let shape = Shape {
        columns: 14,
        rows: 11,
        samples_per_pixel: 3,
        bits_allocated: 8,
        bits_stored: 8,
        signed: false,
    };
    let refused = decode(Codec::Htj2k, &frame, &shape).unwrap_err();
    assert!(refused.0.contains("gave up"), "{refused}");
}
