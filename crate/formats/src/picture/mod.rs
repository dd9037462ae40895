//! Pictures: PNG, JPEG, BMP and TIFF, alone, numbered, or as pages of one file.
//!
//! ```text
//! bytes ─header─▶ PictureHeader ─groups─▶ stacks ─plan─▶ planes ─decode─▶ grey values
//! ```
//!
//! A picture has no HU, no place in the patient and mostly no size: what is assumed is said.
//! Decoded by `image` and `tiff`. Grey values stay what they are; colours become brightness, and no
//! colour but black becomes 0. Of pictures that hold labels each colour stays itself (`labels`).

mod decode;
mod groups;
mod header;
mod labels;
mod pages;
mod palette;
mod resolution;
mod source;
mod stack;
mod values;

pub(crate) use decode::PictureReader;
pub(crate) use groups::groups;
pub(crate) use header::header;
