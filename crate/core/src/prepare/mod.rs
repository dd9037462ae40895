//! Data as training scripts expect them: another spacing, other values, another box. Each step takes a
//! scan and its masks and gives a scan and its masks, on one new grid.
//!
//! ```text
//! Prepared ──resample──▶ ──crop──▶ ──normalise──▶ ──pad──▶ Prepared, on its own grid
//! ```
//!
//! - **Where it lies.** Every step keeps millimetres: what lay at a place in the patient lies there
//!   afterwards ([`Prepared::template`] is what files are written with).
//! - **What the numbers are.** [`Values`] goes along: the HU behind a number, until the end.
//! - **Padding** (below −1024 HU, or no number) is nobody's tissue: it is not blended into its
//!   neighbours, not measured, and becomes the lowest value where values are scaled.
//! - **Masks** are resampled by a vote: a new voxel is in what has the largest share of its box (where it
//!   is smaller than the old ones, of linear interpolation). All masks stand against each other and
//!   against the background; of equal shares the lower label wins. Overlaps of masks stay.
//! - **The same steps and the same file give the same bytes** natively and in wasm, on one thread and
//!   on many: single roundings (`+ − × ÷ √`), sums by slice in a fixed order, votes in whole numbers.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{
    Error, Grid, Mask, Progress, Volume, Voxels,
    error::try_with_capacity,
    nifti::{Limits, Template},
    progress::Part,
    volume::PADDING_BELOW_HU,
};

mod axis;
mod facts;
mod frame;
mod plane;
mod resample;
mod step;
mod values;
mod vote;

pub use facts::facts_after;
pub use plane::Plane;
pub use step::{Interpolation, Mean, Step};

/// What the numbers of a scan are: HU = `slope` · number + `intercept`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Values {
    /// HU for a step of 1.
    pub slope: f64,
    /// HU of 0.
    pub intercept: f64,
}

impl Values {
    /// The numbers are HU.
    pub const HU: Self = Self { slope: 1.0, intercept: 0.0 };

    /// Of numbers that were turned into (number − `taken`) ÷ `divided_by`.
    fn after(self, taken: f64, divided_by: f64) -> Self {
        Self { slope: self.slope * divided_by, intercept: self.slope * taken + self.intercept }
    }

    /// Below this (or no number) is padding. In scaled scans nothing is.
    fn padding_below(self) -> f32 {
        if self == Self::HU { f32::from(PADDING_BELOW_HU) } else { f32::NEG_INFINITY }
    }
}

/// A scan and its masks on one grid. It may lend what it did not change.
#[derive(Debug, Clone)]
pub struct Prepared<'a> {
    /// The scan.
    pub volume: Cow<'a, Volume>,
    /// Its masks.
    pub masks: Vec<Cow<'a, Mask>>,
    /// What files of scan and masks are written with.
    pub template: Cow<'a, Template>,
    /// What the scan's numbers are.
    pub values: Values,
}

impl<'a> Prepared<'a> {
    /// A scan in HU, not yet changed.
    #[must_use]
    pub fn new(volume: &'a Volume, masks: &'a [Mask], template: &'a Template) -> Self {
        Self {
            volume: Cow::Borrowed(volume),
            masks: masks.iter().map(Cow::Borrowed).collect(),
            template: Cow::Borrowed(template),
            values: Values::HU,
        }
    }

    /// With a copy of what is lent.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn into_owned(self) -> Result<Prepared<'static>, Error> {
        let Self { volume, masks, template, values } = self;
        let volume = match volume {
            Cow::Owned(volume) => volume,
            Cow::Borrowed(volume) => {
                let voxels = match volume.voxels() {
                    Voxels::I16(voxels) => Voxels::I16(copied(voxels)?),
                    Voxels::F32(voxels) => Voxels::F32(copied(voxels)?),
                };
                Volume::new(volume.grid().clone(), voxels)?
            }
        };
        let mut owned = try_with_capacity(masks.len(), "masks")?;
        for mask in masks {
            owned.push(Cow::Owned(match mask {
                Cow::Owned(mask) => mask,
                Cow::Borrowed(mask) => mask.try_clone()?,
            }));
        }
        let template = Cow::Owned(template.into_owned());
        Ok(Prepared { volume: Cow::Owned(volume), masks: owned, template, values })
    }

    /// On another grid; files keep the order of their axes.
    fn on(&self, volume: Volume, masks: Vec<Mask>) -> Result<Self, Error> {
        let template = Template::of_grid_along(volume.grid(), *self.template.axes())?;
        Ok(Self {
            volume: Cow::Owned(volume),
            masks: masks.into_iter().map(Cow::Owned).collect(),
            template: Cow::Owned(template),
            values: self.values,
        })
    }

    fn check(&self) -> Result<(), Error> {
        let expected = self.volume.grid().size_voxel();
        for mask in &self.masks {
            if mask.size_voxel() != expected {
                let found = mask.size_voxel();
                return Err(Error::SizeMismatch { what: "a mask", found, expected });
            }
        }
        Ok(())
    }
}

