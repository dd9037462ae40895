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

    /// The slice, and its columns and rows.
    fn part(&mut self, part: &Part) -> Result<(Slice, [usize; 2]), Error> {
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
        let found = shape.map_or([0, 0], |shape| [shape.columns as usize, shape.rows as usize]);
        // A grid that was made upright has room beside its slices.
        let upright = self.plan.info.facts.stack.as_ref().is_some_and(|s| s.tilt_corrected);
        let fits = upright && found[0] <= columns && found[1] <= rows;
        if found != [columns, rows] && !fits {
            return Err(Error::SizeMismatch {
                what: "a slice",
                found: [found[0], found[1], 1],
                expected: [columns, rows, 1],
            });
        }
        Ok((object.frame(part.frame, self.codec)?, found))
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
        let (mixed, size) = match plane.parts.as_slice() {
            [] => return Ok(None),
            [only] => self.part(only)?,
            parts => {
                let mut mix = blend::Mix::default();
                let mut size = [0; 2];
                for part in parts {
                    let (slice, found) = self.part(part)?;
                    mix.add(&slice, part.weight)?;
                    size = found;
                }
                (mix.finish()?, size)
            }
        };
        let [columns, rows, _] = plan.file_size;
        if plane.shift_px == [0.0; 2] && size == [columns, rows] {
            return Ok(Some(mixed));
        }
        blend::shifted(&mixed, size, [columns, rows], plane.shift_px, plan.fill).map(Some)
    }
}
