//! The table of parts: what was kept or dropped, how large, how dense, where, and why.

use super::Part;
use crate::{Error, Grid, components::Components, error::try_vec};

/// Lists components as parts, in the components' order and with ids of 0.
///
/// `judge(component, volume_ml, mean_hu)` gives the kind and the reason, or `None` to leave the
/// component out.
pub(super) fn list(
    components: &Components,
    hu: &[i16],
    grid: &Grid,
    kept: bool,
    judge: impl Fn(usize, f64, f64) -> Option<(&'static str, String)>,
) -> Result<Vec<Part>, Error> {
    let [nx, ny, _] = grid.size_voxel();
    let mut sums = try_vec(0_i64, components.count(), "part densities")?;
    components.for_each_run(|id, y, z, start, end| {
        let row = (z * ny + y) * nx;
        let run = hu.get(row + start..row + end).unwrap_or(&[]);
        sums[id] += run.iter().map(|hu| i64::from(*hu)).sum::<i64>();
    });
    let parts = components.table()?.into_iter().zip(sums).enumerate();
    let listed = parts.filter_map(|(id, (component, sum))| {
        let volume_ml = grid.volume_ml(component.voxels);
        let mean_hu = sum as f64 / component.voxels as f64;
        let (kind, why) = judge(id, volume_ml, mean_hu)?;
        Some(Part {
            id: 0,
            kept,
            kind: kind.to_owned(),
            why,
            volume_ml,
            mean_hu,
            seed_voxel: component.seed_voxel,
            min_voxel: component.min_voxel,
            max_voxel: component.max_voxel,
        })
    });
    Ok(listed.collect())
}

/// Sorts by falling volume (then place), cuts the list to [`super::MAX_PARTS`] and numbers it.
pub(super) fn number(mut parts: Vec<Part>) -> Vec<Part> {
    parts.sort_by(|a, b| {
        b.volume_ml.total_cmp(&a.volume_ml).then_with(|| {
            let place = |p: &Part| (!p.kept, p.seed_voxel[2], p.seed_voxel[1], p.seed_voxel[0]);
            place(a).cmp(&place(b))
        })
    });
    parts.truncate(super::MAX_PARTS);
    for (id, part) in parts.iter_mut().enumerate() {
        part.id = id;
    }
    parts
}
