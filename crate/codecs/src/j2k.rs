//! JPEG 2000 (ISO/IEC 15444-1) and HTJ2K (15444-15). The codestream's main header is read here and
//! checked against the DICOM header; only then a library sees the stream.

use std::borrow::Cow;
use std::ops::Range;

use crate::frame::{Fields, Stream, error, pack, zeros};
use crate::{CodecError, Shape};

/// The most tiles a frame may be cut into. Real CT frames have one.
const MAX_TILES: u64 = 4096;

/// Marker codes (15444-1 table A.2).
mod code {
    pub(super) const SOC: u16 = 0xFF4F;
    pub(super) const CAP: u16 = 0xFF50;
    pub(super) const SIZ: u16 = 0xFF51;
    pub(super) const COD: u16 = 0xFF52;
    pub(super) const QCD: u16 = 0xFF5C;
    pub(super) const QCC: u16 = 0xFF5D;
    pub(super) const SOT: u16 = 0xFF90;
}

/// What the main header says that matters here.
#[derive(Debug)]
struct Main {
    stream: Stream,
    /// Are the components two's complement?
    signed: bool,
    high_throughput: bool,
    /// Where in the codestream the quantisation steps of an irreversible transform are.
    steps: Vec<Range<usize>>,
}

/// Decodes one JPEG 2000 or HTJ2K frame, whichever it is.
pub(crate) fn decode(frame: &[u8], shape: &Shape) -> Result<Vec<u8>, CodecError> {
    let codestream = codestream(frame)?;
    let main = main_header(codestream)?;
    let samples = main.stream.check(shape)?;
    if main.high_throughput {
        htj2k(codestream, &main, shape)
    } else {
        part_one(codestream, &main, samples, shape)
    }
}

fn part_one(
    codestream: &[u8],
    main: &Main,
    samples: usize,
    shape: &Shape,
) -> Result<Vec<u8>, CodecError> {
    let settings = hayro_jpeg2000::DecodeSettings {
        resolve_palette_indices: false,
        strict: false,
        target_resolution: None,
    };
    let failed = |reason: &dyn std::fmt::Display| {
        error(format!("the JPEG 2000 frame cannot be decoded: {reason}"))
    };
    let image = hayro_jpeg2000::Image::new(codestream, &settings).map_err(|e| failed(&e))?;
    let mut context = hayro_jpeg2000::DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|e| failed(&e))?;
    // The library adds half the range to signed components, too; here it is taken off again.
    let (offset, lowest, highest) = main.range();
    let components = decoded.components();
    let mut out: Vec<i32> = zeros(samples)?;
    for (place, component) in components.iter().enumerate() {
        let values = component.samples();
        if values.len() * components.len() != samples {
            return Err(failed(&format!(
                "it has {} samples instead of {samples}",
                values.len() * components.len()
            )));
        }
        for (out, value) in out.iter_mut().skip(place).step_by(components.len()).zip(values) {
            // Sums of 16-bit samples are exact in an f32.
            *out = (value.round_ties_even() as i32 - offset).clamp(lowest, highest);
        }
    }
    pack(&out, shape)
}

fn htj2k(codestream: &[u8], main: &Main, shape: &Shape) -> Result<Vec<u8>, CodecError> {
    let failed = |reason: &dyn std::fmt::Display| {
        error(format!("the HTJ2K frame cannot be decoded: {reason}"))
    };
    let settings = dicom_toolkit_jpeg2000::DecodeSettings::default();
    let halved = main.halved(codestream)?;
    let image = dicom_toolkit_jpeg2000::Image::new(&halved, &settings).map_err(|e| failed(&e))?;
    let decoded = image.decode_native().map_err(|e| failed(&e))?;
    let (offset, lowest, highest) = main.range();
    let level = |value: i32| (value - offset).clamp(lowest, highest);
    let out: Vec<i32> = if decoded.bytes_per_sample == 1 {
        decoded.data.iter().map(|&value| level(i32::from(value))).collect()
    } else {
        decoded
            .data
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&value| level(i32::from(u16::from_le_bytes(value))))
            .collect()
    };
    if out.len() != shape.samples() {
        return Err(failed(&format!(
            "it has {} samples instead of {}",
            out.len(),
            shape.samples()
        )));
    }
    pack(&out, shape)
}

