//! File bytes into numbers: every integer and float type, either byte order, scaled or not.

use crate::Error;

/// How stored bytes become values: `value = scl_slope · stored + scl_inter`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoder {
    stored: Stored,
    big_endian: bool,
    /// `None`: the stored value is the value.
    scale: Option<(f64, f64)>,
}

/// The standard's types of plain numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    Uint8,
    Int8,
    Uint16,
    Int16,
    Uint32,
    Int32,
    Uint64,
    Int64,
    Float32,
    Float64,
}

/// In what the values can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// `i16`, whatever the voxels are.
    Always,
    /// `i16` if the voxels turn out to be whole and in range; `f32` else.
    PerhapsWhole,
    /// `f32`: a broken slope makes broken values.
    Never,
}

impl Decoder {
    /// # Errors
    /// [`Error::BadHeader`] for a code outside the standard, [`Error::Unsupported`] for colours,
    /// complex numbers and 128-bit floats.
    pub(super) fn new(
        datatype: i16,
        big_endian: bool,
        scale: Option<(f64, f64)>,
    ) -> Result<Self, Error> {
        let refused = |what: &str, hint| {
            Err(Error::Unsupported {
                what: format!("a scan of {what} (datatype {datatype})"),
                hint,
            })
        };
        let stored = match datatype {
            2 => Stored::Uint8,
            4 => Stored::Int16,
            8 => Stored::Int32,
            16 => Stored::Float32,
            64 => Stored::Float64,
            256 => Stored::Int8,
            512 => Stored::Uint16,
            768 => Stored::Uint32,
            1024 => Stored::Int64,
            1280 => Stored::Uint64,
            128 | 2304 => {
                return refused(
                    "colours",
                    "a CT holds one number per voxel; open the scan that this picture was made from",
                );
            }
            32 | 1792 | 2048 => {
                return refused(
                    "complex numbers",
                    "a CT holds one number per voxel; save the magnitude as float32",
                );
            }
            1536 => return refused("128-bit floats", "save it as float32 or int16"),
            _ => {
                return Err(Error::BadHeader {
                    field: "datatype",
                    value: datatype.to_string(),
                    expected: "the standard knows 2, 4, 8, 16, 64, 256, 512, 768, 1024 and 1280 for plain numbers",
                });
            }
        };
        Ok(Self { stored, big_endian, scale })
    }

    /// Bytes of one stored voxel.
    pub(super) fn bytes(&self) -> usize {
        match self.stored {
            Stored::Uint8 | Stored::Int8 => 1,
            Stored::Uint16 | Stored::Int16 => 2,
            Stored::Uint32 | Stored::Int32 | Stored::Float32 => 4,
            Stored::Uint64 | Stored::Int64 | Stored::Float64 => 8,
        }
    }

