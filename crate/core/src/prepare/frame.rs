//! Another box, another order of axes.

use std::borrow::Cow;

use super::{Prepared, Values, admit, number, regrid, values};
use crate::{
    Error, Mask, Progress, Volume, Voxels,
    error::{try_vec, try_with_capacity},
    nifti::{AxisMap, Limits, Template},
    progress::checkpoint,
    volume::PADDING_BELOW_HU,
};

pub(super) fn crop<'a>(
    prepared: &Prepared<'a>,
    margin_mm: f64,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<Prepared<'a>, Error> {
    number("marginMm", margin_mm, |mm| mm >= 0.0, "it must be a length of at least 0 mm")?;
    checkpoint(progress, "crop", 0.0)?;
    let grid = prepared.volume.grid();
    let Some([low, high]) = box_of(&prepared.masks) else {
        return Err(Error::BadParameter {
            name: "the mask",
            value: "empty".into(),
            expected: "a scan is cropped to what is in its masks: give one with at least a voxel",
        });
    };
    let spacing_mm = grid.spacing_mm();
    // A margin beyond the scan saturates.
    let margin = spacing_mm.map(|mm| (margin_mm / mm).ceil() as usize);
    let from: [usize; 3] = std::array::from_fn(|a| low[a].saturating_sub(margin[a]));
    let size: [usize; 3] = std::array::from_fn(|a| {
        high[a].saturating_add(margin[a]).min(grid.size_voxel()[a] - 1) - from[a] + 1
    });
    reframe(prepared, size, from.map(|n| n as isize), 0.0, limits)
}

pub(super) fn pad<'a>(
    prepared: &Prepared<'a>,
    size_voxel: [usize; 3],
    value: Option<f64>,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<Prepared<'a>, Error> {
    checkpoint(progress, "pad", 0.0)?;
    let volume = &*prepared.volume;
    let old = volume.grid().size_voxel();
    let value = match value {
        Some(value) => number("value", value, |_| true, "it must be a number")?,
        None if prepared.values == Values::HU => f64::from(PADDING_BELOW_HU),
        None => values::lowest(volume, f32::NEG_INFINITY)?,
    };
    if matches!(volume.voxels(), Voxels::I16(_)) {
        let is = |value: f64| value.fract() == 0.0 && f64::from(value as i16) == value;
        number("value", value, is, "this scan holds whole numbers between -32768 and 32767")?;
    }
    let size: [usize; 3] = std::array::from_fn(|a| old[a].max(size_voxel[a]));
    let from = std::array::from_fn(|a| -(((size[a] - old[a]) / 2) as isize));
    reframe(prepared, size, from, value, limits)
}

pub(super) fn reorient<'a>(prepared: Prepared<'a>, letters: &str) -> Result<Prepared<'a>, Error> {
    let Some(axes) = AxisMap::of_letters(letters) else {
        return Err(Error::BadParameter {
            name: "axes",
            value: format!("\"{letters}\""),
            expected: "it must be three letters such as RAS or LPS: one each of R or L, A or P, S or I",
        });
    };
    let template = Template::of_grid_along(prepared.volume.grid(), axes)?;
    Ok(Prepared { template: Cow::Owned(template), ..prepared })
}

