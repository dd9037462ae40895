//! How often each whole HU occurs, from a sample of the rows.

use crate::{
    Error, Volume, Voxels,
    error::{try_vec, try_with_capacity},
    volume::{PADDING_BELOW_HU, hu_from_f32},
};

/// So many voxels are enough: shares are exact to a thousandth.
const SAMPLE: usize = 4 << 20;
/// `i16` has so many values.
const VALUES: usize = 1 << 16;
/// A peak is the fullest stretch of so many HU to either side of its middle.
const HALF_WIDTH_HU: i32 = 16;
/// A value that occurs so many times as often as its neighbours is a background or a clip …
const SPIKE: u32 = 4;
/// … where these are its neighbours, to either side.
const NEIGHBOURS: usize = 8;

/// A place where values gather.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Peak {
    /// Its middle.
    pub(super) hu: i32,
    /// Share of all voxels that are no padding, 0 to 1.
    pub(super) share: f64,
}

/// Counts of the values of a volume; what is no number counts as padding.
#[derive(Debug)]
pub(super) struct Histogram {
    /// How many sampled voxels are below each value: one entry more than there are values.
    below: Vec<u32>,
    /// The same, with lone spikes cut down to what surrounds them.
    smooth_below: Vec<u32>,
}

impl Histogram {
    /// Counts whole rows, evenly spread, so that at most about four million voxels are read.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(super) fn of(volume: &Volume) -> Result<Self, Error> {
        let mut counts = try_vec(0_u32, VALUES, "a histogram")?;
        let mut add = |hu: i16| {
            if let Some(count) = counts.get_mut(index(i32::from(hu))) {
                *count += 1;
            }
        };
        let [nx, ny, _] = volume.grid().size_voxel();
        let step = row_step(volume.grid().voxel_count(), ny);
        match volume.voxels() {
            Voxels::I16(voxels) => {
                voxels.chunks(nx).step_by(step).flatten().for_each(|hu| add(*hu));
            }
            Voxels::F32(voxels) => {
                voxels.chunks(nx).step_by(step).flatten().for_each(|v| add(hu_from_f32(*v)));
            }
        }
        Self::of_counts(&counts)
    }

    fn of_counts(counts: &[u32]) -> Result<Self, Error> {
        let below = running(counts.iter().copied())?;
        let smooth = (0..counts.len()).map(|i| {
            let [first, end] = [i.saturating_sub(NEIGHBOURS), (i + NEIGHBOURS + 1).min(VALUES)];
            let count = counts.get(i).copied().unwrap_or(0);
            let around = between(&below, first, end) - count;
            let most = u64::from(around) * u64::from(SPIKE) / (2 * NEIGHBOURS as u64);
            count.min(u32::try_from(most).unwrap_or(u32::MAX))
        });
        Ok(Self { smooth_below: running(smooth)?, below })
    }

    /// The same counts with every value lower by `hu`; what leaves the range is counted at its end.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(super) fn lowered_by(&self, hu: i32) -> Result<Self, Error> {
        let mut counts = try_vec(0_u32, VALUES, "a histogram")?;
        for value in i32::from(i16::MIN)..=i32::from(i16::MAX) {
            if let Some(count) = counts.get_mut(index(value - hu)) {
                *count += self.count(value, value);
            }
        }
        Self::of_counts(&counts)
    }

    /// Sampled voxels from `low` to `high`, both included.
    pub(super) fn count(&self, low: i32, high: i32) -> u32 {
        between(&self.below, index(low), index(high) + 1)
    }

    /// Sampled voxels, padding included.
    pub(super) fn total(&self) -> u32 {
        self.below.last().copied().unwrap_or(0)
    }

    /// Sampled voxels that are no padding.
    pub(super) fn inside(&self) -> u32 {
        self.count(i32::from(PADDING_BELOW_HU), i32::from(i16::MAX))
    }

    /// The share of `low..=high` among the voxels that are no padding.
    pub(super) fn share(&self, low: i32, high: i32) -> f64 {
        ratio(self.count(low, high), self.inside())
    }

    /// The smallest value that at least `share` of the voxels without padding do not exceed.
    pub(super) fn quantile(&self, share: f64) -> i32 {
        let padding = self.total() - self.inside();
        let wanted = padding.saturating_add((f64::from(self.inside()) * share).ceil() as u32);
        let at = self.below.partition_point(|below| *below < wanted.max(padding + 1));
        at as i32 - 1 - VALUES as i32 / 2
    }

    /// Where values gather most within `low..=high`: the fullest stretch, if it has `least` of the
    /// voxels without padding and does not only lean on the range's end. A lone value (a clip, a
    /// background) counts only where nothing else is there.
    pub(super) fn peak(&self, low: i32, high: i32, least: f64) -> Option<Peak> {
        [&self.smooth_below, &self.below]
            .into_iter()
            .find_map(|below| self.peak_in(below, [low, high], least))
    }

    fn peak_in(&self, below: &[u32], [low, high]: [i32; 2], least: f64) -> Option<Peak> {
        let stretch = |middle: i32| {
            between(below, index(middle - HALF_WIDTH_HU), index(middle + HALF_WIDTH_HU) + 1)
        };
        let most = (low..=high).map(stretch).max()?;
        let share = ratio(most, self.inside());
        if most == 0 || share < least {
            return None;
        }
        // A single value makes a plateau: its middle.
        let first = (low..=high).find(|middle| stretch(*middle) == most)?;
        let last = (first..=high).take_while(|middle| stretch(*middle) == most).last()?;
        let middle = (first + last) / 2;
        (first > low && last < high).then_some(Peak { hu: middle, share })
    }
}

