//! Elements in explicit VR little endian (PS3.5 section 7.1.2), as many kinds as a SEG has.
//!
//! Values are the bytes that they are: what is copied from the source keeps its own character set,
//! and no table of characters is needed to write it.

use std::collections::BTreeMap;

use dicom_core::{Tag, VR};
use hounsfield::Error;

use super::super::walk::{ITEM, ITEM_END, SEQUENCE_END};

const UNDEFINED: u32 = 0xFFFF_FFFF;
const EXPLICIT_LE: &str = "1.2.840.10008.1.2.1";

#[derive(Debug)]
enum Value {
    Bytes(Vec<u8>),
    Items(Vec<Set>),
}

/// A data set, or an item of a sequence: elements in the order of their tags.
#[derive(Debug, Default)]
pub(super) struct Set(BTreeMap<Tag, (VR, Value)>);

impl Set {
    /// An item made by `fill`.
    pub(super) fn of(fill: impl FnOnce(&mut Self)) -> Self {
        let mut set = Self::default();
        fill(&mut set);
        set
    }

    /// Bytes as they are, padded to an even number.
    pub(super) fn bytes(&mut self, tag: Tag, vr: VR, mut value: Vec<u8>) -> &mut Self {
        if value.len() % 2 == 1 {
            value.push(if matches!(vr, VR::UI | VR::OB) { 0 } else { b' ' });
        }
        self.0.insert(tag, (vr, Value::Bytes(value)));
        self
    }

    pub(super) fn text(&mut self, group: u16, element: u16, vr: VR, value: &str) -> &mut Self {
        self.bytes(Tag(group, element), vr, value.into())
    }

    pub(super) fn texts(&mut self, tag: Tag, vr: VR, values: &[String]) -> &mut Self {
        self.bytes(tag, vr, values.join("\\").into())
    }

    pub(super) fn u16(&mut self, group: u16, element: u16, value: u16) -> &mut Self {
        self.u16s(Tag(group, element), VR::US, &[value])
    }

    pub(super) fn u16s(&mut self, tag: Tag, vr: VR, values: &[u16]) -> &mut Self {
        self.bytes(tag, vr, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    pub(super) fn u32s(&mut self, tag: Tag, values: &[u32]) -> &mut Self {
        self.bytes(tag, VR::UL, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// The tag of another element.
    pub(super) fn pointer(&mut self, tag: Tag, to: Tag) -> &mut Self {
        self.u16s(tag, VR::AT, &[to.group(), to.element()])
    }

    pub(super) fn sequence(&mut self, tag: Tag, items: Vec<Self>) -> &mut Self {
        self.0.insert(tag, (VR::SQ, Value::Items(items)));
        self
    }

    pub(super) fn remove(&mut self, tag: Tag) {
        self.0.remove(&tag);
    }

    /// # Errors
    /// [`Error::Unwritable`] for a value that no length can tell, [`Error::OutOfMemory`].
    fn write(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        for (tag, (vr, value)) in &self.0 {
            write_tag(*tag, out);
            out.extend(vr.to_bytes());
            match value {
                Value::Bytes(bytes) => {
                    if *vr == VR::OB {
                        out.extend([0; 2]);
                        out.extend(length::<u32>(bytes)?.to_le_bytes());
                    } else {
                        out.extend(length::<u16>(bytes)?.to_le_bytes());
                    }
                    out.try_reserve(bytes.len()).map_err(|_| Error::OutOfMemory {
                        bytes: bytes.len() as u64,
                        purpose: "a segmentation's file",
                    })?;
                    out.extend(bytes);
                }
                Value::Items(items) => {
                    out.extend([0; 2]);
                    out.extend(UNDEFINED.to_le_bytes());
                    for item in items {
                        write_tag(ITEM, out);
                        out.extend(UNDEFINED.to_le_bytes());
                        item.write(out)?;
                        write_tag(ITEM_END, out);
                        out.extend(0u32.to_le_bytes());
                    }
                    write_tag(SEQUENCE_END, out);
                    out.extend(0u32.to_le_bytes());
                }
            }
        }
        Ok(())
    }
}

fn write_tag(tag: Tag, out: &mut Vec<u8>) {
    out.extend(tag.group().to_le_bytes());
    out.extend(tag.element().to_le_bytes());
}

fn length<N: TryFrom<usize>>(bytes: &[u8]) -> Result<N, Error> {
    N::try_from(bytes.len()).map_err(|_| Error::Unwritable {
        reason: format!("a value of {} bytes is too long for DICOM", bytes.len()),
    })
}

/// A file (PS3.10 section 7): the preamble, what it is and who wrote it, the data set.
///
/// # Errors
/// As [`Set::write`].
pub(super) fn file(
    set: &Set,
    class: &str,
    instance: &str,
    [implementation, version]: [&str; 2],
) -> Result<Vec<u8>, Error> {
    let mut meta = Vec::new();
    let group = Set::of(|group| {
        group.bytes(Tag(2, 1), VR::OB, vec![0, 1]);
        group.text(2, 2, VR::UI, class).text(2, 3, VR::UI, instance);
        group.text(2, 0x10, VR::UI, EXPLICIT_LE).text(2, 0x12, VR::UI, implementation);
        group.text(2, 0x13, VR::SH, version);
    });
    group.write(&mut meta)?;
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    let size = u32::try_from(meta.len()).unwrap_or(UNDEFINED);
    Set::of(|group| _ = group.u32s(Tag(2, 0), &[size])).write(&mut file)?;
    file.extend(meta);
    set.write(&mut file)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_in_order_and_of_even_length() {
        let set = Set::of(|set| {
            let items = vec![Set::of(|item| _ = item.text(8, 0x100, VR::SH, "abc"))];
            set.sequence(Tag(8, 0x2112), items);
            set.text(8, 0x16, VR::UI, "1.2").bytes(Tag(0x7fe0, 0x10), VR::OB, vec![7]);
        });
        let mut out = Vec::new();
        set.write(&mut out).unwrap();
        let expected = [
            b"\x08\0\x16\0UI\x04\x001.2\0".as_slice(),
            b"\x08\0\x12\x21SQ\0\0\xff\xff\xff\xff",
            b"\xfe\xff\x00\xe0\xff\xff\xff\xff",
            b"\x08\0\0\x01SH\x04\0abc ",
            b"\xfe\xff\x0d\xe0\0\0\0\0",
            b"\xfe\xff\xdd\xe0\0\0\0\0",
            b"\xe0\x7f\x10\0OB\0\0\x02\0\0\0\x07\0",
        ];
        assert_eq!(out, expected.concat());
        let long = Set::of(|set| _ = set.bytes(Tag(8, 8), VR::LO, vec![b' '; 65_536]));
        assert!(long.write(&mut Vec::new()).is_err());
    }
}
