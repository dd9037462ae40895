//! A scan on another spacing.
//!
//! ```text
//! old planes ──rows y──▶ ──x──▶ planes in their new size, a few at a time ──z──▶ new planes
//! ```
//!
//! Along y and z whole rows are blended, so only the pass along x goes voxel by voxel. A slab of new
//! planes keeps the two (four) old ones it is between; slabs are worked on side by side, and no
//! voxel's arithmetic depends on its slab. Padding goes through as NaN, which whatever it touches
//! becomes, too: there the nearest voxel's own value is taken at the end.

use super::{
    Interpolation, Prepared, admit,
    axis::{Samples, Tap, new_length},
    number, regrid, vote,
};
use crate::{
    Error, Progress, Volume, Voxels,
    error::{try_vec, try_with_capacity},
    nifti::Limits,
    par,
    progress::{Part, checkpoint},
};

/// New planes in a slab, at most: at its ends a slab makes planes that its neighbour makes, too.
const SLAB_PLANES: usize = 64;
/// Added to a number below 2²², it leaves the nearest whole number (halves to even) in the low bits.
const ROUNDER: f32 = 12_582_912.0;

pub(super) struct How {
    pub(super) interpolation: Interpolation,
    pub(super) as_f32: bool,
    /// Lower values are padding.
    pub(super) padding_below: f32,
}

pub(super) fn resample<'a>(
    prepared: &Prepared<'a>,
    spacing_mm: [f64; 3],
    how: &How,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<Prepared<'a>, Error> {
    for mm in spacing_mm {
        number(
            "the spacing",
            mm,
            |mm| (1e-3..=1e3).contains(&mm),
            "it must lie between 0.001 and 1000 mm",
        )?;
    }
    let volume = &*prepared.volume;
    let old = volume.grid();
    let old_mm = old.spacing_mm().map(meant);
    let step: [f64; 3] = std::array::from_fn(|a| spacing_mm[a] / old_mm[a]);
    let size: [usize; 3] =
        std::array::from_fn(|a| new_length(old.size_voxel()[a], step[a]) as usize);
    let to_i16 = matches!(volume.voxels(), Voxels::I16(_)) && !how.as_f32;
    // Before the grid, which refuses what is too long without saying what it would need.
    admit(size, if to_i16 { 2 } else { 4 }, prepared.masks.len(), limits)?;
    let grid = regrid(old, size, step.map(|step| (step - 1.0) / 2.0), step)?;
    let count = grid.voxel_count();
    let mut voxels = if to_i16 {
        Voxels::I16(try_vec(0, count, "the resampled scan")?)
    } else {
        Voxels::F32(try_vec(0.0, count, "the resampled scan")?)
    };
    let share = if prepared.masks.is_empty() { 1.0 } else { 0.6 };
    Plan::new(volume, size, step, how)?.fill(&mut voxels, &mut Part::new(progress, 0.0, share))?;
    let part = &mut Part::new(progress, share, 1.0);
    let masks = vote::vote(&prepared.masks, old.size_voxel(), size, step, part)?;
    prepared.on(Volume::new(grid, voxels)?, masks)
}

/// Files hold 32-bit numbers, so a spacing of 2.5 mm along an oblique axis comes out a little beside it.
/// Whether half a voxel is rounded up must not hang on that: what is five decimals but for such noise
/// is taken for them.
pub(super) fn meant(mm: f64) -> f64 {
    let short = (mm * 1e5).round() / 1e5;
    if (mm - short).abs() <= 1.5e-7 * mm { short } else { mm }
}

struct Plan<'a> {
    from: &'a Voxels,
    from_size: [usize; 3],
    size: [usize; 3],
    along: [Samples; 3],
    padding_below: f32,
    /// Nothing that is interpolated may become less.
    lowest: f32,
}

