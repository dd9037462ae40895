//! Labels of pictures: colours, and masks whose edges are soft.

use super::{Label, Labels, OPAQUE_BLACK, Rows};
use crate::{Error, Mask, Note};

/// So many pixels away are the neighbours of a pixel that is deep within a shade: no edge is as
/// wide.
const DEEP_PIXELS: usize = 2;
/// Of each hundred voxels of a mask, so many may be deep within a shade of their own.
const MOST_DEEP_PERCENT: u64 = 1;

/// See [`super::split`].
pub(super) fn colours(rows: &Rows<'_>, mut values: Vec<i32>) -> Result<Labels, Error> {
    // Black is what is around coloured labels. By itself it is a drawing where the rest is nothing.
    if values.len() > 1 {
        values.retain(|value| *value != OPAQUE_BLACK);
    }
    let mut masks = rows.masks(&values)?;
    if values == [OPAQUE_BLACK] {
        let [nx, ny, nz] = rows.size_voxel;
        masks.retain(|mask| mask.count() < nx * ny * nz);
    }
    let rgb = |value: &i32| {
        let [blue, green, red, _] = value.to_le_bytes();
        [red, green, blue]
    };
    let is_grey = |value: &i32| {
        let [red, green, blue] = rgb(value);
        *value != OPAQUE_BLACK && red == green && green == blue
    };
    let mut labels = Labels::default();
    if values.iter().all(is_grey) {
        for (value, mask) in values.iter().zip(masks) {
            labels.found.push(Label { label: value & 0xff, colour: None, mask });
        }
        return Ok(labels);
    }
    for ((value, mask), label) in values.iter().zip(masks).zip(1..) {
        labels.found.push(Label { label, colour: Some(rgb(value)), mask });
    }
    if labels.found.len() > 1 {
        labels.notes.push(Note::new(
            "colours",
            "Each colour is a label; they are numbered by red, then green, then blue.",
        ));
    }
    Ok(labels)
}

/// What is at least half as bright as the brightest, unless shades between have areas of their own.
pub(super) fn one_mask(rows: &Rows<'_>, coloured: bool) -> Result<Labels, Error> {
    let level = |value: i32| {
        let [blue, green, red, _] = value.to_le_bytes();
        if coloured { i64::from(red.max(green).max(blue)) } else { i64::from(value.max(0)) }
    };
    let mut brightest = 0;
    rows.each(|row, _| {
        brightest = row.iter().map(|value| level(*value)).fold(brightest, i64::max);
    })?;
    let mut labels = Labels::default();
    if brightest == 0 {
        return Ok(labels);
    }
    let (mut mask, mut between) = (Mask::empty(rows.size_voxel)?, Mask::empty(rows.size_voxel)?);
    rows.each(|row, [y, z]| {
        for (x, value) in row.iter().enumerate() {
            let level = level(*value);
            if 2 * level >= brightest {
                mask.set(x, y, z, true);
            }
            if 4 * level > brightest && 4 * level < 3 * brightest {
                between.set(x, y, z, true);
            }
        }
    })?;
    let deep = deep(&between);
    if 100 * deep > MOST_DEEP_PERCENT * mask.count() as u64 {
        return Err(Error::BadParameter {
            name: "labels",
            value: format!("pictures with areas between dark and bright ({deep} pixels)"),
            expected: "with so many shades, or stored with losses, pictures can hold one mask in \
                       black and white: this is a photograph, or labels that must be saved as PNG",
        });
    }
    labels.found.push(Label { label: 1, colour: None, mask });
    labels.notes.push(Note::new(
        "one_mask",
        format!(
            "The pictures were stored with losses or have too many shades for labels: they are taken \
             for one mask, of what is at least half as bright as the brightest ({brightest})."
        ),
    ));
    Ok(labels)
}