impl Main {
    /// What to take off a decoded sample, and the range of what is left.
    fn range(&self) -> (i32, i32, i32) {
        let half = 1 << (self.stream.precision - 1);
        if self.signed { (half, -half, half - 1) } else { (0, 0, 2 * half - 1) }
    }

    /// The codestream with every quantisation step halved and one bit plane more. A coefficient's
    /// code names an interval; the library cuts off the bit that says "its middle" and so takes the
    /// end next to zero. With a bit plane more that bit is kept (15444-1 E.1: ε one higher makes
    /// both). Reversible streams have no such steps.
    fn halved<'a>(&self, codestream: &'a [u8]) -> Result<Cow<'a, [u8]>, CodecError> {
        if self.steps.is_empty() {
            return Ok(Cow::Borrowed(codestream));
        }
        let mut copy = zeros(codestream.len())?;
        copy.copy_from_slice(codestream);
        for steps in &self.steps {
            for step in copy.get_mut(steps.clone()).unwrap_or_default().as_chunks_mut::<2>().0 {
                // The exponent is in the upper five bits.
                let value = u16::from_be_bytes(*step);
                *step = value.checked_add(1 << 11).unwrap_or(value).to_be_bytes();
            }
        }
        Ok(Cow::Owned(copy))
    }
}

/// The codestream itself. DICOM wants it bare (PS3.5 A.4.4), but some writers put it into a JP2 file.
fn codestream(frame: &[u8]) -> Result<&[u8], CodecError> {
    if frame.starts_with(&code::SOC.to_be_bytes()) {
        return Ok(frame);
    }
    let mut fields = Fields(frame);
    // Boxes (15444-1 I.4): length, name, and a length of 64 bits where the first one is 1.
    while !fields.0.is_empty() {
        let (short, name) = (fields.u32()?, fields.u32()?);
        let length = match short {
            0 => fields.0.len(),
            1 if fields.u32()? == 0 => (fields.u32()? as usize).saturating_sub(16),
            1 => break,
            _ => (short as usize).saturating_sub(8),
        };
        let content = fields.take(length.min(fields.0.len()))?;
        if name == u32::from_be_bytes(*b"jp2c") {
            return Ok(content);
        }
    }
    Err(error("the frame does not begin as a JPEG 2000 codestream does"))
}

/// SIZ and COD (15444-1 A.5.1, A.6.1).
fn main_header(codestream: &[u8]) -> Result<Main, CodecError> {
    let mut fields = Fields(codestream);
    if (fields.u16()?, fields.u16()?) != (code::SOC, code::SIZ) {
        return Err(error("the frame does not begin as a JPEG 2000 codestream does"));
    }
    let (stream, signed) = size(&mut fields.segment()?)?;
    let mut main = Main { stream, signed, high_throughput: false, steps: Vec::new() };
    loop {
        let tile_parts = fields;
        let marker = fields.u16()?;
        if marker == code::SOT {
            whole(tile_parts)?;
            return Ok(main);
        }
        let mut segment = fields.segment()?;
        let end = codestream.len() - fields.0.len();
        match marker {
            code::QCD | code::QCC => {
                if marker == code::QCC {
                    // Its component: one byte, as there are fewer than 257.
                    segment.u8()?;
                }
                if segment.u8()? & 0x1F != 0 {
                    main.steps.push(end - segment.0.len()..end);
                }
            }
            code::CAP => main.high_throughput = true,
            code::COD => {
                // Scod, progression order, layers, component transform; then of the blocks:
                // resolution levels, width, height, style.
                segment.take(5)?;
                let (levels, _, _, style) =
                    (segment.u8()?, segment.u8()?, segment.u8()?, segment.u8()?);
                if levels > 32 {
                    return Err(error(format!(
                        "a JPEG 2000 frame with {levels} resolution levels cannot be"
                    )));
                }
                main.high_throughput |= style & 0x40 != 0;
            }
            _ => {}
        }
    }
}

