//! Pixels into grey values.

use hounsfield::{
    Error, Slice,
    error::{try_vec, try_with_capacity},
};
use image::{ColorType, ImageDecoder};
use tiff::decoder::{Decoder, DecodingResult, Limits};

use super::{
    header::{self, Source, damaged},
    labels::{Labelled, palette_outside},
};
use crate::{
    archive::unreadable,
    bytes::Bytes,
    files::Files,
    inflate,
    item::Place,
    number,
    plan::{Part, Plan},
    reader::PlaneReader,
    sniff::{self, PictureFormat, What},
};

/// No JPEG codes more pixels in a byte: a block of 64 takes a bit for each of two things at least.
const MAX_JPEG_PIXELS_PER_BYTE: u64 = 2048;

/// Reads pictures, one for each slice.
pub(crate) struct PictureReader<'a, B> {
    plan: &'a Plan,
    files: &'a Files<B>,
    /// The last TIFF: the way to its pages is long, and it knows those that it has been to.
    tiff: Option<Pages<'a>>,
}

/// A TIFF between two of its pages.
struct Pages<'a> {
    place: Place,
    bytes: u64,
    decoder: Decoder<Source<'a>>,
}

impl<'a, B: Bytes> PictureReader<'a, B> {
    pub(crate) fn new(plan: &'a Plan, files: &'a Files<B>) -> Self {
        Self { plan, files, tiff: None }
    }

    fn part(&mut self, part: &Part) -> Result<Slice, Error> {
        let [width, height, _] = self.plan.file_size;
        let (found, slice) = self.decode(part)?;
        let found = found.map(|n| n as usize);
        if found != [width, height] {
            return Err(Error::SizeMismatch {
                what: "a picture",
                found: [found[0], found[1], 1],
                expected: [width, height, 1],
            });
        }
        Ok(slice)
    }

    /// Size and values of a picture, or of a page.
    fn decode(&mut self, part: &Part) -> Result<([u32; 2], Slice), Error> {
        let memory_bytes = self.files.memory_bytes();
        let labels = self.plan.labels.map(Labelled::of);
        if let Some(tiff) = self.tiff.as_mut().filter(|tiff| tiff.place == part.place) {
            return tiff_page(tiff, part.frame, memory_bytes, labels);
        }
        let bytes = self.files.at(&part.place)?;
        let mut start = [0; sniff::START_BYTES];
        let n = bytes.read_at(0, &mut start).map_err(unreadable)?;
        match sniff::what(start.get(..n).unwrap_or(&[])) {
            What::Picture(PictureFormat::Tiff) => {
                let tiff = self.tiff.insert(pages(part.place.clone(), bytes, memory_bytes)?);
                tiff_page(tiff, part.frame, memory_bytes, labels)
            }
            What::Picture(format) => picture(&bytes, format, memory_bytes, labels),
            _ => Err(Error::NotAScan { found: "it is no picture".into() }),
        }
    }
}

impl<B: Bytes> PlaneReader for PictureReader<'_, B> {
    fn plane(&mut self, k: usize) -> Result<Option<Slice>, Error> {
        match self.plan.planes.get(k).map(|plane| plane.parts.as_slice()) {
            None | Some([]) => Ok(None),
            Some([part]) => self.part(part).map(Some),
            Some(parts) => {
                let [width, height, _] = self.plan.file_size;
                let mut sum = try_vec(0.0f32, width.saturating_mul(height), "a slice")?;
                for part in parts {
                    match self.part(part)? {
                        Slice::I16(values) => add(&mut sum, values, part.weight),
                        Slice::F32(values) => add(&mut sum, values, part.weight),
                    }
                }
                sum.iter_mut().for_each(|value| *value = value.round());
                number::slice(sum.iter().copied(), |v| v as i16, f64::from).map(Some)
            }
        }
    }
}

fn add<T: Into<f32>>(sum: &mut [f32], values: Vec<T>, weight: f64) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value.into() * weight as f32;
    }
}