/// Pixels with neighbours of their kind on all four sides, some pixels away.
fn deep(mask: &Mask) -> u64 {
    let [nx, ny, nz] = mask.size_voxel();
    let inner = |n: usize| DEEP_PIXELS..n.saturating_sub(DEEP_PIXELS);
    let mut count = 0;
    for z in 0..nz {
        for y in inner(ny) {
            for x in inner(nx) {
                count += u64::from(
                    mask.get(x, y, z)
                        && mask.get(x - DEEP_PIXELS, y, z)
                        && mask.get(x + DEEP_PIXELS, y, z)
                        && mask.get(x, y - DEEP_PIXELS, z)
                        && mask.get(x, y + DEEP_PIXELS, z),
                );
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::super::{About, Coding, split, tests::labels_of};
    use super::*;
    use crate::{Grid, Volume, Voxels};

    fn labels(coding: Coding, width: usize, values: &[i32]) -> Result<Labels, Error> {
        let grid = Grid::from_spacing([width, values.len() / width, 1], [1.0; 3])?;
        let voxels = Voxels::F32(values.iter().map(|value| *value as f32).collect());
        let volume = Volume::new(grid.clone(), voxels)?;
        split(&volume, &grid, &About { coding, ..About::default() })
    }

    #[test]
    fn colours_are_numbered_by_red_green_blue() {
        let values = [0xff0000, 0x0000ff, 0, 0x00ff00, 0x0000ff, OPAQUE_BLACK];
        let found = labels(Coding::Colours, 3, &values).unwrap();
        let expected = [
            (1, Some([0, 0, 255]), ".#.\n.#."),
            (2, Some([0, 255, 0]), "...\n#.."),
            (3, Some([255, 0, 0]), "#..\n..."),
        ];
        assert_eq!(found.found, labels_of(&expected).found);
        assert_eq!(found.notes[0].code, "colours");
    }

    #[test]
    fn grey_colours_are_labels_by_their_grey() {
        let found = labels(Coding::Colours, 2, &[0x010101, 0, 0xc8c8c8, OPAQUE_BLACK]).unwrap();
        assert_eq!(found, labels_of(&[(1, None, "#.\n.."), (200, None, "..\n#.")]));
    }

    #[test]
    fn black_is_a_drawing_only_where_the_rest_is_nothing() {
        let drawn = labels(Coding::Colours, 2, &[OPAQUE_BLACK, 0, 0, 0]).unwrap();
        assert_eq!(drawn, labels_of(&[(1, Some([0; 3]), "#.\n..")]));
        assert!(labels(Coding::Colours, 2, &[OPAQUE_BLACK; 4]).unwrap().found.is_empty());
    }

    #[test]
    fn ringing_makes_no_labels() {
        let values = [0, 2, 3, 0, 250, 255, 128, 127, 0, 251, 254, 1];
        let found = labels(Coding::Lossy, 4, &values).unwrap();
        assert_eq!(found.found, labels_of(&[(1, None, "....\n###.\n.##.")]).found);
        assert!(found.notes[0].message.contains("(255)"), "{found:?}");
        assert!(labels(Coding::Lossy, 2, &[0; 4]).unwrap().found.is_empty());
    }

    #[test]
    fn too_many_shades_are_one_mask_and_those_with_areas_are_refused() {
        // A soft edge of 300 shades in each row, then the inside.
        let soft: Vec<i32> = (0..4800).map(|n| 200 * (n % 16).min(15) + n / 16).collect();
        let found = labels(Coding::Grey, 16, &soft);
        // Its shades lie side by side: an area of their own.
        assert!(found.unwrap_err().to_string().contains("photograph"));
        let sharp: Vec<i32> = (0..4800).map(|n| if n % 16 < 8 { 0 } else { 60000 + n }).collect();
        let found = labels(Coding::Grey, 16, &sharp).unwrap();
        assert_eq!((found.found.len(), found.found[0].mask.count()), (1, 2400));
        // Of colours the brightest sample counts.
        let blue: Vec<i32> =
            (0..4800).map(|n| if n % 16 < 8 { n % 10 } else { 0xff + ((n % 300) << 8) }).collect();
        let found = labels(Coding::Colours, 16, &blue).unwrap();
        assert_eq!(found.found[0].mask.count(), 2400);
        assert!(labels(Coding::Labels, 16, &sharp).is_err());
    }
}
