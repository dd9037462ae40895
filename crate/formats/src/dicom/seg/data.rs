//! The data set: modules of the Segmentation IOD (PS3.3 A.51.3) and its functional groups.

use std::collections::BTreeSet;

use dicom_core::{Tag, VR};
use hounsfield::Error;

use super::{
    SegWriter,
    element::{self, Set},
    source::Instance,
    uid::Hash,
};
use crate::segment::{Code, Segment};

/// Segmentation Storage.
const SOP_CLASS: &str = "1.2.840.10008.5.1.4.1.1.66.4";
/// Of this writer: a UUID made for it once.
const IMPLEMENTATION: &str = "2.25.65640326085816612999080787253892218692";
const MAKER: &str = "Hounsfield";
const RESEARCH: &str = "research use only";
const UTF_8: &str = "ISO_IR 192";
/// The source's series has a number below this.
const SERIES_OFFSET: i32 = 9000;
const TEXT_CHARACTERS: usize = 64;

const FRAME_OF_REFERENCE: Tag = Tag(0x0020, 0x0052);
const STUDY: Tag = Tag(0x0020, 0x000D);
const SEGMENT_NUMBER: Tag = Tag(0x0062, 0x000B);
const SEGMENT_IDENTIFICATION: Tag = Tag(0x0062, 0x000A);
const POSITION: Tag = Tag(0x0020, 0x0032);
const PLANE_POSITION: Tag = Tag(0x0020, 0x9113);
const DIMENSIONS: Tag = Tag(0x0020, 0x9164);

/// # Errors
/// [`Error::OutOfMemory`], [`Error::Unwritable`].
pub(super) fn write(writer: &SegWriter) -> Result<Vec<u8>, Error> {
    let hash = hash_of(writer);
    let instance = hash.uid("instance");
    let mut set = Set::default();
    identification(&mut set, writer);
    general(&mut set, writer, hash, &instance);
    image(&mut set, writer);
    let segments = (1..).zip(&writer.segments).map(|(n, segment)| described(writer, n, segment));
    set.sequence(Tag(0x0062, 0x0002), segments.collect());
    references(&mut set, writer);
    dimensions(&mut set, hash);
    set.sequence(Tag(0x5200, 0x9229), vec![shared(writer)]);
    set.sequence(Tag(0x5200, 0x9230), frames(writer));
    set.bytes(Tag(0x7FE0, 0x0010), VR::OB, writer.bits()?);
    element::file(&set, SOP_CLASS, &instance, [IMPLEMENTATION, MAKER])
}

/// Of all that makes this segmentation another than any other.
fn hash_of(writer: &SegWriter) -> Hash {
    let [rows, columns] = [writer.geometry.rows, writer.geometry.columns].map(u16::to_le_bytes);
    let instances = writer.source.instances.iter();
    let mut hash = instances
        .fold(Hash::new(), |hash, instance| hash.with(instance.uid.as_bytes()))
        .with(writer.source.series.as_bytes());
    for segment in &writer.segments {
        let property = segment.anatomy.property();
        hash = hash.with(segment.label().as_bytes()).with(property.value.as_bytes());
    }
    hash = hash
        .with(writer.about.check_summary.as_bytes())
        .with(writer.about.now.as_deref().unwrap_or_default().as_bytes())
        .with(&[rows, columns].concat())
        .with(&writer.geometry.bytes());
    for frames in &writer.frames {
        let planes: Vec<u8> =
            frames.planes.iter().flat_map(|k| (*k as u64).to_le_bytes()).collect();
        hash = hash.with(&planes).with(frames.bits.packed());
    }
    hash
}

