//! Pages of a TIFF into grey values.

use hounsfield::{Error, Slice, error::try_with_capacity};
use tiff::{
    ColorType,
    decoder::{Decoder, DecodingResult, Limits},
};

use super::{
    header,
    labels::Labelled,
    palette::{self, Palette},
    source::{Source, damaged, source},
    values::{admit, values},
};
use crate::{bytes::Bytes, inflate, item::Place, number};

/// A TIFF between two of its pages.
pub(super) struct Pages<'a> {
    pub(super) place: Place,
    bytes: u64,
    decoder: Decoder<Source<'a>>,
}

impl<'a> Pages<'a> {
    /// At the first page.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub(super) fn of(
        place: Place,
        bytes: Box<dyn Bytes + 'a>,
        memory_bytes: u64,
    ) -> Result<Self, Error> {
        let mut limits = Limits::default();
        let most = usize::try_from(memory_bytes).unwrap_or(usize::MAX);
        limits.decoding_buffer_size = most;
        limits.intermediate_buffer_size = limits.intermediate_buffer_size.min(most);
        let length = bytes.byte_length();
        let decoder = Decoder::new(source(bytes)).map_err(|e| damaged(&e))?;
        Ok(Self { place, bytes: length, decoder: decoder.with_limits(limits) })
    }

    /// Size and values of a page.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Truncated`]; [`Error::TooLarge`]; [`Error::Unsupported`] for
    /// pixels that have no grey value, or are no labels though those are asked for.
    pub(super) fn page(
        &mut self,
        page: u32,
        memory_bytes: u64,
        labels: Option<Labelled<'_>>,
    ) -> Result<([u32; 2], Slice), Error> {
        let tiff = &mut self.decoder;
        palette::seek(tiff, page as usize)?;
        let (width, height) = tiff.dimensions().map_err(|e| damaged(&e))?;
        header::check_size([width, height])?;
        let colours = palette::colours(tiff, page as usize)?;
        header::tiff_type(tiff)?;
        let color = tiff.colortype().map_err(|e| damaged(&e))?;
        let pixels = u64::from(width) * u64::from(height);
        let bits = u64::from(color.bit_depth()) * u64::from(color.num_samples());
        let packed_bytes = pixels.saturating_mul(bits).div_ceil(8);
        // LZW packs nothing but zeros a little better than deflate.
        if !inflate::is_possible(self.bytes, packed_bytes / 4) {
            return Err(Error::Truncated { needed_bytes: packed_bytes, found_bytes: self.bytes });
        }
        let painted_bytes = if colours.is_some() { pixels.saturating_mul(3) } else { 0 };
        admit(packed_bytes.saturating_add(painted_bytes), memory_bytes)?;
        let decoded = tiff.read_image().map_err(|e| damaged(&e))?;
        let slice = match colours {
            Some(colours) => painted(decoded, [width, height], color, &colours, labels),
            None => numbers(decoded, [width, height], color, labels),
        }?;
        let found = match &slice {
            Slice::I16(values) => values.len(),
            Slice::F32(values) => values.len(),
        };
        if found as u64 != pixels {
            return Err(Error::Truncated { needed_bytes: pixels, found_bytes: found as u64 });
        }
        Ok(([width, height], slice))
    }
}

/// Pixels that are numbers of colours.
fn painted(
    decoded: DecodingResult,
    size: [u32; 2],
    color: ColorType,
    colours: &[[u8; 3]],
    labels: Option<Labelled<'_>>,
) -> Result<Slice, Error> {
    let pixels = match decoded {
        DecodingResult::U8(packed) if color.bit_depth() < 8 => {
            palette::painted(&unpacked(&packed, size, color.bit_depth(), 0)?, colours)
        }
        DecodingResult::U8(numbers) => palette::painted(&numbers, colours),
        DecodingResult::U16(numbers) => palette::painted(&numbers, colours),
        _ => Err(Error::Unsupported {
            what: format!("a TIFF of {color:?} pixels as numbers of colours"),
            hint: "save it as 8- or 16-bit grey",
        }),
    }?;
    let outside = Palette::of(colours.to_vec(), Vec::new()).outside();
    values(&pixels, 3, false, labels.map(|labels| Labelled { outside, ..labels }))
}

/// Pixels that are what they are: the first of their samples, or the brightness of three.
fn numbers(
    decoded: DecodingResult,
    size: [u32; 2],
    color: ColorType,
    labels: Option<Labelled<'_>>,
) -> Result<Slice, Error> {
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
    match decoded {
        DecodingResult::U8(packed) if color.bit_depth() < 8 => {
            let white = if labels.is_some_and(Labelled::is_scaled) { 255 } else { 0 };
            let pixels = unpacked(&packed, size, color.bit_depth(), white)?;
            values(&pixels, 1, false, labels)
        }
        DecodingResult::U8(pixels) => values(&pixels, samples, false, labels),
        DecodingResult::U16(pixels) => values(&pixels, samples, true, labels),
        _ if labels.is_some_and(Labelled::is_scaled) => Err(Error::Unsupported {
            what: "a TIFF of numbers among masks in colours".into(),
            hint: "save all of them alike",
        }),
        DecodingResult::U32(values) => first_of!(values, f64::from),
        DecodingResult::U64(values) => first_of!(values, |v| v as f64),
        DecodingResult::I8(values) => first_of!(values, f64::from),
        DecodingResult::I16(values) => first_of!(values, f64::from),
        DecodingResult::I32(values) => first_of!(values, f64::from),
        DecodingResult::I64(values) => first_of!(values, |v| v as f64),
        DecodingResult::F32(values) => first_of!(values, f64::from),
        DecodingResult::F64(values) => first_of!(values, |v| v),
        DecodingResult::F16(_) => Err(Error::Unsupported {
            what: "a TIFF of 16-bit floats".into(),
            hint: "save it with 32-bit floats",
        }),
    }
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
    fn samples_of_a_few_bits() {
        let bits = [0b1010_0000, 0b0100_0000];
        assert_eq!(unpacked(&bits, [3, 2], 1, 0).unwrap(), [1, 0, 1, 0, 1, 0]);
        assert_eq!(unpacked(&bits, [2, 2], 2, 255).unwrap(), [170, 170, 85, 0]);
    }
}
