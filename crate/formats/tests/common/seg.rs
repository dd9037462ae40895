//! DICOM SEG of small series, and what is in them.

use std::collections::BTreeSet;

use dicom_core::Tag;
use dicom_object::{DefaultDicomObject, InMemDicomObject};
use hounsfield::nifti::Limits;
use hounsfield_formats::{
    catalogue::Catalogue,
    dicom::seg::{About, SegWriter},
    files::Files,
    plan::{Options, Plan},
    scan::scan,
    segment::{Anatomy, Segment},
};

use super::hostile::{Built, text};

pub(crate) const BONE: Segment = Segment { name: String::new(), anatomy: Anatomy::Bone };

pub(crate) fn plan(files: &Files<Vec<u8>>) -> Plan {
    let items = (0..files.len()).flat_map(|file| scan(files, file, &Limits::default())).collect();
    let catalogue = Catalogue::new(items);
    let suggested = catalogue.listing().suggested.unwrap();
    catalogue.plan(&suggested, &Options::default()).unwrap()
}

pub(crate) fn files_of(slices: &[Built]) -> Files<Vec<u8>> {
    Files::new(slices.iter().enumerate().map(|(n, b)| (format!("{n}"), b.bytes())).collect())
}

/// Slices of the default file (4 × 3 pixels of 0.7 × 0.8 mm) with these positions.
pub(crate) fn stack(orientation: &str, positions: &[&str]) -> Files<Vec<u8>> {
    let slices: Vec<Built> = positions
        .iter()
        .enumerate()
        .map(|(n, position)| {
            Built::default()
                .put((0x0008, 0x0018), text(b"UI", &format!("1.2.3.4.{n}")))
                .put((0x0008, 0x0020), text(b"DA", "20200102"))
                .put((0x0020, 0x0032), text(b"DS", position))
                .put((0x0020, 0x0037), text(b"DS", orientation))
        })
        .collect();
    files_of(&slices)
}

/// The file with the planes that `mask` gives.
pub(crate) fn file(
    files: &Files<Vec<u8>>,
    plan: &Plan,
    segment: &Segment,
    about: &About,
    mask: impl Fn(usize) -> Vec<u8>,
) -> Vec<u8> {
    labelled(files, plan, std::slice::from_ref(segment), about, mask)
}

/// The file with the labels that `labels` gives.
pub(crate) fn labelled(
    files: &Files<Vec<u8>>,
    plan: &Plan,
    segments: &[Segment],
    about: &About,
    mask: impl Fn(usize) -> Vec<u8>,
) -> Vec<u8> {
    let mut writer = SegWriter::new(files, plan, segments, about).unwrap();
    for k in 0..plan.file_size[2] {
        writer.put(k, &mask(k)).unwrap();
    }
    let file = writer.finish().unwrap();
    assert_eq!(file.len() % 2, 0);
    file
}

/// The same, read back.
pub(crate) fn written(
    files: &Files<Vec<u8>>,
    plan: &Plan,
    segment: &Segment,
    about: &About,
    mask: impl Fn(usize) -> Vec<u8>,
) -> DefaultDicomObject {
    dicom_object::from_reader(&file(files, plan, segment, about, mask)[..]).unwrap()
}

pub(crate) fn at(set: &InMemDicomObject, group: u16, element: u16) -> String {
    let value = set.element(Tag(group, element)).unwrap().to_str().unwrap();
    value.trim_end_matches(['\0', ' ']).to_owned()
}

pub(crate) fn items(set: &InMemDicomObject, group: u16, element: u16) -> &[InMemDicomObject] {
    set.element(Tag(group, element)).unwrap().items().unwrap()
}

pub(crate) fn numbers(set: &InMemDicomObject, group: u16, element: u16) -> Vec<f64> {
    set.element(Tag(group, element)).unwrap().to_multi_float64().unwrap()
}

/// LPS millimetres of all voxels inside, by the file's own geometry, rounded to a thousandth.
pub(crate) fn points(seg: &InMemDicomObject) -> BTreeSet<[i64; 3]> {
    let [rows, columns] = [0x0010, 0x0011].map(|e| at(seg, 0x0028, e).parse::<usize>().unwrap());
    let shared = &items(seg, 0x5200, 0x9229)[0];
    let o = numbers(&items(shared, 0x0020, 0x9116)[0], 0x0020, 0x0037);
    let spacing = numbers(&items(shared, 0x0028, 0x9110)[0], 0x0028, 0x0030);
    let bytes = seg.element(Tag(0x7FE0, 0x0010)).unwrap().to_bytes().unwrap();
    let mut points = BTreeSet::new();
    for (f, frame) in items(seg, 0x5200, 0x9230).iter().enumerate() {
        let p = numbers(&items(frame, 0x0020, 0x9113)[0], 0x0020, 0x0032);
        for (j, i) in (0..rows).flat_map(|j| (0..columns).map(move |i| (j, i))) {
            let bit = (f * rows + j) * columns + i;
            if bytes[bit / 8] >> (bit % 8) & 1 == 1 {
                points.insert([0, 1, 2].map(|r| {
                    let right = o[r] * spacing[1] * i as f64;
                    let down = o[r + 3] * spacing[0] * j as f64;
                    ((p[r] + right + down) * 1000.0).round() as i64
                }));
            }
        }
    }
    points
}
