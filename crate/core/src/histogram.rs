//! How often each value occurs, and which peaks have a name.

use serde::Serialize;

use crate::{
    Error, Mask, Volume, Voxels,
    check::{Seen, seen},
    error::try_vec,
    measure::table::check_size,
    tally::{Counts, Spread, Tally, Values},
    volume::PADDING_BELOW_HU,
};

/// Counts by value. Padding is not in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Histogram {
    /// The lowest value of the first bin.
    pub first_hu: f64,
    /// Width of a bin.
    pub bin_hu: f64,
    /// Voxels in each bin: values from `first_hu + k · bin_hu` to below the next. What lies beyond
    /// ±32767 is in the last bin on its side.
    pub counts: Vec<u64>,
    /// Voxels that are padding (below −1024) or have no value.
    pub padding_voxels: u64,
    /// Where it has peaks that have a name; none in a scan whose values do not look like HU.
    pub peaks: Vec<Peak>,
}

/// A peak with a name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Peak {
    /// "air", "lung", "fat", "soft tissue", "bone".
    pub kind: &'static str,
    /// Where it is highest.
    pub hu: f64,
    /// Voxels in the bin there.
    pub count: u64,
}

/// Where each kind has its peak.
const KINDS: [(&str, [i32; 2]); 4] = [
    ("air", [-1060, -930]),
    ("lung", [-930, -500]),
    ("fat", [-150, -40]),
    ("soft tissue", [-20, 130]),
];
/// Bone of any kind; where there is contrast in the vessels, only what blood never reaches.
const BONE_HU: [i32; 2] = [150, 2000];
const BONE_BESIDE_CONTRAST_HU: i32 = 700;

/// Values that are no HU: bins of the width that was asked for are kept if there are so many …
const BINS: std::ops::RangeInclusive<f64> = 64.0..=4096.0;
/// … else the range is cut into this many.
const OTHER_BINS: usize = 1024;

/// Counts the values of the scan, or of those inside `mask`, in bins of `bin_hu` (≥ 1).
///
/// ```
/// use hounsfield::{Grid, Mask, Volume, Voxels, histogram::histogram};
/// let grid = Grid::from_spacing([5, 1, 1], [1.0; 3])?;
/// let volume = Volume::new(grid, Voxels::I16(vec![-2000, -15, -11, 4, 29]))?;
/// let found = histogram(&volume, Some(&Mask::drawn("####.")), 10)?;
/// assert_eq!((found.first_hu, found.bin_hu), (-20.0, 10.0));
/// assert_eq!(found.counts, [2, 0, 1]);
/// assert_eq!(found.padding_voxels, 1);
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// Bins begin at multiples of their width. In a scan that does not hold whole numbers and does not
/// look like HU (normalised to [0, 1], say), bins of another width are made: 1024 over the range of
/// values, unless bins of `bin_hu` would be 64 to 4096. `bin_hu` of the result tells.
///
/// A peak is named where the values gather within the range of its kind and thin out on both sides;
/// a slope or a shoulder has no name. Where contrast is likely, bone is looked for above 700 HU.
///
/// # Errors
/// [`Error::BadParameter`] for a bin that cannot be, [`Error::SizeMismatch`], [`Error::OutOfMemory`].
pub fn histogram(volume: &Volume, mask: Option<&Mask>, bin_hu: u16) -> Result<Histogram, Error> {
    if bin_hu == 0 {
        return Err(Error::BadParameter {
            name: "binHu",
            value: "0".into(),
            expected: "a bin is at least 1 HU wide",
        });
    }
    let everything;
    let mask = match mask {
        Some(mask) => mask,
        None => {
            everything = all_of(volume)?;
            &everything
        }
    };
    check_size(mask, volume.grid())?;
    let seen = seen(volume)?;
    let whole = match volume.voxels() {
        Voxels::I16(hu) => Some(hu.as_slice()),
        Voxels::F32(_) => None,
    };
    let tally = Tally::of(mask, whole, &[])?;
    let values = Values::of(volume, mask, tally.counts.as_ref());
    let mut bins = if whole.is_none() && !seen.in_hu {
        Bins::over(&values, f64::from(bin_hu))
    } else {
        Bins::whole(&values, bin_hu)
    };
    let mut counts = try_vec(0_u64, bins.count, "a histogram")?;
    let mut measured = 0;
    values.for_each(&mut |value, times| {
        measured += times;
        if let Some(count) = counts.get_mut(bins.of(value)) {
            *count += times;
        }
    });
    if measured == 0 {
        bins.first = 0.0;
    }
    let peaks = if seen.in_hu { peaks(&values, &bins, &counts, seen)? } else { Vec::new() };
    Ok(Histogram {
        first_hu: bins.first,
        bin_hu: bins.width,
        counts,
        padding_voxels: tally.voxels - measured,
        peaks,
    })
}

fn all_of(volume: &Volume) -> Result<Mask, Error> {
    let mut mask = Mask::empty(volume.grid().size_voxel())?;
    mask.invert();
    Ok(mask)
}

/// Equal stretches of values.
struct Bins {
    first: f64,
    width: f64,
    count: usize,
}

impl Bins {
    /// From whole multiples of the width.
    fn whole(values: &Values<'_>, bin_hu: u16) -> Self {
        let width = f64::from(bin_hu);
        let [low, high] = ends(values).map(|end| (within(end) / width).floor());
        let count = if low <= high { (high - low) as usize + 1 } else { 0 };
        Self { first: low * width, width, count }
    }

