//! One bit a voxel (PS3.5 section 8.1.1): the first voxel is the lowest bit, and a frame begins where
//! the one before it ends, in the middle of a byte if need be.

use hounsfield::Error;

/// Frames in the making.
#[derive(Debug)]
pub(super) struct Bits {
    frame_pixels: usize,
    bytes: Vec<u8>,
    /// Bits written.
    len: usize,
}

impl Bits {
    pub(super) fn new(frame_pixels: usize) -> Self {
        Self { frame_pixels, bytes: Vec::new(), len: 0 }
    }

    /// Appends a frame: 1 for what is inside.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(super) fn push(&mut self, voxels: &[u8], inside: impl Fn(u8) -> bool) -> Result<(), Error> {
        let first = self.grow(self.frame_pixels)?;
        for (i, voxel) in (first..self.len).zip(voxels) {
            if let Some(byte) = self.bytes.get_mut(i / 8) {
                *byte |= u8::from(inside(*voxel)) << (i % 8);
            }
        }
        Ok(())
    }

    /// Appends the frames of another one.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(super) fn append(&mut self, other: &Self) -> Result<(), Error> {
        let first = self.grow(other.len)?;
        let shift = first % 8;
        for (at, bits) in (first / 8..).zip(&other.bytes) {
            let [low, high] = (u16::from(*bits) << shift).to_le_bytes();
            for (at, bits) in [(at, low), (at + 1, high)] {
                if let Some(byte) = self.bytes.get_mut(at) {
                    *byte |= bits;
                }
            }
        }
        Ok(())
    }

    /// Room for more bits, which are 0; where they begin.
    fn grow(&mut self, bits: usize) -> Result<usize, Error> {
        let first = self.len;
        let len = first + bits;
        let needed = len.div_ceil(8) - self.bytes.len();
        self.bytes.try_reserve(needed).map_err(|_| Error::OutOfMemory {
            bytes: needed as u64,
            purpose: "the frames of a segmentation",
        })?;
        self.bytes.resize(len.div_ceil(8), 0);
        self.len = len;
        Ok(first)
    }

    /// All frames.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn packed(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_follow_each_other_within_a_byte() {
        let frames = [[1, 0, 0, 1, 255], [0, 1, 1, 0, 0], [0, 0, 0, 0, 7]];
        let mut bits = Bits::new(5);
        let inside = |voxel: u8| voxel != 0;
        frames.iter().for_each(|frame| bits.push(frame, inside).unwrap());
        // The slow and obvious way.
        let text: Vec<bool> = frames.concat().iter().map(|voxel| *voxel != 0).collect();
        let slow: Vec<u8> = text
            .chunks(8)
            .map(|eight| (0..eight.len()).map(|i| u8::from(eight[i]) << i).sum())
            .collect();
        assert_eq!(bits.packed(), slow);
        assert_eq!(slow, [0b1101_1001, 0b0100_0000]);
        // One after the other is as good as all at once.
        for n in 0..=frames.len() {
            let mut parts = [Bits::new(5), Bits::new(5)];
            for (i, frame) in frames.iter().enumerate() {
                parts[usize::from(i >= n)].push(frame, inside).unwrap();
            }
            let [mut all, rest] = parts;
            all.append(&rest).unwrap();
            assert_eq!(all.into_bytes(), slow);
        }
    }
}
