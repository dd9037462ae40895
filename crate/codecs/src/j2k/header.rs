//! The headers of a JPEG 2000 codestream (15444-1 annex A), read before a library sees the stream:
//! is it the frame that the DICOM header promises, is it all there, and how much memory will it take?

use std::ops::Range;

use crate::frame::{Fields, Stream, error};
use crate::{CodecError, Shape};

/// The most tiles a frame may be cut into. Real CT frames have one.
const MAX_TILES: u64 = 4096;

/// The most precincts, and code blocks in every layer, that a frame may be cut into: the libraries
/// keep about a hundred bytes of each. A frame of 8192 × 8192 in blocks of 64 × 64 has 22 000.
const MAX_PIECES: u64 = 1 << 21;

/// The marker codes (table A.2).
pub(super) const SOC: u16 = 0xFF4F;
const CAP: u16 = 0xFF50;
const SIZ: u16 = 0xFF51;
const COD: u16 = 0xFF52;
const COC: u16 = 0xFF53;
const QCD: u16 = 0xFF5C;
const QCC: u16 = 0xFF5D;
const SOT: u16 = 0xFF90;
const SOD: u16 = 0xFF93;
const EOC: u16 = 0xFFD9;

/// What the headers say that matters here.
#[derive(Debug)]
pub(super) struct Main {
    pub(super) stream: Stream,
    /// Are the components two's complement?
    pub(super) signed: bool,
    pub(super) high_throughput: bool,
    /// Where in the codestream the quantisation steps of an irreversible transform are.
    pub(super) steps: Vec<Range<usize>>,
    layers: u64,
}

impl Main {
    /// Reads the main header and those of the tile-parts.
    pub(super) fn read(codestream: &[u8], shape: &Shape) -> Result<Self, CodecError> {
        let mut fields = Fields(codestream);
        if (fields.u16()?, fields.u16()?) != (SOC, SIZ) {
            return Err(error("the frame does not begin as a JPEG 2000 codestream does"));
        }
        let (stream, signed) = size(&mut fields.segment()?)?;
        stream.check(shape)?;
        let mut main =
            Self { stream, signed, high_throughput: false, steps: Vec::new(), layers: 1 };
        main.segments(codestream, &mut fields, SOT)?;
        main.tile_parts(codestream, fields)?;
        Ok(main)
    }

    /// Walks the tile-parts by their lengths (A.4.2), the first SOT marker being read already. A
    /// frame that was cut off still decodes, to a blurred or half-empty picture, and nobody would
    /// know.
    fn tile_parts(&mut self, codestream: &[u8], mut fields: Fields<'_>) -> Result<(), CodecError> {
        loop {
            let from_marker = fields.0.len() + 2;
            let mut segment = fields.segment()?;
            segment.u16()?;
            let length = segment.u32()? as usize;
            let mut header = fields;
            self.segments(codestream, &mut header, SOD)?;
            if length == 0 {
                // The last one may leave its length open; then only the end marker says that it is
                // all there. A zero may follow it, to make the frame's length even.
                return match header.0 {
                    [.., 0xFF, 0xD9] | [.., 0xFF, 0xD9, 0] => Ok(()),
                    _ => Err(error("the JPEG 2000 frame is cut off: it has no end marker")),
                };
            }
            let read = from_marker - header.0.len();
            if length < read || length > from_marker {
                return Err(error(format!(
                    "the JPEG 2000 frame is damaged or cut off: {from_marker} bytes are left of a part of {length}"
                )));
            }
            header.take(length - read)?;
            fields = header;
            // After the last comes the end marker; some writers leave it out.
            if fields.0.is_empty() {
                return Ok(());
            }
            match fields.u16()? {
                SOT => {}
                EOC => return Ok(()),
                _ => {
                    return Err(error(
                        "the JPEG 2000 frame is damaged or cut off between its parts",
                    ));
                }
            }
        }
    }

    /// Reads marker segments, up to and with the marker `last`.
    fn segments(
        &mut self,
        codestream: &[u8],
        fields: &mut Fields<'_>,
        last: u16,
    ) -> Result<(), CodecError> {
        loop {
            let marker = fields.u16()?;
            if marker == last {
                return Ok(());
            }
            // These have nothing after them (A.1.3).
            if (0xFF30..=0xFF3F).contains(&marker) {
                continue;
            }
            let mut segment = fields.segment()?;
            let end = codestream.len() - fields.0.len();
            // Which component: one byte, as there are fewer than 257.
            if matches!(marker, COC | QCC) {
                segment.u8()?;
            }
            match marker {
                // A style other than "no quantisation".
                QCD | QCC if segment.u8()? & 0x1F != 0 => {
                    self.steps.push(end - segment.0.len()..end);
                }
                CAP => self.high_throughput = true,
                COD => {
                    let precincts = segment.u8()? & 1 != 0;
                    // Progression order, layers, component transform.
                    segment.u8()?;
                    self.layers = u64::from(segment.u16()?);
                    segment.u8()?;
                    self.coding(&mut segment, precincts)?;
                }
                COC => {
                    let precincts = segment.u8()? & 1 != 0;
                    self.coding(&mut segment, precincts)?;
                }
                _ => {}
            }
        }
    }

    /// The part that COD and COC share (table A.20): levels, size and style of the code blocks, and
    /// the precincts of each resolution, as exponents of two. Counts what memory is needed for.
    fn coding(&mut self, segment: &mut Fields<'_>, precincts: bool) -> Result<(), CodecError> {
        let levels = segment.u8()?;
        let (wide, high) = (segment.u8()?.saturating_add(2), segment.u8()?.saturating_add(2));
        let style = segment.u8()?;
        segment.u8()?;
        if levels > 32 || wide > 10 || high > 10 || wide + high > 12 {
            return Err(error(format!(
                "a JPEG 2000 frame of {levels} levels with code blocks of 2^{wide} × 2^{high} cannot be"
            )));
        }
        self.high_throughput |= style & 0x40 != 0;
        let mut pieces = 0_u64;
        for resolution in 0..=levels {
            let size = if precincts { segment.u8()? } else { 0xFF };
            let (across, down) = (size & 15, size >> 4);
            // Above the lowest resolution a precinct is cut in half to lie in a sub-band.
            let half = u8::from(resolution > 0);
            if across < half || down < half {
                return Err(error(format!(
                    "a JPEG 2000 precinct of 2^{across} × 2^{down} cannot be"
                )));
            }
            let shrink = levels - resolution;
            let pieces_of = |across: u8, down: u8| {
                let count = |size: u32, exponent: u8| {
                    (u64::from(size) >> (u32::from(exponent) + u32::from(shrink))) + 2
                };
                count(self.stream.columns, across) * count(self.stream.rows, down)
            };
            let blocks = pieces_of(wide.min(across - half), high.min(down - half));
            pieces += pieces_of(across, down) + blocks * self.layers;
        }
        pieces *= self.stream.components as u64;
        if pieces > MAX_PIECES {
            return Err(error(format!(
                "the JPEG 2000 frame is cut into {pieces} precincts and code blocks, more than {MAX_PIECES}"
            )));
        }
        Ok(())
    }
}

/// SIZ (A.5.1): size, tiles and components.
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
