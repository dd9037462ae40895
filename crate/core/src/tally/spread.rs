//! Where the values of a scan lie: shares, quantiles, peaks.

use super::{Counts, VALUES, index};
use crate::{
    Error, Volume, Voxels,
    error::try_with_capacity,
    volume::{PADDING_BELOW_HU, hu_from_f32},
};

/// So many voxels are enough: shares are exact to a thousandth.
const SAMPLE: usize = 4 << 20;
/// A peak is the fullest stretch of so many HU to either side of its middle.
const HALF_WIDTH_HU: i32 = 16;
/// A value that occurs so many times as often as its neighbours is a background or a clip …
const SPIKE: u64 = 4;
/// … where these are its neighbours, to either side.
const NEIGHBOURS: usize = 8;

/// A clear peak stands out by this share of its height …
const CLEAR_SHARE: f64 = 0.1;
/// … and by so many standard deviations of a count …
const CLEAR_SD: f64 = 4.0;
/// … within so many HU, and has this share of all.
const REACH_HU: i32 = 1000;
const LEAST_SHARE: f64 = 0.001;

/// A place where values gather.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Peak {
    /// Its middle.
    pub(crate) hu: i32,
    /// Share of all voxels that are no padding, 0 to 1.
    pub(crate) share: f64,
}

/// Running sums of counts; what is no number counts as padding.
#[derive(Debug)]
pub(crate) struct Spread {
    /// How many voxels are below each value: one entry more than there are values.
    below: Vec<u64>,
    /// The same, with lone spikes cut down to what surrounds them.
    smooth_below: Vec<u64>,
}

