//! One DICOM object's header: everything up to its pixels, and nothing of a person.

use std::rc::Rc;

use dicom_core::{Tag, VR};
use hounsfield::Error;
use hounsfield_codecs::Shape;

use super::{
    device,
    functional::{self, Groups, Said},
    header::Header,
    other,
    source::{Deflated, Window},
    start::{self, Start},
    syntax::{Coding, Frames, Syntax},
    text, value,
    walk::{Element, Event, Walk, damaged},
};
use crate::bytes::Bytes;

/// Frames that a header may promise although its file seems too short for them.
const FRAMES_ON_TRUST: u64 = 1 << 14;
/// Pixels of one frame: no scanner makes more, and a decoder allocates what it is told.
const FRAME_PIXELS_MAX: u64 = 1 << 27;

/// A header, and where the pixels are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parsed {
    pub(crate) header: Header,
    pub(crate) pixels: PixelPlace,
}

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

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Found {
    /// An image.
    Image(Box<Parsed>),
    /// DICOM, but no image: a stable word and half a sentence.
    Other { code: &'static str, what: String },
    /// No DICOM.
    NotDicom,
}

/// Reads the header of an image.
///
/// # Errors
/// [`Error::NotAScan`] names what the file is instead; [`Error::Damaged`], [`Error::BadHeader`]: what
/// is wrong with it; [`Error::Unreadable`].
pub(crate) fn header(bytes: &dyn Bytes) -> Result<Parsed, Error> {
    match found(bytes)? {
        Found::Image(parsed) => Ok(*parsed),
        Found::Other { what, .. } => Err(Error::NotAScan { found: what }),
        Found::NotDicom => Err(Error::NotAScan { found: "not a DICOM file".into() }),
    }
}

/// Reads the header of whatever it is.
///
/// # Errors
/// As [`header`].
pub(crate) fn found(bytes: &dyn Bytes) -> Result<Found, Error> {
    let mut window = Window::new(bytes);
    let Some(start) = start::find(&mut window)? else { return Ok(Found::NotDicom) };
    if start.syntax.deflated {
        let inflated = Deflated::new(Rc::new(bytes), start.at);
        data_set(&mut Window::new(&inflated), &start, 0, &inflated)
    } else {
        data_set(&mut window, &start, start.at, bytes)
    }
}

/// What was met on the way to the pixels.
#[derive(Debug, Default)]
struct Met {
    header: Header,
    top: Said,
    groups: Groups,
    rows: Option<u16>,
    columns: Option<u16>,
    samples_per_pixel: Option<u16>,
    bits_allocated: Option<u16>,
    bits_stored: Option<u16>,
    high_bit: Option<u16>,
    signed: bool,
    number_of_frames: Option<i32>,
    padding: [Option<u16>; 2],
    time: Option<i32>,
    /// The values go through a table before they mean something.
    modality_lut: bool,
    directory: bool,
    charset: String,
    device: device::Words,
    offsets: Option<(u64, u64)>,
}

fn data_set(
    window: &mut Window<'_>,
    start: &Start,
    at: u64,
    bytes: &dyn Bytes,
) -> Result<Found, Error> {
    let mut met = Met::default();
    met.header.transfer_syntax.clone_from(&start.uid);
    met.header.sop_class.clone_from(&start.class);
    let mut walk = Walk::new(window, at, start.syntax.coding);
    while let Some(event) = walk.next()? {
        let Event::Element(element) = event else { continue };
        if walk.depth() > 0 {
            if element.length.is_none() {
                walk.pass(&element)?;
            }
            continue;
        }
        match element.tag {
            Tag(0x7FE0, 0x0008..=0x0010) => return met.image(start, &element, bytes),
            functional::SHARED | functional::PER_FRAME => met.groups.read(&mut walk, &element)?,
            _ if element.length.is_none() => {
                met.sequence(&element);
                walk.enter(&element)?;
            }
            _ => met.take(walk.window, &element)?,
        }
    }
    if walk.cut()? {
        return Err(damaged("the file ends within it".into()));
    }
    Ok(met.no_image(start))
}

impl Met {
    /// A sequence that is there at all.
    fn sequence(&mut self, element: &Element) {
        match element.tag {
            _ if element.length == Some(0) => {}
            Tag(0x0004, 0x1220) => self.directory = true,
            Tag(0x0018, 0x0012) => self.header.contrast_agent = Some(true),
            Tag(0x0028, 0x3000) => self.modality_lut = true,
            _ => {}
        }
    }

    fn take(&mut self, window: &mut Window<'_>, element: &Element) -> Result<(), Error> {
        self.sequence(element);
        if !wanted(element.tag) {
            return Ok(());
        }
        let bytes = value::bytes(window, element)?;
        let header = &mut self.header;
        match element.tag {
            Tag(0x0008, 0x0005) => self.charset = value::text(bytes),
            Tag(0x0008, 0x0008) => {
                header.image_type = value::parts(bytes).take(16).map(value::text).collect();
            }
            Tag(0x0008, 0x0016) => header.sop_class = value::uid(bytes),
            Tag(0x0008, 0x0018) => header.sop_instance = value::uid(bytes),
            Tag(0x0008, 0x0060) => header.modality = value::text(bytes),
            Tag(0x0008, 0x103E) => header.description = text::decode(bytes, &self.charset),
            Tag(0x0008, 0x0070 | 0x1090) | Tag(0x0018, 0x1030 | 0x0060) => {
                self.device.take(element.tag, bytes);
            }
            Tag(0x0018, 0x0010) => header.contrast_agent = Some(device::is_agent(bytes)),
            Tag(0x0018, 0x1120) => header.stated_tilt_deg = value::first_decimal(bytes),
            Tag(0x0018, 0x5100) => header.patient_position = value::text(bytes),
            Tag(0x0020, 0x000E) => header.series = value::uid(bytes),
            Tag(0x0020, 0x0011) => header.series_number = value::integer(bytes),
            Tag(0x0020, 0x0012) => header.acquisition_number = value::integer(bytes),
            Tag(0x0020, 0x0013) => header.instance_number = value::integer(bytes),
            Tag(0x0020, 0x0052) => header.frame_of_reference = value::uid(bytes),
            Tag(0x0020, 0x0100) => self.time = value::integer(bytes),
            Tag(0x0028, 0x0002) => self.samples_per_pixel = value::u16(bytes, element),
            Tag(0x0028, 0x0004) => header.photometric = value::text(bytes),
            Tag(0x0028, 0x0008) => self.number_of_frames = value::integer(bytes),
            Tag(0x0028, 0x0010) => self.rows = value::u16(bytes, element),
            Tag(0x0028, 0x0011) => self.columns = value::u16(bytes, element),
            Tag(0x0028, 0x0100) => self.bits_allocated = value::u16(bytes, element),
            Tag(0x0028, 0x0101) => self.bits_stored = value::u16(bytes, element),
            Tag(0x0028, 0x0102) => self.high_bit = value::u16(bytes, element),
            Tag(0x0028, 0x0103) => self.signed = value::u16(bytes, element) == Some(1),
            Tag(0x0028, 0x0120) => self.padding[0] = value::u16(bytes, element),
            Tag(0x0028, 0x0121) => self.padding[1] = value::u16(bytes, element),
            Tag(0x0028, 0x2110) => header.lossy = value::text(bytes) == "01",
            Tag(0x7FE0, 0x0001) => {
                self.offsets = element.length.map(|length| (element.at, length));
            }
            tag => {
                self.top.take(tag, bytes);
            }
        }
        Ok(())
    }

    /// The pixels are there: everything is known.
    fn image(
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
            (frames, _) => frames,
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
        if !matches!(shape.bits_allocated, 8 | 16 | 32 | 64) {
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

    /// The data ended without pixels.
    fn no_image(self, start: &Start) -> Found {
        if self.directory || other::is_directory(&start.class) {
            return Found::Other {
                code: "dicomdir",
                what: "this is a DICOMDIR, a disc's table of contents; the scans are in the files beside it"
                    .into(),
            };
        }
        let named = !self.header.sop_class.is_empty() || !self.header.modality.is_empty();
        if !named && start.uid.is_empty() {
            return Found::NotDicom;
        }
        let what = other::name(&self.header.modality, &self.header.sop_class, self.rows.is_some());
        Found::Other { code: "no_image", what }
    }
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

/// Is its value read at all? (Everything else is passed over.)
fn wanted(tag: Tag) -> bool {
    matches!(
        tag,
        Tag(0x0008, 0x0005 | 0x0008 | 0x0016 | 0x0018 | 0x0060 | 0x0070 | 0x103E | 0x1090)
            | Tag(0x0018, 0x0010 | 0x0050 | 0x0060 | 0x0088 | 0x1030 | 0x1120 | 0x1164 | 0x5100)
            | Tag(0x0020, 0x000E | 0x0011 | 0x0012 | 0x0013 | 0x0032 | 0x0037 | 0x0052 | 0x0100)
            | Tag(0x0028, 0x0002 | 0x0004 | 0x0008 | 0x0010 | 0x0011 | 0x0030)
            | Tag(0x0028, 0x0100..=0x0103 | 0x0120 | 0x0121 | 0x1052..=0x1054 | 0x2110)
            | Tag(0x7FE0, 0x0001)
    )
}
