//! A file of labels as masks: one for each value but 0, on the grid of the scan they belong to.
//!
//! ```text
//! 0 0 2 2        . . # #          . . . .
//! 0 1 2 2   ─▶   . . # #  (2),    . # . .  (1)
//! ```

use crate::{
    Error, Grid, Mask, Volume, Voxels, error::try_with_capacity, volume::PADDING_BELOW_HU,
};

/// More labels than this are a scan by mistake, not a segmentation.
const MOST_LABELS: usize = 255;
/// So far may the corners of two grids be apart that are one and the same.
const MOST_APART_VOXEL: f64 = 0.1;

/// One mask for each value but 0 in `volume`, smallest value first, on the grid `target`. What is no
/// number and what lies below −1024 (a reader's padding) counts as 0.
///
/// The sizes must be `target`'s. Where the file says where it lies (`placed`), that must be where
/// `target` lies, to a tenth of a voxel. Memory: a bit a voxel for each label.
///
/// # Errors
/// [`Error::SizeMismatch`]; [`Error::BadParameter`] with the distance for a grid elsewhere, with the
/// value for a fraction, and for more than 255 labels; [`Error::OutOfMemory`].
pub fn split(volume: &Volume, target: &Grid, placed: bool) -> Result<Vec<(i32, Mask)>, Error> {
    let size_voxel = target.size_voxel();
    let found = volume.grid().size_voxel();
    if found != size_voxel {
        return Err(Error::SizeMismatch {
            what: "the file of labels",
            found,
            expected: size_voxel,
        });
    }
    if placed {
        same_place(volume.grid(), target)?;
    }
    match volume.voxels() {
        Voxels::I16(voxels) => masks(voxels, size_voxel, |value| Ok(i32::from(*value))),
        Voxels::F32(voxels) => masks(voxels, size_voxel, whole),
    }
}

/// What no label has.
const NO_LABEL: i32 = 0;

fn whole(value: &f32) -> Result<i32, Error> {
    if value.is_nan() {
        return Ok(NO_LABEL);
    }
    if value.fract() != 0.0 || value.abs() > 1e9 {
        return Err(Error::BadParameter {
            name: "a label",
            value: value.to_string(),
            expected: "labels must be whole numbers: this is a scan or a map of probabilities",
        });
    }
    Ok(*value as i32)
}

fn masks<T>(
    voxels: &[T],
    size_voxel: [usize; 3],
    label_of: impl Fn(&T) -> Result<i32, Error>,
) -> Result<Vec<(i32, Mask)>, Error> {
    // First which labels there are: a scan taken for labels is refused before masks are made.
    let labels = distinct(voxels, &label_of)?;
    let mut found = try_with_capacity(labels.len(), "the masks of labels")?;
    for label in labels {
        found.push((label, Mask::empty(size_voxel)?));
    }
    let [nx, ny, _] = size_voxel;
    // Labels come in runs: most voxels have the label of the one before.
    let mut last = (NO_LABEL, None);
    for (row, values) in voxels.chunks(nx).enumerate() {
        let [y, z] = [row % ny, row / ny];
        for (x, value) in values.iter().enumerate() {
            let label = label_of(value)?;
            if label != last.0 {
                last = (label, found.binary_search_by_key(&label, |(known, _)| *known).ok());
            }
            if let Some((_, mask)) = last.1.and_then(|place| found.get_mut(place)) {
                mask.set(x, y, z, true);
            }
        }
    }
    Ok(found)
}

/// The labels that occur, smallest first.
fn distinct<T>(
    voxels: &[T],
    label_of: impl Fn(&T) -> Result<i32, Error>,
) -> Result<Vec<i32>, Error> {
    let mut labels = Vec::new();
    let mut last = NO_LABEL;
    for value in voxels {
        let label = label_of(value)?;
        if label == last {
            continue;
        }
        last = label;
        if label == NO_LABEL || label < i32::from(PADDING_BELOW_HU) {
            continue;
        }
        if let Err(place) = labels.binary_search(&label) {
            if labels.len() == MOST_LABELS {
                return Err(Error::BadParameter {
                    name: "the number of labels",
                    value: format!("more than {MOST_LABELS}"),
                    expected: "a file of labels has at most 255 values besides 0: this is a scan",
                });
            }
            labels.insert(place, label);
        }
    }
    Ok(labels)
}

