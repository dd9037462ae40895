//! Frames built by code: every JPEG variant DICOM has, and small streams of the C libraries.

#![cfg(feature = "decoders")]
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

#[path = "common/jpeg.rs"]
mod jpeg;
#[path = "common/streams.rs"]
mod streams;

use hounsfield_codecs::{Codec, CodecError, Shape, decode};
use jpeg::Jpeg;
use streams::STREAMS;

fn shape(jpeg: &Jpeg) -> Shape {
    let bits = if jpeg.precision > 8 { 16 } else { 8 };
    Shape {
        columns: jpeg.columns as u32,
        rows: jpeg.rows as u32,
        samples_per_pixel: jpeg.components as u16,
        bits_allocated: bits,
        bits_stored: u16::from(jpeg.precision),
        signed: false,
    }
}

/// Samples of all sizes up to `precision` bits, the extremes among them.
fn samples(jpeg: &Jpeg) -> Vec<u16> {
    let mask = ((1_u32 << jpeg.precision) - 1) as u16;
    let count = jpeg.columns * jpeg.rows * jpeg.components;
    (0..count as u32)
        .map(|n| ((n.wrapping_mul(2_654_435_761) >> (n % 13)) >> 3) as u16 & mask)
        .collect()
}

/// A picture a transform can code well: two slopes.
fn smooth(jpeg: &Jpeg) -> Vec<u16> {
    let top = (1_usize << jpeg.precision) - 1;
    let pixels = (0..jpeg.rows).flat_map(|y| (0..jpeg.columns).map(move |x| (x, y)));
    let value = |x: usize, y: usize, c: usize| {
        (top * (x + 2 * y + 3 * c) / (jpeg.columns + 2 * jpeg.rows + 9)) as u16
    };
    pixels
        .flat_map(|(x, y)| (0..jpeg.components).map(move |c| (x, y, c)))
        .map(|(x, y, c)| value(x, y, c))
        .collect()
}

fn decoded(jpeg: &Jpeg, samples: &[u16]) -> Result<Vec<u16>, CodecError> {
    let shape = shape(jpeg);
    let bytes = decode(Codec::Jpeg, &jpeg.encode(samples), &shape)?;
    Ok(if shape.bits_allocated == 8 {
        bytes.iter().map(|&byte| u16::from(byte)).collect()
    } else {
        bytes.as_chunks::<2>().0.iter().map(|&two| u16::from_le_bytes(two)).collect()
    })
}

fn lossless_is_exact(jpeg: &Jpeg) {
    let samples = samples(jpeg);
    assert_eq!(decoded(jpeg, &samples).as_ref(), Ok(&samples), "{jpeg:?}");
}

#[test]
fn lossless_jpeg_of_every_predictor_and_depth() {
    for predictor in 1..=7 {
        for precision in 2..=16 {
            lossless_is_exact(&Jpeg::lossless(precision, predictor));
        }
    }
}

#[test]
fn lossless_jpeg_with_restarts_and_long_codes() {
    for predictor in 1..=7 {
        let base = Jpeg::lossless(16, predictor);
        lossless_is_exact(&Jpeg { interval: 13, ..base.clone() });
        lossless_is_exact(&Jpeg { interval: 26, code_length: 14, ..base });
    }
}

#[test]
fn lossless_jpeg_in_colour() {
    for interleaved in [true, false] {
        for predictor in 1..=7 {
            lossless_is_exact(&Jpeg { components: 3, interleaved, ..Jpeg::lossless(8, predictor) });
            lossless_is_exact(&Jpeg {
                components: 3,
                interleaved,
                interval: 39,
                ..Jpeg::lossless(12, predictor)
            });
        }
    }
}

#[test]
fn lossless_jpeg_of_one_column_and_one_row() {
    for (columns, rows) in [(1, 1), (1, 7), (7, 1)] {
        for predictor in 1..=7 {
            lossless_is_exact(&Jpeg { columns, rows, ..Jpeg::lossless(12, predictor) });
        }
    }
}