    /// From the lowest to the highest value.
    fn over(values: &Values<'_>, bin_hu: f64) -> Self {
        let [low, high] = ends(values).map(f64::from);
        let span = high - low;
        if BINS.contains(&(span / bin_hu)) {
            return Self { first: low, width: bin_hu, count: (span / bin_hu) as usize + 1 };
        }
        // One value alone is a bin of the width asked for.
        match span {
            span if span > 0.0 => {
                Self { first: low, width: span / OTHER_BINS as f64, count: OTHER_BINS }
            }
            span => Self { first: low, width: bin_hu, count: usize::from(span == 0.0) },
        }
    }

    /// The highest value is in the last bin, also where that ends just there.
    fn of(&self, value: f32) -> usize {
        let bin = ((f64::from(value) - self.first) / self.width).floor();
        (bin.max(0.0) as usize).min(self.count.saturating_sub(1))
    }
}

/// Lowest and highest; the other way round where there is none.
fn ends(values: &Values<'_>) -> [f32; 2] {
    let mut ends = [f32::INFINITY, f32::NEG_INFINITY];
    values.for_each(&mut |value, _| ends = [ends[0].min(value), ends[1].max(value)]);
    ends
}

/// No more bins than `i16` has values.
fn within(value: f32) -> f64 {
    if value.is_finite() { f64::from(value.clamp(-32768.0, 32767.0)) } else { value.into() }
}

fn peaks(values: &Values<'_>, bins: &Bins, binned: &[u64], seen: Seen) -> Result<Vec<Peak>, Error> {
    let mut counts = Counts::none()?;
    values.for_each(&mut |value, times| counts.add_many(value.round() as i32, times));
    let spread = Spread::of(&counts)?;
    let bone_from = if seen.contrast { BONE_BESIDE_CONTRAST_HU } else { BONE_HU[0] };
    let kinds = KINDS.into_iter().chain([("bone", [bone_from, BONE_HU[1]])]);
    let found = kinds.filter_map(|(kind, [low, high])| {
        let peak = spread.clear_peak(low, high)?;
        let hu = peak.hu.max(i32::from(PADDING_BELOW_HU));
        let count = binned.get(bins.of(hu as f32)).copied().unwrap_or(0);
        Some(Peak { kind, hu: hu.into(), count })
    });
    Ok(found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Grid,
        phantom::{Phantom, PhantomParams},
    };

    fn of(voxels: Voxels, bin_hu: u16) -> Histogram {
        let n = match &voxels {
            Voxels::I16(v) => v.len(),
            Voxels::F32(v) => v.len(),
        };
        let grid = Grid::from_spacing([n, 1, 1], [1.0; 3]).unwrap();
        histogram(&Volume::new(grid, voxels).unwrap(), None, bin_hu).unwrap()
    }

    #[test]
    fn normalised_values_get_bins_of_their_own() {
        let values: Vec<f32> = (0..=2048).map(|k| k as f32 / 2048.0).collect();
        let found = of(Voxels::F32(values), 10);
        assert_eq!((found.first_hu, found.bin_hu, found.counts.len()), (0.0, 1.0 / 1024.0, 1024));
        assert_eq!((found.counts[0], found.counts[1023]), (2, 3));
        assert_eq!(found.counts.iter().sum::<u64>(), 2049);
        assert!(found.peaks.is_empty());
    }

    #[test]
    fn values_that_are_no_hu_keep_a_width_that_suits_them() {
        let found = of(Voxels::F32((0..500).map(|k| k as f32).collect()), 2);
        assert_eq!((found.bin_hu, found.counts.len(), found.counts[249]), (2.0, 250, 2));
        let found = of(Voxels::F32(vec![7.5; 3]), 2);
        assert_eq!((found.first_hu, found.bin_hu, found.counts), (7.5, 2.0, vec![3]));
        let found = of(Voxels::F32(vec![0.0, 1e9]), 1);
        assert_eq!((found.counts.len(), found.counts[1023]), (1024, 1));
    }

    #[test]
    fn nothing_but_padding_has_no_bins() {
        for voxels in [Voxels::I16(vec![-2000; 3]), Voxels::F32(vec![f32::NAN; 3])] {
            let found = of(voxels, 1);
            assert_eq!((found.first_hu, found.counts.len(), found.padding_voxels), (0.0, 0, 3));
        }
    }

    #[test]
    fn a_bin_of_nothing_and_a_mask_on_another_grid_are_refused() {
        let grid = Grid::from_spacing([2, 1, 1], [1.0; 3]).unwrap();
        let volume = Volume::new(grid, Voxels::I16(vec![0; 2])).unwrap();
        assert_eq!(histogram(&volume, None, 0).unwrap_err().code(), "bad_parameter");
        let mask = Mask::drawn("#");
        assert_eq!(histogram(&volume, Some(&mask), 1).unwrap_err().code(), "size_mismatch");
    }

    #[test]
    fn the_peaks_of_a_chest_have_their_names() {
        let params = PhantomParams {
            contrast: false,
            noise_hu: 15.0,
            ..PhantomParams::fitted([96, 96, 64])
        };
        let made = Phantom::new(params).unwrap().render(&mut ()).unwrap();
        let found = histogram(&made.volume, None, 1).unwrap();
        let kinds: Vec<_> = found.peaks.iter().map(|peak| peak.kind).collect();
        assert_eq!(kinds[..4], ["air", "lung", "fat", "soft tissue"], "{:?}", found.peaks);
        for peak in &found.peaks {
            let bin = (peak.hu - found.first_hu) as usize;
            assert_eq!(found.counts[bin], peak.count);
        }
        // The same as floats.
        let floats = made.volume.hu().unwrap().iter().map(|hu| f32::from(*hu)).collect();
        let floats = Volume::new(made.volume.grid().clone(), Voxels::F32(floats)).unwrap();
        assert_eq!(histogram(&floats, None, 1).unwrap(), found);
    }
}