/// Are two grids of one size at one place? Compared at their corners, in voxels of `target`.
fn same_place(labels: &Grid, target: &Grid) -> Result<(), Error> {
    let last = target.size_voxel().map(|n| n.saturating_sub(1) as f64);
    let mut apart_mm = 0.0_f64;
    for corner in 0..8 {
        let voxel =
            std::array::from_fn(|axis| if corner >> axis & 1 == 1 { last[axis] } else { 0.0 });
        let [a, b] = [labels.ras_of(voxel), target.ras_of(voxel)];
        let mm = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
        apart_mm = apart_mm.max(mm);
    }
    let finest_mm = target.spacing_mm().into_iter().fold(f64::INFINITY, f64::min);
    if apart_mm > MOST_APART_VOXEL * finest_mm {
        return Err(Error::BadParameter {
            name: "the place of the labels",
            value: format!("up to {apart_mm:.2} mm from the scan's"),
            expected: "both must lie at the same place: bring the labels onto the scan's grid first",
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid::from_spacing([4, 2, 1], [2.0, 2.0, 5.0]).unwrap()
    }

    fn volume(voxels: Voxels) -> Volume {
        Volume::new(grid(), voxels).unwrap()
    }

    #[test]
    fn each_value_becomes_a_mask() {
        let labels = [0, 0, 2, 2, -3000, 1, 2, -7];
        let expected = vec![
            (-7, Mask::drawn("....\n...#")),
            (1, Mask::drawn("....\n.#..")),
            (2, Mask::drawn("..##\n..#.")),
        ];
        let whole = volume(Voxels::I16(labels.to_vec()));
        assert_eq!(split(&whole, &grid(), true).unwrap(), expected);
        let mut floats = labels.map(|label| label as f32);
        floats[0] = f32::NAN;
        assert_eq!(split(&volume(Voxels::F32(floats.to_vec())), &grid(), true).unwrap(), expected);
        assert!(split(&volume(Voxels::I16(vec![0; 8])), &grid(), true).unwrap().is_empty());
    }

    #[test]
    fn labels_that_lie_elsewhere_are_refused_with_the_distance() {
        let moved = |mm: f64| {
            let mut affine = *grid().ras_from_voxel();
            affine[0][3] += mm;
            let grid = Grid::new([4, 2, 1], affine).unwrap();
            Volume::new(grid, Voxels::I16(vec![1; 8])).unwrap()
        };
        assert!(split(&moved(0.15), &grid(), true).is_ok());
        let error = split(&moved(3.0), &grid(), true).unwrap_err().to_string();
        assert!(error.contains("3.00 mm"), "{error}");
        // A picture does not say where it lies.
        assert!(split(&moved(3.0), &grid(), false).is_ok());
        let small = Grid::from_spacing([2, 2, 2], [1.0; 3]).unwrap();
        let error = split(&moved(0.0), &small, false).unwrap_err();
        assert_eq!(error.code(), "size_mismatch");
    }

    #[test]
    fn scans_are_no_labels() {
        let halves = volume(Voxels::F32(vec![0.5; 8]));
        let error = split(&halves, &grid(), true).unwrap_err().to_string();
        assert!(error.contains("0.5"), "{error}");
        let endless = volume(Voxels::F32(vec![f32::INFINITY; 8]));
        assert!(split(&endless, &grid(), true).is_err());
        let many = Grid::from_spacing([256, 1, 1], [1.0; 3]).unwrap();
        let of = |first: i16| {
            Volume::new(many.clone(), Voxels::I16((first..first + 256).collect())).unwrap()
        };
        assert_eq!(split(&of(0), &many, true).unwrap().len(), 255);
        assert!(split(&of(1), &many, true).is_err());
    }
}
