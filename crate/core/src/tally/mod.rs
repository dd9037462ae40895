//! What is counted of a mask in one pass: voxels, where they lie, their values, and how often a
//! voxel has a fellow a given step away. Whole numbers only, so that neither the number of threads
//! nor the order in which they finish can change a result.

mod counts;
mod spread;
mod values;

pub(crate) use counts::{Counts, VALUES, index};
pub(crate) use spread::{Peak, Spread, ratio};
pub(crate) use values::{Values, is_measured};

use crate::{Error, Mask, mask::each_run, par};

/// Slices that a thread counts at a time.
const SLICES: usize = 4;

/// A step from one voxel to another, in voxels along x, y, z; never backward along x. (A step back
/// finds the same pairs from their other ends.)
pub(crate) type Step = [isize; 3];

/// Steps that are counted at once.
pub(crate) const STEPS: usize = 13;

/// What was counted.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Voxels inside.
    pub(crate) voxels: u64,
    /// The lowest corner; above [`Tally::max`] when nothing is inside.
    pub(crate) min: [usize; 3],
    /// The highest corner, inclusive.
    pub(crate) max: [usize; 3],
    /// The sum of all voxels' indices.
    pub(crate) position: [u64; 3],
    /// For each step, voxels inside whose fellow that step away is inside, too.
    pub(crate) pairs: [u64; STEPS],
    /// The values, where these are whole numbers.
    pub(crate) counts: Option<Counts>,
}

impl Tally {
    /// Counts `mask`: the values where `hu` (x fastest, on the mask's grid) is given, and pairs for
    /// the first thirteen of `steps`.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(crate) fn of(mask: &Mask, hu: Option<&[i16]>, steps: &[Step]) -> Result<Self, Error> {
        let [_, _, nz] = mask.size_voxel();
        let start = || Self::none(hu.is_some());
        let tallies = par::fold((0..nz).step_by(SLICES), &start, &|tally, _, first| {
            if let Ok(tally) = tally {
                for z in first..nz.min(first + SLICES) {
                    tally.add_slice(mask, z, hu, steps);
                }
            }
        });
        tallies.into_iter().try_fold(Self::none(false)?, |all, tally| Ok(all.join(tally?)))
    }

    fn none(with_counts: bool) -> Result<Self, Error> {
        Ok(Self {
            voxels: 0,
            min: [usize::MAX; 3],
            max: [0; 3],
            position: [0; 3],
            pairs: [0; STEPS],
            counts: with_counts.then(Counts::none).transpose()?,
        })
    }

    fn join(mut self, other: Self) -> Self {
        self.voxels += other.voxels;
        for axis in 0..3 {
            self.min[axis] = self.min[axis].min(other.min[axis]);
            self.max[axis] = self.max[axis].max(other.max[axis]);
            self.position[axis] += other.position[axis];
        }
        for (pairs, more) in self.pairs.iter_mut().zip(other.pairs) {
            *pairs += more;
        }
        match (&mut self.counts, other.counts) {
            (Some(counts), Some(more)) => counts.join(&more),
            (counts @ None, more) => *counts = more,
            _ => {}
        }
        self
    }

    fn add_slice(&mut self, mask: &Mask, z: usize, hu: Option<&[i16]>, steps: &[Step]) {
        let [nx, ny, _] = mask.size_voxel();
        for y in 0..ny {
            let row = mask.row(y, z);
            if row.iter().all(|word| *word == 0) {
                continue;
            }
            let first = (z * ny + y) * nx;
            let hu = hu.and_then(|hu| hu.get(first..first + nx));
            each_run(row, |start, end| {
                self.add_run([usize::from(start), y, z], usize::from(end));
                let values = hu.and_then(|hu| hu.get(usize::from(start)..usize::from(end)));
                if let (Some(values), Some(counts)) = (values, &mut self.counts) {
                    values.iter().for_each(|hu| counts.add(*hu));
                }
            });
            let first = row.iter().position(|word| *word != 0).unwrap_or(0);
            let last = row.iter().rposition(|word| *word != 0).unwrap_or(0);
            let near = row.get(first..=last).unwrap_or(&[]);
            for (pairs, [dx, dy, dz]) in self.pairs.iter_mut().zip(steps) {
                let to = y.checked_add_signed(*dy).zip(z.checked_add_signed(*dz));
                let Some((to_y, to_z)) = to.filter(|(to_y, _)| *to_y < ny) else { continue };
                let (words, bits) = (dx.unsigned_abs() / 64, dx.unsigned_abs() % 64);
                let far = mask.row(to_y, to_z).get(first + words..).unwrap_or(&[]);
                *pairs += both(near, far, bits);
            }
        }
    }

    fn add_run(&mut self, start: [usize; 3], end: usize) {
        let last = [end - 1, start[1], start[2]];
        let voxels = (end - start[0]) as u64;
        self.voxels += voxels;
        for axis in 0..3 {
            let (low, high) = (start[axis], last[axis]);
            self.min[axis] = self.min[axis].min(low);
            self.max[axis] = self.max[axis].max(high);
            // First and last, times their number, is even.
            self.position[axis] += (low + high) as u64 * voxels / 2;
        }
    }
}

