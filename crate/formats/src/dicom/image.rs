//! What the header of an image comes to, once its pixels are reached.

use dicom_core::VR;
use hounsfield::Error;
use hounsfield_codecs::Shape;

use super::{
    frames,
    parse::{Found, Met, Parsed},
    start::Start,
    syntax::{Coding, Frames, Syntax},
    walk::Element,
};
use crate::bytes::Bytes;

/// Frames of one object: real ones have thousands.
pub(crate) const FRAMES_MAX: u64 = 1 << 17;
/// Frames that a header may promise although its file seems too short for them.
const FRAMES_ON_TRUST: u64 = 1 << 9;
/// Pixels of one frame: no scanner makes more, and a decoder allocates what it is told.
const FRAME_PIXELS_MAX: u64 = 1 << 27;

/// Where the pixels are and how they are written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PixelPlace {
    /// Where the value begins: in the file, or in what is deflated in it.
    pub(crate) at: u64,
    /// Its length; `None`: encapsulated, fragments follow.
    pub(crate) length: Option<u64>,
    pub(crate) sample: Sample,
    pub(crate) frames: Frames,
    pub(crate) big_endian: bool,
    /// Were 8-bit samples written in pairs (OW)? Then big-endian files have them swapped.
    pub(crate) words: bool,
    /// Extended Offset Table (7FE0,0001): where it is, and its length.
    pub(crate) offsets: Option<(u64, u64)>,
    /// Where the deflated data set begins, if it is.
    pub(crate) deflated_at: Option<u64>,
    /// Are they something that can be decoded at all: one sample a pixel, not too many, …?
    pub(crate) decodable: bool,
}

/// What a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sample {
    /// Pixel Data (7FE0,0010).
    Integer,
    /// Float Pixel Data (7FE0,0008).
    Float32,
    /// Double Float Pixel Data (7FE0,0009).
    Float64,
}

/// Bytes of one uncompressed frame.
pub(crate) fn frame_bytes(shape: Shape) -> u64 {
    let samples =
        u64::from(shape.columns) * u64::from(shape.rows) * u64::from(shape.samples_per_pixel);
    if shape.bits_allocated == 1 {
        return samples.div_ceil(8);
    }
    samples * u64::from(shape.bits_allocated).div_ceil(8)
}

impl Met {
    /// The pixels begin with `element`: everything is known.
    ///
    /// # Errors
    /// [`Error::BadHeader`], [`Error::Truncated`]: sizes that no image has, or no file of this length.
    pub(super) fn image(
        mut self,
        start: &Start,
        element: &Element,
        bytes: &dyn Bytes,
    ) -> Result<Found, Error> {
        let sample = match element.tag.element() {
            0x0008 => Sample::Float32,
            0x0009 => Sample::Float64,
            _ => Sample::Integer,
        };
        let shape = self.shape(sample)?;
        self.header.shape = Some(shape);
        self.header.float = sample != Sample::Integer;
        self.header.high_bit = self.high_bit.unwrap_or_else(|| shape.bits_stored.saturating_sub(1));
        self.header.padding = self.padding(shape.signed);
        self.header.lossy |= start.syntax.lossy;
        let (thickness, between) = self.groups.thickness(self.top);
        self.header.thickness_mm = thickness;
        self.header.spacing_between_mm = between;
        self.header.cone_beam = self.device.cone_beam(&self.header);

        let frames = match (start.syntax.frames, element.length) {
            // Uncompressed frames in a compressed syntax: some archives store them so.
            (_, Some(_)) => Frames::Native,
            // Nobody said how they are compressed: they do.
            (Frames::Native, None) if !start.stated => frames::kind_of(bytes, element.at)?,
            (frames, None) => frames,
        };
        if let Frames::Compressed(codec) = frames {
            self.header.codec = Some(codec);
        }
        let mut pixels = PixelPlace {
            at: element.at,
            length: element.length,
            sample,
            frames,
            big_endian: start.syntax.big_endian_samples,
            words: element.vr == VR::OW || start.syntax.coding == Coding::IMPLICIT_LE,
            offsets: self.offsets,
            deflated_at: start.syntax.deflated.then_some(start.at),
            decodable: true,
        };
        let there = bytes.byte_length().saturating_sub(element.at);
        let there = pixels.length.map_or(there, |length| length.min(there));
        let count = self.frame_count(shape, &pixels, there)?;
        let time = self.time.and_then(|time| u32::try_from(time).ok());
        self.header.frames = self.groups.frames(count, self.top, time);
        if self.modality_lut {
            for frame in self.header.frames.iter_mut().filter(|frame| frame.slope.is_none()) {
                frame.other_units = true;
            }
        }
        self.header.unusable = self.undecodable(start, shape, &pixels, there);
        pixels.decodable = self.header.unusable.is_empty();
        if pixels.decodable && self.header.image_type.iter().any(|word| word == "MOSAIC") {
            self.header.unusable =
                "it is a mosaic: all its slices stand as tiles in one image".into();
        }
        Ok(Found::Image(Box::new(Parsed { header: self.header, pixels })))
    }