    /// "int16", "float32", ….
    pub(super) fn name(&self) -> &'static str {
        match self.stored {
            Stored::Uint8 => "uint8",
            Stored::Int8 => "int8",
            Stored::Uint16 => "uint16",
            Stored::Int16 => "int16",
            Stored::Uint32 => "uint32",
            Stored::Int32 => "int32",
            Stored::Uint64 => "uint64",
            Stored::Int64 => "int64",
            Stored::Float32 => "float32",
            Stored::Float64 => "float64",
        }
    }

    /// Are stored values floats?
    pub(super) fn is_float(&self) -> bool {
        matches!(self.stored, Stored::Float32 | Stored::Float64)
    }

    /// Can a stored value have more digits than `f32` keeps?
    pub(super) fn is_finer_than_f32(&self) -> bool {
        self.bytes() == 8 || matches!(self.stored, Stored::Uint32 | Stored::Int32)
    }

    /// In what the values can be held, as far as type and scale tell.
    pub(super) fn fit(&self) -> Fit {
        let (slope, inter) = self.scale.unwrap_or((1.0, 0.0));
        if slope.fract() != 0.0 || inter.fract() != 0.0 {
            return Fit::Never;
        }
        let (low, high) = match self.stored {
            Stored::Uint8 => (0.0, f64::from(u8::MAX)),
            Stored::Int8 => (f64::from(i8::MIN), f64::from(i8::MAX)),
            Stored::Uint16 => (0.0, f64::from(u16::MAX)),
            Stored::Int16 => (f64::from(i16::MIN), f64::from(i16::MAX)),
            _ => return Fit::PerhapsWhole,
        };
        let in_range = |stored: f64| as_whole(stored * slope + inter).is_some();
        if in_range(low) && in_range(high) { Fit::Always } else { Fit::PerhapsWhole }
    }

    /// Decodes whole voxels into `out`; `false` when one of them does not fit (`out` is then
    /// worthless).
    // No loop has an early exit, so that the compiler makes vectors of them.
    pub(super) fn whole(&self, bytes: &[u8], out: &mut [i16]) -> bool {
        match (self.stored, self.scale) {
            // What nearly every scan and nearly every mask is.
            (Stored::Int16, None) => {
                for (out, stored) in out.iter_mut().zip(bytes.as_chunks().0) {
                    *out = i16::from_le_bytes(*stored);
                }
                if self.big_endian {
                    out.iter_mut().for_each(|out| *out = out.swap_bytes());
                }
                return true;
            }
            (Stored::Uint8, None) => {
                out.iter_mut().zip(bytes).for_each(|(out, stored)| *out = i16::from(*stored));
                return true;
            }
            _ => {}
        }
        let mut fits = true;
        self.scaled(bytes, &mut |first, values| {
            for (out, value) in out.iter_mut().skip(first).zip(values) {
                *out = *value as i16;
                fits &= f64::from(*out) == *value;
            }
        });
        fits
    }

    /// Decodes whole voxels into `out`.
    pub(super) fn real(&self, bytes: &[u8], out: &mut [f32]) {
        self.scaled(bytes, &mut |first, values| {
            for (out, value) in out.iter_mut().skip(first).zip(values) {
                *out = *value as f32;
            }
        });
    }

    /// Gives the values to `take`, some at a time, with the number of the first.
    fn scaled(&self, bytes: &[u8], take: &mut dyn FnMut(usize, &[f64])) {
        let (slope, inter) = self.scale.unwrap_or((1.0, 0.0));
        let (mut turned, mut values) = ([0; 8 * AT_ONCE], [0.0; AT_ONCE]);
        for (k, mut bytes) in bytes.chunks(self.bytes() * AT_ONCE).enumerate() {
            if self.big_endian {
                let turned = turned.get_mut(..bytes.len()).unwrap_or(&mut []);
                turned.copy_from_slice(bytes);
                turned.chunks_exact_mut(self.bytes()).for_each(<[u8]>::reverse);
                bytes = turned;
            }
            let values = values.get_mut(..bytes.len() / self.bytes()).unwrap_or(&mut []);
            self.load(bytes, values);
            values.iter_mut().for_each(|value| *value = *value * slope + inter);
            take(k * AT_ONCE, values);
        }
    }

    /// Stored values, lowest byte first. One loop for each type and no more: with scale, byte order
    /// and what becomes of the values in them there were sixty.
    fn load(&self, bytes: &[u8], values: &mut [f64]) {
        match self.stored {
            Stored::Uint8 => each(bytes, values, |[stored]| f64::from(stored)),
            Stored::Int8 => each(bytes, values, |stored| i8::from_le_bytes(stored).into()),
            Stored::Uint16 => each(bytes, values, |stored| u16::from_le_bytes(stored).into()),
            Stored::Int16 => each(bytes, values, |stored| i16::from_le_bytes(stored).into()),
            Stored::Uint32 => each(bytes, values, |stored| u32::from_le_bytes(stored).into()),
            Stored::Int32 => each(bytes, values, |stored| i32::from_le_bytes(stored).into()),
            Stored::Uint64 => each(bytes, values, |stored| u64::from_le_bytes(stored) as f64),
            Stored::Int64 => each(bytes, values, |stored| i64::from_le_bytes(stored) as f64),
            Stored::Float32 => each(bytes, values, |stored| f32::from_le_bytes(stored).into()),
            Stored::Float64 => each(bytes, values, f64::from_le_bytes),
        }
    }
}

