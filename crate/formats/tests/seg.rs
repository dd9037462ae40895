//! DICOM SEG: where its voxels lie, whom it belongs to, what is refused.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "common/seg.rs"]
mod built;
#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with other tests")]
#[path = "../../../tests/hostile/dicom.rs"]
mod hostile;

use std::collections::BTreeSet;

use built::{BONE, at, files_of, items, labelled, numbers, plan, points, stack, written};
use dicom_core::Tag;
use dicom_object::InMemDicomObject;
use hostile::{Built, Items, Value, text};
use hounsfield::Error;
use hounsfield_formats::{
    dicom::seg::{About, SegWriter},
    plan::{Plan, ReaderKind},
    segment::{Anatomy, Segment},
};

#[test]
fn voxels_lie_where_the_slices_lie() {
    // Axial backwards, sagittal, oblique (a turn about all three axes), one slice alone.
    let cases: [(&str, &[&str]); 4] = [
        ("1\\0\\0\\0\\1\\0", &["-10\\-20\\30", "-10\\-20\\27.5", "-10\\-20\\25"]),
        ("0\\1\\0\\0\\0\\-1", &["5\\-20\\30", "7\\-20\\30", "9\\-20\\30"]),
        ("0.36\\0.48\\-0.8\\-0.8\\0.6\\0", &["1\\2\\3", "1.96\\3.28\\4.2", "2.92\\4.56\\5.4"]),
        ("0\\1\\0\\0\\0\\-1", &["5\\-20\\30"]),
    ];
    for (orientation, positions) in cases {
        let files = stack(orientation, positions);
        let plan = plan(&files);
        // One voxel in each slice: column 3, row 1.
        let seg = written(&files, &plan, &BONE, &About::default(), |_| {
            (0..12).map(|n| u8::from(n == 4 + 3)).collect()
        });
        let o: Vec<f64> = orientation.split('\\').map(|v| v.parse().unwrap()).collect();
        let expected: BTreeSet<[i64; 3]> = positions
            .iter()
            .map(|position| {
                let p: Vec<f64> = position.split('\\').map(|v| v.parse().unwrap()).collect();
                [0, 1, 2]
                    .map(|r| ((p[r] + o[r] * 0.7 * 3.0 + o[r + 3] * 0.8) * 1000.0).round() as i64)
            })
            .collect();
        assert_eq!(points(&seg), expected, "{orientation}");
        // Each frame names the slice at its place.
        for frame in items(&seg, 0x5200, 0x9230) {
            let place = at(&items(frame, 0x0020, 0x9113)[0], 0x0020, 0x0032);
            let source = &items(&items(frame, 0x0008, 0x9124)[0], 0x0008, 0x2112)[0];
            let uid = at(source, 0x0008, 0x1155);
            let n: usize = uid.strip_prefix("1.2.3.4.").unwrap().parse().unwrap();
            assert_eq!(place, positions[n]);
            assert_eq!(at(source, 0x0028, 0x135A), "YES");
            assert!(source.element(Tag(0x0008, 0x1160)).is_err());
        }
    }
}

