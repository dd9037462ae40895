//! Packets: their order (15444-1 B.12), their headers (B.10) and what they add to the code blocks.

use super::{
    block::{Piece, Style},
    header::{Parameters, Progression},
    tile::{Component, Precinct},
};
use crate::CodecError;
use crate::frame::error;

/// The most zero bit planes there can be: exponent 31, 7 guard bits, 255 bits of shift.
const MAX_ZERO_PLANES: u32 = 31 + 7 + 255;

/// The most changes of progression (POC). Each goes through all precincts there are, so thousands of them
/// would take hours; a picture that comes out bit by bit has a few.
const MAX_CHANGES: usize = 32;

/// Where a precinct is: component, resolution, number.
#[derive(Debug, Clone, Copy)]
struct Place {
    component: usize,
    resolution: usize,
    precinct: usize,
    corner: (u64, u64),
}

/// Reads all packets of a tile. Ends early, and without an error, where the data ends.
pub(crate) fn read<'a>(
    components: &mut [Component<'a>],
    parameters: &Parameters,
    parts: &[&'a [u8]],
    headers: Option<&[u8]>,
) -> Result<(), CodecError> {
    let changes = parameters.changes.len();
    if changes > MAX_CHANGES {
        return Err(error(format!(
            "the JPEG 2000 frame changes its progression {changes} times, more than {MAX_CHANGES}"
        )));
    }
    let mut packets = Packets { parameters, parts, body: &[], headers, found: Vec::new() };
    for progression in parameters.progressions() {
        let mut places = places(components, &progression);
        match progression.order {
            0 | 1 => places.sort_by_key(|p| (p.resolution, p.component, p.precinct)),
            2 => places.sort_by_key(|p| (p.resolution, p.corner, p.component)),
            3 => places.sort_by_key(|p| (p.corner, p.component, p.resolution)),
            4 => places.sort_by_key(|p| (p.component, p.corner, p.resolution)),
            order => return Err(error(format!("JPEG 2000 progression {order} cannot be"))),
        }
        // In these groups the layers are outside.
        let groups: Vec<&[Place]> = match progression.order {
            0 => vec![&places],
            1 => places.chunk_by(|a, b| a.resolution == b.resolution).collect(),
            _ => places.chunks(1).collect(),
        };
        let layers = progression.layers.min(parameters.layers);
        for group in groups {
            for layer in 0..layers {
                for place in group {
                    let Some((precinct, style)) = find(components, parameters, place) else {
                        continue;
                    };
                    // Read in an earlier progression already, or not yet to be.
                    if precinct.layers != layer {
                        continue;
                    }
                    precinct.layers += 1;
                    if !packets.packet(precinct, style, layer)? {
                        return Ok(());
                    }
                }
            }
        }
    }
    Ok(())
}

fn places(components: &[Component<'_>], progression: &Progression) -> Vec<Place> {
    let mut places = Vec::new();
    for (number, component) in components.iter().enumerate() {
        if number < progression.components.0 || number >= progression.components.1 {
            continue;
        }
        for (resolution, its) in component.resolutions.iter().enumerate() {
            let at = resolution as u32;
            if at < progression.resolutions.0 || at >= progression.resolutions.1 {
                continue;
            }
            places.extend(its.precincts.iter().enumerate().map(|(precinct, its)| Place {
                component: number,
                resolution,
                precinct,
                corner: its.corner,
            }));
        }
    }
    places
}

fn find<'c, 'a>(
    components: &'c mut [Component<'a>],
    parameters: &Parameters,
    place: &Place,
) -> Option<(&'c mut Precinct<'a>, Style)> {
    let style = parameters.coding.get(place.component)?.style;
    let component = components.get_mut(place.component)?;
    let precinct =
        component.resolutions.get_mut(place.resolution)?.precincts.get_mut(place.precinct)?;
    Some((precinct, style))
}

/// What a packet's header says of a block: bytes of how many passes.
#[derive(Debug, Clone, Copy)]
struct Found {
    part: usize,
    block: usize,
    passes: u32,
    length: usize,
    begins: bool,
}

struct Packets<'p, 'a> {
    parameters: &'p Parameters,
    parts: &'p [&'a [u8]],
    /// What is left of the tile-part.
    body: &'a [u8],
    headers: Option<&'p [u8]>,
    found: Vec<Found>,
}

