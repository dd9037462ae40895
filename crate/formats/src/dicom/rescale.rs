//! Stored samples into values: value = slope · stored + intercept (PS3.3 C.11.1.1.2).

use hounsfield::{
    Error, Slice,
    error::{try_vec, try_with_capacity},
};

/// Where in its bits a stored value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bits {
    /// 8, 16 or 32.
    pub(crate) allocated: u16,
    /// 1 to `allocated`.
    pub(crate) stored: u16,
    /// Its highest; what is above (and, where there is room, below) is junk.
    pub(crate) high: u16,
    pub(crate) signed: bool,
    pub(crate) big_endian: bool,
}

/// Slope and intercept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Line {
    pub(crate) slope: f64,
    pub(crate) intercept: f64,
}

impl Line {
    fn at(self, stored: f64) -> f64 {
        // Not `mul_add`: it would round otherwise than everybody else, and is slow in wasm.
        self.slope * stored + self.intercept
    }

    /// Both as whole numbers, small enough that no stored 16-bit value overflows an `i32`.
    fn whole(self) -> Option<[i32; 2]> {
        let small =
            |value: f64| (value.fract() == 0.0 && value.abs() < 16_000.0).then_some(value as i32);
        Some([small(self.slope)?, small(self.intercept)?])
    }
}

/// The values of a frame.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub(crate) fn integers(bytes: &[u8], bits: Bits, line: Line) -> Result<Slice, Error> {
    let field = Field::new(bits);
    match (bits.allocated, bits.big_endian) {
        (8, _) => small(bytes.as_chunks().0, |[byte]| u32::from(byte), field, line),
        (16, false) => {
            small(bytes.as_chunks().0, |pair| u32::from(u16::from_le_bytes(pair)), field, line)
        }
        (16, true) => {
            small(bytes.as_chunks().0, |pair| u32::from(u16::from_be_bytes(pair)), field, line)
        }
        (_, false) => large(bytes.as_chunks().0, u32::from_le_bytes, field, line),
        (_, true) => large(bytes.as_chunks().0, u32::from_be_bytes, field, line),
    }
}

/// The values of a frame of floats.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub(crate) fn floats(
    bytes: &[u8],
    double: bool,
    big_endian: bool,
    line: Line,
) -> Result<Slice, Error> {
    if double {
        let (each, _) = bytes.as_chunks::<8>();
        let value = |bytes: &[u8; 8]| {
            if big_endian { f64::from_be_bytes(*bytes) } else { f64::from_le_bytes(*bytes) }
        };
        reals(each.len(), each.iter().map(|bytes| line.at(value(bytes))))
    } else {
        let (each, _) = bytes.as_chunks::<4>();
        let value = |bytes: &[u8; 4]| {
            if big_endian { f32::from_be_bytes(*bytes) } else { f32::from_le_bytes(*bytes) }
        };
        reals(each.len(), each.iter().map(|bytes| line.at(f64::from(value(bytes)))))
    }
}

/// Moves a stored value to the top of 32 bits and back, which drops the junk and extends the sign.
#[derive(Debug, Clone, Copy)]
struct Field {
    up: u32,
    down: u32,
    signed: bool,
}

impl Field {
    fn new(bits: Bits) -> Self {
        let stored = u32::from(bits.stored).clamp(1, 32);
        let high = u32::from(bits.high.min(bits.allocated.saturating_sub(1))).min(31);
        // A high bit below the value's own width is a slip: the value is at the bottom.
        let high = high.max(stored - 1);
        Self { up: 31 - high, down: 32 - stored, signed: bits.signed }
    }

    fn signed(self, raw: u32) -> i32 {
        (raw << self.up).cast_signed() >> self.down
    }

    fn unsigned(self, raw: u32) -> u32 {
        (raw << self.up) >> self.down
    }

    fn real(self, raw: u32) -> f64 {
        if self.signed { f64::from(self.signed(raw)) } else { f64::from(self.unsigned(raw)) }
    }
}

/// 8 and 16 bits: in whole numbers where the line is whole. These are the loops that every scan goes
/// through: what does not change within them is decided outside.
fn small<const N: usize>(
    samples: &[[u8; N]],
    raw: impl Fn([u8; N]) -> u32 + Copy,
    field: Field,
    line: Line,
) -> Result<Slice, Error> {
    let signed = move |sample| field.signed(raw(sample));
    let unsigned = move |sample| field.unsigned(raw(sample)).cast_signed();
    let narrow = match (line.whole(), field.signed) {
        (Some([1, intercept]), true) => whole(samples, |sample| signed(sample) + intercept)?,
        (Some([1, intercept]), false) => whole(samples, |sample| unsigned(sample) + intercept)?,
        (Some([slope, intercept]), true) => {
            whole(samples, |sample| signed(sample) * slope + intercept)?
        }
        (Some([slope, intercept]), false) => {
            whole(samples, |sample| unsigned(sample) * slope + intercept)?
        }
        (None, _) => None,
    };
    match narrow {
        Some(values) => Ok(Slice::I16(values)),
        None => large(samples, raw, field, line),
    }
}

