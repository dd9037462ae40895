//! Masks as DICOM SEG (PS3.3 A.51, Segmentation Storage): binary, explicit little endian, on the
//! grid of the series they were made from.
//!
//! ```text
//! the plan's planes ──geometry──▶ position of each frame        ┐
//! labels, plane by plane ─bits──▶ one bit a voxel, no empty one ├─data─▶ .dcm
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
//!   identifiers are `2.25.` and a 128-bit hash of the source series, the segments, the geometry and
//!   the masks; dates are those the caller gives, else the study's.
//! - **Empty planes are left out**, but one frame there always is.

mod bits;
mod data;
mod element;
mod geometry;
mod source;
mod uid;

use std::collections::BTreeMap;

use hounsfield::Error;

use crate::{
    bytes::Bytes,
    files::Files,
    plan::{Plan, Plane, ReaderKind},
    segment::{self, Segment},
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
    segments: Vec<Segment>,
    about: About,
    /// Of each segment.
    frames: Vec<Frames>,
    next: usize,
}

/// The frames of one segment.
#[derive(Debug)]
struct Frames {
    bits: Bits,
    /// The k of each that is there.
    planes: Vec<usize>,
}

impl SegWriter {
    /// Reads who and what the series is of from its files' headers. The first segment is label 1.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the plan is not of DICOM files; [`Error::BadParameter`] for a date
    /// that is none, for no segment, and for more than 255; [`Error::BadGrid`]; what is wrong with a
    /// source file.
    pub fn new<B: Bytes>(
        files: &Files<B>,
        plan: &Plan,
        segments: &[Segment],
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
        segment::check_count(segments)?;
        let geometry = Geometry::of(plan)?;
        let (source, at) = source::read(files, plan)?;
        let frame_pixels = geometry.frame_pixels();
        let frames = |_: &Segment| Frames { bits: Bits::new(frame_pixels), planes: Vec::new() };
        Ok(Self {
            geometry,
            planes: plan.planes.clone(),
            source,
            at,
            segments: segments.to_vec(),
            about: about.clone(),
            frames: segments.iter().map(frames).collect(),
            next: 0,
        })
    }

    /// The labels on plane `k`, a byte a voxel, 0 where there is none, in the order of the file:
    /// [`hounsfield::nifti::labels_in_file_order`]. Of a single segment, anything but 0 is inside.
    /// Planes come in increasing k.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for a plane out of turn and for a label without a segment,
    /// [`Error::SizeMismatch`] for a plane of another size, [`Error::OutOfMemory`].
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
        segment::check_labels(voxels, self.segments.len())?;
        self.next = k + 1;
        let is_only = self.frames.len() == 1;
        for (label, frames) in (1..=u8::MAX).zip(&mut self.frames) {
            let inside = |voxel: u8| voxel == label || is_only && voxel != 0;
            if voxels.iter().any(|voxel| inside(*voxel)) {
                frames.bits.push(voxels, inside)?;
                frames.planes.push(k);
            }
        }
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], [`Error::Unwritable`].
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        let none = self.frame_count() == 0;
        if let Some(first) = self.frames.first_mut().filter(|_| none) {
            let empty = hounsfield::error::try_vec(0, self.geometry.frame_pixels(), "a frame")?;
            first.bits.push(&empty, |_| false)?;
            first.planes.push(0);
        }
        data::write(&self)
    }

    fn frame_count(&self) -> usize {
        self.frames.iter().map(|frames| frames.planes.len()).sum()
    }

    /// The frames of all segments.
    fn bits(&self) -> Result<Vec<u8>, Error> {
        let mut all = Bits::new(self.geometry.frame_pixels());
        for frames in &self.frames {
            all.append(&frames.bits)?;
        }
        Ok(all.into_bytes())
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
