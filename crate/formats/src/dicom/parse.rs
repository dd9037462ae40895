//! One DICOM object's header: everything up to its pixels, and nothing of a person.

use std::rc::Rc;

use dicom_core::Tag;
use hounsfield::Error;

use super::{
    device,
    functional::{self, Groups, Said},
    header::Header,
    image::PixelPlace,
    other,
    source::{Deflated, Window},
    start::{self, Start},
    text, value,
    walk::{Element, Event, Walk, damaged},
};
use crate::bytes::Bytes;

/// A header, and where the pixels are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parsed {
    pub(crate) header: Header,
    pub(crate) pixels: PixelPlace,
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
pub(super) struct Met {
    pub(super) header: Header,
    pub(super) top: Said,
    pub(super) groups: Groups,
    pub(super) rows: Option<u16>,
    pub(super) columns: Option<u16>,
    pub(super) samples_per_pixel: Option<u16>,
    pub(super) bits_allocated: Option<u16>,
    pub(super) bits_stored: Option<u16>,
    pub(super) high_bit: Option<u16>,
    pub(super) signed: bool,
    pub(super) number_of_frames: Option<i32>,
    pub(super) padding: [Option<u16>; 2],
    pub(super) time: Option<i32>,
    /// The values go through a table before they mean something.
    pub(super) modality_lut: bool,
    pub(super) directory: bool,
    pub(super) charset: String,
    pub(super) device: device::Words,
    pub(super) offsets: Option<(u64, u64)>,
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
    match met.walk(window, start, at, bytes) {
        // Something else that begins as a bare data set might.
        Err(Error::Damaged { .. }) if start.guessed && !met.named() => Ok(Found::NotDicom),
        found => found,
    }
}

impl Met {
    fn walk(
        &mut self,
        window: &mut Window<'_>,
        start: &Start,
        at: u64,
        bytes: &dyn Bytes,
    ) -> Result<Found, Error> {
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
                Tag(0x7FE0, 0x0008..=0x0010) => {
                    return std::mem::take(self).image(start, &element, bytes);
                }
                functional::SHARED | functional::PER_FRAME => {
                    self.groups.read(&mut walk, &element)?
                }
                _ if element.length.is_none() => {
                    self.sequence(&element);
                    walk.enter(&element)?;
                }
                _ => self.take(walk.window, &element)?,
            }
        }
        if walk.cut()? {
            return Err(damaged("the file ends within it".into()));
        }
        Ok(self.no_image(start))
    }

    /// Did it say what it is?
    fn named(&self) -> bool {
        !self.header.sop_class.is_empty() || !self.header.modality.is_empty()
    }

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
                let words = value::parts(value::line(bytes)).take(16);
                header.image_type = words.map(value::text).collect();
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

    /// The data ended without pixels.
    fn no_image(&self, start: &Start) -> Found {
        if self.directory || other::is_directory(&start.class) {
            return Found::Other {
                code: "dicomdir",
                what: "this is a DICOMDIR, a disc's table of contents; the scans are in the files beside it"
                    .into(),
            };
        }
        if start.guessed && !self.named() {
            return Found::NotDicom;
        }
        let what = other::name(&self.header.modality, &self.header.sop_class, self.rows.is_some());
        Found::Other { code: "no_image", what }
    }
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
