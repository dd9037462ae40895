//! The bytes of a picture, as the decoders want them.

use std::io::{self, BufReader};

use hounsfield::Error;

use crate::bytes::{Bytes, Cursor};

/// Bytes to read and seek in.
pub(super) type Source<'a> = BufReader<Cursor<Shown<'a>>>;

pub(super) fn source<'a>(bytes: impl Bytes + 'a) -> Source<'a> {
    BufReader::new(Cursor::new(Shown::of(bytes)))
}

/// A file in which one number of two bytes reads as another.
pub(super) struct Shown<'a> {
    bytes: Box<dyn Bytes + 'a>,
    /// Where, and what it reads as.
    pub(super) other: Option<(u64, [u8; 2])>,
}

impl<'a> Shown<'a> {
    /// As it is.
    pub(super) fn of(bytes: impl Bytes + 'a) -> Self {
        Self { bytes: Box::new(bytes), other: None }
    }
}

impl Bytes for Shown<'_> {
    fn byte_length(&self) -> u64 {
        self.bytes.byte_length()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let n = self.bytes.read_at(offset, out)?;
        for (at, byte) in self.other.iter().flat_map(|(at, two)| (*at..).zip(two)) {
            let place = at.checked_sub(offset).and_then(|place| usize::try_from(place).ok());
            if let Some(out) = place.filter(|place| *place < n).and_then(|place| out.get_mut(place))
            {
                *out = *byte;
            }
        }
        Ok(n)
    }
}

/// What a decoder says, as an error.
pub(super) fn damaged(error: &dyn std::fmt::Display) -> Error {
    // Some of the libraries' sentences go over several lines.
    let words: Vec<String> = error.to_string().split_whitespace().map(str::to_owned).collect();
    Error::Damaged { what: "the picture".into(), reason: words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bytes_read_as_others_wherever_reading_begins() {
        let bytes: Vec<u8> = (0..8).collect();
        let shown = Shown { bytes: Box::new(bytes), other: Some((3, [70, 71])) };
        let whole = [0, 1, 2, 70, 71, 5, 6, 7];
        for from in 0..9 {
            for to in from..9 {
                let mut out = vec![0; to - from];
                assert_eq!(shown.read_at(from as u64, &mut out).unwrap(), to - from);
                assert_eq!(out, whole[from..to]);
            }
        }
    }
}
