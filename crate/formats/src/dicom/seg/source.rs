//! Whose series it is and what it consists of, from its files. The only reader of identification.

use std::{collections::BTreeMap, fmt, rc::Rc};

use dicom_core::{Tag, VR};
use hounsfield::Error;

use super::super::{
    parse,
    source::{Deflated, Window},
    start, value,
    walk::{Event, Walk},
};
use crate::{bytes::Bytes, files::Files, item::Place, plan::Plan};

/// Longer values than this are no identification.
const VALUE_MAX: usize = 1024;

/// What goes along from the source, and as what: the Patient, General Study and Frame of Reference
/// modules (PS3.3 C.7.1.1, C.7.2.1, C.7.4.1), the body part, and what loss there was.
const COPIED: [(Tag, VR); 28] = [
    (Tag(0x0008, 0x0020), VR::DA),
    (Tag(0x0008, 0x0030), VR::TM),
    (Tag(0x0008, 0x0050), VR::SH),
    (Tag(0x0008, 0x0090), VR::PN),
    (Tag(0x0008, 0x1030), VR::LO),
    (Tag(0x0010, 0x0010), VR::PN),
    (Tag(0x0010, 0x0020), VR::LO),
    (Tag(0x0010, 0x0021), VR::LO),
    (Tag(0x0010, 0x0030), VR::DA),
    (Tag(0x0010, 0x0032), VR::TM),
    (Tag(0x0010, 0x0040), VR::CS),
    (Tag(0x0010, 0x1010), VR::AS),
    (Tag(0x0010, 0x2160), VR::SH),
    (Tag(0x0012, 0x0010), VR::LO),
    (Tag(0x0012, 0x0020), VR::LO),
    (Tag(0x0012, 0x0030), VR::LO),
    (Tag(0x0012, 0x0040), VR::LO),
    (Tag(0x0012, 0x0050), VR::LO),
    (Tag(0x0012, 0x0062), VR::CS),
    (Tag(0x0012, 0x0063), VR::LO),
    (Tag(0x0018, 0x0015), VR::CS),
    (Tag(0x0020, 0x000D), VR::UI),
    (Tag(0x0020, 0x0010), VR::SH),
    (Tag(0x0020, 0x0052), VR::UI),
    (Tag(0x0020, 0x0060), VR::CS),
    (Tag(0x0020, 0x1040), VR::LO),
    (Tag(0x0028, 0x2112), VR::DS),
    (Tag(0x0028, 0x2114), VR::CS),
];
const CHARACTER_SET: Tag = Tag(0x0008, 0x0005);
/// Nothing that is copied comes after this group.
const LAST_GROUP: u16 = 0x0028;

/// A value as the source has it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Copied {
    pub(super) tag: Tag,
    pub(super) vr: VR,
    pub(super) bytes: Vec<u8>,
}

/// Without the value: what is printed for debugging names nobody.
impl fmt::Debug for Copied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Copied").field("tag", &self.tag).finish_non_exhaustive()
    }
}

/// One of the source's objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instance {
    pub(super) class: String,
    pub(super) uid: String,
    pub(super) multi_frame: bool,
}

/// The series that a segmentation is of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Source {
    pub(super) series: String,
    pub(super) series_number: i32,
    pub(super) instances: Vec<Instance>,
    pub(super) lossy: bool,
    /// Specific Character Set of the copied values.
    pub(super) charset: String,
    pub(super) copied: Vec<Copied>,
}

impl Source {
    /// A copied value; empty where the source has none.
    pub(super) fn value(&self, tag: Tag) -> &[u8] {
        let found = self.copied.iter().find(|copied| copied.tag == tag);
        found.map(|copied| copied.bytes.as_slice()).unwrap_or(&[])
    }
}

/// Reads the header of every file of the plan, and the identification of the first.
///
/// # Errors
/// What is wrong with a file; [`Error::NotAScan`] when no plane has a slice.
pub(super) fn read<B: Bytes>(
    files: &Files<B>,
    plan: &Plan,
) -> Result<(Source, BTreeMap<Place, usize>), Error> {
    let mut source = Source::default();
    let mut at = BTreeMap::new();
    for part in plan.planes.iter().flat_map(|plane| &plane.parts) {
        if at.contains_key(&part.place) {
            continue;
        }
        let bytes = files.at(&part.place)?;
        let header = parse::header(&bytes)?.header;
        if at.is_empty() {
            (source.charset, source.copied) = identification(&bytes)?;
            source.series.clone_from(&header.series);
            source.series_number = header.series_number.unwrap_or(0);
        }
        source.lossy |= header.lossy;
        at.insert(part.place.clone(), source.instances.len());
        source.instances.push(Instance {
            class: header.sop_class,
            uid: header.sop_instance,
            multi_frame: header.frames.len() > 1,
        });
    }
    if at.is_empty() {
        return Err(Error::NotAScan { found: "a plan without any slice".into() });
    }
    Ok((source, at))
}

/// The values that go along, and their character set.
fn identification(bytes: &dyn Bytes) -> Result<(String, Vec<Copied>), Error> {
    let mut window = Window::new(bytes);
    let Some(start) = start::find(&mut window)? else { return Ok((String::new(), Vec::new())) };
    let inflated = start.syntax.deflated.then(|| Deflated::new(Rc::new(bytes), start.at));
    let (mut window, at) = match &inflated {
        Some(inflated) => (Window::new(inflated), 0),
        None => (window, start.at),
    };
    let mut charset = String::new();
    let mut copied = Vec::new();
    let mut walk = Walk::new(&mut window, at, start.syntax.coding);
    while let Some(event) = walk.next()? {
        let Event::Element(element) = event else { continue };
        if element.length.is_none() {
            walk.pass(&element)?;
            continue;
        }
        if walk.depth() > 0 {
            continue;
        }
        if element.tag.group() > LAST_GROUP {
            break;
        }
        if element.tag == CHARACTER_SET {
            charset = value::text(value::bytes(walk.window, &element)?);
        }
        let Some((tag, vr)) = COPIED.into_iter().find(|(tag, _)| *tag == element.tag) else {
            continue;
        };
        let bytes = value::bytes(walk.window, &element)?;
        let bytes =
            if vr == VR::UI { value::uid(bytes).into_bytes() } else { trimmed(bytes).to_vec() };
        if bytes.len() <= VALUE_MAX {
            copied.push(Copied { tag, vr, bytes });
        }
    }
    Ok((charset, copied))
}

/// Without the padding that made its length even.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or(&[])
}
