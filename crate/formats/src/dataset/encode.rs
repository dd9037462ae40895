//! One slice as bytes of a PNG or a TIFF.

use std::io::Cursor;

use hounsfield::{Error, Slice, prepare::Values};
use png::{BitDepth, ColorType, Compression, PixelDimensions, Unit};
use tiff::{
    encoder::{
        Compression as TiffCompression, DeflateLevel, Rational, TiffEncoder,
        colortype::{Gray32Float, GrayI16},
    },
    tags::ResolutionUnit,
};

use super::{Label, Window};

/// Added to HU in 16-bit PNGs, so that every value of a scan has its own; `DeepLesion` has it so, too.
pub(super) const OFFSET_HU: f64 = 32768.0;

pub(super) struct Picture {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) spacing_mm: [f64; 2],
}

impl Picture {
    pub(super) fn png8(&self, pixels: &[u8]) -> Result<Vec<u8>, Error> {
        self.png(ColorType::Grayscale, BitDepth::Eight, pixels, None)
    }

    pub(super) fn png16(&self, pixels: &[u8]) -> Result<Vec<u8>, Error> {
        self.png(ColorType::Grayscale, BitDepth::Sixteen, pixels, None)
    }

    /// Labels as grey values, or as places in a palette.
    pub(super) fn mask(&self, labels: &[u8], palette: Option<&[Label]>) -> Result<Vec<u8>, Error> {
        let Some(known) = palette else { return self.png8(labels) };
        let mut colours = vec![0; 3 * 256];
        for label in known {
            let at = 3 * usize::from(label.value);
            if let Some(colour) = colours.get_mut(at..at + 3) {
                colour.copy_from_slice(&label.rgb);
            }
        }
        self.png(ColorType::Indexed, BitDepth::Eight, labels, Some(colours))
    }

    fn png(
        &self,
        colour: ColorType,
        depth: BitDepth,
        pixels: &[u8],
        palette: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.columns as u32, self.rows as u32);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        encoder.set_compression(Compression::Balanced);
        let [xppu, yppu] = self.spacing_mm.map(|mm| (1000.0 / mm).round() as u32);
        encoder.set_pixel_dims(Some(PixelDimensions { xppu, yppu, unit: Unit::Meter }));
        if let Some(palette) = palette {
            encoder.set_palette(palette);
        }
        let mut writer = encoder.write_header().map_err(unwritable)?;
        writer.write_image_data(pixels).map_err(unwritable)?;
        writer.finish().map_err(unwritable)?;
        Ok(bytes)
    }

    pub(super) fn tiff(&self, values: &Slice) -> Result<Vec<u8>, Error> {
        let mut bytes = Cursor::new(Vec::new());
        let [columns, rows] = [self.columns, self.rows].map(|n| n as u32);
        // Pixels per centimetre, to five places.
        let [x, y] =
            self.spacing_mm.map(|mm| Rational { n: (1e6 / mm).round() as u32, d: 100_000 });
        let mut encoder = TiffEncoder::new(&mut bytes)
            .map_err(unwritable)?
            .with_compression(TiffCompression::Deflate(DeflateLevel::Balanced));
        macro_rules! write {
            ($kind:ty, $values:expr) => {{
                let mut image = encoder.new_image::<$kind>(columns, rows).map_err(unwritable)?;
                image.resolution_unit(ResolutionUnit::Centimeter);
                image.x_resolution(x);
                image.y_resolution(y);
                image.write_data($values).map_err(unwritable)?;
            }};
        }
        match values {
            Slice::I16(values) => write!(GrayI16, values),
            Slice::F32(values) => write!(Gray32Float, values),
        }
        Ok(bytes.into_inner())
    }
}

/// HU one by one.
fn each_hu<T>(values: &Slice, of: Values, mut to: impl FnMut(f64, &mut Vec<T>)) -> Vec<T> {
    let mut out = Vec::new();
    let mut put = |value: f64| to(of.slope * value + of.intercept, &mut out);
    match values {
        Slice::I16(values) => values.iter().for_each(|value| put(f64::from(*value))),
        Slice::F32(values) => values.iter().for_each(|value| put(f64::from(*value))),
    }
    out
}

/// Grey values of a window: black below, white above, the nearest of 256 between.
pub(super) fn windowed(values: &Slice, of: Values, window: Window) -> Vec<u8> {
    let black = window.centre_hu - window.width_hu / 2.0;
    // `as` saturates, and makes 0 of what is no number.
    each_hu(values, of, |hu, out| {
        out.push(((hu - black) / window.width_hu * 255.0).round() as u8);
    })
}

/// Whole HU + 32768, high byte first as PNG has it; 0 where there is no number.
pub(super) fn offset(values: &Slice, of: Values) -> Vec<u8> {
    each_hu(values, of, |hu, out| {
        out.extend(((hu.round() + OFFSET_HU) as u16).to_be_bytes());
    })
}

fn unwritable(error: impl std::fmt::Display) -> Error {
    Error::Unwritable { reason: error.to_string() }
}
