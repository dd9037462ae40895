//! Masks in other programs' formats.

use hounsfield::grid::Affine;
use hounsfield_formats::{dicom::seg, nrrd, plan::Plan, segment::Segment};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::{
    Files,
    error::{parse, to_js},
};

/// `FileGrid` of `formats-protocol.ts`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileGrid {
    file_size: [usize; 3],
    ras_from_file: Affine,
    remark: String,
}

/// A `.seg.nrrd` in the making.
#[wasm_bindgen]
pub struct SegNrrdWriter {
    writer: nrrd::SegNrrdWriter,
    plane_voxels: usize,
}

#[wasm_bindgen]
impl SegNrrdWriter {
    /// On a `FileGrid`, of a list of `Segment`, both as JSON; the first is label 1.
    ///
    /// # Errors
    /// Arguments of another shape, a grid that no scan can have.
    #[wasm_bindgen(constructor)]
    pub fn new(grid: &str, segments: &str) -> Result<Self, JsValue> {
        let FileGrid { file_size, ras_from_file, remark } = parse("the grid", grid)?;
        let segments: Vec<Segment> = parse("the segments", segments)?;
        let writer = nrrd::SegNrrdWriter::new(file_size, &ras_from_file, &segments, &remark);
        let [ni, nj, _] = file_size;
        Ok(Self { writer: writer.map_err(|error| to_js(&error))?, plane_voxels: ni * nj })
    }

    /// Slices from `k` on: a byte a voxel, its label, in the file's order.
    ///
    /// # Errors
    /// Slices that the grid does not have.
    pub fn put(&mut self, k: usize, slices: &[u8]) -> Result<(), JsValue> {
        for (k, plane) in (k..).zip(slices.chunks(self.plane_voxels.max(1))) {
            self.writer.put(k, plane).map_err(|error| to_js(&error))?;
        }
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// Out of memory.
    pub fn finish(self) -> Result<Vec<u8>, JsValue> {
        self.writer.finish().map_err(|error| to_js(&error))
    }
}

/// A DICOM SEG in the making.
#[wasm_bindgen]
pub struct SegWriter {
    writer: seg::SegWriter,
    plane_voxels: usize,
}

#[wasm_bindgen]
impl SegWriter {
    /// That refers to the files of a `Plan`, of a list of `Segment`, both as JSON, the first of
    /// which is label 1; `remark` is how the CT check came out, `now` is `YYYYMMDDHHMMSS`.
    ///
    /// # Errors
    /// Arguments of another shape; source files that cannot be read.
    #[wasm_bindgen(constructor)]
    pub fn new(
        files: &Files,
        plan: &str,
        segments: &str,
        remark: String,
        now: String,
    ) -> Result<Self, JsValue> {
        let plan: Plan = parse("the plan", plan)?;
        let segments: Vec<Segment> = parse("the segments", segments)?;
        let about = seg::About { check_summary: remark, now: Some(now) };
        let writer = seg::SegWriter::new(&files.files, &plan, &segments, &about);
        let [ni, nj, _] = plan.file_size;
        Ok(Self { writer: writer.map_err(|error| to_js(&error))?, plane_voxels: ni * nj })
    }

    /// Slices from `k` on: a byte a voxel, its label, in the file's order.
    ///
    /// # Errors
    /// Slices that the plan does not have, out of memory.
    pub fn put(&mut self, k: usize, slices: &[u8]) -> Result<(), JsValue> {
        for (k, plane) in (k..).zip(slices.chunks(self.plane_voxels.max(1))) {
            self.writer.put(k, plane).map_err(|error| to_js(&error))?;
        }
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// Out of memory.
    pub fn finish(self) -> Result<Vec<u8>, JsValue> {
        self.writer.finish().map_err(|error| to_js(&error))
    }
}
