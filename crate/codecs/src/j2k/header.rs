//! The headers of a JPEG 2000 codestream (15444-1 annex A), read before a decoder sees the stream:
//! is it the frame that the DICOM header promises, is it all there, and how much memory will it take?

use std::ops::Range;

use super::part1::{
    codestream::{EOC, SIZ, SOC},
    header::{COC, COD, Coding, QCC, QCD, SOD, SOT, next_segment},
    size::Size,
    tile::MAX_PIECES,
};
use crate::frame::{Fields, Stream, error};
use crate::{CodecError, Shape};

/// Table A.2; the others stand in `part1`.
const CAP: u16 = 0xFF50;

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
        let size = Size::read(&mut fields.segment()?)?;
        let Size { components, precision, signed, .. } = size;
        let (columns, rows) = (size.picture.width() as u32, size.picture.height() as u32);
        let stream = Stream { columns, rows, components, precision };
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
        while let Some((marker, mut segment)) = next_segment(fields, last)? {
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
        Ok(())
    }

    /// The part that COD and COC share (table A.20). Counts what memory is needed for.
    fn coding(&mut self, segment: &mut Fields<'_>, precincts: bool) -> Result<(), CodecError> {
        let Coding { levels, block: (wide, high), style, precincts, .. } =
            Coding::read(segment, precincts)?;
        self.high_throughput |= style.is_high_throughput();
        let mut pieces = 0_u64;
        for (resolution, (across, down)) in (0..).zip(precincts) {
            // Above the lowest resolution a precinct is cut in half to lie in a sub-band.
            let half = u32::from(resolution > 0);
            let shrink = levels.saturating_sub(resolution);
            let pieces_of = |across: u32, down: u32| {
                let count = |size: u32, exponent: u32| (u64::from(size) >> (exponent + shrink)) + 2;
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
