//! Functional groups of multi-frame objects (PS3.3 C.7.6.16): what all frames share, and what each
//! has of its own.

use std::collections::{BTreeMap, BTreeSet};

use dicom_core::Tag;
use hounsfield::Error;

use super::{
    header::Frame,
    image::FRAMES_MAX,
    value,
    walk::{Element, Event, Walk, damaged},
};

pub(crate) const SHARED: Tag = Tag(0x5200, 0x9229);
pub(crate) const PER_FRAME: Tag = Tag(0x5200, 0x9230);

/// The groups with something for us, each a sequence of one item.
const GROUPS: [Tag; 5] = [
    Tag(0x0020, 0x9111), // Frame Content
    Tag(0x0020, 0x9113), // Plane Position
    Tag(0x0020, 0x9116), // Plane Orientation
    Tag(0x0028, 0x9110), // Pixel Measures
    Tag(0x0028, 0x9145), // Pixel Value Transformation
];

/// What one place (the top level, the shared groups, a frame's own) says; `None`: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Said {
    pub(crate) position_lps: Option<[f64; 3]>,
    pub(crate) orientation_lps: Option<[f64; 6]>,
    pub(crate) spacing_mm: Option<[f64; 2]>,
    pub(crate) detector_spacing_mm: Option<[f64; 2]>,
    pub(crate) slope: Option<f64>,
    pub(crate) intercept: Option<f64>,
    pub(crate) other_units: Option<bool>,
    pub(crate) thickness_mm: Option<f64>,
    pub(crate) spacing_between_mm: Option<f64>,
    pub(crate) time: Option<u32>,
    pub(crate) stack: Option<u32>,
}

impl Said {
    /// Takes an element's value, wherever it stands; says whether it was one of these.
    pub(crate) fn take(&mut self, tag: Tag, bytes: &[u8]) -> bool {
        match tag {
            Tag(0x0018, 0x0050) => self.thickness_mm = positive(value::first_decimal(bytes)),
            Tag(0x0018, 0x0088) => self.spacing_between_mm = value::first_decimal(bytes),
            Tag(0x0018, 0x1164) => self.detector_spacing_mm = spacing(bytes),
            Tag(0x0020, 0x0032) => self.position_lps = value::decimals(bytes),
            Tag(0x0020, 0x0037) => self.orientation_lps = value::decimals(bytes),
            Tag(0x0028, 0x0030) => self.spacing_mm = spacing(bytes),
            Tag(0x0028, 0x1052) => self.intercept = value::first_decimal(bytes),
            // A slope of 0 would make all voxels one value: no writer means it.
            Tag(0x0028, 0x1053) => {
                self.slope = value::first_decimal(bytes).filter(|slope| *slope != 0.0);
            }
            Tag(0x0028, 0x1054) => {
                let unit = value::text(bytes);
                // "US" is no unit: it stands for unspecified (PS3.3 C.11.1.1.2).
                let hu = ["HU", "US"].iter().any(|known| unit.eq_ignore_ascii_case(known));
                self.other_units = (!unit.is_empty()).then_some(!hu);
            }
            _ => return false,
        }
        true
    }

    /// `self` where it says something, else `outer`.
    fn within(self, outer: Self) -> Self {
        Self {
            position_lps: self.position_lps.or(outer.position_lps),
            orientation_lps: self.orientation_lps.or(outer.orientation_lps),
            spacing_mm: self.spacing_mm.or(outer.spacing_mm),
            detector_spacing_mm: self.detector_spacing_mm.or(outer.detector_spacing_mm),
            slope: self.slope.or(outer.slope),
            intercept: self.intercept.or(outer.intercept),
            other_units: self.other_units.or(outer.other_units),
            thickness_mm: self.thickness_mm.or(outer.thickness_mm),
            spacing_between_mm: self.spacing_between_mm.or(outer.spacing_between_mm),
            time: self.time.or(outer.time),
            stack: self.stack.or(outer.stack),
        }
    }

    fn frame(self) -> Frame {
        Frame {
            position_lps: self.position_lps,
            orientation_lps: self.orientation_lps,
            spacing_mm: self.spacing_mm.or(self.detector_spacing_mm),
            spacing_at_detector: self.spacing_mm.is_none() && self.detector_spacing_mm.is_some(),
            slope: self.slope,
            intercept: self.intercept,
            other_units: self.other_units.unwrap_or(false),
            moment: None,
        }
    }
}