#[test]
fn it_belongs_to_the_sources_patient_and_study_and_nothing_else_is_copied() {
    let files = stack("1\\0\\0\\0\\1\\0", &["0\\0\\0", "0\\0\\2"]);
    let plan = plan(&files);
    let segment = Segment { name: "Rippen ä".into(), anatomy: Anatomy::Bone };
    let about = About {
        check_summary: "CT check: fail hu; warn spacing".into(),
        now: Some("20261120134501".into()),
    };
    let seg = written(&files, &plan, &segment, &about, |k| vec![u8::from(k == 1); 12]);
    assert_eq!(seg.meta().transfer_syntax().trim_end_matches('\0'), hostile::EXPLICIT);
    for (group, element, value) in [
        (0x0008, 0x0005, "ISO_IR 192"),
        (0x0008, 0x0016, "1.2.840.10008.5.1.4.1.1.66.4"),
        (0x0008, 0x0020, "20200102"),
        (0x0008, 0x0023, "20261120"),
        (0x0008, 0x0033, "134501"),
        (0x0008, 0x0060, "SEG"),
        (0x0008, 0x0070, "Hounsfield"),
        (0x0008, 0x103E, "Rippen ä (Hounsfield, research use only)"),
        (0x0010, 0x0010, "Secret^Name"),
        (0x0010, 0x0020, "SECRET-ID"),
        (0x0020, 0x000D, "1.2.3.2"),
        (0x0020, 0x0052, "1.2.3.5"),
        (0x0028, 0x0008, "1"),
        (0x0028, 0x0100, "1"),
        (0x0028, 0x2110, "00"),
        (0x0062, 0x0001, "BINARY"),
        (0x0070, 0x0081, "CT check: fail hu; warn spacing"),
    ] {
        assert_eq!(at(&seg, group, element), value, "({group:04x},{element:04x})");
    }
    // The source's series is referenced, not taken over.
    let series = &items(&seg, 0x0008, 0x1115)[0];
    assert_eq!(at(series, 0x0020, 0x000E), "1.2.3.3");
    assert_eq!(items(series, 0x0008, 0x114A).len(), 2);
    assert!(at(&seg, 0x0020, 0x000E).starts_with("2.25."));
    assert!(at(&seg, 0x0008, 0x0018).starts_with("2.25."));
    let described = &items(&seg, 0x0062, 0x0002)[0];
    assert_eq!(at(described, 0x0062, 0x0005), "Rippen ä");
    assert_eq!(at(described, 0x0062, 0x0008), "AUTOMATIC");
    assert_eq!(at(&items(described, 0x0062, 0x000F)[0], 0x0008, 0x0100), "272673000");
    // The empty plane is left out; the other is the second, at z = 2.
    let frame = &items(&seg, 0x5200, 0x9230)[0];
    assert_eq!(numbers(&items(frame, 0x0020, 0x9113)[0], 0x0020, 0x0032)[2], 2.0);
    assert_eq!(items(&seg, 0x5200, 0x9230).len(), 1);
    // Without a date of the export, that of the study.
    let undated = written(&files, &plan, &segment, &About::default(), |_| vec![1; 12]);
    assert_eq!(at(&undated, 0x0008, 0x0023), "20200102");
    assert_eq!(at(&undated, 0x0070, 0x0081), "research use only");
}

#[test]
fn several_segments_are_frames_of_their_own_in_order() {
    let files = stack("1\\0\\0\\0\\1\\0", &["0\\0\\0", "0\\0\\2", "0\\0\\4"]);
    let plan = plan(&files);
    let segment = |anatomy| Segment { name: String::new(), anatomy };
    let segments = [Anatomy::LeftLung, Anatomy::RightLung, Anatomy::Airway].map(segment);
    let labels = |k: usize| {
        let mut voxels = vec![0; 12];
        match k {
            0 => voxels[5] = 2,
            1 => (voxels[0], voxels[11]) = (1, 2),
            _ => (voxels[3], voxels[4]) = (1, 1),
        }
        voxels
    };
    let bytes = labelled(&files, &plan, &segments, &About::default(), labels);
    let seg = dicom_object::from_reader(&bytes[..]).unwrap();
    let described: Vec<_> = items(&seg, 0x0062, 0x0002)
        .iter()
        .map(|item| {
            let code = at(&items(item, 0x0062, 0x000F)[0], 0x0008, 0x0100);
            (at(item, 0x0062, 0x0004), at(item, 0x0062, 0x0005), code)
        })
        .collect();
    let expected = [
        ("1", "Left lung", "44029006"),
        ("2", "Right lung", "3341006"),
        ("3", "Airway", "89187006"),
    ];
    assert_eq!(described, expected.map(|(n, name, code)| (n.into(), name.into(), code.into())));
    assert!(at(&seg, 0x0008, 0x103E).starts_with("Left lung, Right lung, Airway"));
    let frames: Vec<_> = items(&seg, 0x5200, 0x9230)
        .iter()
        .map(|frame| {
            let number = at(&items(frame, 0x0062, 0x000A)[0], 0x0062, 0x000B);
            let content = &items(frame, 0x0020, 0x9111)[0];
            let index = content.element(Tag(0x0020, 0x9157)).unwrap().to_multi_int::<u32>();
            let z = numbers(&items(frame, 0x0020, 0x9113)[0], 0x0020, 0x0032)[2];
            (number, index.unwrap(), z)
        })
        .collect();
    let frame = |n: u32, place: u32| (n.to_string(), vec![n, place], f64::from(place - 1) * 2.0);
    assert_eq!(frames, [frame(1, 2), frame(1, 3), frame(2, 1), frame(2, 2)]);
    let bits = seg.element(Tag(0x7FE0, 0x0010)).unwrap().to_bytes().unwrap();
    let set: Vec<usize> = (0..48).filter(|n| bits[n / 8] >> (n % 8) & 1 == 1).collect();
    assert_eq!(set, [0, 15, 16, 29, 47]);
    let mut writer = SegWriter::new(&files, &plan, &segments, &About::default()).unwrap();
    assert!(writer.put(0, &[4; 12]).unwrap_err().to_string().contains('4'));
    assert!(SegWriter::new(&files, &plan, &[], &About::default()).is_err());
}

