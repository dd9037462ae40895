//! The table of parts: what was kept or dropped, how large, how dense, where, and why.

use super::Part;
use crate::{
    Error, Grid,
    components::Components,
    error::{try_vec, try_with_capacity},
    order::order,
    volume::PADDING_BELOW_HU,
};

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
    let mut sums = try_vec(Measured::default(), components.count(), "part densities")?;
    components.for_each_run(|id, y, z, start, end| {
        let row = (z * ny + y) * nx;
        let run = hu.get(row + start..row + end).unwrap_or(&[]);
        sums[id].add(run);
    });
    let parts = components.table()?.into_iter().zip(sums).enumerate();
    let listed = parts.filter_map(|(id, (component, sum))| {
        let volume_ml = grid.volume_ml(component.voxels);
        let mean_hu = sum.mean_hu();
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

/// A part's values, without padding, which means nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Measured {
    sum: i64,
    voxels: u64,
}

impl Measured {
    fn add(&mut self, hu: &[i16]) {
        for hu in hu.iter().filter(|hu| **hu >= PADDING_BELOW_HU) {
            self.sum += i64::from(*hu);
            self.voxels += 1;
        }
    }

    /// Padding's own bound when nothing else was there.
    fn mean_hu(self) -> f64 {
        if self.voxels == 0 {
            return f64::from(PADDING_BELOW_HU);
        }
        self.sum as f64 / self.voxels as f64
    }
}

/// Sorts by falling volume (then place), cuts the list to [`super::MAX_PARTS`] and numbers it.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub(super) fn number(parts: &[Part]) -> Result<Vec<Part>, Error> {
    let mut falling = try_with_capacity(parts.len(), "parts")?;
    falling.extend(0..parts.len());
    order(&mut falling, &|a, b| {
        let (a, b) = (&parts[a], &parts[b]);
        let place = |p: &Part| (!p.kept, p.seed_voxel[2], p.seed_voxel[1], p.seed_voxel[0]);
        b.volume_ml.total_cmp(&a.volume_ml).then_with(|| place(a).cmp(&place(b)))
    });
    let largest = falling.into_iter().take(super::MAX_PARTS).enumerate();
    Ok(largest.map(|(id, at)| Part { id, ..parts[at].clone() }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mask, Neighbourhood};

    #[test]
    fn padding_inside_a_part_is_not_measured() {
        let grid = Grid::from_spacing([6, 1, 1], [1.0; 3]).unwrap();
        let components = Components::of(&Mask::drawn("###.##"), Neighbourhood::Faces6).unwrap();
        let hu = [300, i16::MIN, 100, 0, -2000, -1025];
        let why = |_, _, _| Some(("bone", String::new()));
        let parts = list(&components, &hu, &grid, true, why).unwrap();
        assert_eq!((parts[0].mean_hu, parts[1].mean_hu), (200.0, -1024.0));
        assert_eq!(parts[0].volume_ml, 0.003);
    }
}
