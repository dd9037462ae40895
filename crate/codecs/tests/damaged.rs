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
