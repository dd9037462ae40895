//! Other values: between 0 and 1, around 0, in standard deviations.

use std::borrow::Cow;

use super::{Mean, Prepared, Values, number, take_f32};
use crate::{Error, Progress, Volume, Voxels, nifti::Limits, par, progress::checkpoint};

pub(super) fn normalise<'a>(
    prepared: Prepared<'a>,
    [min_hu, max_hu]: [f64; 2],
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<Prepared<'a>, Error> {
    let expected = "both HU must be numbers, the lower one first and at least 1e-3 below the other";
    number("minHu", min_hu, |_| true, expected)?;
    number("maxHu", max_hu, |max| max - min_hu >= 1e-3, expected)?;
    // In the numbers that the scan has by now.
    let Values { slope, intercept } = prepared.values;
    let [low, high] = [min_hu, max_hu].map(|hu| (hu - intercept) / slope);
    let (low, width) = (low as f32, (high - low) as f32);
    scaled(prepared, f64::from(low), f64::from(width), limits, progress, &move |value| {
        // Not `clamp`: no number is no air either, but 0 is what air becomes.
        if value > low { ((value - low) / width).min(1.0) } else { 0.0 }
    })
}

pub(super) fn zero_centre<'a>(
    prepared: Prepared<'a>,
    mean: Mean,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<Prepared<'a>, Error> {
    let mean = match mean {
        Mean::Given(mean) => number("mean", mean, |_| true, "it must be a number")?,
        Mean::Measured => sums(&prepared.volume, prepared.values.padding_below())?.mean,
    } as f32;
    scaled(prepared, f64::from(mean), 1.0, limits, progress, &move |value| value - mean)
}

pub(super) fn z_score<'a>(
    prepared: Prepared<'a>,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<Prepared<'a>, Error> {
    let below = prepared.values.padding_below();
    let found = sums(&prepared.volume, below)?;
    let mean = found.mean as f32;
    // One value alone has no spread; it becomes 0.
    let sd = if found.sd > 0.0 { found.sd as f32 } else { 1.0 };
    let lowest = (found.min - mean) / sd;
    scaled(prepared, f64::from(mean), f64::from(sd), limits, progress, &move |value| {
        if value >= below { (value - mean) / sd } else { lowest }
    })
}

/// Every number through `to`, which takes `taken` away and divides by `divided_by`.
fn scaled<'a>(
    prepared: Prepared<'a>,
    taken: f64,
    divided_by: f64,
    limits: &Limits,
    progress: &mut dyn Progress,
    to: &(dyn Fn(f32) -> f32 + Sync),
) -> Result<Prepared<'a>, Error> {
    checkpoint(progress, "scale", 0.0)?;
    let Prepared { volume, masks, template, values } = prepared;
    let (grid, mut voxels) = take_f32(volume, limits)?;
    checkpoint(progress, "scale", 0.5)?;
    par::each(voxels.chunks_mut(1 << 16), &|_, some| {
        for value in some {
            *value = to(*value);
        }
    });
    let volume = Cow::Owned(Volume::new(grid, Voxels::F32(voxels))?);
    Ok(Prepared { volume, masks, template, values: values.after(taken, divided_by) })
}

struct Sums {
    mean: f64,
    sd: f64,
    min: f32,
}

/// Of all voxels that are not padding.
fn sums(volume: &Volume, padding_below: f32) -> Result<Sums, Error> {
    let [nx, ny, nz] = volume.grid().size_voxel();
    let of = |centre: f64| {
        let slice = |_: usize, z: usize| {
            slice_sums(volume.voxels(), z * nx * ny, nx * ny, padding_below, centre)
        };
        let slices = par::map(0..nz, &slice);
        slices.into_iter().fold(Slice::default(), |a, b| Slice {
            count: a.count + b.count,
            sum: a.sum + b.sum,
            squares: a.squares + b.squares,
            min: a.min.min(b.min),
        })
    };
    let Slice { count, sum, min, .. } = of(0.0);
    if count == 0 {
        return Err(Error::BadParameter {
            name: "the scan",
            value: "padding alone".into(),
            expected: "a mean needs voxels of at least -1024 HU",
        });
    }
    let mean = sum / count as f64;
    // About the mean: the squares of large numbers would lose what is between them.
    let sd = (of(mean).squares / count as f64).sqrt();
    Ok(Sums { mean, sd, min })
}

struct Slice {
    count: u64,
    sum: f64,
    squares: f64,
    min: f32,
}

impl Default for Slice {
    fn default() -> Self {
        Self { count: 0, sum: 0.0, squares: 0.0, min: f32::INFINITY }
    }
}

fn slice_sums(voxels: &Voxels, start: usize, len: usize, below: f32, centre: f64) -> Slice {
    let mut found = Slice::default();
    let mut add = |value: f32| {
        if value >= below {
            let off = f64::from(value) - centre;
            found.count += 1;
            found.sum += off;
            found.squares += off * off;
            found.min = found.min.min(value);
        }
    };
    match voxels {
        Voxels::I16(voxels) => {
            let slice = voxels.get(start..start + len).unwrap_or(&[]);
            slice.iter().for_each(|value| add(f32::from(*value)));
        }
        Voxels::F32(voxels) => {
            let slice = voxels.get(start..start + len).unwrap_or(&[]);
            slice.iter().for_each(|value| add(*value));
        }
    }
    found
}

/// The lowest number that is not padding, for what lies around the scan.
pub(super) fn lowest(volume: &Volume, padding_below: f32) -> Result<f64, Error> {
    sums(volume, padding_below).map(|found| f64::from(found.min))
}
