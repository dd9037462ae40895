//! Planes of a volume out of frames of DICOM objects.

use std::{fmt, rc::Rc};

use hounsfield::{Error, Slice};

use super::{blend, object::Object};
use crate::{
    bytes::Bytes,
    item::Place,
    plan::{Part, Plan},
    reader::{FrameCodec, PlaneReader},
};

/// Decodes planes of one plan. Nothing is kept between planes but the object that was read last: its
/// next frame needs no header.
pub struct DicomReader<'a, F> {
    plan: &'a Plan,
    open: F,
    codec: &'a dyn FrameCodec,
    last: Option<(Place, Object<'a>)>,
}

impl<F> fmt::Debug for DicomReader<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DicomReader").field("last", &self.last).finish_non_exhaustive()
    }
}

impl<'a, F> DicomReader<'a, F>
where
    F: Fn(&Place) -> Result<Box<dyn Bytes + 'a>, Error>,
{
    /// `open` gives the bytes at a place of the plan.
    pub fn new(plan: &'a Plan, open: F, codec: &'a dyn FrameCodec) -> Self {
        Self { plan, open, codec, last: None }
    }

    fn part(&mut self, part: &Part) -> Result<Slice, Error> {
        let object = match &mut self.last {
            Some((place, object)) if *place == part.place => object,
            last => {
                let bytes = (self.open)(&part.place)?;
                let object = Object::open(Rc::from(bytes))?;
                &mut last.insert((part.place.clone(), object)).1
            }
        };
        let [columns, rows, _] = self.plan.file_size;
        let shape = object.header().shape;
        let found =
            shape.map_or([0, 0, 1], |shape| [shape.columns as usize, shape.rows as usize, 1]);
        if found != [columns, rows, 1] {
            let expected = [columns, rows, 1];
            return Err(Error::SizeMismatch { what: "a slice", found, expected });
        }
        object.frame(part.frame, self.codec)
    }
}

impl<'a, F> PlaneReader for DicomReader<'a, F>
where
    F: Fn(&Place) -> Result<Box<dyn Bytes + 'a>, Error>,
{
    fn plane(&mut self, k: usize) -> Result<Option<Slice>, Error> {
        let plan = self.plan;
        let plane = plan.planes.get(k).ok_or_else(|| Error::BadParameter {
            name: "slice",
            value: k.to_string(),
            expected: "it must be less than the number of slices",
        })?;
        let mixed = match plane.parts.as_slice() {
            [] => return Ok(None),
            [only] => self.part(only)?,
            parts => {
                let mut mix = blend::Mix::default();
                for part in parts {
                    mix.add(&self.part(part)?, part.weight)?;
                }
                mix.finish()?
            }
        };
        if plane.shift_px == [0.0; 2] {
            return Ok(Some(mixed));
        }
        let [columns, _, _] = plan.file_size;
        blend::shifted(&mixed, columns, plane.shift_px, plan.fill).map(Some)
    }
}
