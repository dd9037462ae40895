//! A mask behind a handle.

use std::{
    cell::{Ref, RefCell},
    ops::Deref,
    rc::Rc,
};

use hounsfield::{bones::BonesRun, grid::Affine, measure::measure, nifti};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{
    error::{json, to_js},
    progress::OnProgress,
    scan::Opened,
    sink::{Sink, TakePiece},
};

/// A mask on a scan's grid. It keeps the scan's voxels alive.
#[wasm_bindgen]
pub struct Mask {
    held: Held,
    opened: Rc<Opened>,
}

/// Bits, shared by all who hold them.
#[derive(Clone)]
pub(crate) enum Held {
    Own(Rc<hounsfield::Mask>),
    /// The mask of a bones run, which changes when parts are put in or out.
    OfBones(Rc<RefCell<BonesRun>>),
}

impl Held {
    pub(crate) fn look(&self) -> Look<'_> {
        match self {
            Self::Own(mask) => Look::Own(mask),
            Self::OfBones(run) => Look::OfBones(run.borrow()),
        }
    }
}

/// A mask as long as somebody looks at it.
pub(crate) enum Look<'a> {
    Own(&'a hounsfield::Mask),
    OfBones(Ref<'a, BonesRun>),
}

impl Deref for Look<'_> {
    type Target = hounsfield::Mask;

    fn deref(&self) -> &hounsfield::Mask {
        match self {
            Self::Own(mask) => mask,
            Self::OfBones(run) => &run.mask,
        }
    }
}

#[wasm_bindgen]
impl Mask {
    /// Bits of slices `z0..z0 + n`, rows padded to whole 8-byte words; those that exist.
    ///
    /// # Errors
    /// Out of memory.
    pub fn bits(&self, z0: usize, n: usize) -> Result<Vec<u8>, JsValue> {
        self.look().bytes_of_slices(z0, n).map_err(|error| to_js(&error))
    }

    /// `MaskMeasures` as JSON.
    ///
    /// # Errors
    /// Out of memory, stopped.
    pub fn measure(&self, on_progress: &OnProgress) -> Result<String, JsValue> {
        let mut on_progress = on_progress;
        let volume = &self.opened.volume;
        let found = volume
            .hu()
            .and_then(|hu| measure(&self.look(), &hu, volume.grid(), &mut on_progress))
            .map_err(|error| to_js(&error))?;
        json(&found)
    }

    /// A `.nii.gz` on the scan's own grid, piece by piece.
    ///
    /// # Errors
    /// Out of memory, stopped.
    #[wasm_bindgen(js_name = toNifti)]
    pub fn to_nifti(&self, take: &TakePiece, on_progress: &OnProgress) -> Result<(), JsValue> {
        let mut on_progress = on_progress;
        let Opened { template, .. } = &*self.opened;
        let remark = self.opened.remark().map_err(|error| to_js(&error))?;
        let sink = Sink::new(take);
        nifti::write_described_mask_to(sink, &self.look(), template, &remark, &mut on_progress)
            .map(drop)
            .map_err(|error| to_js(&error))
    }

    /// What writers of other formats must know: `FileGrid` as JSON.
    ///
    /// # Errors
    /// Out of memory.
    #[wasm_bindgen(js_name = fileGrid)]
    pub fn file_grid(&self) -> Result<String, JsValue> {
        let Opened { volume, template, .. } = &*self.opened;
        json(&FileGrid {
            file_size: template.file_size(),
            ras_from_file: template.axes().ras_from_file(volume.grid()),
            remark: self.opened.remark().map_err(|error| to_js(&error))?,
        })
    }
}

/// `FileGrid` of `formats-protocol.ts`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileGrid {
    file_size: [usize; 3],
    ras_from_file: Affine,
    remark: String,
}

impl Mask {
    pub(crate) fn new(mask: hounsfield::Mask, opened: Rc<Opened>) -> Self {
        Self { held: Held::Own(Rc::new(mask)), opened }
    }

    pub(crate) fn of_bones(run: Rc<RefCell<BonesRun>>, opened: Rc<Opened>) -> Self {
        Self { held: Held::OfBones(run), opened }
    }

    pub(crate) fn held(&self) -> Held {
        self.held.clone()
    }

    pub(crate) fn opened(&self) -> &Opened {
        &self.opened
    }

    pub(crate) fn look(&self) -> Look<'_> {
        self.held.look()
    }
}
