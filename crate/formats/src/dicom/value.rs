//! Values of elements (PS3.5 section 6.2): lenient with what writers do, never wrong.
//!
//! A number that is not one is absent, and so is a list that has too few or too many: half a
//! position is none.

use dicom_core::VR;
use hounsfield::Error;

use super::{source::Window, syntax::Coding, walk::Element};

/// No value that we go by is longer; longer ones are not read.
const VALUE_MAX: u64 = 1024;
/// Begins what announces another character set.
pub(crate) const ESCAPE: u8 = 0x1b;

/// An element's value; empty where it is too long to be one of ours, fewer bytes where the data end.
///
/// # Errors
/// [`Error::Unreadable`].
pub(crate) fn bytes<'w>(window: &'w mut Window<'_>, element: &Element) -> Result<&'w [u8], Error> {
    match element.length.filter(|length| *length <= VALUE_MAX) {
        Some(length) => window.get(element.at, usize::try_from(length).unwrap_or(0)),
        None => Ok(&[]),
    }
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    let padding = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let from = bytes.iter().position(|byte| !padding(byte)).unwrap_or(bytes.len());
    let to = bytes.iter().rposition(|byte| !padding(byte)).map_or(from, |last| last + 1);
    bytes.get(from..to).unwrap_or(&[])
}

/// As far as a value is text: where its length is a lie, what follows are other elements, and the
/// next may be a person's name. Their headers have characters that no text has.
pub(crate) fn line(bytes: &[u8]) -> &[u8] {
    let bytes = trimmed(bytes);
    let is_text =
        |byte: &u8| !byte.is_ascii_control() || byte.is_ascii_whitespace() || *byte == ESCAPE;
    let end = bytes.iter().position(|byte| !is_text(byte)).unwrap_or(bytes.len());
    trimmed(bytes.get(..end).unwrap_or(&[]))
}

/// Text of the default repertoire (CS, SH, LO without accents).
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(line(bytes)).into_owned()
}

/// A UID: digits and dots; whatever else is there is not kept.
pub(crate) fn uid(bytes: &[u8]) -> String {
    let uid = trimmed(bytes);
    let good = uid.len() <= 64 && uid.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    if good { text(uid) } else { String::new() }
}

/// The values of a list.
pub(crate) fn parts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    trimmed(bytes).split(|byte| *byte == b'\\').map(trimmed)
}

/// A decimal string (DS); a comma is no decimal point, because nobody knows which it is.
pub(crate) fn decimal(bytes: &[u8]) -> Option<f64> {
    let digits = std::str::from_utf8(trimmed(bytes)).ok()?;
    let allowed = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    if !digits.chars().all(allowed) {
        return None;
    }
    digits.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// The first of a list of decimal strings.
pub(crate) fn first_decimal(bytes: &[u8]) -> Option<f64> {
    parts(bytes).next().and_then(decimal)
}

/// Exactly `N` decimal strings.
pub(crate) fn decimals<const N: usize>(bytes: &[u8]) -> Option<[f64; N]> {
    let mut out = [0.0; N];
    let mut found = parts(bytes);
    for value in &mut out {
        *value = decimal(found.next()?)?;
    }
    found.all(<[u8]>::is_empty).then_some(out)
}

/// An integer string (IS), also where a writer put a decimal point and zeros.
pub(crate) fn integer(bytes: &[u8]) -> Option<i32> {
    let value = first_decimal(bytes)?;
    let whole = value as i32;
    (f64::from(whole) == value).then_some(whole)
}

/// An unsigned 16-bit number (US); text where a writer took IS for it.
pub(crate) fn u16(bytes: &[u8], element: &Element) -> Option<u16> {
    if matches!(element.vr, VR::IS | VR::DS) {
        return integer(bytes).and_then(|value| u16::try_from(value).ok());
    }
    match *bytes {
        [a, b] => Some(word(a, b, element.coding)),
        // A longer type than the standard's, with a small number in it.
        [a, b, c, d] => u16::try_from(long(a, b, c, d, element.coding)).ok(),
        [a, b, ..] => Some(word(a, b, element.coding)),
        _ => None,
    }
}

/// An unsigned 32-bit number (UL).
pub(crate) fn u32(bytes: &[u8], coding: Coding) -> Option<u32> {
    match *bytes {
        [a, b, c, d, ..] => Some(long(a, b, c, d, coding)),
        [a, b] => Some(u32::from(word(a, b, coding))),
        _ => None,
    }
}

fn word(a: u8, b: u8, coding: Coding) -> u16 {
    if coding.big_endian { u16::from_be_bytes([a, b]) } else { u16::from_le_bytes([a, b]) }
}

fn long(a: u8, b: u8, c: u8, d: u8, coding: Coding) -> u32 {
    let bytes = [a, b, c, d];
    if coding.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
}