/// Patient, study, frame of reference: the source's.
fn identification(set: &mut Set, writer: &SegWriter) {
    let source = &writer.source;
    // What the standard wants to be there, if only empty.
    for (tag, vr) in [
        (Tag(0x0008, 0x0020), VR::DA),
        (Tag(0x0008, 0x0030), VR::TM),
        (Tag(0x0008, 0x0050), VR::SH),
        (Tag(0x0008, 0x0090), VR::PN),
        (Tag(0x0010, 0x0010), VR::PN),
        (Tag(0x0010, 0x0020), VR::LO),
        (Tag(0x0010, 0x0030), VR::DA),
        (Tag(0x0010, 0x0040), VR::CS),
        (Tag(0x0020, 0x0010), VR::SH),
        (Tag(0x0020, 0x1040), VR::LO),
    ] {
        set.bytes(tag, vr, Vec::new());
    }
    for copied in source.copied.iter().filter(|copied| !copied.bytes.is_empty()) {
        set.bytes(copied.tag, copied.vr, copied.bytes.clone());
    }
    for (tag, purpose) in [(STUDY, "study"), (FRAME_OF_REFERENCE, "frame of reference")] {
        if source.value(tag).is_empty() {
            let uid = Hash::new().with(source.series.as_bytes()).uid(purpose);
            set.text(tag.group(), tag.element(), VR::UI, &uid);
        }
    }
}

/// Are all copied values plain ASCII, so that they mean the same in any character set?
fn is_ascii(writer: &SegWriter) -> bool {
    let plain = |byte: &u8| byte.is_ascii() && *byte != 0x1b;
    writer.source.copied.iter().all(|copied| copied.bytes.iter().all(plain))
}

/// Text of ours in the file's character set.
fn own(writer: &SegWriter, text: &str) -> String {
    if is_ascii(writer) || writer.source.charset == UTF_8 {
        return text.into();
    }
    text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}

fn general(set: &mut Set, writer: &SegWriter, hash: Hash, instance: &str) {
    let source = &writer.source;
    let charset = if is_ascii(writer) { UTF_8 } else { &source.charset };
    set.text(0x0008, 0x0005, VR::CS, charset);
    set.text(0x0008, 0x0008, VR::CS, "DERIVED\\PRIMARY");
    set.text(0x0008, 0x0016, VR::UI, SOP_CLASS).text(0x0008, 0x0018, VR::UI, instance);
    let [date, time] = date_and_time(writer);
    for element in [0x0021, 0x0023] {
        set.text(0x0008, element, VR::DA, &date);
    }
    for element in [0x0031, 0x0033] {
        set.text(0x0008, element, VR::TM, &time);
    }
    set.text(0x0008, 0x0060, VR::CS, "SEG").text(0x0008, 0x0070, VR::LO, MAKER);
    let labels: Vec<String> = writer.segments.iter().map(Segment::label).collect();
    let label = own(writer, &labels.join(", "));
    let suffix = format!(" ({MAKER}, {RESEARCH})");
    let label: String = label.chars().take(TEXT_CHARACTERS - suffix.len()).collect();
    set.text(0x0008, 0x103E, VR::LO, &format!("{label}{suffix}"));
    set.text(0x0008, 0x1090, VR::LO, MAKER).text(0x0018, 0x1000, VR::LO, "none");
    set.text(0x0018, 0x1020, VR::LO, env!("CARGO_PKG_VERSION"));
    set.text(0x0020, 0x000E, VR::UI, &hash.uid("series"));
    let number = source.series_number.saturating_add(SERIES_OFFSET).max(1);
    set.text(0x0020, 0x0011, VR::IS, &number.to_string()).text(0x0020, 0x0013, VR::IS, "1");
    set.text(0x0070, 0x0080, VR::CS, "SEGMENTATION");
    let summary: String = own(writer, &writer.about.check_summary);
    let summary: String =
        summary.chars().filter(|c| !c.is_control() && *c != '\\').take(TEXT_CHARACTERS).collect();
    let description = if summary.is_empty() { RESEARCH } else { &summary };
    set.text(0x0070, 0x0081, VR::LO, description).text(0x0070, 0x0084, VR::PN, "");
}