impl<'a> Packets<'_, 'a> {
    /// Reads a packet. `false`: there are no more.
    fn packet(
        &mut self,
        precinct: &mut Precinct<'a>,
        style: Style,
        layer: u32,
    ) -> Result<bool, CodecError> {
        while self.body.is_empty() {
            let Some((&first, rest)) = self.parts.split_first() else {
                // Packets without a body may still follow.
                if self.headers.is_none_or(<[u8]>::is_empty) {
                    return Ok(false);
                }
                break;
            };
            (self.body, self.parts) = (first, rest);
        }
        if self.parameters.start_markers && self.body.starts_with(&[0xFF, 0x91]) {
            self.body = self.body.get(6..).unwrap_or_default();
        }
        self.found.clear();
        let mut bits = HeaderBits::new(self.headers.unwrap_or(self.body));
        if bits.bit() {
            for (number, part) in precinct.parts.iter_mut().enumerate() {
                for (at, block) in part.blocks.iter_mut().enumerate() {
                    let (x, y) = (at % part.across, at / part.across);
                    let included = match block.zero_planes {
                        Some(_) => bits.bit(),
                        None => part.included.below(x, y, layer + 1, || bits.bit()).is_some(),
                    };
                    if !included {
                        continue;
                    }
                    if block.zero_planes.is_none() {
                        let planes =
                            part.zero_planes.below(x, y, MAX_ZERO_PLANES + 1, || bits.bit());
                        block.zero_planes = Some(planes.ok_or_else(damaged)?);
                    }
                    let mut passes = bits.passes();
                    while bits.bit() {
                        block.length_bits += 1;
                    }
                    // Each codeword segment has its length (B.10.7).
                    while passes > 0 {
                        let begins = block.room == 0;
                        if begins {
                            block.room = style.segment_passes(block.passes);
                        }
                        let here = passes.min(block.room);
                        let wide = block.length_bits + here.ilog2();
                        if wide > 32 {
                            return Err(damaged());
                        }
                        let length = bits.bits(wide) as usize;
                        self.found.push(Found {
                            part: number,
                            block: at,
                            passes: here,
                            length,
                            begins,
                        });
                        block.passes += here;
                        block.room -= here;
                        passes -= here;
                    }
                    if bits.overrun {
                        return Err(damaged());
                    }
                }
            }
        }
        if bits.overrun {
            return Err(damaged());
        }
        let (used, marker) = (bits.end(), self.parameters.end_markers);
        match &mut self.headers {
            Some(headers) => *headers = behind(headers, used, marker),
            None => self.body = behind(self.body, used, marker),
        }
        self.bodies(precinct)?;
        Ok(true)
    }

    /// Hands the blocks the bytes that follow a header.
    fn bodies(&mut self, precinct: &mut Precinct<'a>) -> Result<(), CodecError> {
        for found in &self.found {
            let (data, rest) = self.body.split_at(found.length.min(self.body.len()));
            self.body = rest;
            let part = precinct.parts.get_mut(found.part);
            if let Some(block) = part.and_then(|part| part.blocks.get_mut(found.block)) {
                block.pieces.push(Piece { data, passes: found.passes, begins: found.begins });
            }
            if data.len() < found.length {
                return Err(error("the JPEG 2000 frame ends in the midst of a packet"));
            }
        }
        Ok(())
    }
}

/// What comes after `used` bytes, and after an end marker (EPH, A.8.2) if there may be one.
fn behind(bytes: &[u8], used: usize, marker: bool) -> &[u8] {
    let rest = bytes.get(used..).unwrap_or_default();
    match rest {
        [0xFF, 0x92, rest @ ..] if marker => rest,
        _ => rest,
    }
}

fn damaged() -> CodecError {
    error("a packet header of the JPEG 2000 frame is damaged or cut off")
}

/// The bits of a packet header (B.10.1): after an FF byte the next one has seven.
struct HeaderBits<'a> {
    bytes: &'a [u8],
    at: usize,
    byte: u8,
    left: u32,
    overrun: bool,
}

impl<'a> HeaderBits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, byte: 0, left: 0, overrun: false }
    }

    /// The next bit; behind the end it is zero, and `overrun` tells.
    fn bit(&mut self) -> bool {
        if self.left == 0 {
            self.left = if self.byte == 0xFF { 7 } else { 8 };
            self.byte = match self.bytes.get(self.at) {
                Some(&byte) => byte,
                None => {
                    self.overrun = true;
                    0
                }
            };
            self.at += 1;
        }
        self.left -= 1;
        self.byte >> self.left & 1 != 0
    }

    fn bits(&mut self, count: u32) -> u64 {
        (0..count).fold(0, |value, _| value << 1 | u64::from(self.bit()))
    }

    /// How many passes are added (table B.4).
    fn passes(&mut self) -> u32 {
        if !self.bit() {
            return 1;
        }
        if !self.bit() {
            return 2;
        }
        match self.bits(2) as u32 {
            3 => match self.bits(5) as u32 {
                31 => 37 + self.bits(7) as u32,
                more => 6 + more,
            },
            more => 3 + more,
        }
    }

    /// The bytes that the header took. One that ends with an FF has a byte stuffed behind it.
    fn end(&self) -> usize {
        self.at + usize::from(self.byte == 0xFF)
    }
}
