//! A file of labels as masks: one for each value but 0, on the grid of the scan they belong to.
//!
//! ```text
//! 0 0 2 2        . . # #          . . . .
//! 0 1 2 2   ─▶   . . # #  (2),    . # . .  (1)
//! ```

use serde::{Deserialize, Serialize};

use crate::{
    Error, Grid, Mask, Note, Volume, Voxels,
    error::{try_vec, try_with_capacity},
    volume::PADDING_BELOW_HU,
};

mod pictures;

/// More labels than this are a scan by mistake, not a segmentation.
const MOST_LABELS: usize = 255;
/// So far may the corners of two grids be apart that are one and the same.
const MOST_APART_VOXEL: f64 = 0.1;

/// The value of opaque black in [`Coding::Colours`], in a picture that has transparency.
pub const OPAQUE_BLACK: i32 = 0x0100_0000;

/// What the values of a volume of labels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Coding {
    /// Labels. What lies below −1024 (a reader's padding) counts as 0.
    #[default]
    Labels,
    /// Grey values of pictures: labels, or the shades of one mask.
    Grey,
    /// Colours of pictures, `0xRRGGBB`, or [`OPAQUE_BLACK`]. 0 is what is black or transparent.
    Colours,
    /// The brightest sample of each pixel of pictures that were stored with losses: one mask.
    Lossy,
}

/// What is known of a volume of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct About {
    /// Does the file say where it lies?
    pub placed: bool,
    /// Was its last slice the first? Only of what does not say where it lies.
    pub turn_over: bool,
    /// What its values are.
    pub coding: Coding,
}

/// One label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its number.
    pub label: i32,
    /// Red, green and blue, where the file has colours.
    pub colour: Option<[u8; 3]>,
    /// Where it is.
    pub mask: Mask,
}

/// Every label of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// Lowest number first.
    pub found: Vec<Label>,
    /// What became of the values, where that is not plain.
    pub notes: Vec<Note>,
}

/// One mask for each label in `volume` on the grid `target`. What is no number counts as 0.
///
/// The sizes must be `target`'s. Where the file says where it lies, that must be where `target`
/// lies, to a tenth of a voxel. Colours are numbered from 1 by red, then green, then blue, unless
/// all of them are grey: then the grey value is the label. Opaque black is a label only where
/// everything else is transparent. Of pictures, more than 255 shades, those of lossy pictures, and
/// those of a soft edge (many shades of one colour, mostly about as bright as the brightest, that
/// fill no area) are one mask: what is at least half as bright as the brightest. Memory: a bit a
/// voxel for each label.
///
/// # Errors
/// [`Error::SizeMismatch`]; [`Error::BadParameter`] with the distance for a grid elsewhere, with the
/// value for a fraction, for more than 255 labels, and for shades that have areas of their own;
/// [`Error::OutOfMemory`].
pub fn split(volume: &Volume, target: &Grid, about: &About) -> Result<Labels, Error> {
    let size_voxel = target.size_voxel();
    let found = volume.grid().size_voxel();
    if found != size_voxel {
        return Err(Error::SizeMismatch {
            what: "the file of labels",
            found,
            expected: size_voxel,
        });
    }
    if about.placed {
        same_place(volume.grid(), target)?;
    }
    let rows = Rows { volume, size_voxel, turned: about.turn_over && !about.placed };
    let (lossy, colours) = (about.coding == Coding::Lossy, about.coding == Coding::Colours);
    let distinct = if lossy { None } else { rows.distinct()? };
    if let Some(values) = distinct.as_ref().filter(|_| about.coding != Coding::Labels)
        && let Some(soft) = pictures::soft_mask(&rows, values, colours)?
    {
        return Ok(soft);
    }
    match distinct {
        Some(values) if colours => pictures::colours(&rows, values),
        Some(values) => {
            let masks = rows.masks(&values)?.into_iter().zip(&values);
            let label = |(mask, value): (Mask, &i32)| Label { label: *value, colour: None, mask };
            Ok(Labels { found: masks.map(label).collect(), notes: Vec::new() })
        }
        None if about.coding == Coding::Labels => Err(Error::BadParameter {
            name: "the number of labels",
            value: format!("more than {MOST_LABELS}"),
            expected: "a file of labels has at most 255 values besides 0: this is a scan",
        }),
        None => pictures::one_mask(&rows, colours),
    }
}

/// What no label has.
const NO_LABEL: i32 = 0;

/// A volume of labels, row by row.
struct Rows<'a> {
    volume: &'a Volume,
    size_voxel: [usize; 3],
    turned: bool,
}