/// Of the content: the caller's, else the study's; a date that is none is none.
fn date_and_time(writer: &SegWriter) -> [String; 2] {
    if let Some((date, time)) = writer.about.now.as_deref().and_then(|now| now.split_at_checked(8))
    {
        return [date.into(), time.into()];
    }
    let text = |element: u16| {
        let bytes = writer.source.value(Tag(0x0008, element));
        String::from_utf8_lossy(bytes).into_owned()
    };
    let date = text(0x0020);
    let is_date = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    [if is_date { date } else { "19000101".into() }, {
        let digits: String = text(0x0030).chars().take_while(char::is_ascii_digit).collect();
        if digits.len() == 6 { digits } else { "000000".into() }
    }]
}

fn image(set: &mut Set, writer: &SegWriter) {
    let geometry = &writer.geometry;
    set.u16(0x0028, 0x0002, 1).text(0x0028, 0x0004, VR::CS, "MONOCHROME2");
    set.text(0x0028, 0x0008, VR::IS, &writer.frame_count().to_string());
    set.u16(0x0028, 0x0010, geometry.rows).u16(0x0028, 0x0011, geometry.columns);
    set.u16(0x0028, 0x0100, 1).u16(0x0028, 0x0101, 1).u16(0x0028, 0x0102, 0).u16(0x0028, 0x0103, 0);
    set.text(0x0028, 0x2110, VR::CS, if writer.source.lossy { "01" } else { "00" });
    if !writer.source.lossy {
        set.remove(Tag(0x0028, 0x2112));
        set.remove(Tag(0x0028, 0x2114));
    }
    set.text(0x0062, 0x0001, VR::CS, "BINARY");
}

/// Item `n`, from 1, of the Segment Sequence.
fn described(writer: &SegWriter, n: u16, segment: &Segment) -> Set {
    let anatomy = segment.anatomy;
    Set::of(|item| {
        item.u16(0x0062, 0x0004, n);
        item.text(0x0062, 0x0005, VR::LO, &own(writer, &segment.label()));
        item.text(0x0062, 0x0008, VR::CS, "AUTOMATIC").text(0x0062, 0x0009, VR::LO, MAKER);
        item.u16s(Tag(0x0062, 0x000D), VR::US, &anatomy.cielab());
        item.sequence(Tag(0x0062, 0x0003), vec![snomed(anatomy.category())]);
        item.sequence(Tag(0x0062, 0x000F), vec![snomed(anatomy.property())]);
    })
}

/// Common Instance Reference: the series, with every instance.
fn references(set: &mut Set, writer: &SegWriter) {
    let instances = writer.source.instances.iter().filter(|instance| !instance.uid.is_empty());
    let items: Vec<Set> = instances.map(reference).collect();
    if items.is_empty() || writer.source.series.is_empty() {
        return;
    }
    let series = Set::of(|item| {
        item.sequence(Tag(0x0008, 0x114A), items);
        item.text(0x0020, 0x000E, VR::UI, &writer.source.series);
    });
    set.sequence(Tag(0x0008, 0x1115), vec![series]);
}

fn reference(instance: &Instance) -> Set {
    Set::of(|item| {
        item.text(0x0008, 0x1150, VR::UI, &instance.class);
        item.text(0x0008, 0x1155, VR::UI, &instance.uid);
    })
}

/// Frames are ordered by segment, then by place.
fn dimensions(set: &mut Set, hash: Hash) {
    let organization = hash.uid("dimensions");
    let pointer = |tag: Tag, group: Tag, label: &str| {
        Set::of(|item| {
            item.text(0x0020, 0x9164, VR::UI, &organization);
            item.pointer(Tag(0x0020, 0x9165), tag).pointer(Tag(0x0020, 0x9167), group);
            item.text(0x0020, 0x9421, VR::LO, label);
        })
    };
    let index = vec![
        pointer(SEGMENT_NUMBER, SEGMENT_IDENTIFICATION, "Segment Number"),
        pointer(POSITION, PLANE_POSITION, "Image Position (Patient)"),
    ];
    let organizations = Set::of(|item| {
        item.text(DIMENSIONS.group(), DIMENSIONS.element(), VR::UI, &organization);
    });
    set.sequence(Tag(0x0020, 0x9221), vec![organizations]);
    set.sequence(Tag(0x0020, 0x9222), index);
}

