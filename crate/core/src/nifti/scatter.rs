//! Values in the file's order to their closest-RAS place.
//!
//! Where the file's rows run along x, runs are copied as they come. Where they do not, one voxel
//! at a time would touch a cache line of its own (sixteen times slower): then so many rows or
//! slices are collected first that whole stretches along x can be written.
//!
//! ```text
//! file, i → Anterior     volume, x → Right
//!  j0: a b c d              a e
//!  j1: e f g h       ─▶     b f      two rows at once: stretches of two
//!                           c g
//!                           d h
//! ```

use super::axes::{AxisMap, Steps};

/// Values collected at most before they are written.
const BLOCK_BYTES: usize = 8 * 1024 * 1024;
/// Stretches longer than a cache line gain nothing more.
const BLOCK_ROWS: usize = 64;

/// Cuts the file into blocks and puts each where it belongs.
#[derive(Debug)]
pub(crate) struct Scatter {
    file_size: [usize; 3],
    steps: Steps,
    blocks: Blocks,
}

#[derive(Debug)]
enum Blocks {
    /// Any stretch of the file will do.
    Rows { len: usize },
    /// `rows` steps along the file axis that is x; each step is `inner` values in the file.
    Stretches { x_axis: usize, inner: usize, rows: usize },
}

impl Scatter {
    /// `len` values at a time where the order does not matter.
    pub(crate) fn new(file_size: [usize; 3], axes: &AxisMap, len: usize) -> Self {
        let ras_size = axes.ras_size(file_size);
        let x_axis = axes.file_axis_of(0);
        let inner = file_size.iter().take(x_axis).product::<usize>();
        let rows = (BLOCK_BYTES / size_of::<f32>() / inner).min(BLOCK_ROWS);
        let blocks = if x_axis == 0 || rows < 2 {
            Blocks::Rows { len: len.max(1) }
        } else {
            Blocks::Stretches { x_axis, inner, rows }
        };
        Self { file_size, steps: axes.steps(ras_size), blocks }
    }

    /// The most values that a block has.
    pub(super) fn largest_block(&self) -> usize {
        match self.blocks {
            Blocks::Rows { len } => len,
            Blocks::Stretches { x_axis, inner, rows } => inner * rows.min(self.file_size[x_axis]),
        }
    }

    /// The length of the block that begins with the file's value `start`.
    pub(super) fn block(&self, start: usize) -> usize {
        let left = self.file_size.iter().product::<usize>().saturating_sub(start);
        match self.blocks {
            Blocks::Rows { len } => len.min(left),
            Blocks::Stretches { x_axis, inner, rows } => {
                let row = start / inner % self.file_size[x_axis];
                inner * rows.min(self.file_size[x_axis] - row)
            }
        }
    }

    /// Puts the block that begins with the file's value `start`.
    pub(super) fn put<T: Copy>(&self, start: usize, block: &[T], voxels: &mut [T]) {
        match self.blocks {
            Blocks::Rows { .. } => self.put_rows(start, block, voxels),
            Blocks::Stretches { x_axis, inner, .. } => {
                let step = self.steps.step[x_axis];
                let rows = block.len() / inner;
                for t in 0..inner {
                    let values = block.iter().skip(t).step_by(inner);
                    put(values, rows, voxels, self.place(start + t), step);
                }
            }
        }
    }

    /// Puts any stretch of the file that begins with its value `start`.
    pub(crate) fn put_rows<T: Copy>(&self, mut start: usize, mut values: &[T], voxels: &mut [T]) {
        let ni = self.file_size[0];
        while !values.is_empty() {
            let (run, rest) = values.split_at(values.len().min(ni - start % ni));
            let (place, step) = (self.place(start), self.steps.step[0]);
            match (step, usize::try_from(place)) {
                (1, Ok(place)) => {
                    if let Some(target) = voxels.get_mut(place..place + run.len()) {
                        target.copy_from_slice(run);
                    }
                }
                // DICOM's rows all run this way: copied and turned round, which is done in vectors.
                (-1, Ok(place)) => {
                    let end = place + 1;
                    let target = end.checked_sub(run.len()).and_then(|at| voxels.get_mut(at..end));
                    if let Some(target) = target {
                        target.copy_from_slice(run);
                        target.reverse();
                    }
                }
                _ => put(run.iter(), run.len(), voxels, place, step),
            }
            values = rest;
            start += run.len();
        }
    }

    /// Where the file's value `n` belongs.
    fn place(&self, n: usize) -> isize {
        let [ni, nj, _] = self.file_size;
        let [step_i, step_j, step_k] = self.steps.step;
        let [i, j, k] = [n % ni, n / ni % nj, n / ni / nj].map(|index| index as isize);
        self.steps.origin + i * step_i + j * step_j + k * step_k
    }
}

/// `voxels[place + m · step] = values[m]` for all `len` of them.
fn put<'a, T: Copy + 'a>(
    values: impl Iterator<Item = &'a T>,
    len: usize,
    voxels: &mut [T],
    place: isize,
    step: isize,
) {
    let last = place + (len as isize - 1) * step;
    let (Ok(low), Ok(high)) = (usize::try_from(place.min(last)), usize::try_from(place.max(last)))
    else {
        return;
    };
    let Some(target) = voxels.get_mut(low..=high) else { return };
    let assign = |(voxel, value): (&mut T, &T)| *voxel = *value;
    match step {
        1 => target.iter_mut().zip(values).for_each(assign),
        -1 => target.iter_mut().rev().zip(values).for_each(assign),
        2.. => target.iter_mut().step_by(step.unsigned_abs()).zip(values).for_each(assign),
        _ => target.iter_mut().rev().step_by(step.unsigned_abs()).zip(values).for_each(assign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_and_any_cut_give_the_same_volume() {
        // File voxel n holds n; the volume is checked against the obvious formula.
        let file_size = [5, 70, 4];
        let count = file_size.iter().product::<usize>();
        let file: Vec<usize> = (0..count).collect();
        for (i, order) in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
            .into_iter()
            .enumerate()
        {
            let mut affine = [[0.0; 4]; 3];
            for (f, r) in order.into_iter().enumerate() {
                affine[r][f] = if (i + f) % 2 == 0 { 1.0 } else { -1.0 };
            }
            let axes = AxisMap::closest_ras(&affine);
            let steps = axes.steps(axes.ras_size(file_size));
            let scatter = Scatter::new(file_size, &axes, 7);
            let mut voxels = vec![usize::MAX; count];
            let mut start = 0;
            while start < count {
                let n = scatter.block(start);
                assert!(n > 0 && n <= scatter.largest_block());
                scatter.put(start, &file[start..start + n], &mut voxels);
                start += n;
            }
            for n in file.iter().copied() {
                let [i, j, k] = [n % 5, n / 5 % 70, n / 350].map(|index| index as isize);
                let [a, b, c] = steps.step;
                assert_eq!(voxels[(steps.origin + i * a + j * b + k * c) as usize], n, "{order:?}");
            }
        }
    }
}
