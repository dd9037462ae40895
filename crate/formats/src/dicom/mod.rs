//! DICOM: headers, series, geometry, pixels; DICOM SEG.

pub mod header;