/// How many bits of `near` are set where the one `bits` (below 64) further in `far` is set, too.
fn both(near: &[u64], far: &[u64], bits: usize) -> u64 {
    let next = far.get(1..).unwrap_or(&[]);
    let pairs = near.iter().zip(far.iter().zip(next)).map(|(near, (low, high))| {
        // Twice, because a shift by 64 is none.
        u64::from((near & (low >> bits | high << (63 - bits) << 1)).count_ones())
    });
    // After the last word of a row nothing comes.
    let last = far.last().zip(near.get(next.len()));
    let last = last.map_or(0, |(far, near)| u64::from((near & far >> bits).count_ones()));
    pairs.sum::<u64>() + last
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equals_a_look_at_each_voxel(
            nx in 1usize..140, ny in 1usize..5, nz in 1usize..40, seed: u64,
            steps in proptest::array::uniform3((0isize..140, -3isize..3, -3isize..3)),
        ) {
            let mut state = seed | 1;
            let mut next = || {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                state >> 33
            };
            let mask = Mask::from_fn([nx, ny, nz], |_, _, _| next() % 3 > 0).unwrap();
            let hu: Vec<i16> = (0..nx * ny * nz).map(|_| next() as i16).collect();
            let steps = steps.map(|(x, y, z)| [x, y, z]);
            let tally = Tally::of(&mask, Some(&hu), &steps).unwrap();

            let mut slow = Tally::none(true).unwrap();
            for (i, hu) in hu.iter().enumerate() {
                let voxel = [i % nx, i / nx % ny, i / nx / ny];
                let [x, y, z] = voxel;
                if !mask.get(x, y, z) {
                    continue;
                }
                slow.voxels += 1;
                slow.counts.as_mut().unwrap().add(*hu);
                for (axis, at) in voxel.into_iter().enumerate() {
                    slow.position[axis] += at as u64;
                    slow.min[axis] = slow.min[axis].min(at);
                    slow.max[axis] = slow.max[axis].max(at);
                }
                for (pairs, [dx, dy, dz]) in slow.pairs.iter_mut().zip(steps) {
                    let [x, y, z] = [x as isize + dx, y as isize + dy, z as isize + dz];
                    let there = x >= 0 && y >= 0 && z >= 0;
                    *pairs += u64::from(there && mask.get(x as usize, y as usize, z as usize));
                }
            }
            prop_assert_eq!(tally.voxels, slow.voxels);
            prop_assert_eq!(tally.position, slow.position);
            prop_assert_eq!((tally.min, tally.max), (slow.min, slow.max));
            prop_assert_eq!(tally.pairs, slow.pairs);
            let [counts, slow] = [&tally, &slow].map(|t| t.counts.as_ref().unwrap().as_slice());
            prop_assert!(counts == slow);
        }
    }
}
