//! Mean, spread and percentiles of values, exactly: nothing is sorted, and no value is rounded.

use crate::{
    Error,
    error::try_vec,
    tally::{VALUES, Values},
};

/// The percentiles of a row.
pub(super) const PERCENTS: [f64; 4] = [5.0, 15.0, 50.0, 95.0];

/// Of values of which there is at least one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statistics {
    pub(super) count: u64,
    pub(super) mean: f64,
    pub(super) sd: f64,
    pub(super) min: f64,
    pub(super) max: f64,
    /// In the order of [`PERCENTS`].
    pub(super) percentiles: [f64; 4],
}

impl Statistics {
    /// `None` where nothing is measured.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(super) fn of(values: &Values<'_>) -> Result<Option<Self>, Error> {
        let (mut count, mut sum) = (0, 0.0);
        let (mut min, mut max) = (f32::INFINITY, f32::NEG_INFINITY);
        values.for_each(&mut |value, times| {
            count += times;
            sum += f64::from(value) * times as f64;
            min = min.min(value);
            max = max.max(value);
        });
        if count == 0 {
            return Ok(None);
        }
        let mean = sum / count as f64;
        let mut squares = 0.0;
        values.for_each(&mut |value, times| {
            let off = f64::from(value) - mean;
            squares += off * off * times as f64;
        });
        let sd = (squares / count as f64).sqrt();
        let places = PERCENTS.map(|percent| place(percent, count));
        let ranks = places.map(|(rank, _)| [rank, (rank + 1).min(count - 1)]);
        let mut found = [[0.0; 2]; 4];
        let (ranks, at) = (ranks.as_flattened(), found.as_flattened_mut());
        match values {
            Values::Whole(_) => by_rank(values, ranks, at),
            Values::Real(..) => by_digits(values, ranks, at)?,
        }
        let mut percentiles = [0.0; 4];
        for ((percentile, [a, b]), (_, part)) in percentiles.iter_mut().zip(found).zip(places) {
            *percentile = between(a, b, part);
        }
        Ok(Some(Self { count, mean, sd, min: min.into(), max: max.into(), percentiles }))
    }
}

/// The values of ranks, of values that come lowest first.
fn by_rank(values: &Values<'_>, ranks: &[u64], at: &mut [f64]) {
    let mut before = 0;
    values.for_each(&mut |value, times| {
        let reached = before..before + times;
        for (_, at) in ranks.iter().zip(&mut *at).filter(|(rank, _)| reached.contains(*rank)) {
            *at = value.into();
        }
        before = reached.end;
    });
}

/// The values of ranks, of values in any order: first the upper half of their bits is counted,
/// then, where a rank fell, the lower half.
fn by_digits(values: &Values<'_>, ranks: &[u64], at: &mut [f64]) -> Result<(), Error> {
    let mut upper = try_vec(0_u64, VALUES, "percentiles")?;
    values.for_each(&mut |value, times| {
        if let Some(count) = upper.get_mut((key(value) >> 16) as usize) {
            *count += times;
        }
    });
    let places: Vec<(usize, u64)> = ranks.iter().map(|rank| find(&upper, *rank)).collect();
    let mut lists: Vec<usize> = places.iter().map(|(high, _)| *high).collect();
    lists.dedup();
    let mut lower = try_vec(0_u64, lists.len() * VALUES, "percentiles")?;
    let list_of = |high: usize| lists.iter().position(|listed| *listed == high);
    values.for_each(&mut |value, times| {
        let key = key(value) as usize;
        let list = list_of(key >> 16);
        if let Some(count) = list.and_then(|list| lower.get_mut(list * VALUES + key % VALUES)) {
            *count += times;
        }
    });
    for ((at, rank), (high, before)) in at.iter_mut().zip(ranks).zip(places) {
        let list = list_of(high).unwrap_or(0) * VALUES;
        let counts = lower.get(list..list + VALUES).unwrap_or(&[]);
        let (low, _) = find(counts, rank - before);
        *at = value_of((high * VALUES + low) as u32).into();
    }
    Ok(())
}

