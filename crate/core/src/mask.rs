//! One bit per voxel, each x-row padded to whole `u64` words.
//!
//! Sixty-four voxels an instruction is what everything downstream profits from. The bits beyond
//! a row's end are always zero; every operation here keeps it so.

use crate::{Error, error::try_vec, par};

/// A set of voxels on a grid of `size_voxel`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    size_voxel: [usize; 3],
    words_per_row: usize,
    words: Vec<u64>,
}

impl Mask {
    /// The empty mask.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] when it does not fit.
    pub fn empty(size_voxel: [usize; 3]) -> Result<Self, Error> {
        let [nx, ny, nz] = size_voxel;
        let words_per_row = nx.div_ceil(64);
        let words = try_vec(0, words_per_row * ny * nz, "a mask")?;
        Ok(Self { size_voxel, words_per_row, words })
    }

    /// A copy; `clone` would end the program where this says that there is no room.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] when it does not fit.
    pub fn try_clone(&self) -> Result<Self, Error> {
        let mut words = crate::error::try_with_capacity(self.words.len(), "a mask")?;
        words.extend_from_slice(&self.words);
        Ok(Self { words, ..*self })
    }

    /// The mask of all voxels for which `inside(x, y, z)`. Slow; for tests and small volumes.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] when it does not fit.
    pub fn from_fn(
        size_voxel: [usize; 3],
        mut inside: impl FnMut(usize, usize, usize) -> bool,
    ) -> Result<Self, Error> {
        let mut mask = Self::empty(size_voxel)?;
        let [nx, ny, nz] = size_voxel;
        for z in 0..nz {
            for y in 0..ny {
                for x in 0..nx {
                    if inside(x, y, z) {
                        mask.set(x, y, z, true);
                    }
                }
            }
        }
        Ok(mask)
    }

    /// Reads a drawing: `#` is inside, `.` outside, a line is a row (x to the right), a blank
    /// line starts the next slice. For tests and documentation.
    ///
    /// ```
    /// use hounsfield::Mask;
    /// let ring = Mask::drawn("
    ///     .###
    ///     .#.#
    ///     .###
    /// ");
    /// assert_eq!(ring.size_voxel(), [4, 3, 1]);
    /// assert_eq!(ring.count(), 8);
    /// ```
    ///
    /// (In documentation no row may begin with `##`: rustdoc takes one of them away.)
    ///
    /// # Panics
    /// When rows or slices differ in length.
    #[must_use]
    #[allow(clippy::expect_used, reason = "a drawing is written by a programmer, never by a file")]
    pub fn drawn(drawing: &str) -> Self {
        let lines: Vec<&str> = drawing.trim().lines().map(str::trim).collect();
        let slices: Vec<&[&str]> = lines.split(|line| line.is_empty()).collect();
        let ny = slices.first().map_or(0, |rows| rows.len());
        let nx = lines.first().map_or(0, |row| row.len());
        assert!(slices.iter().all(|rows| rows.len() == ny), "slices differ in rows");
        assert!(
            slices.iter().flat_map(|rows| rows.iter()).all(|row| row.len() == nx),
            "rows differ in length"
        );
        Self::from_fn([nx, ny, slices.len()], |x, y, z| slices[z][y].as_bytes()[x] == b'#')
            .expect("a drawing fits in memory")
    }

    /// The drawing that [`Mask::drawn`] reads; for test failures a person can look at.
    #[must_use]
    pub fn draw(&self) -> String {
        let [nx, ny, nz] = self.size_voxel;
        let mut text = String::new();
        for z in 0..nz {
            if z > 0 {
                text.push('\n');
            }
            for y in 0..ny {
                text.extend((0..nx).map(|x| if self.get(x, y, z) { '#' } else { '.' }));
                text.push('\n');
            }
        }
        text
    }

    /// Voxels along x, y, z.
    #[must_use]
    pub fn size_voxel(&self) -> [usize; 3] {
        self.size_voxel
    }

    /// `u64` words in one x-row.
    #[must_use]
    pub fn words_per_row(&self) -> usize {
        self.words_per_row
    }

