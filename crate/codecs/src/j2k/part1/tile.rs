//! How a tile is cut up (15444-1 annex B): components, resolutions, sub-bands, precincts, blocks.

use super::{block::Piece, header::Coding, size::Area, tables::Band, tagtree::TagTree};
use crate::CodecError;
use crate::frame::error;

/// The most precincts, and code blocks in every layer, that a picture may be cut into: decoders keep about
/// a hundred bytes of each. One of 8192 × 8192 in blocks of 64 × 64 has 22 000.
pub(crate) const MAX_PIECES: u64 = 1 << 21;

/// One component of a tile.
#[derive(Debug)]
pub(crate) struct Component<'a> {
    pub(crate) resolutions: Vec<Resolution<'a>>,
}

/// A resolution: what a level of the wavelet transform adds, or the lowest one.
#[derive(Debug)]
pub(crate) struct Resolution<'a> {
    pub(crate) area: Area,
    /// LL, or HL, LH and HH.
    pub(crate) bands: Vec<(Band, Area)>,
    /// Row by row.
    pub(crate) precincts: Vec<Precinct<'a>>,
}

/// A precinct (B.6): what one packet adds to.
#[derive(Debug)]
pub(crate) struct Precinct<'a> {
    /// Where it begins on the reference grid, but not above or left of the tile: progressions go by it.
    pub(crate) corner: (u64, u64),
    /// Layers read so far.
    pub(crate) layers: u32,
    /// One for each sub-band.
    pub(crate) parts: Vec<Part<'a>>,
}

/// A precinct's code blocks in one sub-band, row by row.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    pub(crate) across: usize,
    pub(crate) blocks: Vec<Block<'a>>,
    pub(crate) included: TagTree,
    pub(crate) zero_planes: TagTree,
}

/// A code block, as far as packets told of it.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    /// In the sub-band's coordinates.
    pub(crate) area: Area,
    /// `None`: not yet included.
    pub(crate) zero_planes: Option<u32>,
    pub(crate) passes: u32,
    /// Lblock (B.10.7.1).
    pub(crate) length_bits: u32,
    /// Passes that the open codeword segment may still have.
    pub(crate) room: u32,
    pub(crate) pieces: Vec<Piece<'a>>,
}

/// Division by 2^`by`, rounded up.
fn ceil(value: u32, by: u32) -> u32 {
    ((u64::from(value) + (1 << by) - 1) >> by) as u32
}

/// Equation B-15: a sub-band's share of a component, `level` transforms down.
fn band_area(area: &Area, band: Band, level: u32) -> Area {
    let (x, y) = match band {
        Band::LL => (0, 0),
        Band::HL => (1, 0),
        Band::LH => (0, 1),
        Band::HH => (1, 1),
    };
    let at = |value: u32, high: u64| match level {
        0 => value,
        _ => {
            let moved = (u64::from(value) + (1 << level) - 1).saturating_sub(high << (level - 1));
            (moved >> level) as u32
        }
    };
    Area {
        left: at(area.left, x),
        top: at(area.top, y),
        right: at(area.right, x),
        bottom: at(area.bottom, y),
    }
}

impl<'a> Component<'a> {
    /// Cuts a tile's component up. `budget` is how many pieces may still come of it.
    pub(crate) fn new(area: Area, coding: &Coding, budget: &mut u64) -> Result<Self, CodecError> {
        let mut resolutions = Vec::new();
        for (resolution, &precinct) in (0..).zip(&coding.precincts) {
            let down = coding.levels.saturating_sub(resolution);
            let here = band_area(&area, Band::LL, down);
            let bands = match resolution {
                0 => vec![(Band::LL, here)],
                _ => [Band::HL, Band::LH, Band::HH]
                    .map(|band| (band, band_area(&area, band, down + 1)))
                    .to_vec(),
            };
            let mut resolution = Resolution { area: here, bands, precincts: Vec::new() };
            resolution.cut(&area, down, precinct, coding, budget)?;
            resolutions.push(resolution);
        }
        Ok(Self { resolutions })
    }
}

impl Resolution<'_> {
    fn cut(
        &mut self,
        tile: &Area,
        down: u32,
        precinct: (u32, u32),
        coding: &Coding,
        budget: &mut u64,
    ) -> Result<(), CodecError> {
        if self.area.is_empty() {
            return Ok(());
        }
        let halved = u32::from(self.bands.len() > 1);
        let block =
            (coding.block.0.min(precinct.0 - halved), coding.block.1.min(precinct.1 - halved));
        let columns = self.area.left >> precinct.0..ceil(self.area.right, precinct.0);
        let rows = self.area.top >> precinct.1..ceil(self.area.bottom, precinct.1);
        spend(budget, columns.len() as u64 * rows.len() as u64)?;
        for row in rows {
            for column in columns.clone() {
                let corner = |at: u32, exponent: u32, start: u32| {
                    (u64::from(at) << (exponent + down)).max(u64::from(start))
                };
                let mut parts = Vec::with_capacity(self.bands.len());
                for (_, band) in &self.bands {
                    let within = |at: u32, exponent: u32, low: u32, high: u32| {
                        let edge = u64::from(at) << (exponent - halved);
                        edge.clamp(u64::from(low), u64::from(high)) as u32
                    };
                    let area = Area {
                        left: within(column, precinct.0, band.left, band.right),
                        top: within(row, precinct.1, band.top, band.bottom),
                        right: within(column + 1, precinct.0, band.left, band.right),
                        bottom: within(row + 1, precinct.1, band.top, band.bottom),
                    };
                    parts.push(Part::new(&area, block, budget)?);
                }
                self.precincts.push(Precinct {
                    corner: (
                        corner(row, precinct.1, tile.top),
                        corner(column, precinct.0, tile.left),
                    ),
                    layers: 0,
                    parts,
                });
            }
        }
        Ok(())
    }
}

impl Part<'_> {
    fn new(area: &Area, block: (u32, u32), budget: &mut u64) -> Result<Self, CodecError> {
        let (columns, rows) = if area.is_empty() {
            (0..0, 0..0)
        } else {
            (
                area.left >> block.0..ceil(area.right, block.0),
                area.top >> block.1..ceil(area.bottom, block.1),
            )
        };
        spend(budget, columns.len() as u64 * rows.len() as u64)?;
        let mut blocks = Vec::new();
        blocks
            .try_reserve_exact(columns.len() * rows.len())
            .map_err(|_| error("not enough memory for the JPEG 2000 frame's code blocks"))?;
        for row in rows.clone() {
            for column in columns.clone() {
                blocks.push(Block {
                    area: Area {
                        left: (column << block.0).max(area.left),
                        top: (row << block.1).max(area.top),
                        right: ((column + 1) << block.0).min(area.right),
                        bottom: ((row + 1) << block.1).min(area.bottom),
                    },
                    zero_planes: None,
                    passes: 0,
                    length_bits: 3,
                    room: 0,
                    pieces: Vec::new(),
                });
            }
        }
        Ok(Self {
            across: columns.len(),
            blocks,
            included: TagTree::new(columns.len(), rows.len())?,
            zero_planes: TagTree::new(columns.len(), rows.len())?,
        })
    }
}

fn spend(budget: &mut u64, pieces: u64) -> Result<(), CodecError> {
    *budget = budget.checked_sub(pieces).ok_or_else(|| {
        error(format!("the JPEG 2000 frame is cut into more than {MAX_PIECES} pieces"))
    })?;
    Ok(())
}