impl Spread {
    /// Of whole rows of a volume, evenly spread, so that at most about four million voxels are read.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(crate) fn of_sample(volume: &Volume) -> Result<Self, Error> {
        let mut counts = Counts::none()?;
        let [nx, ny, _] = volume.grid().size_voxel();
        let step = row_step(volume.grid().voxel_count(), ny);
        match volume.voxels() {
            Voxels::I16(voxels) => {
                voxels.chunks(nx).step_by(step).flatten().for_each(|hu| counts.add(*hu));
            }
            Voxels::F32(voxels) => {
                let rows = voxels.chunks(nx).step_by(step);
                rows.flatten().for_each(|v| counts.add(hu_from_f32(*v)));
            }
        }
        Self::of(&counts)
    }

    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(crate) fn of(counts: &Counts) -> Result<Self, Error> {
        let counts = counts.as_slice();
        let below = running(counts.iter().copied())?;
        let smooth = counts.iter().enumerate().map(|(i, count)| {
            let [first, end] = [i.saturating_sub(NEIGHBOURS), (i + NEIGHBOURS + 1).min(VALUES)];
            let around = between(&below, first, end) - count;
            (*count).min(around.saturating_mul(SPIKE) / (2 * NEIGHBOURS as u64))
        });
        Ok(Self { smooth_below: running(smooth)?, below })
    }

    /// The same counts with every value lower by `hu`; what leaves the range is counted at its end.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(crate) fn lowered_by(&self, hu: i32) -> Result<Self, Error> {
        let mut counts = Counts::none()?;
        for value in i32::from(i16::MIN)..=i32::from(i16::MAX) {
            counts.add_many(value - hu, self.count(value, value));
        }
        Self::of(&counts)
    }

    /// Voxels from `low` to `high`, both included.
    pub(crate) fn count(&self, low: i32, high: i32) -> u64 {
        between(&self.below, index(low), index(high) + 1)
    }

    /// Voxels, padding included.
    pub(crate) fn total(&self) -> u64 {
        self.below.last().copied().unwrap_or(0)
    }

    /// Voxels that are no padding.
    pub(crate) fn inside(&self) -> u64 {
        self.count(i32::from(PADDING_BELOW_HU), i32::from(i16::MAX))
    }

    /// The share of `low..=high` among the voxels that are no padding.
    pub(crate) fn share(&self, low: i32, high: i32) -> f64 {
        ratio(self.count(low, high), self.inside())
    }

    /// The smallest value that at least `share` of the voxels without padding do not exceed.
    pub(crate) fn quantile(&self, share: f64) -> i32 {
        let padding = self.total() - self.inside();
        let wanted = padding.saturating_add((self.inside() as f64 * share).ceil() as u64);
        let at = self.below.partition_point(|below| *below < wanted.max(padding + 1));
        at as i32 - 1 - VALUES as i32 / 2
    }

    /// The share of `low..=high`, without lone values, among the voxels that are no padding.
    pub(crate) fn smooth_share(&self, low: i32, high: i32) -> f64 {
        ratio(between(&self.smooth_below, index(low), index(high) + 1), self.inside())
    }

    /// As [`Spread::peak`], but a lone value never counts.
    pub(crate) fn smooth_peak(&self, range: [i32; 2], least: f64) -> Option<Peak> {
        self.peak_in(&self.smooth_below, range, least)
    }

    /// Where values gather most within `low..=high`: the fullest stretch, if it has `least` of the
    /// voxels without padding and does not only lean on the range's end. A lone value (a clip, a
    /// background) counts only where nothing else is there.
    pub(crate) fn peak(&self, low: i32, high: i32, least: f64) -> Option<Peak> {
        [&self.smooth_below, &self.below]
            .into_iter()
            .find_map(|below| self.peak_in(below, [low, high], least))
    }

    /// The highest of the peaks within `low..=high` that stand out of what surrounds them: on either
    /// side the values thin out by a tenth, and by more than chance does, before they gather more.
    /// Lone values are looked at only where there is no other peak.
    pub(crate) fn clear_peak(&self, low: i32, high: i32) -> Option<Peak> {
        let enough = self.inside() as f64 * LEAST_SHARE;
        [&self.smooth_below, &self.below].into_iter().find_map(|below| {
            let is_clear = |middle: i32| {
                let most = stretch(below, middle);
                let lowest = |way: i32| {
                    let there = (1..=REACH_HU).map(|d| stretch(below, middle + way * d));
                    there.take_while(|count| *count <= most).min().unwrap_or(most)
                };
                let stands_out = (most - lowest(-1).max(lowest(1))) as f64;
                let least = (most as f64 * CLEAR_SHARE).max(CLEAR_SD * (most as f64).sqrt());
                most as f64 >= enough && stands_out >= least
            };
            let is_top = |middle: &i32| {
                let most = stretch(below, *middle);
                let around =
                    (middle - HALF_WIDTH_HU..=middle + HALF_WIDTH_HU).filter(|hu| hu != middle);
                most > 0 && around.into_iter().all(|hu| stretch(below, hu) <= most)
            };
            let tops = (low..=high).filter(is_top).filter(|middle| is_clear(*middle));
            let most = tops.clone().map(|middle| stretch(below, middle)).max()?;
            let of_most: Vec<i32> = tops.filter(|hu| stretch(below, *hu) == most).collect();
            // A single value makes a plateau: its middle.
            let (first, last) = (of_most.first()?, of_most.last()?);
            Some(Peak { hu: (first + last) / 2, share: ratio(most, self.inside()) })
        })
    }

    fn peak_in(&self, below: &[u64], [low, high]: [i32; 2], least: f64) -> Option<Peak> {
        let stretch = |middle: i32| stretch(below, middle);
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

/// How many voxels are around a value.
fn stretch(below: &[u64], middle: i32) -> u64 {
    between(below, index(middle - HALF_WIDTH_HU), index(middle + HALF_WIDTH_HU) + 1)
}

/// `part / whole`, 0 of nothing.
pub(crate) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn between(below: &[u64], first: usize, end: usize) -> u64 {
    let at = |i: usize| below.get(i).or(below.last()).copied().unwrap_or(0);
    at(end).saturating_sub(at(first))
}

fn running(counts: impl Iterator<Item = u64>) -> Result<Vec<u64>, Error> {
    let mut below = try_with_capacity(VALUES + 1, "a histogram")?;
    let mut sum = 0_u64;
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

    fn of(values: &[(i16, u64)]) -> Spread {
        let mut counts = Counts::none().unwrap();
        for (value, count) in values {
            counts.add_many(i32::from(*value), *count);
        }
        Spread::of(&counts).unwrap()
    }

    #[test]
    fn counts_shares_and_quantiles_leave_padding_out() {
        let spread = of(&[(-2048, 60), (-1024, 10), (0, 20), (300, 10)]);
        assert_eq!((spread.total(), spread.inside()), (100, 40));
        assert_eq!(spread.share(0, 300), 0.75);
        let [low, middle, high] = [0.0, 0.5, 1.0].map(|share| spread.quantile(share));
        assert_eq!((low, middle, high), (-1024, 0, 300));
        assert_eq!(spread.lowered_by(24).unwrap().count(276, 276), 10);
    }

    #[test]
    fn a_peak_is_where_values_gather_and_not_a_lone_value() {
        let mut values: Vec<(i16, u64)> =
            (-60..=60).map(|d: i16| (40 + d, 61 - u64::from(d.unsigned_abs()))).collect();
        // A slope that only rises to the end of the range is no peak.
        assert_eq!(of(&values).peak(-100, 20, 0.2), None);
        values.push((0, 5000));
        let spread = of(&values);
        assert_eq!(spread.peak(-100, 100, 0.01).unwrap().hu, 40);
        // Without anything around it, the lone value is the peak.
        assert_eq!(of(&[(-1000, 70), (40, 30)]).peak(-1060, -930, 0.01).unwrap().hu, -1000);
    }

    #[test]
    fn a_clear_peak_is_no_slope_and_no_shoulder() {
        let hill = |middle: i16, most: u64| {
            (-60..=60)
                .map(move |d: i16| (middle + d, most * (61 - u64::from(d.unsigned_abs())) / 61))
        };
        let two: Vec<_> = hill(-1000, 9000).chain(hill(-860, 1000)).collect();
        // The first hill's slope is higher than the second one within this range.
        assert_eq!(of(&two).clear_peak(-960, -500).unwrap().hu, -860);
        assert_eq!(of(&two).clear_peak(-700, -500), None);
        let shoulder: Vec<_> = hill(0, 9000).chain(hill(50, 1500)).collect();
        assert_eq!(of(&shoulder).clear_peak(30, 130), None);
        let few: Vec<_> = hill(0, 1_000_000).chain(hill(300, 20)).collect();
        assert_eq!(of(&few).clear_peak(150, 2000), None, "too few to be named");
        assert_eq!(of(&[(-1000, 70), (40, 30)]).clear_peak(-1060, -930).unwrap().hu, -1000);
    }

    #[test]
    fn a_sample_of_rows_has_the_shares_of_the_whole() {
        assert_eq!(row_step(1000, 512), 1);
        assert_eq!(row_step(35 << 20, 512), 9);
        assert_eq!(row_step(35 << 20, 510), 11);
        let grid = Grid::from_spacing([4, 3, 2], [1.0; 3]).unwrap();
        let voxels = Voxels::F32([f32::NAN, 1.5, 2.4, -3000.0].repeat(6));
        let spread = Spread::of_sample(&Volume::new(grid, voxels).unwrap()).unwrap();
        assert_eq!((spread.total(), spread.inside(), spread.count(2, 2)), (24, 12, 12));
    }
}
