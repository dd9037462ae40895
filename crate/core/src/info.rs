//! What is known about an open scan besides its voxels, in the words of the JavaScript face.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Grid, facts::Facts, note::Note};

/// How voxels are held in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeldAs {
    /// Two bytes a voxel.
    I16,
    /// Four bytes a voxel.
    F32,
}

impl HeldAs {
    /// Bytes of one voxel.
    #[must_use]
    pub fn bytes(self) -> u64 {
        match self {
            Self::I16 => 2,
            Self::F32 => 4,
        }
    }
}

/// What the header says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    /// "NIfTI-1", "DICOM", "NRRD", "phantom", ….
    pub format: Cow<'static, str>,
    /// Voxels along x, y, z in closest-RAS order.
    pub size_voxel: [usize; 3],
    /// Distance of neighbours along x, y, z.
    pub spacing_mm: [f64; 3],
    /// 3×4, row-major: RAS millimetres from voxel indices.
    pub ras_from_voxel: [f64; 12],
    /// The file's own axis order: where i, j, k grow to, as in "LPS".
    pub file_axes: String,
    /// The file's voxel type, as in "int16".
    pub stored_type: Cow<'static, str>,
    /// How the voxels are held. Before they are read a forecast: whole numbers stored as floats
    /// turn out to be `i16` only then.
    pub held_as: HeldAs,
    /// 3-D volumes in the file; the first is read.
    pub volumes: u64,
    /// Are the voxels in a second file (`.img`)?
    pub image_apart: bool,
    /// What a reader must know.
    pub notes: Vec<Note>,
    /// What the CT check goes by.
    pub facts: Facts,
    /// Bytes of the voxels in memory.
    pub volume_bytes: u64,
}

impl Info {
    /// The fields that follow from the grid; one volume, no notes, no facts.
    #[must_use]
    pub fn of_grid(
        format: impl Into<Cow<'static, str>>,
        grid: &Grid,
        file_axes: String,
        stored_type: impl Into<Cow<'static, str>>,
        held_as: HeldAs,
    ) -> Self {
        let mut ras_from_voxel = [0.0; 12];
        for (out, value) in ras_from_voxel.iter_mut().zip(grid.ras_from_voxel().as_flattened()) {
            *out = *value;
        }
        Self {
            format: format.into(),
            size_voxel: grid.size_voxel(),
            spacing_mm: grid.spacing_mm(),
            ras_from_voxel,
            file_axes,
            stored_type: stored_type.into(),
            held_as,
            volumes: 1,
            image_apart: false,
            notes: Vec::new(),
            facts: Facts::default(),
            volume_bytes: (grid.voxel_count() as u64).saturating_mul(held_as.bytes()),
        }
    }
}
