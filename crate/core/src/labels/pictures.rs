//! Labels of pictures: colours, and masks whose edges are soft.

use super::{Label, Labels, NO_LABEL, OPAQUE_BLACK, Rows};
use crate::{Error, Mask, Note, error::try_vec};

/// So many pixels away are the neighbours of a pixel that is deep within a shade: no edge is as
/// wide.
const DEEP_PIXELS: usize = 2;
/// Of each hundred voxels of a mask, so many may be deep within a shade of their own.
const MOST_DEEP_PERCENT: u64 = 1;
/// So few shades are labels, whatever they look like.
const FEW_SHADES: usize = 8;

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

/// The brightness of a value.
fn level(value: i32, coloured: bool) -> i64 {
    let [blue, green, red, _] = value.to_le_bytes();
    if coloured { i64::from(red.max(green).max(blue)) } else { i64::from(value.max(0)) }
}

/// Many shades of one colour that are the soft edge of one mask: that mask. Labels are few, or have
/// areas of their own, or are mostly others than the brightest.
///
/// ```text
///  0  90 200 255        . . # #
///  0  20 140 255   ─▶   . . # #
/// ```
pub(super) fn soft_mask(
    rows: &Rows<'_>,
    values: &[i32],
    coloured: bool,
) -> Result<Option<Labels>, Error> {
    let level = |value: i32| level(value, coloured);
    let Some(brightest) = values.iter().copied().max_by_key(|value| level(*value)) else {
        return Ok(None);
    };
    let whole = level(brightest);
    // Each part of a shade is the brightest colour's, darkened alike; rounded.
    let is_shade = |value: &i32| {
        let parts = value.to_le_bytes().into_iter().zip(brightest.to_le_bytes());
        let off =
            |(part, most): (u8, u8)| i64::from(part) * whole - i64::from(most) * level(*value);
        !coloured || parts.map(off).all(|off| off.abs() <= whole)
    };
    if values.len() <= FEW_SHADES || whole == 0 || !values.iter().all(is_shade) {
        return Ok(None);
    }
    let mut mask = Mask::empty(rows.size_voxel)?;
    let mut recent = Recent::of(rows.size_voxel[0])?;
    let (mut bright, mut lit, mut between, mut areas) = (0u64, 0u64, 0u64, 0u64);
    rows.each(|row, [y, z]| {
        for (x, value) in row.iter().enumerate() {
            let level = level(*value);
            if 2 * level >= whole {
                mask.set(x, y, z, true);
            }
            bright += u64::from(4 * level >= 3 * whole);
            lit += u64::from(4 * level >= whole);
            between += u64::from(level > 0 && level < whole);
        }
        areas += recent.deep_after(row, y, brightest);
    })?;
    if 2 * bright <= lit || 100 * areas > MOST_DEEP_PERCENT * mask.count() as u64 {
        return Ok(None);
    }
    let note = format!(
        "{} shades lie between dark and bright, in {between} pixels and nowhere over an area: they are \
         taken for the soft edge of one mask, of what is at least half as bright as the brightest ({whole}).",
        values.len() - 1
    );
    let [blue, green, red, _] = brightest.to_le_bytes();
    let grey = !coloured || (red == green && green == blue);
    let colour = (!grey).then_some([red, green, blue]);
    Ok(Some(Labels {
        found: vec![Label { label: 1, colour, mask }],
        notes: vec![Note::new("soft_mask", note)],
    }))
}

/// The last rows of a slice, to see from a row's both sides whether its pixels are deep within one
/// value.
struct Recent {
    nx: usize,
    values: Vec<i32>,
}

impl Recent {
    const ROWS: usize = 2 * DEEP_PIXELS + 1;

    fn of(nx: usize) -> Result<Self, Error> {
        let values = try_vec(NO_LABEL, nx.saturating_mul(Self::ROWS), "rows of labels")?;
        Ok(Self { nx, values })
    }

    /// Takes row `y` of a slice. Counts the pixels of the row [`DEEP_PIXELS`] before it that have
    /// neighbours of their value on all four sides, and neither no value nor `but`.
    fn deep_after(&mut self, row: &[i32], y: usize, but: i32) -> u64 {
        let at = |y: usize| y % Self::ROWS * self.nx;
        if let Some(place) = self.values.get_mut(at(y)..at(y) + self.nx) {
            place.copy_from_slice(row);
        }
        if y + 1 < Self::ROWS {
            return 0;
        }
        let row_of = |back: usize| self.values.get(at(y - back)..).unwrap_or(&[]);
        let (above, middle) = (row_of(2 * DEEP_PIXELS), row_of(DEEP_PIXELS));
        let middle = middle.get(..self.nx).unwrap_or(&[]).windows(Self::ROWS);
        let sides = above.iter().zip(row).skip(DEEP_PIXELS);
        let deep = middle.zip(sides).filter(|(near, (above, below))| match near {
            [left, _, value, _, right] => {
                *value != NO_LABEL
                    && *value != but
                    && [left, right, above, below].iter().all(|other| *other == value)
            }
            _ => false,
        });
        deep.count() as u64
    }
}

