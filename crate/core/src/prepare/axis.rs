//! Where the voxels of a resampled axis come from.
//!
//! ```text
//! old   |   0   |   1   |   2   |      the outer corner is shared, so new voxel o lies at
//! new   | 0 | 1 | 2 | 3 | 4 | 5 |      o · step + (step − 1) / 2 of the old ones
//! ```

use super::Interpolation;
use crate::{
    Error,
    error::{try_vec, try_with_capacity},
};

/// What a voxel's share of another is counted in.
const WHOLE: f64 = 65536.0;

/// Voxels along the new axis. Halves to even, as numpy's `rint`.
pub(super) fn new_length(n: usize, step: f64) -> f64 {
    (n as f64 / step).round_ties_even().max(1.0)
}

/// A neighbour besides the first, and what share of its difference to the first counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tap {
    pub(super) at: u32,
    pub(super) weight: f32,
}

/// For each new voxel: value = v(first) + Σ weight · (v(at) − v(first)). So where all neighbours are
/// equal, nothing is added, whatever the weights were rounded to.
#[derive(Debug)]
pub(super) struct Samples {
    pub(super) first: Vec<u32>,
    /// As many for each voxel.
    pub(super) others: Vec<Tap>,
    pub(super) others_each: usize,
    /// The nearest old voxel; the higher of two.
    pub(super) nearest: Vec<u32>,
}

impl Samples {
    pub(super) fn new(
        n: usize,
        length: usize,
        step: f64,
        interpolation: Interpolation,
    ) -> Result<Self, Error> {
        let offsets: &[isize] = match interpolation {
            Interpolation::Nearest => &[],
            Interpolation::Linear => &[1],
            Interpolation::Cubic => &[-1, 1, 2],
        };
        let last = n as isize - 1;
        let clamped = |i: isize| i.clamp(0, last) as u32;
        let mut samples = Self {
            first: try_with_capacity(length, "samples of an axis")?,
            others: try_with_capacity(length * offsets.len(), "samples of an axis")?,
            others_each: offsets.len(),
            nearest: try_with_capacity(length, "samples of an axis")?,
        };
        for o in 0..length {
            let at = (o as f64 * step + (step - 1.0) / 2.0).clamp(0.0, last as f64);
            let nearest = clamped((at + 0.5).floor() as isize);
            samples.nearest.push(nearest);
            if interpolation == Interpolation::Nearest {
                samples.first.push(nearest);
                continue;
            }
            let below = at.floor();
            let t = at - below;
            let first = below as isize;
            samples.first.push(clamped(first));
            for offset in offsets {
                let weight = match interpolation {
                    Interpolation::Cubic => catmull_rom(t, *offset),
                    _ => t,
                } as f32;
                // What does not count is not looked at: it may be padding.
                let at = if weight == 0.0 { first } else { first + offset };
                samples.others.push(Tap { at: clamped(at), weight });
            }
        }
        Ok(samples)
    }

    /// The others of new voxel `o`.
    pub(super) fn others_of(&self, o: usize) -> &[Tap] {
        let n = self.others_each;
        self.others.get(o * n..(o + 1) * n).unwrap_or(&[])
    }
}

/// The weight of the neighbour at `offset` for a place `t` beyond the first.
fn catmull_rom(t: f64, offset: isize) -> f64 {
    match offset {
        -1 => t * (t * (1.0 - 0.5 * t) - 0.5),
        1 => t * (0.5 + t * (2.0 - 1.5 * t)),
        _ => t * t * (0.5 * t - 0.5),
    }
}

/// For each new voxel the old ones that have a say in its label, and their shares in 65536ths.
///
/// Where new voxels are larger, the share is that of the new voxel's box; where they are smaller, that
/// of linear interpolation, so that borders do not come out in steps.
#[derive(Debug)]
pub(super) struct Shares {
    /// Where each voxel's shares begin, and one more.
    starts: Vec<usize>,
    shares: Vec<(u32, u64)>,
}

impl Shares {
    pub(super) fn new(n: usize, length: usize, step: f64) -> Result<Self, Error> {
        let mut found = Self {
            starts: try_vec(0, length + 1, "shares of an axis")?,
            shares: try_with_capacity(n + 2 * length, "shares of an axis")?,
        };
        let last = n.saturating_sub(1);
        for o in 0..length {
            let (from, to) = if step >= 1.0 {
                (o as f64 * step, ((o + 1) as f64 * step).min(n as f64))
            } else {
                let centre = (o as f64 + 0.5) * step;
                // A box of one old voxel around the centre has the shares of linear interpolation.
                ((centre - 0.5).max(0.0), (centre + 0.5).min(n as f64))
            };
            let lowest = (from.floor() as usize).min(last);
            for i in lowest..n {
                let overlap = to.min((i + 1) as f64) - from.max(i as f64);
                if overlap <= 0.0 && i > lowest {
                    break;
                }
                // Equal shares stay equal: they are not made to sum up exactly.
                let share = (overlap / (to - from) * WHOLE).round_ties_even() as u64;
                if share > 0 {
                    found.shares.push((i as u32, share));
                }
            }
            if let Some(next) = found.starts.get_mut(o + 1) {
                *next = found.shares.len();
            }
        }
        Ok(found)
    }

    /// Those of new voxel `o`.
    pub(super) fn of(&self, o: usize) -> &[(u32, u64)] {
        match (self.starts.get(o), self.starts.get(o + 1)) {
            (Some(start), Some(end)) => self.shares.get(*start..*end).unwrap_or(&[]),
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_catmull_rom_are_those_of_the_textbook() {
        // At t = 1/2: −1/16, 9/16, 9/16, −1/16.
        assert_eq!([-1, 1, 2].map(|k| catmull_rom(0.5, k)), [-0.0625, 0.5625, -0.0625]);
        assert_eq!([-1, 1, 2].map(|k| catmull_rom(0.0, k)), [0.0; 3]);
    }

    #[test]
    fn halves_of_a_length_go_to_the_even_number() {
        assert_eq!([new_length(5, 2.0), new_length(7, 2.0), new_length(1, 9.0)], [2.0, 4.0, 1.0]);
    }

    #[test]
    fn shares_are_of_the_box_or_linear_and_about_whole_together() {
        let coarse = Shares::new(5, 2, 2.5).unwrap();
        assert_eq!(coarse.of(0), [(0, 26214), (1, 26214), (2, 13107)]);
        let fine = Shares::new(2, 4, 0.5).unwrap();
        assert_eq!(fine.of(0), [(0, 65536)]);
        assert_eq!(fine.of(1), [(0, 49152), (1, 16384)]);
        for (n, length, step) in [(7, 3, 2.3), (3, 10, 0.3), (1, 4, 0.25), (9, 1, 20.0)] {
            let shares = Shares::new(n, length, step).unwrap();
            for o in 0..length {
                let sum: u64 = shares.of(o).iter().map(|(_, share)| share).sum();
                assert!(sum.abs_diff(65536) <= 8, "{sum}");
            }
        }
    }
}
