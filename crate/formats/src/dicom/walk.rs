//! From element to element through a data set (PS3.5 section 7), without recursion and without
//! reading the values.
//!
//! The headers of elements and items are decoded by `dicom-encoding`. Its parser
//! (`LazyDataSetReader` of `dicom-parser`) is not used: it reads through the values that it skips,
//! ends at the first length that is wrong, takes an unknown value representation for one with a
//! 32-bit length, and reads sequences of unknown representation as explicit (they are implicit,
//! PS3.5 6.2.2).

use dicom_core::{
    Tag, VR,
    dictionary::stub::StubDataDictionary,
    header::{DataElementHeader, HasLength, Header as _},
};
use dicom_encoding::decode::{
    Decode, explicit_be::ExplicitVRBigEndianDecoder, explicit_le::ExplicitVRLittleEndianDecoder,
    implicit_le::ImplicitVRLittleEndianDecoder,
};
use hounsfield::Error;

use super::{source::Window, syntax::Coding};

/// Sequences inside of sequences: real objects have six.
const DEPTH_MAX: usize = 32;
/// Elements of one header: a multi-frame object of 10 000 frames has a million.
const ELEMENTS_MAX: u32 = 16_000_000;

pub(crate) const ITEM: Tag = Tag(0xFFFE, 0xE000);
pub(crate) const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
pub(crate) const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

/// An element's header.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Element {
    pub(crate) tag: Tag,
    /// [`VR::UN`] where it is not written.
    pub(crate) vr: VR,
    /// Where its value begins.
    pub(crate) at: u64,
    /// `None`: undefined.
    pub(crate) length: Option<u64>,
    pub(crate) coding: Coding,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Event {
    /// An element; [`Walk::enter`] goes into it, else it is passed over.
    Element(Element),
    /// An item of the innermost open sequence begins.
    Item,
    /// It ends.
    ItemEnd,
    /// The innermost open sequence ends.
    SequenceEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Sequence,
    Item,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    inside: Inside,
    end: Option<u64>,
    coding: Coding,
}

/// A walk through a data set.
#[derive(Debug)]
pub(crate) struct Walk<'w, 'b> {
    pub(crate) window: &'w mut Window<'b>,
    at: u64,
    levels: Vec<Level>,
    coding: Coding,
    seen: u32,
}

impl<'w, 'b> Walk<'w, 'b> {
    /// From `at` on.
    pub(crate) fn new(window: &'w mut Window<'b>, at: u64, coding: Coding) -> Self {
        Self { window, at, levels: Vec::new(), coding, seen: 0 }
    }

    /// How many sequences and items are open.
    pub(crate) fn depth(&self) -> usize {
        self.levels.len()
    }

    /// Did the data end within a value or an open sequence?
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub(crate) fn cut(&mut self) -> Result<bool, Error> {
        let last = self.at.saturating_sub(1);
        Ok(!self.levels.is_empty() || self.at > 0 && self.window.get(last, 1)?.is_empty())
    }

