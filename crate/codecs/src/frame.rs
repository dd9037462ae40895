//! What every decoder needs: the size the header promised, and samples going out as bytes.

use crate::{CodecError, Shape};

/// The most samples one frame may have: 8192 × 8192. A CT slice has 512 × 512, a mammogram
/// 4096 × 6144; JPEG 2000 needs about twenty bytes a sample while it decodes, and in a browser
/// there are four gigabytes for everything.
const MAX_SAMPLES: usize = 1 << 26;

pub(crate) fn error(text: impl Into<String>) -> CodecError {
    CodecError(text.into())
}

/// What a compressed stream says of itself, in its own header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stream {
    pub(crate) columns: u32,
    pub(crate) rows: u32,
    pub(crate) components: usize,
    /// Bits of a sample.
    pub(crate) precision: u32,
}

impl Stream {
    /// Checks the stream against the DICOM header, before anything is allocated for it.
    /// Returns the number of samples.
    pub(crate) fn check(&self, shape: &Shape) -> Result<usize, CodecError> {
        if (self.columns, self.rows) != (shape.columns, shape.rows) {
            return Err(error(format!(
                "the compressed frame is {} × {} pixels, but the header says {} × {}",
                self.columns, self.rows, shape.columns, shape.rows
            )));
        }
        if self.components != usize::from(shape.samples_per_pixel) {
            return Err(error(format!(
                "the compressed frame has {} samples per pixel, but the header says {}",
                self.components, shape.samples_per_pixel
            )));
        }
        if self.precision > u32::from(shape.bits_allocated) {
            return Err(error(format!(
                "the compressed frame has {} bits per sample, but the header allocates {}",
                self.precision, shape.bits_allocated
            )));
        }
        Ok(shape.samples())
    }
}

impl Shape {
    /// Samples of the frame; `check` has seen that it fits.
    pub(crate) fn samples(&self) -> usize {
        self.columns as usize * self.rows as usize * usize::from(self.samples_per_pixel)
    }

    /// Refuses what no frame can be, before its bytes are looked at.
    pub(crate) fn check(&self) -> Result<(), CodecError> {
        if !matches!(self.samples_per_pixel, 1 | 3) {
            return Err(error(format!(
                "{} samples per pixel: only 1 and 3 can be decoded",
                self.samples_per_pixel
            )));
        }
        if !matches!(self.bits_allocated, 8 | 16 | 32) {
            return Err(error(format!(
                "{} bits allocated: only 8, 16 and 32 can be decoded",
                self.bits_allocated
            )));
        }
        let samples = u64::from(self.columns)
            .checked_mul(u64::from(self.rows))
            .and_then(|pixels| pixels.checked_mul(u64::from(self.samples_per_pixel)));
        match samples {
            Some(0) => {
                Err(error(format!("a frame of {} × {} pixels has none", self.columns, self.rows)))
            }
            Some(samples) if samples <= MAX_SAMPLES as u64 => Ok(()),
            _ => Err(error(format!(
                "a compressed frame of {} × {} pixels × {} samples is more than the {MAX_SAMPLES} samples one frame may have",
                self.columns, self.rows, self.samples_per_pixel
            ))),
        }
    }
}

/// A vector of zeros, or a sentence when there is no memory for it.
pub(crate) fn zeros<T: Copy + Default>(count: usize) -> Result<Vec<T>, CodecError> {
    let mut values = Vec::new();
    values
        .try_reserve_exact(count)
        .map_err(|_| error(format!("not enough memory for {count} samples")))?;
    values.resize(count, T::default());
    Ok(values)
}

/// Samples → bytes, little-endian, `bits_allocated / 8` each. An `i32` holds every sample there is:
/// unsigned ones come out zero-extended, negative ones in two's complement.
pub(crate) fn pack<T: Copy + Into<i32>>(
    samples: &[T],
    shape: &Shape,
) -> Result<Vec<u8>, CodecError> {
    let width = usize::from(shape.bits_allocated / 8);
    let mut bytes = zeros(samples.len() * width)?;
    match width {
        1 => each::<T, 1>(samples, &mut bytes),
        2 => each::<T, 2>(samples, &mut bytes),
        _ => each::<T, 4>(samples, &mut bytes),
    }
    Ok(bytes)
}

fn each<T: Copy + Into<i32>, const W: usize>(samples: &[T], bytes: &mut [u8]) {
    for (&sample, out) in samples.iter().zip(bytes.as_chunks_mut::<W>().0) {
        let sample: i32 = sample.into();
        out.iter_mut().zip(sample.to_le_bytes()).for_each(|(out, byte)| *out = byte);
    }
}

/// Reads big-endian header fields; past the end is an error, never a panic.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], CodecError> {
        let (head, rest) = self
            .0
            .split_at_checked(count)
            .ok_or_else(|| error("the compressed frame ends inside its own header"))?;
        self.0 = rest;
        Ok(head)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, CodecError> {
        Ok(self.take(1)?.iter().fold(0, |_, &byte| byte))
    }

    pub(crate) fn u16(&mut self) -> Result<u16, CodecError> {
        Ok(self.take(2)?.iter().fold(0, |value, &byte| (value << 8) | u16::from(byte)))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, CodecError> {
        Ok(self.take(4)?.iter().fold(0, |value, &byte| (value << 8) | u32::from(byte)))
    }

    /// A marker segment: its length (two bytes, counting themselves), then its content.
    pub(crate) fn segment(&mut self) -> Result<Fields<'a>, CodecError> {
        let length = usize::from(self.u16()?);
        let content = length
            .checked_sub(2)
            .ok_or_else(|| error(format!("a marker segment of {length} bytes cannot be")))?;
        Ok(Fields(self.take(content)?))
    }
}
