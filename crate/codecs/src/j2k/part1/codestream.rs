//! A codestream's headers (15444-1 annex A), and where its tiles' packets are.

use super::{
    header::{Parameters, SOD, SOT},
    size::Size,
};
use crate::CodecError;
use crate::frame::{Fields, error};

pub(crate) const SOC: u16 = 0xFF4F;
pub(crate) const SIZ: u16 = 0xFF51;
const PPM: u16 = 0xFF60;
const PPT: u16 = 0xFF61;
pub(crate) const EOC: u16 = 0xFFD9;

/// A tile's parameters and packets.
#[derive(Debug)]
pub(crate) struct Tile<'a> {
    pub(crate) parameters: Parameters,
    pub(crate) parts: Vec<&'a [u8]>,
    /// Packet headers that stand apart from the packets (PPM or PPT), if they do.
    pub(crate) headers: Option<Vec<u8>>,
}

/// A codestream's headers.
#[derive(Debug)]
pub(crate) struct Codestream<'a> {
    pub(crate) size: Size,
    /// In the order of their numbers; a tile without parts is zeros.
    pub(crate) tiles: Vec<Option<Tile<'a>>>,
}

impl<'a> Codestream<'a> {
    pub(crate) fn read(codestream: &'a [u8]) -> Result<Self, CodecError> {
        let mut fields = Fields(codestream);
        if (fields.u16()?, fields.u16()?) != (SOC, SIZ) {
            return Err(error("the frame does not begin as a JPEG 2000 codestream does"));
        }
        let size = Size::read(&mut fields.segment()?)?;
        let count = size.components;
        let mut main = Parameters::new(count);
        let mut apart = Apart::default();
        main.segments(&mut fields, SOT, |marker, segment| {
            if marker == PPM {
                apart.pieces.push((segment.u8()?, segment.0));
            }
            Ok(())
        })?;
        if main.coding.is_empty() {
            return Err(error("the JPEG 2000 frame does not say how it is coded"));
        }
        let mut apart = apart.sorted()?;
        let mut tiles: Vec<Option<Tile<'a>>> = (0..size.tiles).map(|_| None).collect();
        // Tile-parts by their lengths (A.4.2); the SOT marker has been read.
        loop {
            let from_marker = fields.0.len() + 2;
            let mut segment = fields.segment()?;
            let number = segment.u16()?;
            let length = match segment.u32()? as usize {
                0 => from_marker,
                length => length.min(from_marker),
            };
            let tile = tiles.get_mut(usize::from(number)).ok_or_else(|| {
                error(format!("JPEG 2000 tile {number} of {} cannot be", size.tiles))
            })?;
            let tile = tile.get_or_insert_with(|| Tile {
                parameters: main.of_tile(),
                parts: Vec::new(),
                headers: None,
            });
            let mut pieces = Vec::new();
            let first = tile.parts.is_empty();
            let inherited = std::mem::take(&mut tile.parameters.changes);
            tile.parameters.segments(&mut fields, SOD, |marker, segment| {
                if marker == PPT {
                    pieces.push((segment.u8()?, segment.0));
                }
                Ok(())
            })?;
            // A tile's changes of progression replace the main header's; later parts add to them.
            if !first || tile.parameters.changes.is_empty() {
                let added = std::mem::replace(&mut tile.parameters.changes, inherited);
                tile.parameters.changes.extend(added);
            }
            pieces.sort_by_key(|piece| piece.0);
            if !pieces.is_empty() {
                let headers = tile.headers.get_or_insert_default();
                pieces.iter().for_each(|piece| headers.extend_from_slice(piece.1));
            } else if let Some(apart) = &mut apart {
                apart.next(tile.headers.get_or_insert_default())?;
            }
            let read = from_marker - fields.0.len();
            let body = length.checked_sub(read).ok_or_else(|| {
                error(format!("a part of a JPEG 2000 frame of {length} bytes cannot be"))
            })?;
            tile.parts.push(fields.take(body)?);
            match fields.u16() {
                Ok(SOT) => {}
                Ok(EOC) | Err(_) => return Ok(Self { size, tiles }),
                Ok(_) => return Err(error("the JPEG 2000 frame is damaged between its parts")),
            }
        }
    }
}

/// Packet headers in the main header (PPM, A.7.4).
#[derive(Debug, Default)]
struct Apart<'a> {
    pieces: Vec<(u8, &'a [u8])>,
    bytes: Vec<u8>,
    at: usize,
}

impl Apart<'_> {
    fn sorted(mut self) -> Result<Option<Self>, CodecError> {
        if self.pieces.is_empty() {
            return Ok(None);
        }
        self.pieces.sort_by_key(|piece| piece.0);
        self.bytes = self.pieces.iter().flat_map(|piece| piece.1).copied().collect();
        Ok(Some(self))
    }

    /// Appends the headers of the next tile-part.
    fn next(&mut self, headers: &mut Vec<u8>) -> Result<(), CodecError> {
        let mut fields = Fields(self.bytes.get(self.at..).unwrap_or_default());
        let length = fields.u32()? as usize;
        headers.extend_from_slice(fields.take(length)?);
        self.at += 4 + length;
        Ok(())
    }
}
