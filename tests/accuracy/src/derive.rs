//! Cases made from others: thicker and thinner slices, and phantoms.

use hounsfield::phantom::{Phantom, PhantomParams, Structure};
use hounsfield::{Grid, Mask, Volume, Voxels};
use serde_json::{Value, json};

use crate::{Failure, files, options};

/// For each new slice, the old slices it averages and their weights (which add to 1).
///
/// A thick slice is the mean of what lies in it, as a scanner's is; a thin one is interpolated.
/// Both stacks share their outer faces.
fn recipe(old: usize, new: usize, step: f64) -> Vec<Vec<(usize, f64)>> {
    let last = old.saturating_sub(1);
    (0..new)
        .map(|k| {
            if step <= 1.0 {
                let at = ((k as f64 + 0.5) * step - 0.5).clamp(0.0, last as f64);
                let below = (at as usize).min(last);
                let t = at - below as f64;
                return vec![(below, 1.0 - t), ((below + 1).min(last), t)];
            }
            let (from, to) = (k as f64 * step, ((k + 1) as f64 * step).min(old as f64));
            let overlap = |z: usize| {
                (to.min(z as f64 + 1.0) - from.max(z as f64)).max(0.0) / (to - from).max(1e-9)
            };
            (0..old).map(|z| (z, overlap(z))).filter(|(_, weight)| *weight > 0.0).collect()
        })
        .collect()
}

/// `score resample IN OUT SPACING_MM [--mask]`
pub(crate) fn resample(args: &[String]) -> Result<Value, Failure> {
    let [input, output, spacing_mm, ..] = args else {
        return Err("score resample IN OUT SPACING_MM".into());
    };
    let spacing_mm: f64 = spacing_mm.parse()?;
    let is_mask = args.iter().any(|arg| arg == "--mask");
    let new = slices(&files::scan(input)?.volume, spacing_mm, is_mask)?;
    let size = new.grid().size_voxel();
    if is_mask {
        let hu = new.hu()?;
        let mask = Mask::from_fn(size, |x, y, z| hu[(z * size[1] + y) * size[0] + x] > 0)?;
        files::write_mask(output, &mask, &new)?;
    } else {
        files::write_scan(output, &new)?;
    }
    Ok(json!({ "sizeVoxel": size, "spacingMm": new.grid().spacing_mm() }))
}

/// The scan in slices of `spacing_mm`; of a mask, 1 where at least half of a voxel is inside.
pub(crate) fn slices(old: &Volume, spacing_mm: f64, is_mask: bool) -> Result<Volume, Failure> {
    let (hu, grid) = (old.hu()?, old.grid());
    let [nx, ny, nz] = grid.size_voxel();
    let step = spacing_mm / grid.spacing_mm()[2];
    let new_nz = ((nz as f64 / step).round() as usize).max(1);
    let mut ras_from_voxel = *grid.ras_from_voxel();
    for row in &mut ras_from_voxel {
        row[3] += row[2] * (step - 1.0) / 2.0;
        row[2] *= step;
    }
    let new_grid = Grid::new([nx, ny, new_nz], ras_from_voxel)?;
    let slice = nx * ny;
    let mut voxels = Vec::with_capacity(slice * new_nz);
    for weights in recipe(nz, new_nz, step) {
        voxels.extend((0..slice).map(|i| {
            let value = |z: usize| {
                if is_mask {
                    f64::from(hu[z * slice + i] > 0)
                } else {
                    f64::from(hu[z * slice + i])
                }
            };
            let mean: f64 = weights.iter().map(|(z, weight)| weight * value(*z)).sum();
            if is_mask { i16::from(mean >= 0.5) } else { mean.round() as i16 }
        }));
    }
    Ok(Volume::new(new_grid, Voxels::I16(voxels))?)
}

/// `score phantom FOLDER [--contrast true|false] [--noise HU] [--slice MM] [--seed N]`
pub(crate) fn phantom(args: &[String]) -> Result<Value, Failure> {
    let folder = args.first().ok_or("score phantom FOLDER")?;
    let option = |name: &'static str| options(args, name).last();
    let mut params = PhantomParams::default();
    if let Some(contrast) = option("--contrast") {
        params.contrast = contrast.parse()?;
    }
    if let Some(noise_hu) = option("--noise") {
        params.noise_hu = noise_hu.parse()?;
    }
    if let Some(seed) = option("--seed") {
        params.seed = seed.parse()?;
    }
    if let Some(slice_mm) = option("--slice") {
        let slice_mm: f64 = slice_mm.parse()?;
        // The same stretch of the body, whatever the slices.
        params.size_voxel[2] = (320.0 / slice_mm).round() as usize;
        params.spacing_mm[2] = slice_mm;
    }
    let scan = Phantom::new(params)?.render(&mut ())?;
    std::fs::create_dir_all(folder)?;
    files::write_scan(&format!("{folder}/ct.nii.gz"), &scan.volume)?;
    for (structure, name) in [
        (Structure::Bones, "bones"),
        (Structure::LungLeft, "lung_left"),
        (Structure::LungRight, "lung_right"),
        (Structure::Aorta, "aorta"),
        (Structure::Heart, "heart"),
        (Structure::Vessels, "great_vessels"),
        (Structure::CostalCartilage, "costal_cartilage"),
        (Structure::SpinalCanal, "spinal_canal"),
    ] {
        files::write_mask(
            &format!("{folder}/ref_{name}.nii.gz"),
            &scan.truth.mask(structure)?,
            &scan.volume,
        )?;
    }
    let mut lungs = scan.truth.mask(Structure::LungLeft)?;
    lungs.union_with(&scan.truth.mask(Structure::LungRight)?)?;
    files::write_mask(&format!("{folder}/ref_lungs.nii.gz"), &lungs, &scan.volume)?;
    Ok(
        json!({ "sizeVoxel": scan.volume.grid().size_voxel(), "spacingMm": scan.volume.grid().spacing_mm() }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_to_one_and_stay_inside() {
        for (old, new, step) in [
            (10, 4, 2.5),
            (10, 25, 0.4),
            (7, 3, 7.0 / 3.0),
            (1, 1, 1.0),
            (133, 333, 0.4),
            (133, 67, 2.0),
        ] {
            for weights in recipe(old, new, step) {
                let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
                assert!((sum - 1.0).abs() < 1e-9 && weights.iter().all(|(z, _)| *z < old));
            }
        }
    }
}
