//! Slices with less noise: binomial averages over neighbours, made one slice at a time.
//!
//! A noisy scan would need a smoothed copy as large as itself; instead every pass asks for the
//! slices it reads.

use std::borrow::Cow;

use super::window::ZERO_HU;
use crate::Grid;

/// Slices closer than this are averaged across, too.
const THIN_SLICE_MM: f64 = 1.5;

/// A scan seen through `passes` binomial filters (1 2 1 along each axis); none: as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quiet<'a> {
    hu: &'a [i16],
    size_voxel: [usize; 3],
    passes: usize,
    across_slices: bool,
}

/// Room for the sums of one slice.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    sums: Vec<i32>,
    row: Vec<i32>,
}

impl<'a> Quiet<'a> {
    pub(super) fn new(hu: &'a [i16], grid: &Grid, passes: usize) -> Self {
        let across_slices = grid.spacing_mm()[2] <= THIN_SLICE_MM;
        Self { hu, size_voxel: grid.size_voxel(), passes: passes.min(2), across_slices }
    }

    /// Voxels along x, y, z.
    pub(super) fn size_voxel(&self) -> [usize; 3] {
        self.size_voxel
    }

    /// Slice `z`, x fastest.
    pub(super) fn slice(&self, z: usize, scratch: &mut Scratch) -> Cow<'a, [i16]> {
        if self.passes == 0 {
            return Cow::Borrowed(self.raw(z));
        }
        let (weights, mut shift): (&[i32], u32) = match (self.across_slices, self.passes) {
            (false, _) => (&[1], 0),
            (true, 1) => (&[1, 2, 1], 2),
            (true, _) => (&[1, 4, 6, 4, 1], 4),
        };
        let [nx, ny, nz] = self.size_voxel;
        let Scratch { sums, row } = scratch;
        sums.clear();
        sums.resize(nx * ny, 0);
        for (k, weight) in weights.iter().enumerate() {
            let near = (z + k).saturating_sub(weights.len() / 2).min(nz.saturating_sub(1));
            for (sum, hu) in sums.iter_mut().zip(self.raw(near)) {
                // Padding is air: its value means nothing and must not darken the skin.
                *sum += weight * i32::from((*hu).max(ZERO_HU));
            }
        }
        for _ in 0..self.passes {
            along_x(sums, nx);
            along_y(sums, nx, row);
            shift += 4;
        }
        let half = 1 << (shift - 1);
        Cow::Owned(sums.iter().map(|sum| ((sum + half) >> shift) as i16).collect())
    }

    fn raw(&self, z: usize) -> &'a [i16] {
        let n = self.size_voxel[0] * self.size_voxel[1];
        self.hu.get(z * n..(z + 1) * n).unwrap_or(&[])
    }
}

fn along_x(values: &mut [i32], nx: usize) {
    for row in values.chunks_exact_mut(nx) {
        let mut before = row.first().copied().unwrap_or(0);
        for x in 0..nx {
            let here = row[x];
            let after = row.get(x + 1).copied().unwrap_or(here);
            row[x] = before + 2 * here + after;
            before = here;
        }
    }
}

fn along_y(values: &mut [i32], nx: usize, before: &mut Vec<i32>) {
    before.clear();
    before.extend_from_slice(values.get(..nx).unwrap_or(&[]));
    let rows = values.len() / nx;
    for y in 0..rows {
        let (here, rest) = values[y * nx..].split_at_mut(nx);
        let last = y + 1 == rows;
        for x in 0..nx {
            let value = here[x];
            let after = if last { value } else { rest[x] };
            here[x] = before[x] + 2 * value + after;
            before[x] = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_becomes_a_binomial_and_the_sum_stays() {
        let grid = Grid::from_spacing([5, 5, 3], [1.0, 1.0, 1.0]).unwrap();
        let mut hu = vec![0; 75];
        hu[25 + 12] = 640;
        let quiet = Quiet::new(&hu, &grid, 1);
        let middle = quiet.slice(1, &mut Scratch::default());
        assert_eq!(middle[12], 640 / 8);
        assert_eq!(middle[6], 640 / 32);
        let total: i32 = (0..3)
            .flat_map(|z| quiet.slice(z, &mut Scratch::default()).into_owned())
            .map(i32::from)
            .sum();
        assert_eq!(total, 640);
        // Thick slices stay apart.
        let thick = Grid::from_spacing([5, 5, 3], [1.0, 1.0, 3.0]).unwrap();
        let below = Quiet::new(&hu, &thick, 2).slice(0, &mut Scratch::default());
        assert!(below.iter().all(|hu| *hu == 0));
    }

    #[test]
    fn padding_counts_as_air() {
        let grid = Grid::from_spacing([3, 1, 1], [1.0, 1.0, 3.0]).unwrap();
        let quiet = Quiet::new(&[-2048, -1024, -1024], &grid, 1);
        assert_eq!(quiet.slice(0, &mut Scratch::default()).as_ref(), [-1024; 3]);
    }
}
