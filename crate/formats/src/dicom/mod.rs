//! DICOM: headers, series, geometry, pixels; DICOM SEG.
//!
//! ```text
//! bytes ─start─▶ data set ─walk─▶ elements ─parse─▶ Header + PixelPlace      (nothing of a person)
//!                                            │ frame
//!                                            ▼
//!                               frames ─rle, codec─▶ samples ─rescale─▶ Slice
//!
//! Headers ─series, repeats─▶ Series ─stack, geometry, values─▶ Plan
//! ```

mod device;
mod functional;
mod geometry;
pub mod header;
mod listed;
mod other;
pub(crate) mod parse;
mod repeats;
pub(crate) mod series;
mod source;
mod stack;
mod start;
mod syntax;
mod text;
mod value;
mod values;
mod walk;

use hounsfield::Error;

use crate::{bytes::Bytes, item::Kind};

/// Reads the header of a DICOM image.
///
/// # Errors
/// [`Error::NotAScan`] names what the file is instead; [`Error::Damaged`], [`Error::BadHeader`] and
/// [`Error::Truncated`] say what is wrong with it.
pub fn inspect(bytes: &dyn Bytes) -> Result<header::Header, Error> {
    parse::header(bytes).map(|parsed| parsed.header)
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