/// Rows of new voxels.
enum Rows<'a> {
    I16(&'a mut [i16]),
    F32(&'a mut [f32]),
}

impl<'a> Plan<'a> {
    fn new(volume: &'a Volume, size: [usize; 3], step: [f64; 3], how: &How) -> Result<Self, Error> {
        let from_size = volume.grid().size_voxel();
        let along = |a: usize| Samples::new(from_size[a], size[a], step[a], how.interpolation);
        let overshoots = how.interpolation == Interpolation::Cubic;
        // Else a dark edge could turn into padding.
        let lowest = if overshoots { how.padding_below } else { f32::NEG_INFINITY };
        Ok(Self {
            from: volume.voxels(),
            from_size,
            size,
            along: [along(0)?, along(1)?, along(2)?],
            padding_below: how.padding_below,
            lowest,
        })
    }

    fn fill(&self, voxels: &mut Voxels, progress: &mut dyn Progress) -> Result<(), Error> {
        let [nx, ny, nz] = self.size;
        let threads = par::threads();
        let planes = nz.div_ceil(4 * threads).clamp(8, SLAB_PLANES);
        let mut slabs: Vec<Rows<'_>> = match voxels {
            Voxels::I16(voxels) => voxels.chunks_mut(nx * ny * planes).map(Rows::I16).collect(),
            Voxels::F32(voxels) => voxels.chunks_mut(nx * ny * planes).map(Rows::F32).collect(),
        };
        let count = slabs.len();
        for (g, group) in slabs.chunks_mut(threads).enumerate() {
            checkpoint(progress, "resample", (g * threads) as f64 / count as f64)?;
            par::try_each(group.iter_mut(), &|s, rows| {
                self.slab((g * threads + s) * planes, rows)
            })?;
        }
        Ok(())
    }

    /// Fills new planes from `z0` on.
    fn slab(&self, z0: usize, rows: &mut Rows<'_>) -> Result<(), Error> {
        let [nx, ny, _] = self.size;
        let planes = match rows {
            Rows::I16(rows) => rows.len(),
            Rows::F32(rows) => rows.len(),
        } / (nx * ny);
        let mut held = Held::default();
        let mut row = try_vec(0.0_f32, nx, "a row")?;
        for z in z0..z0 + planes {
            let first = self.along[2].first.get(z).copied().unwrap_or(0);
            let others = self.along[2].others_of(z);
            self.hold(&mut held, first, others)?;
            for y in 0..ny {
                let of = |k: u32| held.rows(k).get(y * nx..(y + 1) * nx).unwrap_or(&[]);
                let base = of(first);
                row.copy_from_slice(base);
                for tap in others.iter().filter(|tap| tap.weight != 0.0) {
                    add_difference(&mut row, tap.weight, of(tap.at), base);
                }
                let at = ((z - z0) * ny + y) * nx;
                self.store(&mut row, rows, at..at + nx, [y, z]);
            }
        }
        Ok(())
    }

    /// Makes the old planes that are needed and not there yet, in place of those that are not needed
    /// any more.
    fn hold(&self, held: &mut Held, first: u32, others: &[Tap]) -> Result<(), Error> {
        let is_needed = |k: u32| k == first || others.iter().any(|tap| tap.at == k);
        for k in std::iter::once(first).chain(others.iter().map(|tap| tap.at)) {
            if held.planes.iter().any(|(other, _)| *other == k) {
                continue;
            }
            let unused = held.planes.iter().position(|(other, _)| !is_needed(*other));
            let mut plane = match unused {
                Some(at) => held.planes.swap_remove(at).1,
                None => try_vec(0.0, self.size[0] * self.size[1], "a plane")?,
            };
            self.plane(k as usize, &mut plane)?;
            held.planes.push((k, plane));
        }
        Ok(())
    }

    /// Old plane `k` in its new size.
    fn plane(&self, k: usize, plane: &mut [f32]) -> Result<(), Error> {
        let [old_nx, old_ny, _] = self.from_size;
        let [along_x, along_y, _] = &self.along;
        let mut base = try_vec(0.0_f32, old_nx, "a row")?;
        let mut other = try_vec(0.0_f32, old_nx, "a row")?;
        let mut row = try_with_capacity::<f32>(old_nx, "a row")?;
        for (y, out) in plane.chunks_exact_mut(self.size[0]).enumerate() {
            let first = along_y.first.get(y).copied().unwrap_or(0);
            self.load(k * old_ny + first as usize, &mut base);
            row.clear();
            row.extend_from_slice(&base);
            for tap in along_y.others_of(y).iter().filter(|tap| tap.weight != 0.0) {
                self.load(k * old_ny + tap.at as usize, &mut other);
                add_difference(&mut row, tap.weight, &other, &base);
            }
            match along_x.others_each {
                0 => pick(&row, &along_x.first, out),
                1 => along_a_row::<1>(&row, along_x, out),
                _ => along_a_row::<3>(&row, along_x, out),
            }
        }
        Ok(())
    }

    /// An old row as floats, padding as NaN.
    fn load(&self, row: usize, out: &mut [f32]) {
        let range = row * self.from_size[0]..(row + 1) * self.from_size[0];
        let below = self.padding_below;
        let value = |value: f32| if value < below { f32::NAN } else { value };
        match self.from {
            Voxels::I16(from) => {
                for (out, from) in out.iter_mut().zip(from.get(range).unwrap_or(&[])) {
                    *out = value(f32::from(*from));
                }
            }
            Voxels::F32(from) => {
                for (out, from) in out.iter_mut().zip(from.get(range).unwrap_or(&[])) {
                    *out = value(*from);
                }
            }
        }
    }

    /// Keeps row (y, z); where padding had a say, the nearest voxel's value.
    fn store(
        &self,
        row: &mut [f32],
        rows: &mut Rows<'_>,
        at: std::ops::Range<usize>,
        yz: [usize; 2],
    ) {
        let mut touched = false;
        for value in row.iter_mut() {
            touched |= value.is_nan();
            // Not `max`, which would lose the NaN.
            *value = if *value < self.lowest { self.lowest } else { *value };
        }
        match rows {
            Rows::I16(rows) => {
                for (out, value) in
                    rows.get_mut(at.clone()).unwrap_or(&mut []).iter_mut().zip(&*row)
                {
                    let value = value.clamp(f32::from(i16::MIN), f32::from(i16::MAX));
                    *out = (value + ROUNDER).to_bits() as i16;
                }
            }
            Rows::F32(rows) => {
                if let Some(out) = rows.get_mut(at.clone()) {
                    out.copy_from_slice(row);
                }
            }
        }
        if !touched {
            return;
        }
        let nearest =
            |a: usize, n: usize| self.along[a].nearest.get(n).copied().unwrap_or(0) as usize;
        let [old_nx, old_ny, _] = self.from_size;
        let start = (nearest(2, yz[1]) * old_ny + nearest(1, yz[0])) * old_nx;
        for (x, _) in row.iter().enumerate().filter(|(_, value)| value.is_nan()) {
            let old = start + nearest(0, x);
            match (&mut *rows, self.from) {
                (Rows::I16(rows), Voxels::I16(from)) => {
                    put(rows, at.start + x, from.get(old).copied())
                }
                (Rows::F32(rows), Voxels::F32(from)) => {
                    put(rows, at.start + x, from.get(old).copied())
                }
                (Rows::F32(rows), Voxels::I16(from)) => {
                    put(rows, at.start + x, from.get(old).map(|value| f32::from(*value)));
                }
                // Fractions are never rounded.
                (Rows::I16(_), Voxels::F32(_)) => {}
            }
        }
    }
}

