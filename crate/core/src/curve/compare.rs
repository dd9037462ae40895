//! Which neighbours of a row's active voxels are higher: 26 comparisons, eight voxels at a time.

use wide::i16x8;

use super::local::{self, BACK};
use super::slab::{BLOCK, MARGIN};
use crate::{Error, error::try_vec};

/// The active voxels of one row, compact.
#[derive(Debug)]
pub(super) struct Row {
    /// Their x.
    pub(super) column: Vec<u16>,
    /// Which of the 27 places in the box are higher.
    pub(super) higher: Vec<u32>,
    /// The neighbour each hangs on, see [`Local::links`](super::local::Local::links).
    pub(super) link: Vec<u32>,
    /// Neighbours not known to be joined to it, likewise.
    pub(super) rest: Vec<u32>,
}

impl Row {
    /// Room for a whole row of `length` voxels.
    pub(super) fn new(length: usize, purpose: &'static str) -> Result<Self, Error> {
        Ok(Self {
            column: try_vec(0, length, purpose)?,
            higher: try_vec(0, length, purpose)?,
            link: try_vec(0, length, purpose)?,
            rest: try_vec(0, length, purpose)?,
        })
    }
}

/// Compares the active voxels of a row with their neighbours, 8 at a time.
///
/// `rows` are the nine padded rows around it, in bit order. "Higher" is strictly higher, or equal
/// and earlier in raster order.
pub(super) fn compare_blocks<const CORNERS: bool>(
    rows: [&[i16]; 9],
    active: &[u16],
    row: &mut Row,
) -> usize {
    let mut count = 0;
    for (block, &bits) in active.iter().enumerate() {
        for half in 0..2 {
            let mut lanes = bits >> (8 * half) & 0xff;
            if lanes == 0 {
                continue;
            }
            let x = block * BLOCK + 8 * half;
            let (back, forward) = compare_eight::<CORNERS>(&rows, MARGIN + x);
            while lanes != 0 {
                let lane = lanes.trailing_zeros() as usize & 7;
                row.higher[count] = u32::from(back[lane]) | u32::from(forward[lane]) << 14;
                row.column[count] = (x + lane) as u16;
                count += 1;
                lanes &= lanes - 1;
            }
        }
    }
    count
}

/// Bits 0…12 (`back`) and 14…26 (`forward`, moved down by 14) of eight voxels from `column` on.
#[inline]
fn compare_eight<const CORNERS: bool>(rows: &[&[i16]; 9], column: usize) -> ([u16; 8], [u16; 8]) {
    let mut windows = [&[0; 10]; 9];
    for (window, row) in windows.iter_mut().zip(rows) {
        match row.get(column - 1..).and_then(<[i16]>::first_chunk::<10>) {
            Some(found) => *window = found,
            None => return ([0; 8], [0; 8]),
        }
    }
    let eight = |row: usize, dx: usize| {
        let window = windows[row];
        i16x8::new(std::array::from_fn(|lane| window[lane + dx]))
    };
    let centre = eight(4, 1);
    // Lower, because "not lower" is what an earlier neighbour must be.
    let (mut lower, mut forward) = (i16x8::splat(0), i16x8::splat(0));
    // Written out, not a loop: left to itself the compiler keeps the loop, and shifts and spreads
    // the bit for every neighbour, at twice the time.
    macro_rules! compare {
        ($found:ident, $is:ident, $first:literal: $($bit:literal)*) => { $(
            if CORNERS || local::CORNERS >> $bit & 1 == 0 {
                let other = eight($bit / 3, $bit % 3);
                $found |= other.$is(centre) & i16x8::splat(1 << ($bit - $first));
            }
        )* };
    }
    compare!(lower, simd_lt, 0: 0 1 2 3 4 5 6 7 8 9 10 11 12);
    compare!(forward, simd_gt, 14: 14 15 16 17 18 19 20 21 22 23 24 25 26);
    let compared = if CORNERS { BACK } else { BACK & !local::CORNERS };
    let back = !lower & i16x8::splat(compared as i16);
    (back.to_array().map(|v| v as u16), forward.to_array().map(|v| v as u16))
}