    /// All words: rows of [`Mask::words_per_row`], y then z; bit k of word w is x = 64 w + k.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// All words, to write. Keep the bits beyond the row's end zero.
    pub fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }

    /// The words of row (y, z); empty when outside.
    #[must_use]
    pub fn row(&self, y: usize, z: usize) -> &[u64] {
        let start = (z * self.size_voxel[1] + y) * self.words_per_row;
        self.words.get(start..start + self.words_per_row).unwrap_or(&[])
    }

    /// The words of row (y, z), to write.
    pub fn row_mut(&mut self, y: usize, z: usize) -> &mut [u64] {
        let start = (z * self.size_voxel[1] + y) * self.words_per_row;
        self.words.get_mut(start..start + self.words_per_row).unwrap_or(&mut [])
    }

    /// Words in one slice.
    #[must_use]
    pub fn words_per_slice(&self) -> usize {
        self.words_per_row * self.size_voxel[1]
    }

    /// The words of slice z; empty when outside.
    #[must_use]
    pub fn slice(&self, z: usize) -> &[u64] {
        let n = self.words_per_slice();
        self.words.get(z * n..(z + 1) * n).unwrap_or(&[])
    }

    /// A word with ones where the last word of a row has voxels.
    #[must_use]
    pub fn last_word_mask(&self) -> u64 {
        match self.size_voxel[0] % 64 {
            0 => u64::MAX,
            rest => (1 << rest) - 1,
        }
    }

    /// Is the voxel inside? Outside the grid nothing is.
    #[must_use]
    pub fn get(&self, x: usize, y: usize, z: usize) -> bool {
        let [nx, ny, nz] = self.size_voxel;
        x < nx
            && y < ny
            && z < nz
            && self.row(y, z).get(x / 64).is_some_and(|word| word >> (x % 64) & 1 == 1)
    }

    /// Puts a voxel in or out; outside the grid nothing happens.
    pub fn set(&mut self, x: usize, y: usize, z: usize, inside: bool) {
        let [nx, ny, nz] = self.size_voxel;
        if x >= nx || y >= ny || z >= nz {
            return;
        }
        if let Some(word) = self.row_mut(y, z).get_mut(x / 64) {
            if inside {
                *word |= 1 << (x % 64);
            } else {
                *word &= !(1 << (x % 64));
            }
        }
    }

    /// How many voxels are inside.
    #[must_use]
    pub fn count(&self) -> usize {
        let counts = par::fold(self.words.chunks(1 << 14), &|| 0, &|count, _, part| {
            *count += part.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        });
        counts.into_iter().sum()
    }

    /// Is nothing inside?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Everything that is in `self` or in `other`.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`].
    pub fn union_with(&mut self, other: &Self) -> Result<(), Error> {
        self.combine(other, |a, b| a | b)
    }

    /// What is in both.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`].
    pub fn intersect_with(&mut self, other: &Self) -> Result<(), Error> {
        self.combine(other, |a, b| a & b)
    }

    /// What is in `self` but not in `other`.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`].
    pub fn subtract(&mut self, other: &Self) -> Result<(), Error> {
        self.combine(other, |a, b| a & !b)
    }

    /// Inside becomes outside and the other way round.
    pub fn invert(&mut self) {
        let keep = self.last_word_mask();
        let n = self.words_per_row;
        for row in self.words.chunks_exact_mut(n.max(1)) {
            for word in row.iter_mut() {
                *word = !*word;
            }
            if let Some(last) = row.last_mut() {
                *last &= keep;
            }
        }
    }

    fn combine(&mut self, other: &Self, op: impl Fn(u64, u64) -> u64 + Sync) -> Result<(), Error> {
        self.same_grid(other)?;
        let parts = self.words.chunks_mut(1 << 14).zip(other.words.chunks(1 << 14));
        par::each(parts, &|_, (a, b)| {
            for (a, b) in a.iter_mut().zip(b) {
                *a = op(*a, *b);
            }
        });
        Ok(())
    }

    /// Do both lie on grids of one size?
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] when not.
    pub fn same_grid(&self, other: &Self) -> Result<(), Error> {
        if self.size_voxel == other.size_voxel {
            return Ok(());
        }
        Err(Error::SizeMismatch {
            what: "a mask",
            found: other.size_voxel,
            expected: self.size_voxel,
        })
    }

    /// The bits of slices `z0..z0 + n` as bytes: bit k of byte b of a row is x = 8 b + k, rows are
    /// padded as in [`Mask::words`]. Slices that do not exist are left out.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn bytes_of_slices(&self, z0: usize, n: usize) -> Result<Vec<u8>, Error> {
        let nz = self.size_voxel[2];
        let (first, last) = (z0.min(nz), z0.saturating_add(n).min(nz));
        let range = first * self.words_per_slice()..last * self.words_per_slice();
        let words = self.words.get(range).unwrap_or(&[]);
        let mut bytes = crate::error::try_with_capacity(8 * words.len(), "a slab of a mask")?;
        for word in words {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        Ok(bytes)
    }

    /// The mask of all its slices' bits, as [`Mask::bytes_of_slices`] gives them.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for another number of bytes, [`Error::OutOfMemory`].
    pub fn from_bytes(size_voxel: [usize; 3], bytes: &[u8]) -> Result<Self, Error> {
        let mut mask = Self::empty(size_voxel)?;
        let (words, rest) = bytes.as_chunks();
        if words.len() != mask.words.len() || !rest.is_empty() {
            return Err(Error::BadParameter {
                name: "the bits of a mask",
                value: format!("{} bytes", bytes.len()),
                expected: "each row needs whole words of eight bytes",
            });
        }
        let (last, per_row) = (mask.last_word_mask(), mask.words_per_row());
        for (k, (word, bits)) in mask.words.iter_mut().zip(words).enumerate() {
            // What lies beyond the row's end is nobody's voxel.
            let inside = if (k + 1).is_multiple_of(per_row) { last } else { u64::MAX };
            *word = u64::from_le_bytes(*bits) & inside;
        }
        Ok(mask)
    }

    /// A byte per voxel (0 or 1), x fastest: the form files want. Appends to `bytes` slice by
    /// slice, so that a writer need not hold the whole volume.
    pub fn extend_bytes_of_slice(&self, z: usize, bytes: &mut Vec<u8>) {
        let nx = self.size_voxel[0];
        for y in 0..self.size_voxel[1] {
            let row = self.row(y, z);
            bytes.extend((0..nx).map(|x| row.get(x / 64).map_or(0, |w| (w >> (x % 64) & 1) as u8)));
        }
    }
}