    fn shape(&self, sample: Sample) -> Result<Shape, Error> {
        let size = |field, value: Option<u16>| match value {
            Some(value) if value > 0 => Ok(u32::from(value)),
            value => Err(Error::BadHeader {
                field,
                value: value.map_or_else(|| "absent".into(), |value| value.to_string()),
                expected: "an image has at least one",
            }),
        };
        let bits = match sample {
            Sample::Integer => self.bits_allocated.unwrap_or(16),
            Sample::Float32 => 32,
            Sample::Float64 => 64,
        };
        Ok(Shape {
            columns: size("Columns (0028,0011)", self.columns)?,
            rows: size("Rows (0028,0010)", self.rows)?,
            samples_per_pixel: self.samples_per_pixel.unwrap_or(1),
            bits_allocated: bits,
            bits_stored: self
                .bits_stored
                .filter(|stored| (1..=bits).contains(stored))
                .unwrap_or(bits),
            signed: self.signed,
        })
    }

    fn padding(&self, signed: bool) -> Option<[i32; 2]> {
        let stored = |value: u16| {
            if signed { i32::from(value.cast_signed()) } else { i32::from(value) }
        };
        let value = stored(self.padding[0]?);
        let limit = self.padding[1].map_or(value, stored);
        Some([value.min(limit), value.max(limit)])
    }

    /// How many frames there are; none is allocated for that a file of `there` bytes cannot have.
    fn frame_count(&self, shape: Shape, pixels: &PixelPlace, there: u64) -> Result<usize, Error> {
        let groups = self.groups.len() as u64;
        let stated = self.number_of_frames.and_then(|n| u64::try_from(n).ok());
        let stated = stated.unwrap_or(groups).max(1);
        let frame_bytes = frame_bytes(shape);
        let room = match pixels.length {
            Some(_) => there / frame_bytes.max(1),
            // An item's header each.
            None => there / 8,
        };
        if stated > FRAMES_MAX {
            return Err(Error::BadHeader {
                field: "Number of Frames (0028,0008)",
                value: stated.to_string(),
                expected: "no object has that many",
            });
        }
        if stated > room.max(FRAMES_ON_TRUST).max(groups) {
            return Err(Error::Truncated {
                needed_bytes: stated.saturating_mul(frame_bytes),
                found_bytes: there,
            });
        }
        Ok(usize::try_from(stated).unwrap_or(1))
    }

    /// Why its pixels cannot be read as intensities.
    fn undecodable(&self, start: &Start, shape: Shape, pixels: &PixelPlace, there: u64) -> String {
        let Shape { columns, rows, .. } = shape;
        let photometric = self.header.photometric.as_str();
        if shape.bits_allocated == 1 {
            return "it is a segmentation or a bitmap (1 bit a pixel), not a scan".into();
        }
        if photometric == "PALETTE COLOR" {
            return "its pixels are numbers of colours in a palette (PALETTE COLOR), not intensities"
                .into();
        }
        if shape.samples_per_pixel != 1
            || !matches!(photometric, "MONOCHROME1" | "MONOCHROME2" | "")
        {
            let n = shape.samples_per_pixel;
            return format!("its pixels are colours ({photometric}, {n} samples each)");
        }
        if pixels.sample == Sample::Integer && !matches!(shape.bits_allocated, 8 | 16 | 32) {
            return format!("its pixels have {} bits, not 8, 16 or 32", shape.bits_allocated);
        }
        if u64::from(columns) * u64::from(rows) > FRAME_PIXELS_MAX {
            return format!(
                "its header promises {columns} × {rows} pixels, which no scanner makes"
            );
        }
        match pixels.frames {
            Frames::Foreign => {
                let name = Syntax::name(&start.uid);
                return format!(
                    "its frames are compressed as {name}, which cannot be decoded here"
                );
            }
            Frames::Native if pixels.length.is_none() => {
                return "its transfer syntax says uncompressed, but its pixels are in fragments"
                    .into();
            }
            Frames::Native if there < frame_bytes(shape) => {
                return Error::Truncated { needed_bytes: frame_bytes(shape), found_bytes: there }
                    .to_string();
            }
            _ => {}
        }
        String::new()
    }
}