fn positive(value: Option<f64>) -> Option<f64> {
    value.filter(|value| *value > 0.0)
}

/// Row spacing \ column spacing, turned round to x, y.
fn spacing(bytes: &[u8]) -> Option<[f64; 2]> {
    let [rows, columns] = value::decimals::<2>(bytes)?;
    (rows > 0.0 && columns > 0.0).then_some([columns, rows])
}

/// Both sequences, as far as they were walked through.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    shared: Said,
    per_frame: Vec<Said>,
    stacks: BTreeMap<String, u32>,
}

impl Groups {
    /// Walks through one of the two sequences, which was just met.
    ///
    /// # Errors
    /// What the walk says.
    pub(crate) fn read(&mut self, walk: &mut Walk<'_, '_>, element: &Element) -> Result<(), Error> {
        let outside = walk.depth();
        let frames = outside + 2;
        walk.enter(element)?;
        // The group that is open, and at which depth its items' elements stand.
        let mut open = None;
        while walk.depth() > outside {
            let Some(event) = walk.next()? else { break };
            match event {
                Event::Item if walk.depth() == frames && element.tag == PER_FRAME => {
                    if self.per_frame.len() as u64 >= FRAMES_MAX {
                        return Err(damaged(format!("it has more than {FRAMES_MAX} frames")));
                    }
                    self.per_frame.push(Said::default());
                }
                Event::Element(inner) if walk.depth() == frames => {
                    let ours = GROUPS.contains(&inner.tag);
                    open = ours.then_some(frames + 2);
                    if ours || inner.length.is_none() {
                        walk.enter(&inner)?;
                    }
                }
                Event::Element(inner) if inner.length.is_none() => walk.pass(&inner)?,
                Event::Element(inner) if open == Some(walk.depth()) => {
                    self.take(walk, element.tag, &inner)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn take(&mut self, walk: &mut Walk<'_, '_>, whose: Tag, inner: &Element) -> Result<(), Error> {
        let said = match (whose, self.per_frame.last_mut()) {
            (PER_FRAME, Some(last)) => last,
            _ => &mut self.shared,
        };
        let bytes = value::bytes(walk.window, inner)?;
        match inner.tag {
            Tag(0x0020, 0x9056) => {
                let next = u32::try_from(self.stacks.len()).unwrap_or(u32::MAX);
                said.stack = Some(*self.stacks.entry(value::text(bytes)).or_insert(next));
            }
            Tag(0x0020, 0x9128) => said.time = value::u32(bytes, inner.coding),
            tag => {
                said.take(tag, bytes);
            }
        }
        Ok(())
    }

    /// How many frames have groups of their own.
    pub(crate) fn len(&self) -> usize {
        self.per_frame.len()
    }

    /// Thickness and spacing between slices, of the first frame.
    pub(crate) fn thickness(&self, top: Said) -> (Option<f64>, Option<f64>) {
        let first = self.said(0, top);
        (first.thickness_mm, first.spacing_between_mm)
    }

    /// `count` frames. What the top level says of a position holds for the first frame only.
    pub(crate) fn frames(&self, count: usize, top: Said, time: Option<u32>) -> Vec<Frame> {
        let moments = self.moments();
        (0..count)
            .map(|index| {
                let said = self.said(index, top);
                let mut frame = said.frame();
                frame.moment = if moments.len() > 1 || said.time.is_some() {
                    moments.get(&(said.stack, said.time)).copied()
                } else {
                    time
                };
                frame
            })
            .collect()
    }

    fn said(&self, index: usize, top: Said) -> Said {
        let own = self.per_frame.get(index).copied().unwrap_or_default();
        let mut said = own.within(self.shared);
        let outer = Said { position_lps: top.position_lps.filter(|_| index == 0), ..top };
        said = said.within(outer);
        said
    }

    /// Numbers the stacks and times that there are, in their order.
    fn moments(&self) -> BTreeMap<(Option<u32>, Option<u32>), u32> {
        let all = self.per_frame.iter().map(|own| {
            let said = own.within(self.shared);
            (said.stack, said.time)
        });
        all.collect::<BTreeSet<_>>().into_iter().zip(0..).collect()
    }
}
