//! 64 coefficients → 8 × 8 samples (T.81 A.3.3), in 32-bit floats: exact enough that only ties of
//! the last rounding could differ, and the same natively and in a browser.

use std::f32::consts::{FRAC_1_SQRT_2, PI};

/// Where the k-th coefficient of the zigzag lies, row by row (T.81 figure 5).
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

type Square = [[f32; 8]; 8];

/// A quantisation table and the range of the samples.
#[derive(Debug, Clone)]
pub(crate) struct Idct {
    /// In zigzag order.
    quantisation: [f32; 64],
    /// `cosines[u][x]` = C(u)/2 · cos((2x+1)uπ/16), for the four left samples; the right four mirror them.
    cosines: [[f32; 4]; 8],
    middle: f32,
    maximum: f32,
}

/// A block being read.
#[derive(Debug)]
pub(crate) struct Block<'t> {
    idct: &'t Idct,
    values: Square,
    /// Is there anything but the DC?
    flat: bool,
}

impl Idct {
    pub(crate) fn new(quantisation: &[u16; 64], precision: u32) -> Self {
        let mut cosines = [[0.0; 4]; 8];
        for (u, row) in cosines.iter_mut().enumerate() {
            let scale = if u == 0 { FRAC_1_SQRT_2 / 2.0 } else { 0.5 };
            for (x, cosine) in row.iter_mut().enumerate() {
                *cosine = scale * ((2 * x + 1) as f32 * u as f32 * PI / 16.0).cos();
            }
        }
        Self {
            quantisation: quantisation.map(f32::from),
            cosines,
            middle: (1_u32 << (precision - 1)) as f32,
            maximum: ((1_u32 << precision) - 1) as f32,
        }
    }

    pub(crate) fn block(&self, dc: i32) -> Block<'_> {
        let mut values = [[0.0; 8]; 8];
        values[0][0] = dc as f32 * self.quantisation[0];
        Block { idct: self, values, flat: true }
    }

    /// Samples from −middle … as the picture has them.
    fn level(&self, value: f32) -> u16 {
        // A float goes to the nearest integer of its range, NaN to 0: nothing here can go wrong.
        (value + self.middle + 0.5).clamp(0.0, self.maximum) as u16
    }
}

impl Block<'_> {
    /// Puts the coefficient at `place` of the zigzag; `None` past the 64th.
    #[inline]
    pub(crate) fn set(&mut self, place: usize, value: i32) -> Option<()> {
        let at = usize::from(*ZIGZAG.get(place)?);
        let scale = *self.idct.quantisation.get(place)?;
        *self.values.get_mut(at / 8)?.get_mut(at % 8)? = value as f32 * scale;
        self.flat = false;
        Some(())
    }

    pub(crate) fn samples(&self) -> [[u16; 8]; 8] {
        if self.flat {
            return [[self.idct.level(self.values[0][0] / 8.0); 8]; 8];
        }
        // Down the columns, eight of them side by side; turned over; and again.
        let down = transpose(&pass(&self.values, &self.idct.cosines));
        let both = transpose(&pass(&down, &self.idct.cosines));
        both.map(|row| row.map(|value| self.idct.level(value)))
    }
}

/// The one-dimensional transform of each column. Even coefficients give the part of a sample that
/// its mirror image shares, odd ones the part whose sign it turns.
fn pass(values: &Square, cosines: &[[f32; 4]; 8]) -> Square {
    let mut out = [[0.0; 8]; 8];
    for x in 0..4 {
        let (mut even, mut odd) = ([0.0_f32; 8], [0.0_f32; 8]);
        for (u, (row, cosines)) in values.iter().zip(cosines).enumerate() {
            let part = if u % 2 == 0 { &mut even } else { &mut odd };
            for (sum, value) in part.iter_mut().zip(row) {
                *sum += value * cosines[x];
            }
        }
        for column in 0..8 {
            out[x][column] = even[column] + odd[column];
            out[7 - x][column] = even[column] - odd[column];
        }
    }
    out
}

fn transpose(values: &Square) -> Square {
    let mut out = [[0.0; 8]; 8];
    for (y, row) in values.iter().enumerate() {
        for (x, value) in row.iter().enumerate() {
            out[x][y] = *value;
        }
    }
    out
}