/// What is at least half as bright as the brightest, unless shades between have areas of their own.
pub(super) fn one_mask(rows: &Rows<'_>, coloured: bool) -> Result<Labels, Error> {
    let level = |value: i32| level(value, coloured);
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

    /// A disc of 12 in 16 × 16 pixels, off the centre, each as bright as the share of it within; and
    /// the disc.
    fn soft_disc(of: impl Fn(i32) -> i32) -> (Vec<i32>, String) {
        let (mut values, mut drawn) = (Vec::new(), String::new());
        for y in 0..16 {
            for x in 0..16 {
                let inside = |n: &i32| {
                    let off = |pixel: i32, part: i32, at: i32| 16 * pixel + 2 * part + 1 - at;
                    let (dx, dy) = (off(x, n % 8, 131), off(y, n / 8, 122));
                    dx * dx + dy * dy < 95 * 95
                };
                let share = (0..64).filter(inside).count() as i32;
                values.push(of(share * 255 / 64));
                drawn.push(if share >= 33 { '#' } else { '.' });
            }
            drawn.push(if y < 15 { '\n' } else { ' ' });
        }
        (values, drawn.trim_end().to_owned())
    }

    #[test]
    fn a_soft_edge_makes_no_labels() {
        let (grey, drawn) = soft_disc(|share| share);
        let shades: std::collections::BTreeSet<&i32> = grey.iter().collect();
        let between = grey.iter().filter(|value| !matches!(value, 0 | 255)).count();
        let found = labels(Coding::Grey, 16, &grey).unwrap();
        assert_eq!(found.found, labels_of(&[(1, None, &drawn)]).found);
        let said = &found.notes[0].message;
        assert!(said.starts_with(&format!("{} shades ", shades.len() - 2)), "{said}");
        assert!(said.contains(&format!(" in {between} pixels ")), "{said}");
        // In colour: of one colour, on black that can be opaque.
        let (grey, _) = soft_disc(|share| share * 0x010101);
        assert_eq!(labels(Coding::Colours, 16, &grey).unwrap().found, found.found);
        let (mut red, _) = soft_disc(|share| share << 16 | (share / 2) << 8);
        red[0] = OPAQUE_BLACK;
        let found = labels(Coding::Colours, 16, &red).unwrap();
        assert_eq!(found.found, labels_of(&[(1, Some([255, 127, 0]), &drawn)]).found);
    }

    #[test]
    fn labels_are_no_soft_edge() {
        let count = |coding, values: &[i32]| labels(coding, 16, values).unwrap().found.len();
        // Few shades.
        let (few, _) = soft_disc(|share| share / 32 * 36);
        assert!((5..=7).contains(&count(Coding::Grey, &few)));
        // Two colours that fade.
        let two = |value: (usize, &i32)| if value.0 % 16 < 8 { *value.1 } else { value.1 << 8 };
        let two: Vec<i32> = soft_disc(|share| share).0.iter().enumerate().map(two).collect();
        assert!(count(Coding::Colours, &two) > 20);
        // Thin ones, none much more than others.
        let thin: Vec<i32> =
            (0..256).map(|n| if n / 16 % 2 == 0 { n % 12 + 1 } else { 0 }).collect();
        assert_eq!(count(Coding::Grey, &thin), 12);
        // Small organs within a body that is most of it.
        let (mut body, _) = soft_disc(|share| share);
        for (n, value) in body.iter_mut().enumerate() {
            if (5..11).contains(&(n % 16)) && (5..11).contains(&(n / 16)) {
                *value = 7;
            }
        }
        assert!(count(Coding::Grey, &body) > 8);
    }

    #[test]
    fn pixels_deep_within_their_value_are_counted_as_one_looks() {
        let mut seed = 7u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as i32
        };
        for [nx, ny] in [[5, 5], [9, 12], [4, 9], [9, 4], [40, 23]] {
            // Three values, in blocks of three pixels and more.
            let blocks: Vec<i32> = (0..400).map(|_| next() % 3).collect();
            let at = |x: usize, y: usize| blocks[y / 7 * 20 + x / 6];
            let mut recent = Recent::of(nx).unwrap();
            let mut found = 0;
            for y in 0..ny {
                let row: Vec<i32> = (0..nx).map(|x| at(x, y)).collect();
                found += recent.deep_after(&row, y, 2);
            }
            let mut expected = 0;
            for y in 2..ny - 2 {
                for x in 2..nx - 2 {
                    let same = [at(x - 2, y), at(x + 2, y), at(x, y - 2), at(x, y + 2)];
                    expected += u64::from(at(x, y) == 1 && same == [1; 4]);
                }
            }
            assert_eq!(found, expected, "{nx} × {ny}");
        }
    }
}