/// Visits the runs of one row of words: `start..end` of each.
///
/// A run starts where a bit differs from the one before it, and ends where it differs again:
/// the edges are the set bits of `w ^ (w << 1 | carry)`, alternately starts and ends.
#[inline]
pub(crate) fn each_run(words: &[u64], mut visit: impl FnMut(u16, u16)) {
    let mut carry = 0;
    let mut start = None;
    for (index, word) in words.iter().enumerate() {
        let mut edges = word ^ (word << 1 | carry);
        carry = word >> 63;
        while edges != 0 {
            // Grid::new keeps nx below u16::MAX.
            let x = (index * 64) as u16 + edges.trailing_zeros() as u16;
            match start.take() {
                None => start = Some(x),
                Some(start) => visit(start, x),
            }
            edges &= edges - 1;
        }
    }
    if let Some(start) = start {
        // Only a row whose size is a multiple of 64 ends inside a run.
        visit(start, (words.len() * 64) as u16);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_algebra_on_drawings() {
        let a = Mask::drawn("##..\n.#..");
        let b = Mask::drawn(".##.\n.#.#");
        let mut union = a.clone();
        union.union_with(&b).unwrap();
        assert_eq!(union, Mask::drawn("###.\n.#.#"));
        let mut both = a.clone();
        both.intersect_with(&b).unwrap();
        assert_eq!(both, Mask::drawn(".#..\n.#.."));
        let mut less = a.clone();
        less.subtract(&b).unwrap();
        assert_eq!(less, Mask::drawn("#...\n...."));
    }

    #[test]
    fn bytes_come_back_as_the_mask_without_what_lies_beyond_its_rows() {
        let mask = Mask::from_fn([70, 3, 2], |x, y, z| (x + 3 * y + 5 * z) % 7 < 2).unwrap();
        let mut bytes = mask.bytes_of_slices(0, 2).unwrap();
        assert_eq!(Mask::from_bytes([70, 3, 2], &bytes).unwrap(), mask);
        bytes[15] = 0xff;
        assert_eq!(Mask::from_bytes([70, 3, 2], &bytes).unwrap(), mask);
        assert_eq!(Mask::from_bytes([70, 3, 2], &bytes[1..]).unwrap_err().code(), "bad_parameter");
        assert!(Mask::from_bytes([70, 3, 3], &bytes).is_err());
    }

    #[test]
    fn a_copy_is_equal() {
        let mask = Mask::drawn("##..\n.#..");
        assert_eq!(mask.try_clone().unwrap(), mask);
    }

    #[test]
    fn inverting_leaves_the_padding_bits_zero() {
        let mut mask = Mask::empty([70, 2, 2]).unwrap();
        mask.invert();
        assert_eq!(mask.count(), 70 * 4);
        mask.invert();
        assert!(mask.is_empty());
    }

    #[test]
    fn masks_of_different_grids_do_not_mix() {
        let mut a = Mask::empty([3, 1, 1]).unwrap();
        let error = a.union_with(&Mask::empty([4, 1, 1]).unwrap()).unwrap_err();
        assert_eq!(error.code(), "size_mismatch");
    }

    #[test]
    fn bits_leave_as_little_endian_bytes() {
        let mut mask = Mask::empty([70, 1, 2]).unwrap();
        mask.set(9, 0, 1, true);
        mask.set(69, 0, 1, true);
        let bytes = mask.bytes_of_slices(1, 9).unwrap();
        assert_eq!(bytes.len(), 16);
        assert_eq!((bytes[1], bytes[8]), (1 << 1, 1 << 5));
        assert!(mask.bytes_of_slices(2, 1).unwrap().is_empty());
    }

    #[test]
    fn outside_the_grid_is_outside() {
        let mut mask = Mask::empty([3, 2, 1]).unwrap();
        mask.set(3, 0, 0, true);
        mask.set(0, 2, 0, true);
        assert!(mask.is_empty() && !mask.get(3, 0, 0));
    }
}