/// Values at a time between bytes and voxels.
const AT_ONCE: usize = 256;

fn each<const N: usize>(bytes: &[u8], values: &mut [f64], value: impl Fn([u8; N]) -> f64) {
    for (out, stored) in values.iter_mut().zip(bytes.as_chunks().0) {
        *out = value(*stored);
    }
}

/// The value as `i16`, if it is whole and in range.
fn as_whole(value: f64) -> Option<i16> {
    // `as` saturates, so whatever changes did not fit.
    let whole = value as i16;
    (f64::from(whole) == value).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(
        datatype: i16,
        big_endian: bool,
        scale: Option<(f64, f64)>,
        bytes: &[u8],
    ) -> Option<i16> {
        let decoder = Decoder::new(datatype, big_endian, scale).unwrap();
        let mut out = [0];
        decoder.whole(bytes, &mut out).then_some(out[0])
    }

    #[test]
    fn each_type_at_its_edges() {
        assert_eq!(whole(2, false, None, &[200]), Some(200));
        assert_eq!(whole(256, false, None, &[200]), Some(-56));
        assert_eq!(whole(4, true, None, &(-1024i16).to_be_bytes()), Some(-1024));
        assert_eq!(whole(512, false, None, &40000u16.to_le_bytes()), None);
        assert_eq!(whole(512, false, Some((1.0, -32768.0)), &40000u16.to_le_bytes()), Some(7232));
        assert_eq!(whole(768, false, None, &u32::MAX.to_le_bytes()), None);
        assert_eq!(whole(8, false, None, &(-7i32).to_le_bytes()), Some(-7));
        assert_eq!(whole(8, true, None, &65_536i32.to_be_bytes()), None);
        assert_eq!(whole(1280, false, None, &u64::MAX.to_le_bytes()), None);
        assert_eq!(whole(1024, false, None, &(-1i64).to_le_bytes()), Some(-1));
        assert_eq!(whole(16, false, None, &1.5f32.to_le_bytes()), None);
        assert_eq!(whole(16, false, None, &f32::NAN.to_le_bytes()), None);
        assert_eq!(whole(16, false, None, &(-0.0f32).to_le_bytes()), Some(0));
        assert_eq!(whole(64, true, None, &3000f64.to_be_bytes()), Some(3000));
        assert_eq!(whole(64, false, None, &f64::INFINITY.to_le_bytes()), None);
    }

    #[test]
    fn the_scale_decides_what_can_fit() {
        let fit = |datatype, scale| Decoder::new(datatype, false, scale).unwrap().fit();
        assert_eq!(fit(4, None), Fit::Always);
        assert_eq!(fit(4, Some((1.0, -1024.0))), Fit::PerhapsWhole);
        assert_eq!(fit(2, Some((4.0, -1024.0))), Fit::Always);
        assert_eq!(fit(4, Some((0.5, 0.0))), Fit::Never);
        assert_eq!(fit(512, Some((1.0, -32768.0))), Fit::Always);
        assert_eq!(fit(16, None), Fit::PerhapsWhole);
    }

    #[test]
    fn colours_are_refused_with_their_code() {
        let error = Decoder::new(128, false, None).unwrap_err().to_string();
        assert!(error.contains("128") && error.contains("colours"), "{error}");
        assert!(Decoder::new(3, false, None).unwrap_err().to_string().contains("datatype is 3"));
    }
}
