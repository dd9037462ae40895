//! Whatever a person drags in, into one [`Volume`](hounsfield::Volume); masks out in what other
//! programs read.
//!
//! ```text
//! files ─scan─▶ Items ─catalogue─▶ Listing (series to pick from, what was left out and why)
//!        (header only)                │ pick, options
//!                                     ▼
//!                                   Plan (grid, planes, notes, facts) ─reader─▶ Slice ─▶ hounsfield::Assembly ─▶ Volume
//! ```
//!
//! - **Header first.** [`scan`](scan::scan) reads no pixels; a [`Plan`](plan::Plan) says what the volume
//!   will be and need before anything is allocated.
//! - **Slice by slice.** A [`reader`](readers::reader) decodes any plane by itself, so that several can be
//!   decoded at once, in threads or in workers without shared memory; a plane goes straight into
//!   the volume.
//! - **Nothing about the person.** Items, listings and plans carry no name, no identifier and no date
//!   of a patient. The writer of DICOM SEG, which needs them, reads them from the source file then.

mod archive;
pub mod bytes;
pub mod catalogue;
pub mod dataset;
pub mod dicom;
pub mod files;
mod filling;
mod inflate;
pub mod item;
mod metaimage;
pub mod nrrd;
mod number;
pub mod open;
pub mod openable;
mod picture;
pub mod plan;
mod raster;
pub mod reader;
pub mod readers;
pub mod scan;
pub mod segment;
mod sniff;
pub mod surfaces;
mod volume;