fn picture(
    bytes: &dyn Bytes,
    format: PictureFormat,
    memory_bytes: u64,
    mut labels: Option<Labelled>,
) -> Result<([u32; 2], Slice), Error> {
    if let Some(labels) = labels.as_mut().filter(|_| format == PictureFormat::Png) {
        labels.outside = palette_outside(bytes)?;
    }
    let mut decoder = header::decoder(bytes, format, memory_bytes)?;
    let (width, height) = decoder.dimensions();
    header::check_size([width, height])?;
    let (needed_bytes, there) = (decoder.total_bytes(), bytes.byte_length());
    let possible = match format {
        PictureFormat::Png => {
            // Less than a bit a sample is not possible; eight palette colours take four.
            inflate::is_possible(there, needed_bytes / 32)
        }
        PictureFormat::Jpeg => {
            let pixels = u64::from(width) * u64::from(height);
            pixels <= there.saturating_mul(MAX_JPEG_PIXELS_PER_BYTE)
        }
        _ => true,
    };
    if !possible {
        return Err(Error::Truncated { needed_bytes, found_bytes: there });
    }
    admit(needed_bytes, memory_bytes)?;
    let len = usize::try_from(needed_bytes).unwrap_or(usize::MAX);
    let mut pixels = try_vec(0u8, len, "a picture")?;
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(memory_bytes);
    decoder.set_limits(limits).map_err(|e| damaged(&e))?;
    let color = decoder.color_type();
    decoder.read_image(&mut pixels).map_err(|e| damaged(&e))?;
    let samples = usize::from(color.channel_count());
    let slice =
        if matches!(color, ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16)
        {
            let mut wide = try_with_capacity(pixels.len() / 2, "a picture")?;
            wide.extend(pixels.as_chunks::<2>().0.iter().map(|two| u16::from_ne_bytes(*two)));
            drop(pixels);
            values(&wide, samples, true, labels)
        } else {
            values(&pixels, samples, false, labels)
        };
    Ok(([width, height], slice?))
}

fn admit(needed_bytes: u64, memory_bytes: u64) -> Result<(), Error> {
    if needed_bytes > memory_bytes {
        return Err(Error::TooLarge {
            needed_bytes,
            limit_bytes: memory_bytes,
            hint: "scale the picture down first",
        });
    }
    Ok(())
}

fn values<T: Copy + Into<u32>>(
    pixels: &[T],
    samples: usize,
    wide: bool,
    labels: Option<Labelled>,
) -> Result<Slice, Error> {
    match labels {
        Some(labels) => labels.slice(pixels, samples, wide),
        None => grey(pixels, samples),
    }
}

/// The first of one or two samples, the brightness of three or four.
fn grey<T: Copy + Into<u32>>(pixels: &[T], samples: usize) -> Result<Slice, Error> {
    let values = pixels.chunks_exact(samples.max(1)).map(|pixel| match pixel {
        [r, g, b] | [r, g, b, _] => brightness([(*r).into(), (*g).into(), (*b).into()]),
        [grey, ..] => (*grey).into(),
        [] => 0,
    });
    number::slice(values, |value| value as i16, f64::from)
}

/// ITU-R BT.601, rounded as Pillow does; what is not black does not become 0.
fn brightness([r, g, b]: [u32; 3]) -> u32 {
    let [r64, g64, b64] = [r, g, b].map(u64::from);
    let sum = (r64 * 19595 + g64 * 38470 + b64 * 7471 + 0x8000) >> 16;
    (sum as u32).max(u32::from(r | g | b != 0))
}

fn pages<'a>(
    place: Place,
    bytes: Box<dyn Bytes + 'a>,
    memory_bytes: u64,
) -> Result<Pages<'a>, Error> {
    let mut limits = Limits::default();
    let most = usize::try_from(memory_bytes).unwrap_or(usize::MAX);
    limits.decoding_buffer_size = most;
    limits.intermediate_buffer_size = limits.intermediate_buffer_size.min(most);
    let length = bytes.byte_length();
    let decoder = Decoder::new(header::source(bytes)).map_err(|e| damaged(&e))?;
    Ok(Pages { place, bytes: length, decoder: decoder.with_limits(limits) })
}