#[test]
fn a_point_transform_leaves_out_the_lowest_bits() {
    let jpeg = Jpeg { point_transform: 3, ..Jpeg::lossless(12, 4) };
    let samples = samples(&jpeg);
    let expected: Vec<u16> = samples.iter().map(|sample| sample >> 3 << 3).collect();
    assert_eq!(decoded(&jpeg, &samples), Ok(expected));
}

fn transform_is_close(jpeg: &Jpeg, error: i32) {
    let samples = smooth(jpeg);
    let decoded = decoded(jpeg, &samples).unwrap();
    for (index, (got, expected)) in decoded.iter().zip(&samples).enumerate() {
        let off = (i32::from(*got) - i32::from(*expected)).abs();
        assert!(off <= error, "sample {index}: {got}, not {expected}, in {jpeg:?}");
    }
}

/// With a quantisation step of 1 only the rounding of the coefficients is lost.
#[test]
fn jpeg_with_8_and_12_bits() {
    for jpeg in [Jpeg::dct(0xC0, 8), Jpeg::dct(0xC1, 8), Jpeg::dct(0xC1, 12)] {
        transform_is_close(&jpeg, 1);
        transform_is_close(&Jpeg { interval: 3, code_length: 12, ..jpeg.clone() }, 1);
        transform_is_close(&Jpeg { step: 7, ..jpeg }, 14);
    }
}

#[test]
fn jpeg_in_colour_interleaved_or_not() {
    for interleaved in [true, false] {
        for precision in [8, 12] {
            transform_is_close(
                &Jpeg { components: 3, interleaved, interval: 2, ..Jpeg::dct(0xC1, precision) },
                1,
            );
        }
    }
}

/// The components after the first are smaller, and repeat: up to a step of the slope away.
#[test]
fn jpeg_with_smaller_colour() {
    for sampling in [(2, 1), (2, 2), (1, 2)] {
        for interleaved in [true, false] {
            transform_is_close(
                &Jpeg { components: 3, sampling, interleaved, ..Jpeg::dct(0xC0, 8) },
                16,
            );
        }
    }
}

/// One component's sampling means nothing: there is nothing it could be smaller than.
#[test]
fn jpeg_of_one_component_with_a_sampling_of_two() {
    transform_is_close(&Jpeg { sampling: (2, 2), ..Jpeg::dct(0xC0, 8) }, 1);
}

/// Checkerboards reach past the range once they are quantised; white stays white.
#[test]
fn jpeg_samples_stay_in_their_range() {
    for precision in [8, 12] {
        let jpeg = Jpeg { step: 60, ..Jpeg::dct(0xC1, precision) };
        let top = (1 << precision) - 1;
        let board: Vec<u16> = (0..jpeg.columns * jpeg.rows)
            .map(|n| if (n / 3 + n / 58) % 2 == 0 { 0 } else { top })
            .collect();
        assert!(decoded(&jpeg, &board).unwrap().iter().all(|&sample| sample <= top));
    }
}

/// The example of T.87 H.3.
#[test]
fn the_jpeg_ls_standards_own_example() {
    let frame = [
        0xFF, 0xD8, 0xFF, 0xF7, 0x00, 0x0B, 0x08, 0x00, 0x04, 0x00, 0x04, 0x01, 0x01, 0x11, 0x00,
        0xFF, 0xDA, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0xC0, 0x00, 0x00, 0x6C, 0x80,
        0x20, 0x8E, 0x01, 0xC0, 0x00, 0x00, 0x57, 0x40, 0x00, 0x00, 0x6E, 0xE6, 0x00, 0x00, 0x01,
        0xBC, 0x18, 0x00, 0x00, 0x05, 0xD8, 0x00, 0x00, 0x91, 0x60, 0xFF, 0xD9,
    ];
    let shape = Shape {
        columns: 4,
        rows: 4,
        samples_per_pixel: 1,
        bits_allocated: 8,
        bits_stored: 8,
        signed: false,
    };
    let picture = vec![0, 0, 90, 74, 68, 50, 43, 205, 64, 145, 145, 145, 100, 145, 145, 145];
    assert_eq!(decode(Codec::JpegLs, &frame, &shape), Ok(picture));
}

