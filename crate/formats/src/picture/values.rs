//! Samples of pictures into values.

use hounsfield::{Error, Slice};

use super::labels::Labelled;
use crate::number;

/// Is there room for a picture?
///
/// # Errors
/// [`Error::TooLarge`].
pub(super) fn admit(needed_bytes: u64, memory_bytes: u64) -> Result<(), Error> {
    if needed_bytes > memory_bytes {
        return Err(Error::TooLarge {
            needed_bytes,
            limit_bytes: memory_bytes,
            hint: "scale the picture down first",
        });
    }
    Ok(())
}

/// What pixels of one sample or of several are: labels, or grey values.
///
/// # Errors
/// As [`Labelled::slice`].
pub(super) fn values<T: Copy + Into<u32>>(
    pixels: &[T],
    samples: usize,
    wide: bool,
    labels: Option<Labelled<'_>>,
) -> Result<Slice, Error> {
    match labels {
        Some(labels) => labels.slice(pixels, samples, wide),
        None => grey(pixels, samples),
    }
}

/// The first of one or two samples, the brightness of three or four.
fn grey<T: Copy + Into<u32>>(pixels: &[T], samples: usize) -> Result<Slice, Error> {
    let values = pixels.chunks_exact(samples.max(1)).map(|pixel| match pixel {
        [r, g, b] | [r, g, b, _] => brightness([(*r).into(), (*g).into(), (*b).into()]),
        [grey, ..] => (*grey).into(),
        [] => 0,
    });
    number::slice(values, |value| value as i16, f64::from)
}

/// ITU-R BT.601, rounded as Pillow does; what is not black does not become 0.
fn brightness([r, g, b]: [u32; 3]) -> u32 {
    let [r64, g64, b64] = [r, g, b].map(u64::from);
    let sum = (r64 * 19595 + g64 * 38470 + b64 * 7471 + 0x8000) >> 16;
    (sum as u32).max(u32::from(r | g | b != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_stays_and_nothing_but_black_is_black() {
        for v in 0..=65535u32 {
            assert_eq!(brightness([v; 3]), v);
        }
        assert_eq!(brightness([0, 0, 1]), 1);
        assert_eq!(brightness([255, 0, 0]), 76);
        assert_eq!(grey(&[7u8, 255, 9, 0], 2).unwrap(), Slice::I16(vec![7, 9]));
    }
}
