//! JPEG 2000 (ISO/IEC 15444-1) and HTJ2K (15444-15). The codestream's main header is read here and
//! checked against the DICOM header; only then a decoder sees the stream.

mod header;
mod part1;

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::frame::{Fields, error, pack, zeros};
use crate::{CodecError, Shape};
use header::Main;

/// Decodes one JPEG 2000 or HTJ2K frame, whichever it is.
pub(crate) fn decode(frame: &[u8], shape: &Shape) -> Result<Vec<u8>, CodecError> {
    let codestream = codestream(frame)?;
    let main = Main::read(codestream, shape)?;
    if main.high_throughput { htj2k(codestream, &main, shape) } else { part_one(codestream, shape) }
}

fn part_one(codestream: &[u8], shape: &Shape) -> Result<Vec<u8>, CodecError> {
    let samples = part1::decode(codestream)?;
    if samples.len() != shape.samples() {
        return Err(error(format!(
            "the JPEG 2000 frame has {} samples instead of {}",
            samples.len(),
            shape.samples()
        )));
    }
    pack(&samples, shape)
}

fn htj2k(codestream: &[u8], main: &Main, shape: &Shape) -> Result<Vec<u8>, CodecError> {
    let failed = |reason: &dyn std::fmt::Display| {
        error(format!("the HTJ2K frame cannot be decoded: {reason}"))
    };
    let settings = dicom_toolkit_jpeg2000::DecodeSettings::default();
    let halved = main.halved(codestream)?;
    let decoded = contained(|| {
        let image =
            dicom_toolkit_jpeg2000::Image::new(&halved, &settings).map_err(|e| failed(&e))?;
        image.decode_native().map_err(|e| failed(&e))
    })?;
    let (offset, lowest, highest) = main.range();
    let level = |value: i32| (value - offset).clamp(lowest, highest);
    let out: Vec<i32> = if decoded.bytes_per_sample == 1 {
        decoded.data.iter().map(|&value| level(i32::from(value))).collect()
    } else {
        decoded
            .data
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&value| level(i32::from(u16::from_le_bytes(value))))
            .collect()
    };
    if out.len() != shape.samples() {
        return Err(failed(&format!(
            "it has {} samples instead of {}",
            out.len(),
            shape.samples()
        )));
    }
    pack(&out, shape)
}

/// In damaged blocks the library's `ht_block_decode` can reach behind its arrays, and panics. Natively that
/// is caught here; in wasm it ends the decoders' instance, which its host makes anew.
fn contained<T>(work: impl FnOnce() -> Result<T, CodecError>) -> Result<T, CodecError> {
    // What the closure borrows is only read.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(error("the HTJ2K frame is damaged: its decoder gave up")))
}

impl Main {
    /// What to take off a decoded sample, and the range of what is left.
    fn range(&self) -> (i32, i32, i32) {
        let half = 1 << (self.stream.precision - 1);
        if self.signed { (half, -half, half - 1) } else { (0, 0, 2 * half - 1) }
    }

    /// The codestream with every quantisation step halved and one bit plane more. A coefficient's
    /// code names an interval; the library cuts off the bit that says "its middle" and so takes the
    /// end next to zero. With a bit plane more that bit is kept (15444-1 E.1: ε one higher makes
    /// both). Reversible streams have no such steps.
    fn halved<'a>(&self, codestream: &'a [u8]) -> Result<Cow<'a, [u8]>, CodecError> {
        if self.steps.is_empty() {
            return Ok(Cow::Borrowed(codestream));
        }
        let mut copy = zeros(codestream.len())?;
        copy.copy_from_slice(codestream);
        for steps in &self.steps {
            for step in copy.get_mut(steps.clone()).unwrap_or_default().as_chunks_mut::<2>().0 {
                // The exponent is in the upper five bits.
                let value = u16::from_be_bytes(*step);
                *step = value.checked_add(1 << 11).unwrap_or(value).to_be_bytes();
            }
        }
        Ok(Cow::Owned(copy))
    }
}

/// The codestream itself. DICOM wants it bare (PS3.5 A.4.4), but some writers put it into a JP2 file.
fn codestream(frame: &[u8]) -> Result<&[u8], CodecError> {
    if frame.starts_with(&part1::codestream::SOC.to_be_bytes()) {
        return Ok(frame);
    }
    let mut fields = Fields(frame);
    // Boxes (15444-1 I.4): length, name, and a length of 64 bits where the first one is 1.
    while !fields.0.is_empty() {
        let (short, name) = (fields.u32()?, fields.u32()?);
        let length = match short {
            0 => fields.0.len(),
            1 if fields.u32()? == 0 => (fields.u32()? as usize).saturating_sub(16),
            1 => break,
            _ => (short as usize).saturating_sub(8),
        };
        let content = fields.take(length.min(fields.0.len()))?;
        if name == u32::from_be_bytes(*b"jp2c") {
            return Ok(content);
        }
    }
    Err(error("the frame does not begin as a JPEG 2000 codestream does"))
}
