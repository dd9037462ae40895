//! A mask as DICOM SEG (PS3.3 A.51, Segmentation Storage): binary, one segment, explicit little
//! endian, on the grid of the series it was made from.
//!
//! ```text
//! the plan's planes ──geometry──▶ position of each frame        ┐
//! a mask, plane by plane ─bits──▶ one bit a voxel, no empty one ├─data─▶ .dcm
//! the source's files ──source───▶ whose it is, what it is from  ┘
//! ```
//!
//! - **Identification.** A SEG belongs to the patient and the study that it was made from, so this is
//!   the one place that reads names, identifiers and dates, from the source's files, when the
//!   export is asked for.
//! - **Geometry** is the plan's: where slices were shifted upright or interpolated, the frames lie
//!   where the volume's planes lie. A frame names the slices its plane was made from, and says
//!   whether their pixels are its own.
//! - **The same input gives the same bytes.** There is no clock and no random source: unique
//!   identifiers are `2.25.` and a 128-bit hash of the source series, the segment, the geometry and
//!   the mask; dates are those the caller gives, else the study's.
//! - **Empty planes are left out**, but one frame there always is.

mod bits;
mod data;
mod geometry;
mod source;
mod uid;

use std::collections::BTreeMap;

use hounsfield::Error;

use crate::{
    bytes::Bytes,
    files::Files,
    plan::{Plan, Plane, ReaderKind},
    segment::Segment,
};
use bits::Bits;
use geometry::Geometry;
use source::{Instance, Source};

/// What a SEG says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// How the CT check came out ([`hounsfield::check::summary`]): the Content Description.
    pub check_summary: String,
    /// Date and time of the export, `YYYYMMDDHHMMSS`; without it those of the study.
    pub now: Option<String>,
}

/// Writes one DICOM SEG.
#[derive(Debug)]
pub struct SegWriter {
    geometry: Geometry,
    planes: Vec<Plane>,
    source: Source,
    /// Which of the source's instances stands at a place.
    at: BTreeMap<crate::item::Place, usize>,
    segment: Segment,
    about: About,
    bits: Bits,
    /// The k of each frame that is there.
    frames: Vec<usize>,
    next: usize,
}

impl SegWriter {
    /// Reads who and what the series is of from its files' headers.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the plan is not of DICOM files; [`Error::BadParameter`] for a date
    /// that is none; [`Error::BadGrid`]; what is wrong with a source file.
    pub fn new<B: Bytes>(
        files: &Files<B>,
        plan: &Plan,
        segment: &Segment,
        about: &About,
    ) -> Result<Self, Error> {
        if plan.reader != ReaderKind::Dicom {
            return Err(Error::Unsupported {
                what: format!("DICOM SEG for a scan that came as {}", plan.info.format),
                hint: "a SEG must name the DICOM series it is from: save the mask as NIfTI or .seg.nrrd instead",
            });
        }
        if let Some(now) = &about.now {
            let digits = now.len() == 14 && now.bytes().all(|byte| byte.is_ascii_digit());
            if !digits {
                return Err(Error::BadParameter {
                    name: "now",
                    value: now.clone(),
                    expected: "it must be YYYYMMDDHHMMSS",
                });
            }
        }
        let geometry = Geometry::of(plan)?;
        let (source, at) = source::read(files, plan)?;
        let bits = Bits::new(geometry.frame_pixels());
        Ok(Self {
            geometry,
            planes: plan.planes.clone(),
            source,
            at,
            segment: segment.clone(),
            about: about.clone(),
            bits,
            frames: Vec::new(),
            next: 0,
        })
    }

    /// The mask on plane `k`, a byte a voxel (anything but 0 is inside), in the order of the file:
    /// [`hounsfield::nifti::mask_in_file_order`]. Planes come in increasing k.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for a plane out of turn, [`Error::SizeMismatch`] for one of another
    /// size, [`Error::OutOfMemory`].
    pub fn put(&mut self, k: usize, voxels: &[u8]) -> Result<(), Error> {
        if k < self.next || k >= self.geometry.planes {
            return Err(Error::BadParameter {
                name: "plane",
                value: k.to_string(),
                expected: "planes must come in increasing order, within the volume",
            });
        }
        if voxels.len() != self.geometry.frame_pixels() {
            return Err(Error::SizeMismatch {
                what: "a plane of the mask",
                found: [voxels.len(), 1, 1],
                expected: [self.geometry.columns.into(), self.geometry.rows.into(), 1],
            });
        }
        self.next = k + 1;
        if voxels.iter().any(|voxel| *voxel != 0) {
            self.bits.push(voxels)?;
            self.frames.push(k);
        }
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], [`Error::Unwritable`].
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        if self.frames.is_empty() {
            let empty = hounsfield::error::try_vec(0, self.geometry.frame_pixels(), "a frame")?;
            self.bits.push(&empty)?;
            self.frames.push(0);
        }
        data::write(&self)
    }

    /// The slices that plane `k` was made from, each with its frame's number from 1 where it has
    /// several.
    fn parts(&self, k: usize) -> impl Iterator<Item = (&Instance, Option<u32>)> {
        let parts = self.planes.get(k).map(|plane| plane.parts.as_slice()).unwrap_or(&[]);
        parts.iter().filter_map(|part| {
            let instance = self.source.instances.get(*self.at.get(&part.place)?)?;
            Some((instance, instance.multi_frame.then_some(part.frame.saturating_add(1))))
        })
    }

    /// Are plane `k`'s pixels those of one slice, at its place?
    fn is_slice(&self, k: usize) -> bool {
        let of = |plane: &Plane| plane.parts.len() == 1 && plane.shift_px == [0.0; 2];
        self.planes.get(k).is_some_and(of)
    }
}
