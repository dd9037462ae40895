//! DICOM: headers, series, geometry, pixels; DICOM SEG.
//!
//! ```text
//! bytes ─start─▶ data set ─walk─▶ elements ─parse─▶ Header + PixelPlace      (nothing of a person)
//!                                            │ frame
//!                                            ▼
//!                               frames ─rle, codec─▶ samples ─rescale─▶ Slice
//!
//! Headers ─series, repeats─▶ Series ─lie, planes, values─▶ Plan (stack)
//! ```

mod blend;
mod broken;
mod device;
mod frames;
mod functional;
mod geometry;
pub(crate) mod grouping;
pub mod header;
mod image;
mod lie;
mod listed;
mod object;
mod other;
pub(crate) mod parse;
pub mod pixels;
mod planes;
mod repeats;
mod rescale;
mod rle;
pub mod seg;
mod series;
mod siblings;
mod source;
mod stack;
mod start;
mod stray;
mod syntax;
mod text;
mod told;
mod value;
mod values;
mod walk;

use std::rc::Rc;

use hounsfield::{Error, Slice};
pub use text::{DecodeText, decode_text_with};

use crate::{bytes::Bytes, item::Kind, reader::FrameCodec};

/// Reads the header of a DICOM image.
///
/// # Errors
/// [`Error::NotAScan`] names what the file is instead; [`Error::Damaged`], [`Error::BadHeader`] and
/// [`Error::Truncated`] say what is wrong with it.
pub fn inspect(bytes: &dyn Bytes) -> Result<header::Header, Error> {
    parse::header(bytes).map(|parsed| parsed.header)
}

/// Reads one frame (from 0) of a DICOM image: its values, i fastest.
///
/// # Errors
/// As [`inspect`]; what is wrong with the frame.
pub fn frame(bytes: &dyn Bytes, index: u32, codec: &dyn FrameCodec) -> Result<Slice, Error> {
    object::Object::open(Rc::new(bytes))?.frame(index, codec)
}

/// What a file is, if it is DICOM; `None`: it is not.
#[must_use]
pub fn kind(bytes: &dyn Bytes) -> Option<Kind> {
    let other = |code: &str, reason| Kind::Other { code: code.into(), reason };
    match parse::found(bytes) {
        Ok(parse::Found::Image(parsed)) => Some(Kind::Dicom(Box::new(parsed.header))),
        Ok(parse::Found::Other { code, what }) => Some(other(code, what)),
        Ok(parse::Found::NotDicom) => None,
        Err(error) => Some(other(error.code(), error.to_string())),
    }
}
