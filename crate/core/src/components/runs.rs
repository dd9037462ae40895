//! The runs of a mask: maximal stretches of set voxels along x, row by row.

use crate::{Error, Mask, error::try_with_capacity, mask::each_run};

/// Voxels `start..end` of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) start: u16,
    pub(crate) end: u16,
}

/// Runs of consecutive rows: those of row r are `runs[first[r]..first[r + 1]]`.
#[derive(Debug)]
pub(crate) struct RunTable {
    pub(crate) first: Vec<u32>,
    pub(crate) runs: Vec<Run>,
}

impl RunTable {
    /// Of the rows of slices `z0..z1`, read through `row_of(y, z, scratch)`.
    pub(crate) fn of_slices(
        mask: &Mask,
        complement: bool,
        z0: usize,
        z1: usize,
    ) -> Result<Self, Error> {
        let [_, ny, _] = mask.size_voxel();
        let last = mask.last_word_mask();
        let mut first = try_with_capacity((z1 - z0) * ny + 1, "a run table")?;
        let mut runs = Vec::new();
        let mut flipped = vec![0; mask.words_per_row()];
        first.push(0);
        for z in z0..z1 {
            for y in 0..ny {
                // A row has at most 32 runs a word; ask before the pushes need it.
                reserve(&mut runs, 32 * mask.words_per_row())?;
                let row = mask.row(y, z);
                if complement {
                    for (flipped, word) in flipped.iter_mut().zip(row) {
                        *flipped = !word;
                    }
                    if let Some(word) = flipped.last_mut() {
                        *word &= last;
                    }
                    each_run(&flipped, |start, end| runs.push(Run { start, end }));
                } else {
                    each_run(row, |start, end| runs.push(Run { start, end }));
                }
                first.push(runs.len() as u32);
            }
        }
        Ok(Self { first, runs })
    }

    pub(crate) fn row(&self, row: usize) -> (u32, &[Run]) {
        let (Some(&start), Some(&end)) = (self.first.get(row), self.first.get(row + 1)) else {
            return (0, &[]);
        };
        (start, self.runs.get(start as usize..end as usize).unwrap_or(&[]))
    }
}

fn reserve(runs: &mut Vec<Run>, more: usize) -> Result<(), Error> {
    if runs.capacity() - runs.len() < more {
        runs.try_reserve(more.max(runs.len() / 2))
            .map_err(|_| Error::OutOfMemory { bytes: (more * 4) as u64, purpose: "runs" })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_across_word_borders_and_at_the_ends() {
        let mask = Mask::from_fn([128, 1, 1], |x, _, _| matches!(x, 0 | 62..=65 | 127)).unwrap();
        let table = RunTable::of_slices(&mask, false, 0, 1).unwrap();
        let runs: Vec<_> = table.runs.iter().map(|run| (run.start, run.end)).collect();
        assert_eq!(runs, [(0, 1), (62, 66), (127, 128)]);
        let table = RunTable::of_slices(&mask, true, 0, 1).unwrap();
        let runs: Vec<_> = table.runs.iter().map(|run| (run.start, run.end)).collect();
        assert_eq!(runs, [(1, 62), (66, 127)]);
    }
}
