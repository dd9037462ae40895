//! The values of a mask's voxels, whole or not.

use super::Counts;
use crate::{Mask, Volume, Voxels, mask::each_run, volume::PADDING_BELOW_HU};

/// Values that are measured, one after the other, always in the same order.
#[derive(Debug)]
pub(crate) enum Values<'a> {
    /// Whole numbers, counted: lowest first.
    Whole(&'a Counts),
    /// As they stand in the file: in the order of the voxels.
    Real(&'a [f32], &'a Mask),
}

impl<'a> Values<'a> {
    /// Those of `mask`; `counts` are there when the scan's values are whole numbers.
    pub(crate) fn of(volume: &'a Volume, mask: &'a Mask, counts: Option<&'a Counts>) -> Self {
        match (volume.voxels(), counts) {
            (Voxels::F32(voxels), _) => Self::Real(voxels, mask),
            (Voxels::I16(_), Some(counts)) => Self::Whole(counts),
            (Voxels::I16(_), None) => Self::Real(&[], mask),
        }
    }

    /// Every value but padding, and how often it comes here. A value may come again.
    pub(crate) fn for_each(&self, each: &mut dyn FnMut(f32, u64)) {
        match self {
            Self::Whole(counts) => {
                let measured = counts.iter().filter(|(hu, _)| *hu >= PADDING_BELOW_HU);
                measured.for_each(|(hu, count)| each(f32::from(hu), count));
            }
            Self::Real(voxels, mask) => {
                let rows = mask.words().chunks(mask.words_per_row().max(1));
                for (row, voxels) in rows.zip(voxels.chunks(mask.size_voxel()[0].max(1))) {
                    each_run(row, |start, end| {
                        let run = voxels.get(usize::from(start)..usize::from(end)).unwrap_or(&[]);
                        let measured = run.iter().filter(|value| is_measured(**value));
                        measured.for_each(|value| each(*value, 1));
                    });
                }
            }
        }
    }
}

/// Is it a value, and no padding?
pub(crate) fn is_measured(value: f32) -> bool {
    value >= f32::from(PADDING_BELOW_HU) && value.is_finite()
}