/// `part / whole`, 0 of nothing.
pub(super) fn ratio(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

fn index(hu: i32) -> usize {
    (hu.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) - i32::from(i16::MIN)) as usize
}

fn between(below: &[u32], first: usize, end: usize) -> u32 {
    let at = |i: usize| below.get(i).or(below.last()).copied().unwrap_or(0);
    at(end).saturating_sub(at(first))
}

fn running(counts: impl Iterator<Item = u32>) -> Result<Vec<u32>, Error> {
    let mut below = try_with_capacity(VALUES + 1, "a histogram")?;
    let mut sum = 0_u32;
    below.push(sum);
    below.extend(counts.map(|count| {
        sum = sum.saturating_add(count);
        sum
    }));
    Ok(below)
}

/// Every how many rows one is counted: prime to the rows of a slice, so that the sample moves
/// through the slices instead of standing on the same lines in each.
fn row_step(voxels: usize, ny: usize) -> usize {
    let least = voxels.div_ceil(SAMPLE).max(1);
    (least..).find(|step| gcd(*step, ny) == 1).unwrap_or(least)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grid;

    fn of(values: &[(i16, u32)]) -> Histogram {
        let mut counts = vec![0; VALUES];
        for (value, count) in values {
            counts[index(i32::from(*value))] += count;
        }
        Histogram::of_counts(&counts).unwrap()
    }

    #[test]
    fn counts_shares_and_quantiles_leave_padding_out() {
        let histogram = of(&[(-2048, 60), (-1024, 10), (0, 20), (300, 10)]);
        assert_eq!((histogram.total(), histogram.inside()), (100, 40));
        assert_eq!(histogram.share(0, 300), 0.75);
        let [low, middle, high] = [0.0, 0.5, 1.0].map(|share| histogram.quantile(share));
        assert_eq!((low, middle, high), (-1024, 0, 300));
        assert_eq!(histogram.lowered_by(24).unwrap().count(276, 276), 10);
    }

    #[test]
    fn a_peak_is_where_values_gather_and_not_a_lone_value() {
        let mut values: Vec<(i16, u32)> =
            (-60..=60).map(|d: i16| (40 + d, 61 - d.unsigned_abs() as u32)).collect();
        // A slope that only rises to the end of the range is no peak.
        assert_eq!(of(&values).peak(-100, 20, 0.2), None);
        values.push((0, 5000));
        let histogram = of(&values);
        assert_eq!(histogram.peak(-100, 100, 0.01).unwrap().hu, 40);
        // Without anything around it, the lone value is the peak.
        assert_eq!(of(&[(-1000, 70), (40, 30)]).peak(-1060, -930, 0.01).unwrap().hu, -1000);
    }

    #[test]
    fn a_sample_of_rows_has_the_shares_of_the_whole() {
        assert_eq!(row_step(1000, 512), 1);
        assert_eq!(row_step(35 << 20, 512), 9);
        assert_eq!(row_step(35 << 20, 510), 11);
        let grid = Grid::from_spacing([4, 3, 2], [1.0; 3]).unwrap();
        let voxels = Voxels::F32([f32::NAN, 1.5, 2.4, -3000.0].repeat(6));
        let histogram = Histogram::of(&Volume::new(grid, voxels).unwrap()).unwrap();
        assert_eq!((histogram.total(), histogram.inside(), histogram.count(2, 2)), (24, 12, 12));
    }
}