fn tiff_page(
    pages: &mut Pages<'_>,
    page: u32,
    memory_bytes: u64,
    labels: Option<Labelled>,
) -> Result<([u32; 2], Slice), Error> {
    let (tiff, there) = (&mut pages.decoder, pages.bytes);
    tiff.seek_to_image(page as usize).map_err(|e| damaged(&e))?;
    let (width, height) = tiff.dimensions().map_err(|e| damaged(&e))?;
    header::check_size([width, height])?;
    header::tiff_type(tiff)?;
    let color = tiff.colortype().map_err(|e| damaged(&e))?;
    let pixels = u64::from(width) * u64::from(height);
    let bits = u64::from(color.bit_depth()) * u64::from(color.num_samples());
    let needed_bytes = pixels.saturating_mul(bits).div_ceil(8);
    // LZW packs nothing but zeros a little better than deflate.
    if !inflate::is_possible(there, needed_bytes / 4) {
        return Err(Error::Truncated { needed_bytes, found_bytes: there });
    }
    admit(needed_bytes, memory_bytes)?;
    let samples = usize::from(color.num_samples());
    let first = |n: usize| n.is_multiple_of(samples);
    macro_rules! first_of {
        ($values:expr, $f64_of:expr) => {{
            let mut kept = $values;
            let mut n = 0;
            kept.retain(|_| {
                n += 1;
                first(n - 1)
            });
            number::slice(kept.iter().copied(), |v| v as i16, $f64_of)
        }};
    }
    let slice = match tiff.read_image().map_err(|e| damaged(&e))? {
        DecodingResult::U8(packed) if color.bit_depth() < 8 => {
            let white = if labels.is_some_and(Labelled::is_scaled) { 255 } else { 0 };
            let pixels = unpacked(&packed, [width, height], color.bit_depth(), white)?;
            values(&pixels, 1, false, labels)
        }
        DecodingResult::U8(pixels) => values(&pixels, samples, false, labels),
        DecodingResult::U16(pixels) => values(&pixels, samples, true, labels),
        _ if labels.is_some_and(Labelled::is_scaled) => {
            return Err(Error::Unsupported {
                what: "a TIFF of numbers among masks in colours".into(),
                hint: "save all of them alike",
            });
        }
        DecodingResult::U32(values) => first_of!(values, f64::from),
        DecodingResult::U64(values) => first_of!(values, |v| v as f64),
        DecodingResult::I8(values) => first_of!(values, f64::from),
        DecodingResult::I16(values) => first_of!(values, f64::from),
        DecodingResult::I32(values) => first_of!(values, f64::from),
        DecodingResult::I64(values) => first_of!(values, |v| v as f64),
        DecodingResult::F32(values) => first_of!(values, f64::from),
        DecodingResult::F64(values) => first_of!(values, |v| v),
        DecodingResult::F16(_) => {
            return Err(Error::Unsupported {
                what: "a TIFF of 16-bit floats".into(),
                hint: "save it with 32-bit floats",
            });
        }
    };
    let slice = slice?;
    let found = match &slice {
        Slice::I16(values) => values.len(),
        Slice::F32(values) => values.len(),
    };
    if found as u64 != pixels {
        return Err(Error::Truncated { needed_bytes: pixels, found_bytes: found as u64 });
    }
    Ok(([width, height], slice))
}

/// Samples of 1, 2 or 4 bits, rows padded to whole bytes; the highest becomes `white`, or none
/// changes when that is 0.
fn unpacked(packed: &[u8], size: [u32; 2], bits: u8, white: u8) -> Result<Vec<u8>, Error> {
    let ([width, height], bits) = (size.map(|n| n as usize), usize::from(bits.clamp(1, 8)));
    let row_bytes = (width * bits).div_ceil(8);
    let scale = if white == 0 { 1 } else { white / (u8::MAX >> (8 - bits)) };
    let mut values = try_with_capacity(width.saturating_mul(height), "a picture")?;
    for row in packed.chunks_exact(row_bytes.max(1)).take(height) {
        values.extend((0..width).map(|x| {
            let byte = row.get(x * bits / 8).copied().unwrap_or(0);
            (byte << (x * bits % 8) >> (8 - bits)).saturating_mul(scale)
        }));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_stays_and_nothing_but_black_is_black() {
        for v in 0..=65535u32 {
            assert_eq!(brightness([v; 3]), v);
        }
        assert_eq!(brightness([0, 0, 1]), 1);
        assert_eq!(brightness([255, 0, 0]), 76);
        assert_eq!(grey(&[7u8, 255, 9, 0], 2).unwrap(), Slice::I16(vec![7, 9]));
        let bits = [0b1010_0000, 0b0100_0000];
        assert_eq!(unpacked(&bits, [3, 2], 1, 0).unwrap(), [1, 0, 1, 0, 1, 0]);
        assert_eq!(unpacked(&bits, [2, 2], 2, 255).unwrap(), [170, 170, 85, 0]);
    }
}