impl Rows<'_> {
    /// The values of each row along x, and its y and z.
    fn each(&self, mut take: impl FnMut(&[i32], [usize; 2])) -> Result<(), Error> {
        let [nx, ny, nz] = self.size_voxel;
        let mut row = try_vec(NO_LABEL, nx, "a row of labels")?;
        for n in 0..ny * nz {
            let (from, to) = (n * nx, (n + 1) * nx);
            match self.volume.voxels() {
                Voxels::I16(voxels) => {
                    let values = voxels.get(from..to).unwrap_or(&[]);
                    row.iter_mut().zip(values).for_each(|(out, value)| *out = i32::from(*value));
                }
                Voxels::F32(voxels) => {
                    for (out, value) in row.iter_mut().zip(voxels.get(from..to).unwrap_or(&[])) {
                        *out = whole(*value)?;
                    }
                }
            }
            let z = if self.turned { nz - 1 - n / ny } else { n / ny };
            take(&row, [n % ny, z]);
        }
        Ok(())
    }

    /// The labels that occur, smallest first; `None` when they are too many for labels.
    fn distinct(&self) -> Result<Option<Vec<i32>>, Error> {
        let mut labels: Vec<i32> = Vec::new();
        let mut too_many = false;
        let mut last = NO_LABEL;
        self.each(|row, _| {
            // Labels come in runs: most voxels have the label of the one before.
            for &label in row {
                if label == last {
                    continue;
                }
                last = label;
                if label == NO_LABEL || label < i32::from(PADDING_BELOW_HU) {
                    continue;
                }
                if let Err(place) = labels.binary_search(&label) {
                    too_many |= labels.len() == MOST_LABELS;
                    if !too_many {
                        labels.insert(place, label);
                    }
                }
            }
        })?;
        Ok(Some(labels).filter(|_| !too_many))
    }

    /// The mask of each of `values`, which are in order.
    fn masks(&self, values: &[i32]) -> Result<Vec<Mask>, Error> {
        let mut masks = try_with_capacity(values.len(), "the masks of labels")?;
        for _ in values {
            masks.push(Mask::empty(self.size_voxel)?);
        }
        let mut last = (NO_LABEL, None);
        self.each(|row, [y, z]| {
            for (x, value) in row.iter().enumerate() {
                if *value != last.0 {
                    last = (*value, values.binary_search(value).ok());
                }
                if let Some(mask) = last.1.and_then(|place| masks.get_mut(place)) {
                    mask.set(x, y, z, true);
                }
            }
        })?;
        Ok(masks)
    }
}

fn whole(value: f32) -> Result<i32, Error> {
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
    Ok(value as i32)
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

    const PLACED: About = About { placed: true, turn_over: false, coding: Coding::Labels };

    pub(super) fn labels_of(drawn: &[(i32, Option<[u8; 3]>, &str)]) -> Labels {
        let label = |(label, colour, drawing): &(i32, Option<[u8; 3]>, &str)| Label {
            label: *label,
            colour: *colour,
            mask: Mask::drawn(drawing),
        };
        Labels { found: drawn.iter().map(label).collect(), notes: Vec::new() }
    }

    fn grid() -> Grid {
        Grid::from_spacing([4, 2, 1], [2.0, 2.0, 5.0]).unwrap()
    }

    fn volume(voxels: Voxels) -> Volume {
        Volume::new(grid(), voxels).unwrap()
    }

    #[test]
    fn each_value_becomes_a_mask() {
        let labels = [0, 0, 2, 2, -3000, 1, 2, -7];
        let expected = [(-7, None, "....\n...#"), (1, None, "....\n.#.."), (2, None, "..##\n..#.")];
        let expected = labels_of(&expected);
        let whole = volume(Voxels::I16(labels.to_vec()));
        assert_eq!(split(&whole, &grid(), &PLACED).unwrap(), expected);
        let mut floats = labels.map(|label| label as f32);
        floats[0] = f32::NAN;
        assert_eq!(
            split(&volume(Voxels::F32(floats.to_vec())), &grid(), &PLACED).unwrap(),
            expected
        );
        assert!(
            split(&volume(Voxels::I16(vec![0; 8])), &grid(), &PLACED).unwrap().found.is_empty()
        );
    }

    #[test]
    fn labels_that_lie_elsewhere_are_refused_with_the_distance() {
        let moved = |mm: f64| {
            let mut affine = *grid().ras_from_voxel();
            affine[0][3] += mm;
            let grid = Grid::new([4, 2, 1], affine).unwrap();
            Volume::new(grid, Voxels::I16(vec![1; 8])).unwrap()
        };
        assert!(split(&moved(0.15), &grid(), &PLACED).is_ok());
        let error = split(&moved(3.0), &grid(), &PLACED).unwrap_err().to_string();
        assert!(error.contains("3.00 mm"), "{error}");
        // A picture does not say where it lies.
        assert!(split(&moved(3.0), &grid(), &About::default()).is_ok());
        let small = Grid::from_spacing([2, 2, 2], [1.0; 3]).unwrap();
        let error = split(&moved(0.0), &small, &About::default()).unwrap_err();
        assert_eq!(error.code(), "size_mismatch");
    }

    #[test]
    fn scans_are_no_labels() {
        let halves = volume(Voxels::F32(vec![0.5; 8]));
        let error = split(&halves, &grid(), &PLACED).unwrap_err().to_string();
        assert!(error.contains("0.5"), "{error}");
        let endless = volume(Voxels::F32(vec![f32::INFINITY; 8]));
        assert!(split(&endless, &grid(), &PLACED).is_err());
        let many = Grid::from_spacing([256, 1, 1], [1.0; 3]).unwrap();
        let of = |first: i16| {
            Volume::new(many.clone(), Voxels::I16((first..first + 256).collect())).unwrap()
        };
        assert_eq!(split(&of(0), &many, &PLACED).unwrap().found.len(), 255);
        assert!(split(&of(1), &many, &PLACED).is_err());
    }

    #[test]
    fn a_stack_is_turned_over_unless_it_says_where_it_lies() {
        let tall = Grid::from_spacing([1, 1, 3], [1.0; 3]).unwrap();
        let volume = Volume::new(tall.clone(), Voxels::I16(vec![4, 0, 9])).unwrap();
        let draw = |placed, turn_over| {
            let about = About { placed, turn_over, coding: Coding::Grey };
            let found = split(&volume, &tall, &about).unwrap().found;
            found.iter().map(|label| label.mask.draw()).collect::<Vec<_>>()
        };
        let upright = draw(false, false);
        assert_eq!(draw(true, true), upright);
        assert_eq!(draw(false, true), [upright[1].clone(), upright[0].clone()]);
    }
}
