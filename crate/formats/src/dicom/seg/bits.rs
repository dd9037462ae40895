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

    /// Appends a frame: anything but 0 is 1.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(super) fn push(&mut self, voxels: &[u8]) -> Result<(), Error> {
        let len = self.len + self.frame_pixels;
        let needed = len.div_ceil(8) - self.bytes.len();
        self.bytes.try_reserve(needed).map_err(|_| Error::OutOfMemory {
            bytes: needed as u64,
            purpose: "the frames of a segmentation",
        })?;
        self.bytes.resize(len.div_ceil(8), 0);
        for (i, voxel) in (self.len..len).zip(voxels) {
            if let Some(byte) = self.bytes.get_mut(i / 8) {
                *byte |= u8::from(*voxel != 0) << (i % 8);
            }
        }
        self.len = len;
        Ok(())
    }

    /// All frames, padded to an even number of bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        bytes
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
        frames.iter().for_each(|frame| bits.push(frame).unwrap());
        // The slow and obvious way.
        let text: Vec<bool> = frames.concat().iter().map(|voxel| *voxel != 0).collect();
        let slow: Vec<u8> = text
            .chunks(8)
            .map(|eight| (0..eight.len()).map(|i| u8::from(eight[i]) << i).sum())
            .collect();
        assert_eq!(bits.bytes(), slow);
        assert_eq!(slow, [0b1101_1001, 0b0100_0000]);
        let mut odd = Bits::new(8);
        odd.push(&[1; 8]).unwrap();
        assert_eq!(odd.bytes(), [255, 0]);
    }
}