/// Lowest and highest voxel of all masks.
fn box_of(masks: &[Cow<'_, Mask>]) -> Option<[[usize; 3]; 2]> {
    let mut found: Option<[[usize; 3]; 2]> = None;
    for mask in masks {
        let [_, ny, nz] = mask.size_voxel();
        for (y, z) in (0..nz).flat_map(|z| (0..ny).map(move |y| (y, z))) {
            let row = mask.row(y, z);
            let Some(first) = row.iter().position(|word| *word != 0) else { continue };
            let last = row.iter().rposition(|word| *word != 0).unwrap_or(first);
            let bit = |w: usize| row.get(w).copied().unwrap_or(0);
            let x0 = 64 * first + bit(first).trailing_zeros() as usize;
            let x1 = 64 * last + 63 - bit(last).leading_zeros() as usize;
            let [low, high] = found.get_or_insert([[x0, y, z], [x1, y, z]]);
            for (a, (n0, n1)) in [(x0, x1), (y, y), (z, z)].into_iter().enumerate() {
                low[a] = low[a].min(n0);
                high[a] = high[a].max(n1);
            }
        }
    }
    found
}

/// The box of `size` voxels whose first was voxel `from`; around the scan lies `fill`.
fn reframe<'a>(
    prepared: &Prepared<'a>,
    size: [usize; 3],
    from: [isize; 3],
    fill: f64,
    limits: &Limits,
) -> Result<Prepared<'a>, Error> {
    let volume = &*prepared.volume;
    let bytes = if matches!(volume.voxels(), Voxels::I16(_)) { 2 } else { 4 };
    admit(size, bytes, prepared.masks.len(), limits)?;
    let grid = regrid(volume.grid(), size, from.map(|n| n as f64), [1.0; 3])?;
    let old_size = volume.grid().size_voxel();
    let voxels = match volume.voxels() {
        Voxels::I16(voxels) => Voxels::I16(moved(voxels, old_size, size, from, fill as i16)?),
        Voxels::F32(voxels) => Voxels::F32(moved(voxels, old_size, size, from, fill as f32)?),
    };
    let mut masks = try_with_capacity(prepared.masks.len(), "masks")?;
    for mask in &prepared.masks {
        let mut out = Mask::empty(size)?;
        let last = out.last_word_mask();
        for z in 0..size[2] {
            for y in 0..size[1] {
                let (Some(old_y), Some(old_z)) = (index(y, from[1]), index(z, from[2])) else {
                    continue;
                };
                if old_y >= old_size[1] || old_z >= old_size[2] {
                    continue;
                }
                let row = mask.row(old_y, old_z);
                let words = out.row_mut(y, z);
                for (w, word) in words.iter_mut().enumerate() {
                    *word = bits_from(row, from[0] + 64 * w as isize);
                }
                if let Some(word) = words.last_mut() {
                    *word &= last;
                }
            }
        }
        masks.push(out);
    }
    prepared.on(Volume::new(grid, voxels)?, masks)
}

/// Where new index `n` was, if it was not before the first.
fn index(n: usize, from: isize) -> Option<usize> {
    n.checked_add_signed(from)
}

/// 64 bits of a row from bit `start` on, which may lie before its first.
fn bits_from(row: &[u64], start: isize) -> u64 {
    let word = |w: isize| usize::try_from(w).ok().and_then(|w| row.get(w)).copied().unwrap_or(0);
    let (w, bit) = (start.div_euclid(64), start.rem_euclid(64));
    if bit == 0 { word(w) } else { word(w) >> bit | word(w + 1) << (64 - bit) }
}

fn moved<T: Copy>(
    voxels: &[T],
    old_size: [usize; 3],
    size: [usize; 3],
    from: [isize; 3],
    fill: T,
) -> Result<Vec<T>, Error> {
    let mut out = try_vec(fill, size.iter().product(), "the scan in its new box")?;
    // Along x: the first new voxel that has an old one, the old one, and how many there are.
    let (to_x, from_x) = ((-from[0]).max(0) as usize, from[0].max(0) as usize);
    let n = size[0].saturating_sub(to_x).min(old_size[0].saturating_sub(from_x));
    for (row, out) in out.chunks_exact_mut(size[0]).enumerate() {
        let (y, z) = (index(row % size[1], from[1]), index(row / size[1], from[2]));
        let (Some(y), Some(z)) = (y, z) else { continue };
        if y >= old_size[1] || z >= old_size[2] {
            continue;
        }
        let start = (z * old_size[1] + y) * old_size[0] + from_x;
        if let (Some(out), Some(old)) = (out.get_mut(to_x..to_x + n), voxels.get(start..start + n))
        {
            out.copy_from_slice(old);
        }
    }
    Ok(out)
}