#[test]
fn streams_of_the_c_libraries() {
    for stream in &STREAMS {
        let bytes = decode(stream.codec, &stream.bytes(), &stream.shape()).unwrap();
        let decoded: Vec<i32> = match (stream.shape().bits_allocated, stream.shape().signed) {
            (8, _) => bytes.iter().map(|&byte| byte.into()).collect(),
            (_, false) => {
                bytes.as_chunks::<2>().0.iter().map(|&two| u16::from_le_bytes(two).into()).collect()
            }
            (_, true) => {
                bytes.as_chunks::<2>().0.iter().map(|&two| i16::from_le_bytes(two).into()).collect()
            }
        };
        let expected = stream.samples();
        assert_eq!(decoded.len(), expected.len(), "{}", stream.name);
        for (got, expected) in decoded.iter().zip(&expected) {
            assert!(
                (got - expected).abs() <= stream.error,
                "{}: {got}, not {expected}",
                stream.name
            );
        }
    }
}

/// Both kinds of JPEG 2000 are told apart by the stream, not by what the header calls them.
#[test]
fn jpeg_2000_and_htj2k_are_told_apart_by_their_streams() {
    for stream in
        STREAMS.iter().filter(|stream| matches!(stream.codec, Codec::Jpeg2000 | Codec::Htj2k))
    {
        let other = if stream.codec == Codec::Htj2k { Codec::Jpeg2000 } else { Codec::Htj2k };
        let as_named = decode(stream.codec, &stream.bytes(), &stream.shape());
        assert_eq!(as_named, decode(other, &stream.bytes(), &stream.shape()), "{}", stream.name);
    }
}

/// Samples of fewer bits than are allocated are extended with zeros, negative ones with their sign.
#[test]
fn more_bits_may_be_allocated_than_are_coded() {
    for stream in &STREAMS {
        let narrow = decode(stream.codec, &stream.bytes(), &stream.shape()).unwrap();
        let wide =
            decode(stream.codec, &stream.bytes(), &Shape { bits_allocated: 32, ..stream.shape() })
                .unwrap();
        let width = usize::from(stream.shape().bits_allocated / 8);
        for (narrow, wide) in narrow.chunks(width).zip(wide.chunks(4)) {
            let negative = stream.shape().signed && narrow[width - 1] >= 0x80;
            assert_eq!(&wide[..width], narrow, "{}", stream.name);
            assert!(
                wide[width..].iter().all(|&byte| byte == if negative { 0xFF } else { 0 }),
                "{}",
                stream.name
            );
        }
    }
}

/// Each sentence has both numbers.
#[test]
fn a_stream_that_is_not_what_the_header_says_is_refused() {
    let jpeg = Jpeg::dct(0xC1, 12);
    let built = (Codec::Jpeg, jpeg.encode(&smooth(&jpeg)), shape(&jpeg));
    let small = STREAMS.iter().map(|stream| (stream.codec, stream.bytes(), stream.shape()));
    for (codec, frame, shape) in small.chain([built]) {
        let refused = |shape: Shape| decode(codec, &frame, &shape).unwrap_err().0;
        let (columns, rows) = (shape.columns, shape.rows);
        for wrong in [Shape { columns: columns + 1, ..shape }, Shape { rows: rows - 1, ..shape }] {
            let expected = format!(
                "the compressed frame is {columns} × {rows} pixels, but the header says {} × {}",
                wrong.columns, wrong.rows
            );
            assert_eq!(refused(wrong), expected);
        }
        let wrong = 4 - shape.samples_per_pixel;
        let expected = format!(
            "the compressed frame has {} samples per pixel, but the header says {wrong}",
            shape.samples_per_pixel
        );
        assert_eq!(refused(Shape { samples_per_pixel: wrong, ..shape }), expected);
        if shape.bits_allocated == 16 {
            assert!(
                refused(Shape { bits_allocated: 8, ..shape })
                    .ends_with("bits per sample, but the header allocates 8")
            );
        }
    }
}

