//! Sums over square in-plane windows, by running sums: the mean and the spread around every voxel
//! at a cost that does not grow with the window's area.

use crate::{Grid, volume::PADDING_BELOW_HU};

/// The window's side in mm: wide enough to tell a smooth vessel from trabecular bone, narrow
/// enough to fit inside a rib.
const SIDE_MM: f64 = 3.5;
/// Windows of up to 15 × 15 keep the sum of squares within 32 bits.
const MAX_REACH: usize = 7;
/// Values are summed from here up, so that sums are not negative; padding counts as air.
pub(super) const ZERO_HU: i16 = PADDING_BELOW_HU;
/// Values above this are summed as this: the scanner's own ceiling.
const CEILING_HU: i16 = 3071;

/// How far a window of 3.5 mm reaches from its centre, in pixels: at least 1.
pub(super) fn reach(grid: &Grid) -> usize {
    let [x_mm, y_mm, _] = grid.spacing_mm();
    let side = SIDE_MM / (x_mm * y_mm).sqrt();
    (((side - 1.0) / 2.0).round() as usize).clamp(1, MAX_REACH)
}

/// Walks down a slice's rows, keeping for every column the sums over the window's height.
#[derive(Debug)]
pub(super) struct Window {
    reach: usize,
    nx: usize,
    /// Sum of (HU + 1024) of each column, with `reach` columns of margin left and right.
    sum: Vec<u32>,
    /// Sum of (HU + 1024)² of each column.
    square: Vec<u32>,
}

/// What a window says of its centre: n, Σv and Σv² with v = HU + 1024.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sums {
    pub(super) n: i64,
    pub(super) sum: i64,
    pub(super) square: i64,
}

impl Sums {
    /// n times the mean in HU.
    #[inline]
    pub(super) fn mean_times_n(self) -> i64 {
        self.sum + self.n * i64::from(ZERO_HU)
    }

    /// n² times the variance in HU².
    #[inline]
    pub(super) fn variance_times_n2(self) -> i64 {
        self.n * self.square - self.sum * self.sum
    }
}

impl Window {
    pub(super) fn new(reach: usize, nx: usize) -> Self {
        let width = nx + 2 * reach;
        Self { reach, nx, sum: vec![0; width], square: vec![0; width] }
    }

    /// Centres the window on the first row. Rows beyond the slice count as the nearest row.
    pub(super) fn start(&mut self, slice: &[i16]) {
        self.start_at(slice, 0);
    }

    /// Centres the window on row `y`.
    pub(super) fn start_at(&mut self, slice: &[i16], y: usize) {
        self.sum.fill(0);
        self.square.fill(0);
        let last = (slice.len() / self.nx).saturating_sub(1);
        for dy in 0..=2 * self.reach {
            self.add(slice, (y + dy).saturating_sub(self.reach).min(last), false);
        }
        self.margins();
    }

    /// Moves from row `y` to row `y + 1`.
    pub(super) fn step(&mut self, slice: &[i16], y: usize) {
        let last = (slice.len() / self.nx).saturating_sub(1);
        self.add(slice, (y + 1 + self.reach).min(last), false);
        self.add(slice, y.saturating_sub(self.reach), true);
        self.margins();
    }

    /// The sums around column `x`.
    #[inline]
    pub(super) fn at(&self, x: usize) -> Sums {
        let side = 2 * self.reach + 1;
        let total = |columns: &[u32]| {
            columns.get(x..x + side).map_or(0, |c| c.iter().map(|v| i64::from(*v)).sum())
        };
        Sums { n: (side * side) as i64, sum: total(&self.sum), square: total(&self.square) }
    }

    /// The sums alone, of 64 columns from `x`, to see quickly whether any is bright.
    #[inline]
    pub(super) fn sums_of_64(&self, x: usize) -> [u32; 64] {
        let mut sums = [0; 64];
        for dx in 0..=2 * self.reach {
            let columns = self.sum.get(x + dx..).unwrap_or(&[]);
            for (sum, column) in sums.iter_mut().zip(columns) {
                *sum += column;
            }
        }
        sums
    }

    /// The smallest value of [`Window::sums_of_64`] for a mean above `hu`.
    pub(super) fn sum_above(&self, hu: i16) -> u32 {
        let side = 2 * self.reach + 1;
        (side * side) as u32 * (i32::from(hu) - i32::from(ZERO_HU)).max(0) as u32 + 1
    }

    fn add(&mut self, slice: &[i16], y: usize, away: bool) {
        let row = slice.get(y * self.nx..(y + 1) * self.nx).unwrap_or(&[]);
        let columns = self.sum.iter_mut().zip(&mut self.square).skip(self.reach);
        for ((sum, square), hu) in columns.zip(row) {
            let v = (i32::from((*hu).clamp(ZERO_HU, CEILING_HU)) - i32::from(ZERO_HU)) as u32;
            if away {
                *sum = sum.wrapping_sub(v);
                *square = square.wrapping_sub(v * v);
            } else {
                *sum = sum.wrapping_add(v);
                *square = square.wrapping_add(v * v);
            }
        }
    }

    /// Columns beyond the slice count as the nearest column.
    fn margins(&mut self) {
        let (reach, nx) = (self.reach, self.nx);
        for columns in [&mut self.sum, &mut self.square] {
            let (Some(&left), Some(&right)) = (columns.get(reach), columns.get(reach + nx - 1))
            else {
                continue;
            };
            columns[..reach].fill(left);
            columns[reach + nx..].fill(right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_sums_equal_plain_ones() {
        let (nx, ny, reach) = (9_usize, 7_usize, 2_usize);
        let slice: Vec<i16> = (0..nx * ny).map(|i| ((i * 7919) % 4000) as i16 - 1500).collect();
        let mut window = Window::new(reach, nx);
        window.start(&slice);
        for y in 0..ny {
            for x in 0..nx {
                let mut expected = (0, 0);
                for dy in 0..=2 * reach {
                    for dx in 0..=2 * reach {
                        let at = |i: usize, n: usize| i.saturating_sub(reach).min(n - 1);
                        let hu = slice[at(y + dy, ny) * nx + at(x + dx, nx)];
                        let v = i64::from(hu.clamp(-1024, 3071)) + 1024;
                        expected = (expected.0 + v, expected.1 + v * v);
                    }
                }
                let sums = window.at(x);
                assert_eq!((sums.sum, sums.square), expected, "at {x}, {y}");
                assert_eq!(i64::from(window.sums_of_64(0)[x]), expected.0);
            }
            window.step(&slice, y);
        }
    }

    #[test]
    fn the_window_is_about_3_5_mm_wide_and_never_a_point() {
        let reach = |mm| reach(&Grid::from_spacing([9, 9, 9], [mm, mm, 2.5]).unwrap());
        assert_eq!([0.25, 0.5, 0.7, 1.0, 1.5, 3.0].map(reach), [7, 3, 2, 1, 1, 1]);
    }
}