    /// What comes next; `None` where the data end.
    ///
    /// # Errors
    /// [`Error::Damaged`] where lengths contradict each other or nothing is as it must be.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, Error> {
        loop {
            self.count()?;
            let level = self.levels.last().copied();
            if let Some(end) = level.and_then(|level| level.end).filter(|end| self.at >= *end) {
                if self.at > end {
                    return Err(damaged(format!(
                        "something reaches to byte {}, but the sequence around it ends at {end}",
                        self.at
                    )));
                }
                return Ok(self.close());
            }
            let inside = level.map(|level| level.inside);
            let coding = level.map_or(self.coding, |level| level.coding);
            let event = match inside {
                Some(Inside::Sequence) => self.item(coding)?,
                _ => self.element(coding, inside.is_some())?,
            };
            match event {
                Step::Event(event) => return Ok(Some(event)),
                Step::End => return Ok(None),
                Step::Again => {}
            }
        }
    }

    /// Into the items of an element that [`next`](Self::next) just gave.
    ///
    /// # Errors
    /// [`Error::Damaged`] when sequences are nested too deeply.
    pub(crate) fn enter(&mut self, element: &Element) -> Result<(), Error> {
        if self.levels.len() >= 2 * DEPTH_MAX {
            return Err(damaged(format!("sequences are nested more than {DEPTH_MAX} deep")));
        }
        let unknown = element.vr == VR::UN && element.coding.explicit;
        let coding = if unknown { Coding::IMPLICIT_LE } else { element.coding };
        let end = element.length.map(|length| element.at.saturating_add(length));
        self.levels.push(Level { inside: Inside::Sequence, end, coding });
        self.at = element.at;
        Ok(())
    }

    /// Over an element of undefined length that [`next`](Self::next) just gave: a sequence is walked
    /// through (its events follow), fragments of pixels are jumped over.
    ///
    /// # Errors
    /// As [`enter`](Self::enter); [`Error::Damaged`] where the fragments are none.
    pub(crate) fn pass(&mut self, element: &Element) -> Result<(), Error> {
        if !matches!(element.vr, VR::OB | VR::OW) {
            return self.enter(element);
        }
        let mut at = element.at;
        loop {
            self.count()?;
            match item_header(self.window.get(at, 8)?, element.coding) {
                Some((ITEM, Some(length))) => at = at.saturating_add(8).saturating_add(length),
                Some((SEQUENCE_END, _)) => break,
                _ => return Err(damaged(format!("there is no fragment at byte {at}"))),
            }
        }
        self.at = at.saturating_add(8);
        Ok(())
    }

    fn count(&mut self) -> Result<(), Error> {
        self.seen += 1;
        if self.seen > ELEMENTS_MAX {
            return Err(damaged(format!("it has more than {ELEMENTS_MAX} elements")));
        }
        Ok(())
    }

    fn close(&mut self) -> Option<Event> {
        self.levels.pop().map(|level| match level.inside {
            Inside::Item => Event::ItemEnd,
            Inside::Sequence => Event::SequenceEnd,
        })
    }

    /// At sequence level: the next item.
    fn item(&mut self, coding: Coding) -> Result<Step, Error> {
        let header = self.window.get(self.at, 8)?;
        if header.len() < 8 {
            return Ok(Step::End);
        }
        let Some((tag, length)) = item_header(header, coding) else {
            return Err(damaged(format!("there is no item at byte {}", self.at)));
        };
        self.at += 8;
        Ok(match tag {
            ITEM => {
                let end = length.map(|length| self.at.saturating_add(length));
                self.levels.push(Level { inside: Inside::Item, end, coding });
                Step::Event(Event::Item)
            }
            SEQUENCE_END => self.close().map_or(Step::Again, Step::Event),
            // The end of an item that had a length: harmless.
            _ => Step::Again,
        })
    }

    /// At the level of elements.
    fn element(&mut self, coding: Coding, in_item: bool) -> Result<Step, Error> {
        let bytes = self.window.get(self.at, 12)?;
        let Some((header, size)) = element_header(bytes, coding) else {
            return Ok(Step::End);
        };
        self.at += size;
        if header.tag.group() == 0xFFFE {
            return Ok(match header.tag {
                ITEM_END if in_item => self.close().map_or(Step::Again, Step::Event),
                // Somebody forgot to close the item.
                SEQUENCE_END if in_item => {
                    self.at -= size;
                    self.close().map_or(Step::Again, Step::Event)
                }
                _ => Step::Again,
            });
        }
        let length = header.length().get().map(u64::from);
        let element = Element { tag: header.tag, vr: header.vr(), at: self.at, length, coding };
        if let Some(length) = length {
            self.at = self.at.saturating_add(length);
        }
        Ok(Step::Event(Event::Element(element)))
    }
}

enum Step {
    Event(Event),
    Again,
    End,
}

/// What is wrong with a header.
pub(crate) fn damaged(reason: String) -> Error {
    Error::Damaged { what: "the DICOM header".into(), reason }
}

/// An item's or a delimiter's tag and length.
pub(crate) fn item_header(mut bytes: &[u8], coding: Coding) -> Option<(Tag, Option<u64>)> {
    let header = if coding.big_endian {
        ExplicitVRBigEndianDecoder::default().decode_item_header(&mut bytes)
    } else {
        ExplicitVRLittleEndianDecoder::default().decode_item_header(&mut bytes)
    };
    let header = header.ok()?;
    Some((header.tag(), header.length().get().map(u64::from)))
}

/// An element's header and how many bytes it has; `None` where the data end.
fn element_header(mut bytes: &[u8], coding: Coding) -> Option<(DataElementHeader, u64)> {
    let implicit = ImplicitVRLittleEndianDecoder::with_dict(StubDataDictionary);
    let decoded = match coding {
        Coding { explicit: true, big_endian } => match vr_of(bytes.get(4..6)?) {
            Written::Known if big_endian => {
                ExplicitVRBigEndianDecoder::default().decode_header(&mut bytes)
            }
            Written::Known => ExplicitVRLittleEndianDecoder::default().decode_header(&mut bytes),
            // Two letters that no edition of the standard has: old files mean a short text.
            Written::Unknown => return short(bytes, big_endian),
            // No letters: some writers mix in elements without representation.
            Written::Nothing if big_endian => return short(bytes, big_endian),
            Written::Nothing => implicit.decode_header(&mut bytes),
        },
        Coding { explicit: false, .. } => implicit.decode_header(&mut bytes),
    };
    decoded.ok().map(|(header, size)| (header, size as u64))
}

enum Written {
    Known,
    Unknown,
    Nothing,
}

fn vr_of(letters: &[u8]) -> Written {
    let Ok(letters) = <[u8; 2]>::try_from(letters) else { return Written::Nothing };
    if VR::from_binary(letters).is_some() {
        Written::Known
    } else if letters.iter().all(u8::is_ascii_uppercase) {
        Written::Unknown
    } else {
        Written::Nothing
    }
}

/// With a 16-bit length.
fn short(bytes: &[u8], big_endian: bool) -> Option<(DataElementHeader, u64)> {
    let word = |at: usize| -> Option<u16> {
        let pair = bytes.get(at..at + 2)?.try_into().ok()?;
        Some(if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let tag = Tag(word(0)?, word(2)?);
    let length = dicom_core::Length(u32::from(word(6)?));
    Some((DataElementHeader::new(tag, VR::UN, length), 8))
}
