//! From the file's axis order to closest-RAS order and back.

use crate::{Error, Grid, grid::Affine};

/// Cosines that differ by less are equal: rounding must not decide where an axis goes.
const TIE: f64 = 1e-6;

/// Which file axis became which RAS axis, and which way round.
///
/// Every file axis belongs to the RAS axis it points along most nearly, so an oblique scan is
/// never resampled: only indices change places, and the affine goes with them.
///
/// ```text
/// file "LPS"  i → Left   j → Posterior   k → Superior
/// volume      x → Right  y → Anterior    z → Superior     x = nx−1−i, y = ny−1−j, z = k
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AxisMap {
    /// For RAS axes x, y, z: the file axis (0, 1, 2) that it is.
    file_axis: [usize; 3],
    /// For RAS axes x, y, z: does the file run the other way (Left, Posterior, Inferior)?
    reversed: [bool; 3],
}

impl AxisMap {
    /// A file that is in closest-RAS order already.
    pub const IDENTITY: Self = Self { file_axis: [0, 1, 2], reversed: [false; 3] };

    /// The map for a file's affine (columns must not be zero).
    ///
    /// The largest cosine is served first, so that two file axes never claim one RAS axis; ties
    /// go to the lower RAS axis, then to the lower file axis.
    #[must_use]
    pub fn closest_ras(ras_from_file: &Affine) -> Self {
        let length = |f: usize| ras_from_file.iter().map(|row| row[f] * row[f]).sum::<f64>().sqrt();
        let lengths = [length(0), length(1), length(2)];
        let mut map = Self::IDENTITY;
        let (mut ras_open, mut file_open) = ([true; 3], [true; 3]);
        for _ in 0..3 {
            let mut best: Option<(usize, usize, f64)> = None;
            for r in (0..3).filter(|r| ras_open[*r]) {
                for f in (0..3).filter(|f| file_open[*f]) {
                    let cosine = ras_from_file[r][f] / lengths[f];
                    if best.is_none_or(|(_, _, other)| cosine.abs() > other.abs() + TIE) {
                        best = Some((r, f, cosine));
                    }
                }
            }
            if let Some((r, f, cosine)) = best {
                map.file_axis[r] = f;
                map.reversed[r] = cosine < 0.0;
                ras_open[r] = false;
                file_open[f] = false;
            }
        }
        map
    }

    /// The grid in closest-RAS order of a file of `file_size` voxels.
    ///
    /// # Errors
    /// As [`Grid::new`].
    pub fn grid(&self, file_size: [usize; 3], ras_from_file: &Affine) -> Result<Grid, Error> {
        let mut ras_from_voxel = [[0.0; 4]; 3];
        for (row, file_row) in ras_from_voxel.iter_mut().zip(ras_from_file) {
            row[3] = file_row[3];
            for r in 0..3 {
                let f = self.file_axis[r];
                if self.reversed[r] {
                    // Not `-v`, which would make negative zeros.
                    row[r] = 0.0 - file_row[f];
                    row[3] += file_row[f] * (file_size[f] as f64 - 1.0);
                } else {
                    row[r] = file_row[f];
                }
            }
        }
        Grid::new(self.ras_size(file_size), ras_from_voxel)
    }

    /// The way back from [`AxisMap::grid`]: the file's own affine.
    #[must_use]
    pub fn ras_from_file(&self, grid: &Grid) -> Affine {
        let (from, size) = (grid.ras_from_voxel(), grid.size_voxel());
        let mut ras_from_file = [[0.0; 4]; 3];
        for (row, ras_row) in ras_from_file.iter_mut().zip(from) {
            row[3] = ras_row[3];
            for r in 0..3 {
                let f = self.file_axis[r];
                if self.reversed[r] {
                    row[f] = 0.0 - ras_row[r];
                    row[3] += ras_row[r] * (size[r] as f64 - 1.0);
                } else {
                    row[f] = ras_row[r];
                }
            }
        }
        ras_from_file
    }

    /// Sizes along x, y, z from sizes along i, j, k.
    #[must_use]
    pub fn ras_size(&self, file_size: [usize; 3]) -> [usize; 3] {
        self.file_axis.map(|f| file_size[f])
    }

    /// Sizes along i, j, k from sizes along x, y, z.
    #[must_use]
    pub fn file_size(&self, ras_size: [usize; 3]) -> [usize; 3] {
        let mut file_size = [1; 3];
        for r in 0..3 {
            file_size[self.file_axis[r]] = ras_size[r];
        }
        file_size
    }

    /// Where the file's voxel (0, 0, 0) lies in a closest-RAS array, x fastest, and how far one
    /// step along i, j, k goes there.
    #[must_use]
    pub fn steps(&self, ras_size: [usize; 3]) -> Steps {
        let [nx, ny, _] = ras_size;
        let stride = [1, nx as isize, (nx * ny) as isize];
        let mut steps = Steps { origin: 0, step: [0; 3] };
        for r in 0..3 {
            let f = self.file_axis[r];
            if self.reversed[r] {
                steps.origin += (ras_size[r] as isize - 1) * stride[r];
                steps.step[f] = -stride[r];
            } else {
                steps.step[f] = stride[r];
            }
        }
        steps
    }