/// `None` when a value is no `i16`.
fn whole<const N: usize>(
    samples: &[[u8; N]],
    value: impl Fn([u8; N]) -> i32,
) -> Result<Option<Vec<i16>>, Error> {
    let mut out = try_vec(0_i16, samples.len(), "a slice")?;
    // The bits in which any value differs from its narrow self.
    let mut beyond = 0;
    for (out, sample) in out.iter_mut().zip(samples) {
        let value = value(*sample);
        *out = value as i16;
        beyond |= value ^ i32::from(*out);
    }
    Ok((beyond == 0).then_some(out))
}

fn large<const N: usize>(
    samples: &[[u8; N]],
    raw: impl Fn([u8; N]) -> u32,
    field: Field,
    line: Line,
) -> Result<Slice, Error> {
    reals(samples.len(), samples.iter().map(|sample| line.at(field.real(raw(*sample)))))
}

/// `i16` when all of them are whole and in range, else `f32`.
fn reals(count: usize, values: impl Iterator<Item = f64>) -> Result<Slice, Error> {
    let mut out = try_with_capacity(count, "a slice")?;
    let mut whole = true;
    out.extend(values.map(|value| {
        whole &= f64::from(value as i16) == value;
        value as f32
    }));
    if !whole {
        return Ok(Slice::F32(out));
    }
    let mut narrow = try_with_capacity(count, "a slice")?;
    narrow.extend(out.iter().map(|value| *value as i16));
    Ok(Slice::I16(narrow))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LE16: Bits =
        Bits { allocated: 16, stored: 16, high: 15, signed: true, big_endian: false };

    fn line(slope: f64, intercept: f64) -> Line {
        Line { slope, intercept }
    }

    #[test]
    fn junk_above_and_below_is_dropped_and_the_sign_extended() {
        let bits = Bits { stored: 12, high: 11, ..LE16 };
        let bytes = [0xFF, 0x57, 0x00, 0x38];
        assert_eq!(integers(&bytes, bits, line(1.0, 0.0)).unwrap(), Slice::I16(vec![2047, -2048]));
        let unsigned = Bits { signed: false, ..bits };
        assert_eq!(
            integers(&bytes, unsigned, line(1.0, -1000.0)).unwrap(),
            Slice::I16(vec![1047, 1048])
        );
        // The value in the high 12 bits.
        let high = Bits { high: 15, ..bits };
        assert_eq!(integers(&[0x5F, 0x80], high, line(1.0, 0.0)).unwrap(), Slice::I16(vec![-2043]));
    }

    #[test]
    fn what_does_not_fit_is_a_float() {
        let unsigned = Bits { signed: false, ..LE16 };
        let bytes = [0xFF, 0xFF, 0, 0];
        let wide = Slice::F32(vec![64511.0, -1024.0]);
        assert_eq!(integers(&bytes, unsigned, line(1.0, -1024.0)).unwrap(), wide);
        assert_eq!(integers(&bytes, LE16, line(0.5, 0.0)).unwrap(), Slice::F32(vec![-0.5, 0.0]));
        assert_eq!(integers(&bytes, LE16, line(0.5, 0.5)).unwrap(), Slice::F32(vec![0.0, 0.5]));
        assert_eq!(integers(&bytes, LE16, line(2.0, 3.0)).unwrap(), Slice::I16(vec![1, 3]));
    }

    #[test]
    fn wide_samples_and_floats() {
        let bits = Bits { allocated: 32, stored: 32, high: 31, signed: false, big_endian: true };
        let bytes = [0xFF, 0xFF, 0xFF, 0xFF];
        assert_eq!(
            integers(&bytes, bits, line(1.0, 0.0)).unwrap(),
            Slice::F32(vec![4_294_967_300.0])
        );
        let signed = Bits { signed: true, ..bits };
        assert_eq!(integers(&bytes, signed, line(1.0, 0.0)).unwrap(), Slice::I16(vec![-1]));
        let bytes = 2.5_f32.to_le_bytes();
        assert_eq!(floats(&bytes, false, false, line(2.0, 0.0)).unwrap(), Slice::I16(vec![5]));
    }
}
