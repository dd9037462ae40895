//! Writes the corpus that the fuzzer of the codecs starts from: a small frame of every kind.

#[path = "../../../crate/codecs/tests/common/jpeg.rs"]
mod jpeg;
#[path = "../../../crate/codecs/tests/common/streams.rs"]
mod streams;

use std::{fs, path::Path};

use hounsfield_codecs::{Codec, Shape};
use jpeg::Jpeg;
use streams::STREAMS;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/codecs");
    fs::create_dir_all(&folder)?;
    let mut count = 0;
    let mut save = |codec: Codec, mut frame: Vec<u8>, shape: Shape| {
        let kind = match codec {
            Codec::Jpeg => 0,
            Codec::JpegLs => 1,
            Codec::Jpeg2000 => 2,
            Codec::Htj2k => 3,
        };
        let narrow = if shape.bits_allocated == 8 { 4 } else { 0 };
        let colour = u8::from(shape.samples_per_pixel == 3);
        frame.extend([kind | narrow, colour | u8::from(shape.signed) << 1]);
        frame.extend((shape.columns as u16).to_be_bytes());
        frame.extend((shape.rows as u16).to_be_bytes());
        count += 1;
        fs::write(folder.join(format!("frame{count}")), frame)
    };
    for stream in &STREAMS {
        save(stream.codec, stream.bytes(), stream.shape())?;
    }
    let mut pictures = vec![
        Jpeg::dct(0xC0, 8),
        Jpeg { interval: 2, ..Jpeg::dct(0xC1, 12) },
        Jpeg { components: 3, sampling: (2, 2), ..Jpeg::dct(0xC0, 8) },
        Jpeg { components: 3, interleaved: false, ..Jpeg::dct(0xC0, 8) },
        Jpeg { components: 3, ..Jpeg::lossless(8, 4) },
        Jpeg { interval: 26, code_length: 13, ..Jpeg::lossless(16, 2) },
    ];
    pictures.extend((1..=7).map(|predictor| Jpeg::lossless(16, predictor)));
    for picture in pictures {
        let samples = picture.columns * picture.rows * picture.components;
        let samples: Vec<u16> =
            (0..samples).map(|n| (n * n / 7 % (1 << picture.precision)) as u16).collect();
        let shape = Shape {
            columns: picture.columns as u32,
            rows: picture.rows as u32,
            samples_per_pixel: picture.components as u16,
            bits_allocated: if picture.precision > 8 { 16 } else { 8 },
            bits_stored: u16::from(picture.precision),
            signed: false,
        };
        save(Codec::Jpeg, picture.encode(&samples), shape)?;
    }
    println!("{count} frames in {}", folder.display());
    Ok(())
}