#[test]
fn loss_that_the_source_had_is_said() {
    let lossy = Built::default()
        .put((0x0028, 0x2110), text(b"CS", "01"))
        .put((0x0028, 0x2112), text(b"DS", "10.25"))
        .put((0x0028, 0x2114), text(b"CS", "ISO_10918_1"));
    let files = files_of(&[lossy]);
    let seg = written(&files, &plan(&files), &BONE, &About::default(), |_| vec![1; 12]);
    let found = [0x2110, 0x2112, 0x2114].map(|element| at(&seg, 0x0028, element));
    assert_eq!(found, ["01", "10.25", "ISO_10918_1"]);
}

#[test]
fn names_in_any_character_set_go_along_byte_by_byte() {
    let latin = Built::default()
        .put((0x0008, 0x0005), text(b"CS", "ISO_IR 100"))
        .put((0x0010, 0x0010), (b"PN", Value::Bytes(b"M\xfcller".to_vec())));
    let files = files_of(&[latin]);
    let segment = Segment { name: "Knochen ä".into(), anatomy: Anatomy::Bone };
    let seg = written(&files, &plan(&files), &segment, &About::default(), |_| vec![1; 12]);
    assert_eq!(at(&seg, 0x0008, 0x0005), "ISO_IR 100");
    assert_eq!(at(&seg, 0x0010, 0x0010), "Müller");
    assert_eq!(at(&items(&seg, 0x0062, 0x0002)[0], 0x0062, 0x0005), "Knochen ?");
}

#[test]
fn what_the_source_lacks_is_empty_or_made_up_alike_each_time() {
    let bare = Built::default()
        .without((0x0010, 0x0010))
        .without((0x0020, 0x000D))
        .without((0x0020, 0x0052));
    let files = files_of(&[bare]);
    let seg = written(&files, &plan(&files), &BONE, &About::default(), |_| vec![0; 12]);
    assert_eq!(at(&seg, 0x0010, 0x0010), "");
    assert!(at(&seg, 0x0020, 0x000D).starts_with("2.25."));
    assert!(at(&seg, 0x0020, 0x0052).starts_with("2.25."));
    // An empty mask has one frame, because no frame is no image.
    assert_eq!(at(&seg, 0x0028, 0x0008), "1");
    assert!(points(&seg).is_empty());
    let again = written(&files, &plan(&files), &BONE, &About::default(), |_| vec![0; 12]);
    assert_eq!(at(&seg, 0x0008, 0x0018), at(&again, 0x0008, 0x0018));
    let other = written(&files, &plan(&files), &BONE, &About::default(), |_| vec![1; 12]);
    assert_ne!(at(&seg, 0x0008, 0x0018), at(&other, 0x0008, 0x0018));
}