fn shared(writer: &SegWriter) -> Set {
    let geometry = &writer.geometry;
    let orientation = Set::of(|item| {
        item.texts(Tag(0x0020, 0x0037), VR::DS, &geometry.orientation());
    });
    let measures = Set::of(|item| {
        item.text(0x0018, 0x0050, VR::DS, &geometry.thickness());
        item.text(0x0018, 0x0088, VR::DS, &geometry.spacing_between());
        item.texts(Tag(0x0028, 0x0030), VR::DS, &geometry.pixel_spacing());
    });
    Set::of(|item| {
        item.sequence(Tag(0x0020, 0x9116), vec![orientation]);
        item.sequence(Tag(0x0028, 0x9110), vec![measures]);
    })
}

/// All of the first segment, then all of the second: in the order of the dimensions.
fn frames(writer: &SegWriter) -> Vec<Set> {
    let places: BTreeSet<usize> =
        writer.frames.iter().flat_map(|frames| &frames.planes).copied().collect();
    // Which one it is of all the places where there is a frame, from 1.
    let place_of = |k: &usize| places.range(..=k).count() as u32;
    let of_segment = |(n, planes): (u16, &[usize])| -> Vec<Set> {
        planes.iter().map(|k| per_frame(writer, *k, n, place_of(k))).collect()
    };
    let segments = writer.frames.iter().map(|frames| frames.planes.as_slice());
    (1..).zip(segments).flat_map(of_segment).collect()
}

/// The frame of segment `n` on plane `k`, which is the `place`-th of all.
fn per_frame(writer: &SegWriter, k: usize, n: u16, place: u32) -> Set {
    let kept = if writer.is_slice(k) { "YES" } else { "NO" };
    let purpose = || dcm("121322", "Source image for image processing operation");
    let sources: Vec<Set> = writer
        .parts(k)
        .filter(|(instance, _)| !instance.uid.is_empty())
        .map(|(instance, frame)| {
            let mut item = reference(instance);
            if let Some(frame) = frame {
                item.text(0x0008, 0x1160, VR::IS, &frame.to_string());
            }
            item.text(0x0028, 0x135A, VR::CS, kept);
            item.sequence(Tag(0x0040, 0xA170), vec![purpose()]);
            item
        })
        .collect();
    Set::of(|item| {
        if !sources.is_empty() {
            let derivation = Set::of(|item| {
                item.sequence(Tag(0x0008, 0x2112), sources);
                item.sequence(Tag(0x0008, 0x9215), vec![dcm("113076", "Segmentation")]);
            });
            item.sequence(Tag(0x0008, 0x9124), vec![derivation]);
        }
        let content = Set::of(|item| {
            item.u32s(Tag(0x0020, 0x9157), &[n.into(), place]);
        });
        item.sequence(Tag(0x0020, 0x9111), vec![content]);
        let position = Set::of(|item| {
            item.texts(POSITION, VR::DS, &writer.geometry.position(k));
        });
        item.sequence(PLANE_POSITION, vec![position]);
        let number = Set::of(|item| {
            item.u16(0x0062, 0x000B, n);
        });
        item.sequence(SEGMENT_IDENTIFICATION, vec![number]);
    })
}

fn snomed(code: Code) -> Set {
    coded(code.value, Code::SCHEME, code.meaning)
}

fn dcm(value: &str, meaning: &str) -> Set {
    coded(value, "DCM", meaning)
}

fn coded(value: &str, scheme: &str, meaning: &str) -> Set {
    Set::of(|item| {
        item.text(0x0008, 0x0100, VR::SH, value);
        item.text(0x0008, 0x0102, VR::SH, scheme);
        item.text(0x0008, 0x0104, VR::LO, meaning);
    })
}
