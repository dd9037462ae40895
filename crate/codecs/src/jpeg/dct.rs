//! Sequential DCT with Huffman coding (T.81 annex F), 8 and 12 bits: blocks of 8 × 8 coefficients
//! become samples.

use super::bits::Bits;
use super::huffman::Table;
use super::idct::Idct;
use super::{Part, Restarts, damaged};
use crate::CodecError;
use crate::frame::zeros;

/// One component's samples, whole blocks wide and high.
#[derive(Debug)]
pub(crate) struct Plane {
    samples: Vec<u16>,
    stride: usize,
    /// Blocks that hold samples of the picture (a scan of this component alone codes no others).
    blocks_wide: usize,
    blocks_high: usize,
    /// Blocks of an MCU, across and down.
    pub(crate) across: usize,
    pub(crate) down: usize,
}

/// How the picture is cut into MCUs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// The largest sampling factors of any component.
    pub(crate) across: usize,
    pub(crate) down: usize,
}

impl Grid {
    fn mcus_wide(&self) -> usize {
        self.columns.div_ceil(8 * self.across)
    }

    fn mcus_high(&self) -> usize {
        self.rows.div_ceil(8 * self.down)
    }
}

impl Plane {
    pub(crate) fn new(grid: &Grid, across: usize, down: usize) -> Result<Self, CodecError> {
        let stride = grid.mcus_wide() * across * 8;
        Ok(Self {
            samples: zeros(stride * grid.mcus_high() * down * 8)?,
            stride,
            blocks_wide: (grid.columns * across).div_ceil(grid.across).div_ceil(8),
            blocks_high: (grid.rows * down).div_ceil(grid.down).div_ceil(8),
            across,
            down,
        })
    }

    /// The sample over this pixel of the picture; a smaller component's samples are repeated.
    pub(crate) fn row(&self, grid: &Grid, row: usize) -> impl Iterator<Item = u16> + '_ {
        let start = (row * self.down / grid.down) * self.stride;
        let line = self.samples.get(start..start + self.stride).unwrap_or_default();
        let (across, of) = (self.across, grid.across);
        (0..grid.columns)
            .map(move |column| line.get(column * across / of).copied().unwrap_or_default())
    }

    fn put(&mut self, block_x: usize, block_y: usize, block: &[[u16; 8]; 8]) {
        let start = block_y * 8 * self.stride + block_x * 8;
        let rows = self.samples.get_mut(start..).unwrap_or_default().chunks_mut(self.stride);
        for (row, values) in rows.zip(block) {
            if let Some(place) = row.get_mut(..8) {
                place.copy_from_slice(values);
            }
        }
    }
}

/// What one component of a scan is decoded with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tables<'t> {
    pub(crate) dc: &'t Table,
    pub(crate) ac: &'t Table,
    pub(crate) idct: &'t Idct,
}

/// Decodes a scan into the planes of its components.
pub(crate) fn scan(
    grid: &Grid,
    parts: &[Part<Tables<'_>>],
    mut bits: Bits<'_>,
    interval: usize,
    planes: &mut [Plane],
) -> Result<(), CodecError> {
    let mut restarts = Restarts::new(interval);
    let mut predictions = vec![0; parts.len()];
    // A.2.2: a scan of one component has its blocks in rows, without MCUs.
    let alone = match parts {
        [part] => planes.get(part.place).map(|plane| (plane.blocks_wide, plane.blocks_high)),
        _ => None,
    };
    let (wide, high) = alone.unwrap_or((grid.mcus_wide(), grid.mcus_high()));
    for y in 0..high {
        for x in 0..wide {
            if restarts.due() {
                bits = restarts.next(&bits)?;
                predictions.fill(0);
            }
            for (part, prediction) in parts.iter().zip(&mut predictions) {
                let Some(plane) = planes.get_mut(part.place) else { continue };
                let (across, down) =
                    if alone.is_some() { (1, 1) } else { (plane.across, plane.down) };
                for (v, h) in (0..down).flat_map(|v| (0..across).map(move |h| (v, h))) {
                    let samples = block(&mut bits, &part.table, prediction)
                        .ok_or_else(|| damaged(y, high))?;
                    plane.put(x * across + h, y * down + v, &samples);
                }
            }
        }
        if bits.overrun() {
            return Err(damaged(y, high));
        }
    }
    Ok(())
}

/// One block (F.2.2): the DC difference, then runs of zeros and coefficients.
fn block(bits: &mut Bits<'_>, tables: &Tables<'_>, prediction: &mut i32) -> Option<[[u16; 8]; 8]> {
    bits.fill();
    let size = tables.dc.next(bits)?;
    if size > 15 {
        return None;
    }
    // Damaged data could add up past any range; a real DC fits in 16 bits.
    *prediction = (*prediction + bits.extend(u32::from(size))).clamp(-32768, 32767);
    let mut block = tables.idct.block(*prediction);
    let mut place = 1_usize;
    while place < 64 {
        bits.fill();
        let symbol = tables.ac.next(bits)?;
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        match (run, size) {
            // The rest is zeros.
            (0, 0) => break,
            (15, 0) => place += 16,
            (_, 0) => return None,
            _ => {
                place += run;
                block.set(place, bits.extend(size))?;
                place += 1;
            }
        }
    }
    Some(block.samples())
}