#[test]
fn frames_of_a_multi_frame_source_are_named_by_number() {
    // Two frames, 3 mm apart along z; axial.
    let group = |items| (b"SQ", Value::Sequence(vec![items], true));
    let orientation = Items::from([((0x0020, 0x0037), text(b"DS", "1\\0\\0\\0\\1\\0"))]);
    let measures = Items::from([((0x0028, 0x0030), text(b"DS", "0.5\\0.25"))]);
    let shared =
        Items::from([((0x0020, 0x9116), group(orientation)), ((0x0028, 0x9110), group(measures))]);
    let files = files_of(&[Built::enhanced().put((0x5200, 0x9229), group(shared))]);
    let plan = plan(&files);
    let seg = written(&files, &plan, &BONE, &About::default(), |_| vec![1; 12]);
    let mut named = Vec::new();
    for frame in items(&seg, 0x5200, 0x9230) {
        let source = &items(&items(frame, 0x0008, 0x9124)[0], 0x0008, 0x2112)[0];
        let z = numbers(&items(frame, 0x0020, 0x9113)[0], 0x0020, 0x0032)[2];
        named.push((at(source, 0x0008, 0x1160), z));
    }
    named.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(named, [("1".into(), 10.0), ("2".into(), 13.0)]);
    assert_eq!(items(&items(&seg, 0x0008, 0x1115)[0], 0x0008, 0x114A).len(), 1);
}

#[test]
fn shifted_slices_are_named_as_sources_but_not_as_the_same_pixels() {
    // Each slice 1 mm further along y: a tilted gantry.
    let files = stack("1\\0\\0\\0\\1\\0", &["0\\0\\0", "0\\1\\2", "0\\2\\4"]);
    let plan = plan(&files);
    assert!(plan.info.facts.stack.as_ref().unwrap().tilt_corrected);
    let pixels = plan.file_size[0] * plan.file_size[1];
    let seg = written(&files, &plan, &BONE, &About::default(), |_| vec![1; pixels]);
    let frames = items(&seg, 0x5200, 0x9230);
    let y = |frame: &InMemDicomObject| numbers(&items(frame, 0x0020, 0x9113)[0], 0x0020, 0x0032)[1];
    // The grid is upright.
    assert!(frames.iter().all(|frame| y(frame) == y(&frames[0])));
    let kept: BTreeSet<String> = frames
        .iter()
        .map(|frame| {
            let source = &items(&items(frame, 0x0008, 0x9124)[0], 0x0008, 0x2112)[0];
            at(source, 0x0028, 0x135A)
        })
        .collect();
    assert!(kept.contains("NO"), "{kept:?}");
}

#[test]
fn what_cannot_be_written_is_refused_in_a_sentence() {
    let files = stack("1\\0\\0\\0\\1\\0", &["0\\0\\0", "0\\0\\2"]);
    let plan = plan(&files);
    let open = |plan: &Plan, about: &About| SegWriter::new(&files, plan, &[BONE], about);
    let about = |now: &str| About { now: Some(now.into()), ..About::default() };
    assert!(open(&plan, &about("yesterday")).unwrap_err().to_string().contains("yesterday"));
    let picture = Plan { reader: ReaderKind::Picture, ..plan.clone() };
    let error = open(&picture, &About::default()).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    let mut writer = open(&plan, &About::default()).unwrap();
    let debugged = format!("{writer:?}");
    let bytes = format!("{:?}", b"Secret^Name");
    assert!(!debugged.contains("Secret") && !debugged.contains(bytes.trim_matches(['[', ']'])));
    assert_eq!(writer.put(0, &[1; 11]).unwrap_err().code(), "size_mismatch");
    writer.put(1, &[1; 12]).unwrap();
    assert!(writer.put(1, &[1; 12]).unwrap_err().to_string().contains("increasing"));
    assert!(writer.put(2, &[1; 12]).is_err());
    let none = Plan { planes: Vec::new(), ..plan };
    assert!(open(&none, &About::default()).is_err());
}
