//! Masks of real series, and of one of each anatomy. With `HOUNSFIELD_SEG_DIR` the files are kept
//! there, for `tests/formats/read_back.py`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[allow(dead_code, reason = "shared with other tests")]
#[path = "common/seg.rs"]
mod built;
#[path = "../../core/tests/common/mod.rs"]
mod common;
#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with other tests")]
#[path = "../../../tests/hostile/dicom.rs"]
mod hostile;

use std::{fs, path::Path};

use built::{BONE, at, file, items, labelled, plan, points, stack};
use hounsfield::Slice;
use hounsfield_formats::{
    dicom::{self, seg::About},
    files::Files,
    nrrd::SegNrrdWriter,
    plan::Plan,
    segment::{Anatomy, Segment},
};

fn keep(name: &str, bytes: &[u8]) {
    if let Some(out) = std::env::var_os("HOUNSFIELD_SEG_DIR") {
        fs::write(Path::new(&out).join(name), bytes).unwrap();
    }
}

#[test]
fn one_of_each_anatomy() {
    // A turn about all three axes; label n has the n + 1 first pixels of slice n.
    let files = stack(
        "0.36\\0.48\\-0.8\\-0.8\\0.6\\0",
        &["1\\2\\3", "1.96\\3.28\\4.2", "2.92\\4.56\\5.4", "3.88\\5.84\\6.6"],
    );
    let plan = plan(&files);
    let segments: Vec<Segment> =
        Anatomy::ALL.into_iter().map(|anatomy| Segment { name: String::new(), anatomy }).collect();
    let labels = |k: usize| -> Vec<u8> {
        let label = |n: usize| {
            if n <= k {
                2 * k + 1
            } else if n > 7 {
                2 * k + 2
            } else {
                0
            }
        };
        (0..12).map(|n| u8::try_from(label(n)).unwrap()).map(|label| label % 8).collect()
    };
    let about = About { check_summary: "CT check: pass".into(), now: None };
    let bytes = labelled(&files, &plan, &segments, &about, labels);
    let seg = dicom_object::from_reader(&bytes[..]).unwrap();
    let coded = |item| {
        let code = |element| at(&items(item, 0x0062, element)[0], 0x0008, 0x0100);
        (code(0x0003), code(0x000F))
    };
    let found: Vec<(String, String)> = items(&seg, 0x0062, 0x0002).iter().map(coded).collect();
    let (tissue, structure) = ("85756007", "91723000");
    let expected = [
        (tissue, "272673000"),
        (structure, "39607008"),
        (structure, "44029006"),
        (structure, "3341006"),
        (structure, "80891009"),
        (structure, "89187006"),
        (tissue, tissue),
    ];
    assert_eq!(found, expected.map(|(category, code)| (category.into(), code.into())));
    keep("anatomies.dcm", &bytes);
    let mut writer =
        SegNrrdWriter::new(plan.file_size, &plan.ras_from_file, &segments, "").unwrap();
    for k in 0..plan.file_size[2] {
        writer.put(k, &labels(k)).unwrap();
    }
    keep("anatomies.seg.nrrd", &writer.finish().unwrap());
}

/// Everything denser than 200 HU.
fn bright(files: &Files<Vec<u8>>, plan: &Plan, k: usize) -> Vec<u8> {
    let Some(part) = plan.planes[k].parts.first() else {
        return vec![0; plan.file_size[0] * plan.file_size[1]];
    };
    match dicom::frame(&files.at(&part.place).unwrap(), part.frame, &()).unwrap() {
        Slice::I16(values) => values.iter().map(|v| u8::from(*v > 200)).collect(),
        Slice::F32(values) => values.iter().map(|v| u8::from(*v > 200.0)).collect(),
    }
}

#[test]
fn real_series() {
    for folder in ["lidc-0001/dicom", "cip/ct-64Dicom", "cip/simple_dicom", "dicomparser"] {
        let Some(path) = common::data(folder) else { continue };
        let mut paths: Vec<_> = fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()).collect();
        paths.retain(|path| path.is_file());
        paths.sort();
        let named = |path: &Path| (path.display().to_string(), fs::read(path).unwrap());
        let files = Files::new(paths.iter().map(|path| named(path)).collect());
        let plan = plan(&files);
        let about = About { check_summary: "CT check: pass".into(), now: None };
        let bytes = file(&files, &plan, &BONE, &about, |k| bright(&files, &plan, k));
        let seg = dicom_object::from_reader(&bytes[..]).unwrap();
        let inside: usize =
            (0..plan.file_size[2]).flat_map(|k| bright(&files, &plan, k)).map(usize::from).sum();
        assert_eq!(points(&seg).len(), inside, "{folder}");
        keep(&format!("{}.dcm", folder.replace('/', "_")), &bytes);
    }
}
