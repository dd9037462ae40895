//! SIZ (15444-1 A.5.1): how large the picture is, its tiles and its samples.

use crate::CodecError;
use crate::frame::{Fields, error};

/// The most tiles a picture may be cut into. Real CT frames have one.
const MAX_TILES: u64 = 4096;
/// The most components: grey or RGB, and an alpha plane somebody may have added.
const MAX_COMPONENTS: usize = 4;

/// A rectangle on the reference grid, or on what comes of it by halving; the ends are excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) right: u32,
    pub(crate) bottom: u32,
}

impl Area {
    pub(crate) fn width(&self) -> usize {
        self.right.saturating_sub(self.left) as usize
    }
    pub(crate) fn height(&self) -> usize {
        self.bottom.saturating_sub(self.top) as usize
    }
    pub(crate) fn is_empty(&self) -> bool {
        self.width() == 0 || self.height() == 0
    }
}

/// SIZ (A.5.1).
#[derive(Debug, Clone)]
pub(crate) struct Size {
    pub(crate) picture: Area,
    tile: (u32, u32),
    origin: (u32, u32),
    tiles_across: u32,
    pub(crate) tiles: u32,
    pub(crate) components: usize,
    pub(crate) precision: u32,
    pub(crate) signed: bool,
}

impl Size {
    pub(crate) fn read(segment: &mut Fields<'_>) -> Result<Self, CodecError> {
        segment.u16()?;
        let (right, bottom, left, top) =
            (segment.u32()?, segment.u32()?, segment.u32()?, segment.u32()?);
        let tile = (segment.u32()?, segment.u32()?);
        let origin = (segment.u32()?, segment.u32()?);
        let components = usize::from(segment.u16()?);
        let picture = Area { left, top, right, bottom };
        let samples = picture.width() as u64 * picture.height() as u64;
        if samples == 0 || samples > 1 << 26 || right > 1 << 31 || bottom > 1 << 31 {
            return Err(error(format!(
                "a JPEG 2000 frame from {left}, {top} to {right}, {bottom} is not decoded"
            )));
        }
        // Tiles begin at or before the picture, and the first one holds some of it.
        let holds = |origin: u32, size: u32, start: u32| {
            origin <= start && u64::from(origin) + u64::from(size) > u64::from(start)
        };
        if !holds(origin.0, tile.0, left) || !holds(origin.1, tile.1, top) {
            return Err(error(format!(
                "JPEG 2000 tiles of {} × {} from {}, {} cannot be",
                tile.0, tile.1, origin.0, origin.1
            )));
        }
        let across = (right - origin.0).div_ceil(tile.0);
        let tiles = u64::from(across) * u64::from((bottom - origin.1).div_ceil(tile.1));
        if tiles > MAX_TILES {
            return Err(error(format!(
                "the JPEG 2000 frame is cut into {tiles} tiles, more than {MAX_TILES}"
            )));
        }
        if components == 0 || components > MAX_COMPONENTS {
            return Err(error(format!(
                "a JPEG 2000 frame of {components} components is not decoded"
            )));
        }
        let mut kind = None;
        for _ in 0..components {
            let (depth, across, down) = (segment.u8()?, segment.u8()?, segment.u8()?);
            if (across, down) != (1, 1) {
                return Err(error(format!(
                    "a JPEG 2000 frame with components sampled {across} × {down} is not decoded"
                )));
            }
            if *kind.get_or_insert(depth) != depth {
                return Err(error(
                    "a JPEG 2000 frame with components of different depths is not decoded",
                ));
            }
        }
        let kind = kind.unwrap_or_default();
        // Ssiz: depth less one, and the sign in the highest bit.
        let precision = u32::from(kind & 0x7F) + 1;
        if precision > 16 {
            return Err(error(format!(
                "a JPEG 2000 frame of {precision} bits per sample is not decoded: at most 16"
            )));
        }
        let signed = kind & 0x80 != 0;
        let tiles = tiles as u32;
        Ok(Self {
            picture,
            tile,
            origin,
            tiles_across: across,
            tiles,
            components,
            precision,
            signed,
        })
    }

    /// Where a tile is (B.3).
    pub(crate) fn area(&self, tile: u32) -> Area {
        let (p, q) = (tile % self.tiles_across, tile / self.tiles_across);
        let from = |origin: u32, size: u32, count: u32| {
            u64::from(origin) + u64::from(size) * u64::from(count)
        };
        let clamp = |at: u64, low: u32, high: u32| at.clamp(u64::from(low), u64::from(high)) as u32;
        let Area { left, top, right, bottom } = self.picture;
        Area {
            left: clamp(from(self.origin.0, self.tile.0, p), left, right),
            top: clamp(from(self.origin.1, self.tile.1, q), top, bottom),
            right: clamp(from(self.origin.0, self.tile.0, p + 1), left, right),
            bottom: clamp(from(self.origin.1, self.tile.1, q + 1), top, bottom),
        }
    }
}
