//! Objects that were built, read as the library reads them.

use hounsfield::{Error, Slice};
use hounsfield_formats::dicom::{self, header::Header};

use crate::hostile::{self, Built};

/// Syntaxes whose pixels are as they are.
pub(crate) const NATIVE: [&str; 5] = [
    hostile::EXPLICIT,
    hostile::IMPLICIT,
    hostile::BIG_ENDIAN,
    hostile::DEFLATED,
    // Not in any registry: the bytes say how it is written.
    "1.2.3.4.5",
];

pub(crate) fn header(built: &Built) -> Header {
    dicom::inspect(&built.bytes()).unwrap()
}

pub(crate) fn frame(built: &Built, index: u32) -> Result<Slice, Error> {
    dicom::frame(&built.bytes(), index, &())
}
