//! RLE Lossless (PS3.5 annex G): `PackBits`, a segment for each byte of a sample, the highest first.

use hounsfield::{
    Error,
    error::{try_vec, try_with_capacity},
};

/// 4 bytes that count the segments, then where each begins.
const HEADER_BYTES: usize = 64;
/// Two bytes repeat one at most 128 times.
const RATIO_MAX: usize = 64;

/// Decodes a frame of `pixels` samples of `bytes_each` bytes, to little-endian samples.
///
/// # Errors
/// [`Error::Damaged`] when its segments are not what they must be.
pub(crate) fn decode(frame: &[u8], pixels: usize, bytes_each: usize) -> Result<Vec<u8>, Error> {
    let count = number(frame, 0).unwrap_or(0);
    if count != bytes_each {
        return Err(damaged(format!("it has {count} segments, not {bytes_each}")));
    }
    if pixels.saturating_mul(bytes_each) > frame.len().saturating_mul(RATIO_MAX) {
        return Err(damaged(format!("{} bytes cannot hold {pixels} pixels", frame.len())));
    }
    let mut planes = try_with_capacity(count, "a frame")?;
    for index in 0..count {
        let start = number(frame, 4 * (index + 1)).unwrap_or(usize::MAX);
        let next = if index + 1 < count { number(frame, 4 * (index + 2)) } else { None };
        let end = next.unwrap_or(frame.len()).min(frame.len());
        let segment = frame.get(start..end).filter(|_| start >= HEADER_BYTES);
        let segment =
            segment.ok_or_else(|| damaged(format!("segment {index} is at {start} to {end}")))?;
        planes.push(unpack(segment, pixels)?);
    }
    if bytes_each == 1 {
        return Ok(planes.pop().unwrap_or_default());
    }
    let mut out = try_vec(0, pixels * bytes_each, "a frame")?;
    if let ([high, low], (pairs, _)) = (planes.as_slice(), out.as_chunks_mut()) {
        for (pair, (high, low)) in pairs.iter_mut().zip(high.iter().zip(low)) {
            *pair = [*low, *high];
        }
        return Ok(out);
    }
    for (place, plane) in planes.iter().rev().enumerate() {
        for (sample, byte) in out.chunks_exact_mut(bytes_each).zip(plane) {
            if let Some(out) = sample.get_mut(place) {
                *out = *byte;
            }
        }
    }
    Ok(out)
}

fn number(frame: &[u8], at: usize) -> Option<usize> {
    let bytes = frame.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

/// `PackBits` until there are `pixels` bytes; a last run may be longer.
fn unpack(mut packed: &[u8], pixels: usize) -> Result<Vec<u8>, Error> {
    let mut out = try_with_capacity(pixels, "a segment of a frame")?;
    while out.len() < pixels {
        let Some((control, rest)) = packed.split_first() else { break };
        let room = pixels - out.len();
        packed = match *control {
            128 => rest,
            control @ 0..=127 => {
                let size = (usize::from(control) + 1).min(rest.len());
                let (plain, rest) = rest.split_at(size);
                out.extend_from_slice(plain.get(..room.min(size)).unwrap_or(plain));
                rest
            }
            control => {
                let Some((byte, rest)) = rest.split_first() else { break };
                let size = 257 - usize::from(control);
                out.resize(out.len() + size.min(room), *byte);
                rest
            }
        };
    }
    if out.len() < pixels {
        return Err(damaged(format!("a segment has {} bytes, not {pixels}", out.len())));
    }
    Ok(out)
}

fn damaged(reason: String) -> Error {
    Error::Damaged { what: "a frame compressed by run lengths".into(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_copies_and_pauses() {
        // PS3.5 G.3.1: 3 copied, a pause, 4 repeated.
        let packed = [2, 7, 8, 9, 128, 253, 5];
        assert_eq!(unpack(&packed, 7).unwrap(), [7, 8, 9, 5, 5, 5, 5]);
        assert_eq!(unpack(&packed, 5).unwrap(), [7, 8, 9, 5, 5]);
        assert!(unpack(&packed, 8).is_err());
        assert!(unpack(&[253], 1).is_err());
    }

    #[test]
    fn high_bytes_come_first() {
        let mut frame = vec![0; 64];
        frame[0] = 2;
        frame[4] = 64;
        frame[8] = 66;
        frame.extend([255, 1, 1, 2, 3, 0]);
        assert_eq!(decode(&frame, 2, 2).unwrap(), [2, 1, 3, 1]);
        assert!(decode(&frame, 2, 1).is_err());
        assert!(decode(&frame, 1 << 40, 2).is_err());
        frame[8] = 63;
        assert!(decode(&frame, 2, 2).is_err());
    }
}
