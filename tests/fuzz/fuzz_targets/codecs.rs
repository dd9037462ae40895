//! Every decoder of compressed frames: a result or an error, never a panic, in bounded memory.
//!
//! The last six bytes of an input say what it is decoded as: codec and bits allocated, signed and
//! samples per pixel, columns, rows.

#![no_main]

use hounsfield_codecs::{Codec, Shape, decode};
use libfuzzer_sys::fuzz_target;

// A panic that is caught is none; one that is not ends the target all the same.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| ())), |input: &[u8]| {
    let Some((frame, &[kind, more, wide, narrow, high, low])) = input.split_last_chunk::<6>()
    else {
        return;
    };
    let codec = match kind & 3 {
        0 => Codec::Jpeg,
        1 => Codec::JpegLs,
        2 => Codec::Jpeg2000,
        _ => Codec::Htj2k,
    };
    let bits_allocated = if kind & 4 == 0 { 16 } else { 8 };
    let shape = Shape {
        columns: u32::from(u16::from_be_bytes([wide & 3, narrow])),
        rows: u32::from(u16::from_be_bytes([high & 3, low])),
        samples_per_pixel: if more & 1 == 0 { 1 } else { 3 },
        bits_allocated,
        bits_stored: bits_allocated,
        signed: more & 2 != 0,
    };
    if let Ok(samples) = decode(codec, frame, &shape) {
        let expected = shape.columns as usize
            * shape.rows as usize
            * usize::from(shape.samples_per_pixel)
            * usize::from(shape.bits_allocated / 8);
        assert_eq!(samples.len(), expected);
    }
});