/// The rank at or before a percentile, and how far it is to the next one (linear; method 7 of
/// Hyndman and Fan 1996).
fn place(percent: f64, count: u64) -> (u64, f64) {
    let at = (count - 1) as f64 * (percent / 100.0);
    (at as u64, at - at.trunc())
}

/// From the nearer end, so that equal ends give just that.
fn between(a: f64, b: f64, part: f64) -> f64 {
    if part < 0.5 { a + (b - a) * part } else { b - (b - a) * (1.0 - part) }
}

/// Where a rank is counted, and how many come before that.
fn find(counts: &[u64], rank: u64) -> (usize, u64) {
    let mut before = 0;
    for (i, count) in counts.iter().enumerate() {
        if before + count > rank {
            return (i, before);
        }
        before += count;
    }
    (0, 0)
}

/// A number that orders as the value does.
fn key(value: f32) -> u32 {
    // Both zeros are one value.
    let bits = (value + 0.0).to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
}

fn value_of(key: u32) -> f32 {
    f32::from_bits(if key >> 31 == 1 { key & !(1 << 31) } else { !key })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Mask, tally::Counts};

    /// The obvious way.
    fn percentile(sorted: &[f64], percent: f64) -> f64 {
        let at = (sorted.len() - 1) as f64 * percent / 100.0;
        let [low, high] = [at.floor(), at.ceil()].map(|at| sorted[at as usize]);
        low + (high - low) * (at - at.floor())
    }

    fn is_near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-6)
    }

    proptest! {
        #[test]
        fn equals_sorting(values in proptest::collection::vec(-1024.0f32..3000.0, 1..300), whole: bool, scale in 1e-4f32..1.0) {
            let mut values: Vec<f32> =
                values.into_iter().map(|v| if whole { v.round() } else { v * scale }).collect();
            let mut counts = Counts::none().unwrap();
            values.iter().for_each(|value| counts.add(*value as i16));
            let mask = Mask::from_fn([values.len(), 1, 1], |_, _, _| true).unwrap();
            let of = if whole { Values::Whole(&counts) } else { Values::Real(&values, &mask) };
            let found = Statistics::of(&of).unwrap().unwrap();
            values.sort_by(f32::total_cmp);
            let sorted: Vec<f64> = values.iter().map(|v| f64::from(*v)).collect();
            let n = sorted.len() as f64;
            let mean = sorted.iter().sum::<f64>() / n;
            let sd = (sorted.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
            prop_assert_eq!(found.count as usize, sorted.len());
            prop_assert_eq!([found.min, found.max], [sorted[0], sorted[sorted.len() - 1]]);
            prop_assert!(is_near(found.mean, mean) && is_near(found.sd, sd), "{found:?}");
            for (found, percent) in found.percentiles.iter().zip(PERCENTS) {
                prop_assert!(is_near(*found, percentile(&sorted, percent)), "{percent}: {found}");
            }
        }
    }

    #[test]
    fn normalised_values_are_not_rounded() {
        let values = [0.25_f32, 0.5, f32::NAN, 0.75, 1.0, -2000.0, -0.0];
        let mask = Mask::from_fn([7, 1, 1], |_, _, _| true).unwrap();
        let found = Statistics::of(&Values::Real(&values, &mask)).unwrap().unwrap();
        assert_eq!((found.count, found.mean, found.min, found.max), (5, 0.5, 0.0, 1.0));
        assert_eq!(found.percentiles[2], 0.5);
        assert_eq!(found.percentiles[0], 0.05);
    }

    #[test]
    fn nothing_has_no_statistics() {
        let mask = Mask::empty([3, 1, 1]).unwrap();
        assert_eq!(Statistics::of(&Values::Real(&[1.0; 3], &mask)).unwrap(), None);
    }
}
