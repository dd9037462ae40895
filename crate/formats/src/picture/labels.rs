//! Pixels of pictures that hold labels into the values that labels are told by.
//!
//! ```text
//! grey      the number itself
//! colours   0xRRGGBB; 0 where it is transparent, black, or what a palette begins with
//! palette   the colour's number, where all pictures have one palette
//! lossy     the brightest sample, 0 to 255
//! ```
//!
//! Planes are decoded one by one, so a value must not depend on other planes. What the values
//! become is worked out in the core, from all of them ([`hounsfield::labels`]).

use std::cell::Cell;

use hounsfield::{
    Error, Slice,
    labels::{Coding, OPAQUE_BLACK},
};

use crate::number;

/// Steps from an 8-bit sample to the next, in 16 bits.
const WIDE_STEP: u32 = 257;

/// How a picture's pixels become values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Labelled<'a> {
    pub(super) coding: Coding,
    /// The colour of the background, where it is another than black.
    pub(super) outside: Option<[u8; 3]>,
    /// Colours whose numbers are the labels; empty: there are none.
    pub(super) palette: &'a [[u8; 3]],
}

impl<'a> Labelled<'a> {
    pub(super) fn of(coding: Coding, palette: &'a [[u8; 3]]) -> Self {
        Self { coding, outside: None, palette }
    }

    /// Do samples count in shares of white, not as numbers?
    pub(super) fn is_scaled(self) -> bool {
        matches!(self.coding, Coding::Colours | Coding::Lossy) || !self.palette.is_empty()
    }

    /// The values of pixels of one (grey), two (with alpha), three or four samples of 8 bits, or of
    /// 16 when `wide`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for colours that 8 bits cannot tell apart.
    pub(super) fn slice<T: Copy + Into<u32>>(
        self,
        pixels: &[T],
        samples: usize,
        wide: bool,
    ) -> Result<Slice, Error> {
        let fine = |sample: &T| !(*sample).into().is_multiple_of(WIDE_STEP);
        if wide && self.coding == Coding::Colours && pixels.iter().any(fine) {
            return Err(Error::Unsupported {
                what: "a mask in colours of 16 bits".into(),
                hint: "save it with 8 bits a colour",
            });
        }
        // Labels come in runs.
        let last = Cell::new(([0; 3], 0));
        let byte = |sample: T| if wide { sample.into() >> 8 } else { sample.into() };
        let values = pixels.chunks_exact(samples.max(1)).map(|pixel| {
            let (first, rgb, alpha) = match *pixel {
                [r, g, b] => (r, [r, g, b], None),
                [r, g, b, a] => (r, [r, g, b], Some(a)),
                [grey, alpha] => (grey, [grey; 3], Some(alpha)),
                [grey, ..] => (grey, [grey; 3], None),
                [] => return 0,
            };
            if alpha.is_some_and(|alpha| alpha.into() == 0) {
                return 0;
            }
            match self.coding {
                _ if !self.palette.is_empty() => {
                    let rgb = rgb.map(byte);
                    if rgb != last.get().0 {
                        last.set((rgb, self.number(rgb)));
                    }
                    last.get().1
                }
                Coding::Labels | Coding::Grey => first.into(),
                Coding::Lossy => rgb.map(byte).into_iter().fold(0, u32::max),
                Coding::Colours => self.colour(rgb.map(byte), alpha.is_some()),
            }
        });
        number::slice(values, |value| value as i16, f64::from)
    }

    /// Of a colour in the palette; all of its black is outside.
    fn number(self, rgb: [u32; 3]) -> u32 {
        let found = self.palette.iter().position(|colour| colour.map(u32::from) == rgb);
        found.filter(|_| rgb != [0; 3]).and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
    }

    fn colour(self, rgb: [u32; 3], has_alpha: bool) -> u32 {
        let packed = rgb.iter().fold(0, |all, sample| all << 8 | sample);
        match self.outside {
            Some(outside) if outside.map(u32::from) == rgb => 0,
            _ if packed == 0 && has_alpha => OPAQUE_BLACK.unsigned_abs(),
            _ => packed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(coding: Coding, pixels: &[u8], samples: usize) -> Vec<f32> {
        match Labelled::of(coding, &[]).slice(pixels, samples, false).unwrap() {
            Slice::I16(values) => values.into_iter().map(f32::from).collect(),
            Slice::F32(values) => values,
        }
    }

    #[test]
    fn every_kind_of_pixel_has_a_value() {
        assert_eq!(values(Coding::Grey, &[0, 7, 255], 1), [0.0, 7.0, 255.0]);
        let rgba = [255, 0, 1, 9, 255, 0, 1, 0, 0, 0, 0, 1];
        assert_eq!(values(Coding::Colours, &rgba, 4), [16_711_681.0, 0.0, 16_777_216.0]);
        assert_eq!(values(Coding::Colours, &[2, 255, 3, 0], 2), [131_586.0, 0.0]);
        assert_eq!(values(Coding::Colours, &[0, 0, 0, 1, 2, 3], 3), [0.0, 66_051.0]);
        assert_eq!(values(Coding::Lossy, &[4, 9, 2, 0, 0, 0], 3), [9.0, 0.0]);
        let outside = Labelled { outside: Some([9; 3]), ..Labelled::of(Coding::Colours, &[]) };
        let slice = outside.slice(&[9u8, 9, 9, 0, 0, 1], 3, false).unwrap();
        assert_eq!(slice, Slice::I16(vec![0, 1]));
    }

    #[test]
    fn colours_of_16_bits_must_be_those_of_8() {
        let of = |pixel: [u16; 3], coding| Labelled::of(coding, &[]).slice(&pixel, 3, true);
        assert_eq!(of([0, 257, 514], Coding::Colours).unwrap(), Slice::I16(vec![258]));
        assert!(of([0, 257, 515], Coding::Colours).is_err());
        assert_eq!(of([0, 257, 65535], Coding::Lossy).unwrap(), Slice::I16(vec![255]));
    }
}
