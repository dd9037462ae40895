//! Stored numbers into the values of a slice.

use hounsfield::{Error, HeldAs, Slice, error::try_with_capacity};

/// A type of number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

impl Number {
    /// Bytes of one.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// "int16", "float32", ….
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::U8 => "uint8",
            Self::I8 => "int8",
            Self::U16 => "uint16",
            Self::I16 => "int16",
            Self::U32 => "uint32",
            Self::I32 => "int32",
            Self::U64 => "uint64",
            Self::I64 => "int64",
            Self::F32 => "float32",
            Self::F64 => "float64",
        }
    }

    /// How voxels of this type will most likely be held.
    pub(crate) fn forecast(self) -> HeldAs {
        if matches!(self, Self::F32 | Self::F64) { HeldAs::F32 } else { HeldAs::I16 }
    }

    /// The first of every `step` numbers, `i16` if all of them are whole and in range.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(crate) fn slice(self, big_endian: bool, bytes: &[u8], step: usize) -> Result<Slice, Error> {
        macro_rules! of {
            ($number:ty) => {{
                let numbers = bytes.as_chunks::<{ size_of::<$number>() }>().0.iter();
                let numbers = numbers.step_by(step).map(|chunk| {
                    if big_endian {
                        <$number>::from_be_bytes(*chunk)
                    } else {
                        <$number>::from_le_bytes(*chunk)
                    }
                });
                slice(numbers, |number| number as i16, |number| number as f64)
            }};
        }
        match self {
            Self::U8 => of!(u8),
            Self::I8 => of!(i8),
            Self::U16 => of!(u16),
            Self::I16 => of!(i16),
            Self::U32 => of!(u32),
            Self::I32 => of!(i32),
            Self::U64 => of!(u64),
            Self::I64 => of!(i64),
            Self::F32 => of!(f32),
            Self::F64 => of!(f64),
        }
    }
}

/// A slice of any numbers, `i16` if all of them are whole and in range.
pub(crate) fn slice<T: Copy>(
    numbers: impl ExactSizeIterator<Item = T> + Clone,
    i16_of: impl Fn(T) -> i16,
    f64_of: impl Fn(T) -> f64,
) -> Result<Slice, Error> {
    let mut whole = try_with_capacity(numbers.len(), "a slice")?;
    let mut fits = true;
    whole.extend(numbers.clone().map(|number| {
        let value = i16_of(number);
        // Casts wrap or saturate, so whatever changes did not fit.
        fits &= f64::from(value) == f64_of(number);
        value
    }));
    if fits {
        return Ok(Slice::I16(whole));
    }
    drop(whole);
    let mut real = try_with_capacity(numbers.len(), "a slice")?;
    real.extend(numbers.map(|number| f64_of(number) as f32));
    Ok(Slice::F32(real))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_in_range_are_i16_and_all_others_f32() {
        let of =
            |number: Number, big_endian, bytes: &[u8]| number.slice(big_endian, bytes, 1).unwrap();
        assert_eq!(of(Number::U8, false, &[200, 0]), Slice::I16(vec![200, 0]));
        assert_eq!(of(Number::I8, false, &[200]), Slice::I16(vec![-56]));
        assert_eq!(of(Number::I16, true, &[0xfc, 0x18]), Slice::I16(vec![-1000]));
        assert_eq!(of(Number::U16, false, &[0, 0x80]), Slice::F32(vec![32768.0]));
        assert_eq!(of(Number::I64, false, &(-3i64).to_le_bytes()), Slice::I16(vec![-3]));
        assert_eq!(of(Number::U64, true, &65_536u64.to_be_bytes()), Slice::F32(vec![65536.0]));
        assert_eq!(of(Number::F32, true, &7f32.to_be_bytes()), Slice::I16(vec![7]));
        let Slice::F32(values) = of(Number::F64, false, &f64::NAN.to_le_bytes()) else { panic!() };
        assert!(values[0].is_nan());
        assert_eq!(
            Number::U8.slice(false, &[1, 2, 3, 4, 5, 6], 3).unwrap(),
            Slice::I16(vec![1, 4])
        );
    }
}