/// Walks the tile-parts by their lengths (A.4.2): a frame that was cut off still decodes, to a
/// blurred or half-empty picture, and nobody would know.
fn whole(mut fields: Fields<'_>) -> Result<(), CodecError> {
    while let Some([0xFF, 0x90, _, _, _, _, a, b, c, d, ..]) = fields.0.get(..12) {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        match length {
            // The last one may leave its length open.
            0 => return Ok(()),
            12.. if length <= fields.0.len() => fields.take(length)?,
            _ => {
                return Err(error(format!(
                    "the JPEG 2000 frame is damaged or cut off: {} bytes are left of a part of {length}",
                    fields.0.len()
                )));
            }
        };
    }
    // After them comes the end marker; some writers leave it out.
    match fields.0 {
        [0xFF, 0xD9, ..] | [] => Ok(()),
        _ => Err(error("the JPEG 2000 frame is damaged or cut off between its parts")),
    }
}

fn size(segment: &mut Fields<'_>) -> Result<(Stream, bool), CodecError> {
    segment.u16()?;
    let (right, bottom, left, top) =
        (segment.u32()?, segment.u32()?, segment.u32()?, segment.u32()?);
    let (tile_width, tile_height) = (segment.u32()?, segment.u32()?);
    let (tile_left, tile_top) = (segment.u32()?, segment.u32()?);
    let components = usize::from(segment.u16()?);
    let (Some(columns), Some(rows)) = (right.checked_sub(left), bottom.checked_sub(top)) else {
        return Err(error(format!(
            "a JPEG 2000 frame from {left}, {top} to {right}, {bottom} cannot be"
        )));
    };
    // Tiles begin at or before the picture, and the first one holds some of it.
    let holds = |origin: u32, size: u32, start: u32| {
        origin <= start && u64::from(origin) + u64::from(size) > u64::from(start)
    };
    if !holds(tile_left, tile_width, left) || !holds(tile_top, tile_height, top) {
        return Err(error(format!(
            "JPEG 2000 tiles of {tile_width} × {tile_height} from {tile_left}, {tile_top} cannot be"
        )));
    }
    let across = u64::from(right - tile_left).div_ceil(u64::from(tile_width));
    let tiles = across * u64::from(bottom - tile_top).div_ceil(u64::from(tile_height));
    if tiles > MAX_TILES {
        return Err(error(format!(
            "the JPEG 2000 frame is cut into {tiles} tiles, more than {MAX_TILES}"
        )));
    }
    let mut kinds = Vec::new();
    for _ in 0..components.min(4) {
        let (kind, across, down) = (segment.u8()?, segment.u8()?, segment.u8()?);
        if (across, down) != (1, 1) {
            return Err(error(format!(
                "a JPEG 2000 frame with components sampled {across} × {down} is not decoded"
            )));
        }
        kinds.push(kind);
    }
    let first = kinds.first().copied().unwrap_or_default();
    if kinds.iter().any(|&kind| kind != first) {
        return Err(error("a JPEG 2000 frame with components of different depths is not decoded"));
    }
    // Ssiz: depth less one, and the sign in the highest bit.
    let precision = u32::from(first & 0x7F) + 1;
    if precision > 16 {
        return Err(error(format!(
            "a JPEG 2000 frame of {precision} bits per sample is not decoded: at most 16"
        )));
    }
    Ok((Stream { columns, rows, components, precision }, first & 0x80 != 0))
}
