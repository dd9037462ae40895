//! Numbers about a mask. Every convention, with its source, stands in `docs/MEASURES.md`.
//!
//! Voxels are counted, and only then are there fractions: a [`Tally`] holds whole numbers, so no
//! number depends on how many threads counted.

pub mod csv;
pub mod lungs;
pub mod norms;
mod statistics;
mod surface;
pub mod table;

use serde::Serialize;

use crate::{
    Error, Grid, Mask, Neighbourhood, Progress, Volume, Voxels,
    components::Components,
    par,
    progress::checkpoint,
    tally::{Tally, is_measured},
    threshold::check_on_grid,
    volume::PADDING_BELOW_HU,
};

/// What a mask holds, with units in the names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measures {
    /// Voxels inside.
    pub voxels: usize,
    /// Their volume.
    pub volume_ml: f64,
    /// 26-connected components.
    pub components: usize,
    /// Lowest and highest voxel inside; `None` for an empty mask.
    pub box_voxel: Option<BoxVoxel>,
    /// The mean position in RAS millimetres.
    pub centroid_ras_mm: Option<[f64; 3]>,
    /// The mean value of the voxels inside that are not padding.
    pub mean_hu: Option<f64>,
}

/// Lowest and highest value, and how much of the scan is padding.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Intensity {
    /// The lowest value that is not padding; −1024 when everything is.
    pub min_hu: f64,
    /// The highest value; −1024 when everything is padding.
    pub max_hu: f64,
    /// The share of voxels below −1024 HU or without a value, 0 to 1.
    pub padding_share: f64,
}

/// Summarises the values of a scan.
#[must_use]
pub fn intensity(volume: &Volume) -> Intensity {
    let parts = match volume.voxels() {
        Voxels::I16(v) => reduce(v, |value| f32::from(*value)),
        Voxels::F32(v) => reduce(v, |value| *value),
    };
    let Range { min, max, padding } = parts;
    let all_padding = padding == volume.grid().voxel_count();
    let or_padding =
        |value: f32| if all_padding { f64::from(PADDING_BELOW_HU) } else { value.into() };
    Intensity {
        min_hu: or_padding(min),
        max_hu: or_padding(max),
        padding_share: padding as f64 / volume.grid().voxel_count() as f64,
    }
}

/// Of the voxels that are not padding.
struct Range {
    min: f32,
    max: f32,
    padding: usize,
}

fn reduce<T: Sync>(values: &[T], value_of: fn(&T) -> f32) -> Range {
    let none = || Range { min: f32::INFINITY, max: f32::NEG_INFINITY, padding: 0 };
    let ranges = par::fold(values.chunks(1 << 16), &none, &|range, _, chunk| {
        for value in chunk.iter().map(value_of) {
            if is_measured(value) {
                range.min = range.min.min(value);
                range.max = range.max.max(value);
            } else {
                range.padding += 1;
            }
        }
    });
    ranges.into_iter().fold(none(), |a, b| Range {
        min: a.min.min(b.min),
        max: a.max.max(b.max),
        padding: a.padding + b.padding,
    })
}

/// A box of voxels, both corners inclusive.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoxVoxel {
    /// The lowest corner, x y z.
    pub min: [usize; 3],
    /// The highest corner, x y z.
    pub max: [usize; 3],
}

/// Measures a mask on the scan it was made from.
///
/// ```
/// use hounsfield::{Grid, Mask, measure::measure};
/// let grid = Grid::from_spacing([4, 1, 1], [2.0, 1.0, 1.0])?;
/// let found = measure(&Mask::drawn("#.##"), &[300, 0, 200, 100], &grid, &mut ())?;
/// assert_eq!((found.voxels, found.components, found.mean_hu), (3, 2, Some(200.0)));
/// assert_eq!(found.volume_ml, 0.006);
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// # Errors
/// [`Error::BadGrid`] or [`Error::SizeMismatch`] when the three do not lie on one grid,
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn measure(
    mask: &Mask,
    hu: &[i16],
    grid: &Grid,
    progress: &mut dyn Progress,
) -> Result<Measures, Error> {
    check_on_grid(hu, grid)?;
    table::check_size(mask, grid)?;
    let components = Components::of_with(mask, Neighbourhood::Corners26, progress)?.count();
    checkpoint(progress, "measure", 0.5)?;
    let tally = Tally::of(mask, Some(hu), &[])?;
    let (mut measured, mut sum) = (0_u64, 0_i64);
    let counts = tally.counts.iter().flat_map(|counts| counts.iter());
    for (hu, count) in counts.filter(|(hu, _)| *hu >= PADDING_BELOW_HU) {
        measured += count;
        sum += i64::from(hu) * count as i64;
    }
    Ok(Measures {
        voxels: tally.voxels as usize,
        volume_ml: grid.volume_ml(tally.voxels as usize),
        components,
        box_voxel: BoxVoxel::of(&tally),
        centroid_ras_mm: table::centroid_ras_mm(&tally, grid),
        mean_hu: (measured > 0).then(|| sum as f64 / measured as f64),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_and_missing_values_are_left_out_of_the_range() {
        let grid = Grid::from_spacing([4, 1, 1], [1.0; 3]).unwrap();
        let of = |voxels| intensity(&Volume::new(grid.clone(), voxels).unwrap());
        let found = of(Voxels::I16(vec![-2048, -1024, 30, 3000]));
        assert_eq!((found.min_hu, found.max_hu, found.padding_share), (-1024.0, 3000.0, 0.25));
        let found = of(Voxels::F32(vec![f32::INFINITY, 0.5, 0.25, -3000.0]));
        assert_eq!((found.min_hu, found.max_hu, found.padding_share), (0.25, 0.5, 0.5));
        let found = of(Voxels::F32(vec![f32::NAN, 0.5, 0.25, -3000.0]));
        assert_eq!((found.min_hu, found.max_hu, found.padding_share), (0.25, 0.5, 0.5));
        assert_eq!(of(Voxels::I16(vec![-3000; 4])).max_hu, -1024.0);
    }

    #[test]
    fn an_empty_mask_has_no_place() {
        let grid = Grid::from_spacing([2, 1, 1], [1.0; 3]).unwrap();
        let found = measure(&Mask::drawn(".."), &[1, 2], &grid, &mut ()).unwrap();
        assert_eq!((found.voxels, found.box_voxel, found.mean_hu), (0, None, None));
    }

    #[test]
    fn box_and_centroid_of_two_corners() {
        let grid = Grid::from_spacing([3, 2, 2], [1.0, 1.0, 5.0]).unwrap();
        let mask =
            Mask::from_fn([3, 2, 2], |x, y, z| [x, y, z] == [0, 0, 0] || [x, y, z] == [2, 1, 1])
                .unwrap();
        let found = measure(&mask, &[-2000; 12], &grid, &mut ()).unwrap();
        assert_eq!(found.box_voxel, Some(BoxVoxel { min: [0, 0, 0], max: [2, 1, 1] }));
        assert_eq!(found.centroid_ras_mm, Some([1.0, 0.5, 2.5]));
        assert_eq!(found.mean_hu, None, "padding is never measured");
    }
}
