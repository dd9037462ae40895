//! Where the data set begins and how it is written (PS3.10 section 7): with preamble and meta
//! group, without either, or not DICOM at all.

use dicom_core::{Tag, VR};
use hounsfield::Error;

use super::{
    source::Window,
    syntax::{Coding, Syntax},
    value,
    walk::{Event, Walk},
};

/// Bytes of a meta group: real ones have hundreds.
const META_MAX: u64 = 1 << 20;

/// The start of a DICOM object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Start {
    /// Where the data set begins.
    pub(crate) at: u64,
    pub(crate) syntax: Syntax,
    /// Transfer Syntax UID (0002,0010) as the file says; empty where it does not.
    pub(crate) uid: String,
    /// Is there a transfer syntax that we know? Else `syntax` is by the looks of the first element.
    pub(crate) stated: bool,
    /// Is that this is DICOM at all by looks only?
    pub(crate) guessed: bool,
    /// Media Storage SOP Class UID (0002,0002), or nothing.
    pub(crate) class: String,
}

/// Finds the data set; `None`: this is no DICOM.
///
/// # Errors
/// [`Error::Unreadable`], [`Error::Damaged`].
pub(crate) fn find(window: &mut Window<'_>) -> Result<Option<Start>, Error> {
    let front = window.get(0, 136)?;
    if front.get(128..132) == Some(b"DICM") {
        return meta(window, 132).map(Some);
    }
    if front.get(..4) == Some(b"DICM") {
        return meta(window, 4).map(Some);
    }
    let Some(first) = front.first_chunk() else { return Ok(None) };
    Ok(match first {
        // A meta group without its preamble.
        [2, 0, _, 0, v, r, _, _] if letters(*v, *r) => Some(meta(window, 0)?),
        _ => guess(first).map(|coding| Start {
            at: 0,
            syntax: Syntax::plain(coding),
            uid: String::new(),
            stated: false,
            guessed: true,
            class: String::new(),
        }),
    })
}

fn letters(v: u8, r: u8) -> bool {
    VR::from_binary([v, r]).is_some()
}

/// How a bare data set is written, by its first element, which must be one of those that open
/// real data sets.
fn guess(first: &[u8; 8]) -> Option<Coding> {
    let [a, b, c, d, v, r, ..] = *first;
    let little = Tag(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
    let big = Tag(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    if letters(v, r) && opens(little) {
        return Some(Coding::EXPLICIT_LE);
    }
    if letters(v, r) && opens(big) {
        return Some(Coding::EXPLICIT_BE);
    }
    let [.., l0, l1, l2, l3] = *first;
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    (opens(little) && length < 1024).then_some(Coding::IMPLICIT_LE)
}

/// Group lengths and the first attributes of the SOP Common, General Study and Image modules.
fn opens(tag: Tag) -> bool {
    match tag {
        Tag(0x0008, element) => element <= 0x0070,
        _ => false,
    }
}

/// Reads the meta group (explicit little endian, whatever follows) and works out the rest.
fn meta(window: &mut Window<'_>, start: u64) -> Result<Start, Error> {
    let mut at = start;
    let mut uid = String::new();
    let mut class = String::new();
    let first = window.array::<8>(start)?;
    let explicit = first.is_none_or(|[.., v, r, _, _]| letters(v, r));
    let coding = Coding { explicit, big_endian: false };
    // Looked at first, because what follows the group may be written in another way.
    while let (Some([2, 0, ..]), true) = (window.array::<4>(at)?, at < start + META_MAX) {
        let mut walk = Walk::new(window, at, coding);
        let Some(Event::Element(element)) = walk.next()? else { break };
        let Some(length) = element.length else { break };
        at = element.at.saturating_add(length);
        match element.tag {
            Tag(2, 2) => class = value::uid(value::bytes(window, &element)?),
            Tag(2, 0x10) => uid = value::uid(value::bytes(window, &element)?),
            _ => {}
        }
    }
    let known = Syntax::of(&uid);
    let syntax = match known {
        Some(stated) => mended(stated, window, at)?,
        None => Syntax::plain(written(window, at)?.unwrap_or(Coding::EXPLICIT_LE)),
    };
    Ok(Start { at, syntax, uid, stated: known.is_some(), guessed: false, class })
}

/// What the first element looks like; `None` where that cannot be told.
fn written(window: &mut Window<'_>, at: u64) -> Result<Option<Coding>, Error> {
    let Some([a, b, _, _, v, r, _, _]) = window.array::<8>(at)? else { return Ok(None) };
    let little = u16::from_le_bytes([a, b]);
    let big = u16::from_be_bytes([a, b]);
    // The group is small, so the byte order with the smaller number is it.
    let big_endian = big < little;
    Ok(match (letters(v, r), big_endian) {
        (true, _) => Some(Coding { explicit: true, big_endian }),
        (false, false) => Some(Coding::IMPLICIT_LE),
        (false, true) => None,
    })
}

/// Writers that state one syntax and write another are common enough; the bytes decide.
fn mended(stated: Syntax, window: &mut Window<'_>, at: u64) -> Result<Syntax, Error> {
    if stated.deflated {
        return Ok(stated);
    }
    Ok(match written(window, at)? {
        Some(coding) if coding != stated.coding => {
            let swapped = coding.big_endian != stated.coding.big_endian;
            let big_endian_samples = stated.big_endian_samples != swapped;
            Syntax { coding, big_endian_samples, ..stated }
        }
        _ => stated,
    })
}