/// Old planes in their new size, by their z.
#[derive(Default)]
struct Held {
    planes: Vec<(u32, Vec<f32>)>,
}

impl Held {
    fn rows(&self, k: u32) -> &[f32] {
        self.planes.iter().find(|(other, _)| *other == k).map_or(&[], |(_, plane)| plane)
    }
}

fn put<T: Copy>(out: &mut [T], at: usize, value: Option<T>) {
    if let (Some(out), Some(value)) = (out.get_mut(at), value) {
        *out = value;
    }
}

fn add_difference(row: &mut [f32], weight: f32, other: &[f32], base: &[f32]) {
    for ((value, other), base) in row.iter_mut().zip(other).zip(base) {
        *value += weight * (other - base);
    }
}

fn pick(row: &[f32], at: &[u32], out: &mut [f32]) {
    for (out, at) in out.iter_mut().zip(at) {
        *out = row.get(*at as usize).copied().unwrap_or_default();
    }
}

fn along_a_row<const N: usize>(row: &[f32], along: &Samples, out: &mut [f32]) {
    let of = |at: u32| row.get(at as usize).copied().unwrap_or_default();
    let taps = along.others.as_chunks::<N>().0;
    for ((out, first), taps) in out.iter_mut().zip(&along.first).zip(taps) {
        let base = of(*first);
        *out = taps.iter().fold(base, |value, tap| value + tap.weight * (of(tap.at) - base));
    }
}