#[test]
fn absurd_shapes_are_refused_before_the_stream_is_read() {
    let good = STREAMS[0].shape();
    for (shape, says) in [
        (Shape { columns: 0, ..good }, "0 × 11"),
        (Shape { columns: u32::MAX, rows: u32::MAX, ..good }, "4294967295 × 4294967295"),
        (Shape { columns: 65535, rows: 65535, ..good }, "65535 × 65535"),
        (Shape { samples_per_pixel: 4, ..good }, "4 samples per pixel"),
        (Shape { bits_allocated: 12, ..good }, "12 bits allocated"),
        (Shape { bits_allocated: 0, ..good }, "0 bits allocated"),
    ] {
        for codec in [Codec::Jpeg, Codec::JpegLs, Codec::Jpeg2000, Codec::Htj2k] {
            let refused = decode(codec, &[], &shape).unwrap_err().0;
            assert!(refused.contains(says), "{refused}");
        }
    }
}

/// The main header of a JPEG 2000 frame of 512 × 512 pixels, in tiles and code blocks of these sizes
/// (the latter as exponents of two), and an empty tile-part.
fn j2k(tile: u32, layers: u16, block: (u8, u8), precinct: Option<u8>) -> Vec<u8> {
    let mut out = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0];
    for value in [512, 512, 0, 0, tile, tile, 0, 0] {
        out.extend(value.to_be_bytes());
    }
    out.extend([0, 1, 15, 1, 1]);
    let mut style = vec![u8::from(precinct.is_some()), 0];
    style.extend(layers.to_be_bytes());
    style.extend([0, 5, block.0 - 2, block.1 - 2, 0, 1]);
    style.extend(precinct.map_or(Vec::new(), |size| vec![size << 4 | size; 6]));
    out.extend([0xFF, 0x52, 0, style.len() as u8 + 2]);
    out.extend(style);
    out.extend([0xFF, 0x5C, 0, 19, 0x40]);
    out.extend([0x40; 16]);
    out.extend([0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 14, 0, 1, 0xFF, 0x93, 0xFF, 0xD9]);
    out
}

/// What a few bytes of header could make a library allocate.
#[test]
fn jpeg_2000_in_too_many_pieces_is_refused() {
    let shape = Shape { columns: 512, rows: 512, ..STREAMS[0].shape() };
    let refused =
        |frame: Vec<u8>| decode(Codec::Jpeg2000, &frame, &shape).err().map(|refused| refused.0);
    for (frame, says) in [
        (j2k(1, 1, (6, 6), None), "262144 tiles"),
        (j2k(512, 65535, (2, 2), None), "precincts and code blocks, more than 2097152"),
        (j2k(512, 65535, (6, 6), Some(1)), "precincts and code blocks, more than 2097152"),
        (j2k(512, 1, (6, 6), Some(0)), "a JPEG 2000 precinct of 2^0 × 2^0 cannot be"),
        (j2k(512, 1, (10, 10), None), "code blocks of 2^10 × 2^10 cannot be"),
    ] {
        let got = refused(frame);
        assert!(got.as_ref().is_some_and(|got| got.contains(says)), "{got:?}");
    }
    // The same header in one piece: an empty picture, or the library's own word against it.
    assert!(refused(j2k(512, 1, (6, 6), None)).is_none_or(|got| got.contains("cannot be decoded")));
}