    /// The file's axes as letters: the direction in which i, j, k grow, as in `"LPS"`.
    #[must_use]
    pub fn letters(&self) -> String {
        let mut letters = [' '; 3];
        for r in 0..3 {
            let pair = [['R', 'L'], ['A', 'P'], ['S', 'I']][r];
            letters[self.file_axis[r]] = pair[usize::from(self.reversed[r])];
        }
        letters.iter().collect()
    }

    /// The map for a file whose i, j, k grow towards these letters, as in `"LPS"`; `None` when they
    /// are none of the 48.
    #[must_use]
    pub fn of_letters(letters: &str) -> Option<Self> {
        let mut map = Self { file_axis: [3; 3], reversed: [false; 3] };
        for (f, letter) in letters.bytes().enumerate() {
            let at = b"RASLPI".iter().position(|known| *known == letter.to_ascii_uppercase())?;
            let (r, reversed) = (at % 3, at >= 3);
            if map.file_axis[r] != 3 {
                return None;
            }
            (map.file_axis[r], map.reversed[r]) = (f, reversed);
        }
        (letters.len() == 3).then_some(map)
    }

    /// The file axis that RAS axis `r` (0, 1, 2) is.
    #[must_use]
    pub fn file_axis_of(&self, r: usize) -> usize {
        self.file_axis[r]
    }

    /// The RAS axis that file axis `f` is, and whether the file runs against it.
    #[must_use]
    pub fn ras_axis_of(&self, f: usize) -> (usize, bool) {
        let r = self.file_axis.iter().position(|axis| *axis == f).unwrap_or(0);
        (r, self.reversed[r])
    }
}

/// See [`AxisMap::steps`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// Index of file voxel (0, 0, 0).
    pub origin: isize,
    /// Index distance of one step along i, j, k.
    pub step: [isize; 3],
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The affine of a file whose axes grow towards `letters`, with 1, 2, 3 mm along R, A, S.
    fn affine_of(letters: &str) -> Affine {
        let mut affine = [[0.0, 0.0, 0.0, 10.0], [0.0, 0.0, 0.0, 20.0], [0.0, 0.0, 0.0, 30.0]];
        for (f, letter) in letters.chars().enumerate() {
            let r = match letter {
                'R' | 'L' => 0,
                'A' | 'P' => 1,
                _ => 2,
            };
            affine[r][f] = if "RAS".contains(letter) { r as f64 + 1.0 } else { -(r as f64 + 1.0) };
        }
        affine
    }

    #[test]
    fn all_48_orders_name_themselves_and_keep_positions() {
        for axes in ["RAS", "RSA", "ARS", "ASR", "SRA", "SAR"] {
            for flips in 0..8 {
                let letters: String = axes
                    .chars()
                    .enumerate()
                    .map(|(i, c)| match (flips >> i & 1, c) {
                        (1, 'R') => 'L',
                        (1, 'A') => 'P',
                        (1, 'S') => 'I',
                        _ => c,
                    })
                    .collect();
                let affine = affine_of(&letters);
                let map = AxisMap::closest_ras(&affine);
                assert_eq!(map.letters(), letters);
                assert_eq!(AxisMap::of_letters(&letters), Some(map));
                let file_size = [3, 4, 5];
                let grid = map.grid(file_size, &affine).unwrap();
                assert_eq!(grid.spacing_mm(), [1.0, 2.0, 3.0]);
                assert_eq!(map.file_size(grid.size_voxel()), file_size);
                assert_eq!(map.ras_from_file(&grid), affine);
                // The file's voxel (1, 2, 4) keeps its place in the patient.
                let steps = map.steps(grid.size_voxel());
                let at =
                    (steps.origin + steps.step[0] + 2 * steps.step[1] + 4 * steps.step[2]) as usize;
                let [nx, ny, _] = grid.size_voxel();
                let voxel = [at % nx, at / nx % ny, at / (nx * ny)].map(|n| n as f64);
                let expected = affine.map(|[a, b, c, d]| a + 2.0 * b + 4.0 * c + d);
                assert_eq!(grid.ras_of(voxel), expected, "{letters}");
            }
        }
    }

    #[test]
    fn letters_that_are_no_order_are_none() {
        for letters in ["", "RA", "RAL", "RASS", "RRS", "XYZ", "RÄ"] {
            assert_eq!(AxisMap::of_letters(letters), None, "{letters}");
        }
    }

    #[test]
    fn rounding_does_not_break_ties() {
        // A third of a turn about (1, 1, 1): each file axis is as near to two RAS axes.
        let tied = |e: f64| {
            let (a, b) = (2.0 / 3.0, -1.0 / 3.0);
            [[b, a, a + e, 0.0], [a + e, b, a, 0.0], [a, a + e, b, 0.0]]
        };
        let maps = [0.0, 1e-9, -1e-9].map(|e| AxisMap::closest_ras(&tied(e)));
        assert!(maps.iter().all(|map| *map == maps[0]));
    }

    #[test]
    fn two_axes_near_one_direction_get_one_each() {
        // Both i and j lean towards Right; i is nearer, so j takes what is left.
        let affine = [[1.0, 0.8, 0.0, 0.0], [0.1, 0.6, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]];
        assert_eq!(AxisMap::closest_ras(&affine).letters(), "RAS");
    }
}
