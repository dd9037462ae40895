//! The distance of pixels, where a picture states one that can be believed.
//!
//! Programs write 72 or 300 dots per inch when they know nothing. Such numbers are of screens and
//! printers, not of patients, and are passed over.

use std::ops::RangeInclusive;

use tiff::{
    decoder::{Decoder, ifd::Value},
    tags::Tag,
};

use super::source::Source;
use crate::{bytes::Bytes, sniff::PictureFormat};

const INCH_MM: f64 = 25.4;
/// What nobody measured.
const DEFAULT_DPI: [f64; 14] =
    [1.0, 70.0, 72.0, 75.0, 90.0, 96.0, 100.0, 120.0, 144.0, 150.0, 200.0, 300.0, 600.0, 1200.0];
/// What scanners have.
const BELIEVABLE_MM: RangeInclusive<f64> = 0.02..=10.0;

/// Distances along x and y from pixels per metre, if they can be believed.
fn believed(per_metre: [f64; 2]) -> Option<[f64; 2]> {
    let mm = per_metre.map(|n| 1000.0 / n);
    let dpi = mm.map(|mm| INCH_MM / mm);
    let is_default =
        |dpi: f64| DEFAULT_DPI.iter().any(|other| (dpi - other).abs() < 0.05 + other * 1e-3);
    (mm.iter().all(|mm| BELIEVABLE_MM.contains(mm)) && !dpi.into_iter().all(is_default))
        .then_some(mm)
}

/// Of a PNG's `pHYs`, a JFIF's density, a BMP's pixels per metre.
pub(super) fn of(bytes: &dyn Bytes, format: PictureFormat) -> Option<[f64; 2]> {
    let mut start = [0; 1024];
    let n = bytes.read_at(0, &mut start).ok()?;
    let start = start.get(..n)?;
    match format {
        PictureFormat::Png => {
            let at = start.windows(4).position(|four| four == b"pHYs")?;
            match start.get(at + 4..at + 13)? {
                [x @ .., y0, y1, y2, y3, 1] => {
                    let x = u32::from_be_bytes(x.try_into().ok()?);
                    let y = u32::from_be_bytes([*y0, *y1, *y2, *y3]);
                    believed([f64::from(x), f64::from(y)])
                }
                _ => None,
            }
        }
        PictureFormat::Jpeg => match start.get(6..18)? {
            [b'J', b'F', b'I', b'F', 0, _, _, unit @ (1 | 2), x0, x1, y0, y1] => {
                let per_unit = if *unit == 1 { 1000.0 / INCH_MM } else { 100.0 };
                let [x, y] = [[*x0, *x1], [*y0, *y1]].map(|n| f64::from(u16::from_be_bytes(n)));
                believed([x * per_unit, y * per_unit])
            }
            _ => None,
        },
        PictureFormat::Bmp => match start.get(38..46)? {
            [x0, x1, x2, x3, y0, y1, y2, y3] => {
                let x = i32::from_le_bytes([*x0, *x1, *x2, *x3]);
                let y = i32::from_le_bytes([*y0, *y1, *y2, *y3]);
                believed([f64::from(x), f64::from(y)])
            }
            _ => None,
        },
        PictureFormat::Tiff => None,
    }
}

/// Of a TIFF's resolution in inches or centimetres.
pub(super) fn of_tiff(tiff: &mut Decoder<Source<'_>>) -> Option<[f64; 2]> {
    let per_unit = match tiff.find_tag_unsigned::<u16>(Tag::ResolutionUnit).ok()? {
        Some(3) => 100.0,
        Some(2) | None => 1000.0 / INCH_MM,
        _ => return None,
    };
    let mut number = |tag| match tiff.find_tag(tag).ok().flatten()? {
        Value::Rational(n, d) => Some(f64::from(n) / f64::from(d) * per_unit),
        _ => None,
    };
    believed([number(Tag::XResolution)?, number(Tag::YResolution)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_write_by_default_is_not_believed() {
        assert_eq!(believed([2835.0, 2835.0]), None);
        assert_eq!(believed([11811.0, 11811.0]), None);
        assert_eq!(believed([3780.0, 3780.0]), None);
        assert_eq!(believed([1250.0, 2000.0]), Some([0.8, 0.5]));
        assert_eq!(believed([0.0, 0.0]), None);
        assert_eq!(believed([1e9, 1e9]), None);
        assert_eq!(believed([f64::NAN, 1250.0]), None);
    }
}