/// Applies one step. `limits`: what its result may take.
///
/// Reports stages `"resample"`, `"resample masks"`, `"scale"`, `"crop"`; stops between slabs.
/// Memory: what comes out, and a few planes.
///
/// # Errors
/// [`Error::BadParameter`] with the value; [`Error::TooLarge`] before anything is allocated;
/// [`Error::BadGrid`], [`Error::SizeMismatch`], [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn apply<'a>(
    step: &Step,
    prepared: Prepared<'a>,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<Prepared<'a>, Error> {
    prepared.check()?;
    match step {
        Step::Resample { spacing_mm, interpolation, as_f32, blend_padding } => {
            let how = resample::How {
                interpolation: *interpolation,
                as_f32: *as_f32,
                padding_below: if *blend_padding {
                    f32::NEG_INFINITY
                } else {
                    prepared.values.padding_below()
                },
            };
            resample::resample(&prepared, *spacing_mm, &how, limits, progress)
        }
        Step::Normalise { min_hu, max_hu } => {
            values::normalise(prepared, [*min_hu, *max_hu], limits, progress)
        }
        Step::ZeroCentre { mean } => values::zero_centre(prepared, *mean, limits, progress),
        Step::ZScore => values::z_score(prepared, limits, progress),
        Step::Crop { margin_mm } => frame::crop(&prepared, *margin_mm, limits, progress),
        Step::Pad { size_voxel, value } => {
            frame::pad(&prepared, *size_voxel, *value, limits, progress)
        }
        Step::Reorient { axes } => frame::reorient(prepared, axes),
    }
}

/// Applies all steps in order.
///
/// ```
/// use hounsfield::{Grid, Volume, Voxels, nifti::{Limits, Template}, prepare::{Prepared, Step, run}};
/// let grid = Grid::from_spacing([2, 1, 1], [1.0; 3])?;
/// let volume = Volume::new(grid, Voxels::I16(vec![-300, 900]))?;
/// let template = Template::of_grid(volume.grid())?;
/// let steps = [Step::Normalise { min_hu: -1000.0, max_hu: 400.0 }];
/// let prepared = run(&steps, Prepared::new(&volume, &[], &template), &Limits::default(), &mut ())?;
/// assert_eq!(*prepared.volume.voxels(), Voxels::F32(vec![0.5, 1.0]));
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// # Errors
/// As [`apply`].
pub fn run<'a>(
    steps: &[Step],
    mut prepared: Prepared<'a>,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<Prepared<'a>, Error> {
    for (k, step) in steps.iter().enumerate() {
        let (start, end) = (k as f64 / steps.len() as f64, (k + 1) as f64 / steps.len() as f64);
        prepared = apply(step, prepared, limits, &mut Part::new(progress, start, end))?;
    }
    Ok(prepared)
}

/// Refuses what would not fit, before anything is allocated.
fn admit(size_voxel: [usize; 3], bytes: u64, masks: usize, limits: &Limits) -> Result<(), Error> {
    let [nx, ny, nz] = size_voxel.map(|n| n as u64);
    let rows = ny.saturating_mul(nz);
    let row_bytes = bytes.saturating_mul(nx).saturating_add(masks as u64 * nx.div_ceil(64) * 8);
    let needed_bytes = rows.saturating_mul(row_bytes);
    if needed_bytes > limits.memory_bytes {
        return Err(Error::TooLarge {
            needed_bytes,
            limit_bytes: limits.memory_bytes,
            hint: "take a larger spacing, or crop first",
        });
    }
    Ok(())
}

/// Is it a length or a value that can be meant?
fn number(
    name: &'static str,
    value: f64,
    is: impl Fn(f64) -> bool,
    expected: &'static str,
) -> Result<f64, Error> {
    if value.is_finite() && is(value) {
        return Ok(value);
    }
    Err(Error::BadParameter { name, value: value.to_string(), expected })
}

/// The grid with `size_voxel` steps, whose voxel (0, 0, 0) was at `origin_voxel` and whose steps were
/// `step_voxel` long.
fn regrid(
    grid: &Grid,
    size_voxel: [usize; 3],
    origin_voxel: [f64; 3],
    step_voxel: [f64; 3],
) -> Result<Grid, Error> {
    let origin_ras = grid.ras_of(origin_voxel);
    let mut affine = *grid.ras_from_voxel();
    for (row, origin) in affine.iter_mut().zip(origin_ras) {
        let [a, b, c, _] = *row;
        *row = [a * step_voxel[0], b * step_voxel[1], c * step_voxel[2], origin];
    }
    Grid::new(size_voxel, affine)
}

/// The numbers as `f32`: those that are there, where nobody else needs them.
fn take_f32(volume: Cow<'_, Volume>, limits: &Limits) -> Result<(Grid, Vec<f32>), Error> {
    let grid = volume.grid().clone();
    if let Cow::Owned(volume) = volume {
        match volume.into_voxels() {
            Voxels::F32(voxels) => return Ok((grid, voxels)),
            Voxels::I16(voxels) => return Ok((grid.clone(), widened(&voxels, &grid, limits)?)),
        }
    }
    let voxels = match volume.voxels() {
        Voxels::I16(voxels) => widened(voxels, &grid, limits)?,
        Voxels::F32(voxels) => {
            admit(grid.size_voxel(), 4, 0, limits)?;
            copied(voxels)?
        }
    };
    Ok((grid, voxels))
}

fn copied<T: Copy>(voxels: &[T]) -> Result<Vec<T>, Error> {
    let mut copy = try_with_capacity(voxels.len(), "a copy of the scan")?;
    copy.extend_from_slice(voxels);
    Ok(copy)
}

fn widened(voxels: &[i16], grid: &Grid, limits: &Limits) -> Result<Vec<f32>, Error> {
    admit(grid.size_voxel(), 4, 0, limits)?;
    let mut wide = try_with_capacity(voxels.len(), "the scan as 32-bit floats")?;
    wide.extend(voxels.iter().map(|value| f32::from(*value)));
    Ok(wide)
}

#[cfg(test)]
mod tests;
