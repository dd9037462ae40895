//! Frames of DICOM objects, decoded and in their true values.

use std::rc::Rc;

use hounsfield::{Error, Slice};

use super::{
    frames::{self, Fragments},
    header::{Frame, Header},
    image::{Sample, frame_bytes},
    parse::{self, Parsed},
    rescale::{self, Bits, Line},
    rle,
    source::Deflated,
    syntax::Frames,
};
use crate::{bytes::Bytes, reader::FrameCodec};

/// An open DICOM image.
pub(crate) struct Object<'b> {
    /// What offsets count in: the file, or what is deflated in it.
    data: Rc<dyn Bytes + 'b>,
    parsed: Parsed,
    /// Found when the first frame is asked for.
    fragments: Option<Fragments>,
}

impl std::fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Object").field("pixels", &self.parsed.pixels).finish_non_exhaustive()
    }
}

impl<'b> Object<'b> {
    /// Reads the header.
    ///
    /// # Errors
    /// As [`parse::header`].
    pub(crate) fn open(bytes: Rc<dyn Bytes + 'b>) -> Result<Self, Error> {
        let parsed = parse::header(&*bytes)?;
        let data = match parsed.pixels.deflated_at {
            Some(start) => Rc::new(Deflated::new(bytes, start)),
            None => bytes,
        };
        Ok(Self { data, parsed, fragments: None })
    }

    /// What the header says.
    pub(crate) fn header(&self) -> &Header {
        &self.parsed.header
    }

    /// The values of a frame, from 0; pixel padding keeps the value that it has.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::Damaged`]; [`Error::NotAScan`] for colours;
    /// [`Error::BadParameter`] for a frame that is not there; what `codec` says.
    pub(crate) fn frame(&mut self, index: u32, codec: &dyn FrameCodec) -> Result<Slice, Error> {
        let Parsed { header, pixels } = &self.parsed;
        let (Some(shape), Some(frame)) = (header.shape, header.frames.get(index as usize)) else {
            return Err(Error::BadParameter {
                name: "frame",
                value: index.to_string(),
                expected: "the image has fewer",
            });
        };
        let encapsulated = pixels.length.is_none();
        let bytes = if encapsulated {
            let fragments = match &mut self.fragments {
                Some(known) => known,
                unknown => {
                    unknown.insert(Fragments::find(&*self.data, pixels, header.frames.len())?)
                }
            };
            fragments.frame(&*self.data, index)?
        } else {
            frames::native(&*self.data, pixels, shape, index)?
        };
        if !pixels.decodable {
            return Err(Error::NotAScan { found: header.unusable.clone() });
        }
        let count = usize::try_from(frame_bytes(shape)).unwrap_or(usize::MAX);
        let each = usize::from(shape.bits_allocated / 8).max(1);
        let mut big_endian = false;
        let mut high = shape.bits_stored.saturating_sub(1);
        let bytes = match pixels.frames {
            Frames::Rle => {
                high = header.high_bit;
                rle::decode(&bytes, count / each, each)?
            }
            Frames::Compressed(kind) => codec.decode(kind, &bytes, &shape)?,
            Frames::Native | Frames::Foreign => {
                high = header.high_bit;
                big_endian = pixels.big_endian;
                bytes
            }
        };
        let bytes = bytes.get(..count).ok_or_else(|| Error::Damaged {
            what: "a frame".into(),
            reason: format!("it decodes to {} bytes, not {count}", bytes.len()),
        })?;
        let line = line(frame);
        match pixels.sample {
            Sample::Integer => {
                let bits = Bits {
                    allocated: shape.bits_allocated,
                    stored: shape.bits_stored,
                    high,
                    signed: shape.signed,
                    big_endian,
                };
                rescale::integers(bytes, bits, line)
            }
            sample => rescale::floats(bytes, sample == Sample::Float64, big_endian, line),
        }
    }
}

fn line(frame: &Frame) -> Line {
    Line { slope: frame.slope.unwrap_or(1.0), intercept: frame.intercept.unwrap_or(0.0) }
}
