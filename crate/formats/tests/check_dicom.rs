//! The CT check on real DICOM series: header and values together.

#![allow(clippy::unwrap_used, reason = "a test may")]

#[path = "../../core/tests/common/mod.rs"]
mod common;

use std::fs;

use hounsfield::{
    Assembly,
    check::{check, summary},
    nifti::Limits,
};
use hounsfield_formats::{catalogue::Catalogue, dicom, files::Files, plan::Options, scan::scan};

/// The summary of the suggested series in a folder.
fn checked(folder: &str) -> Option<String> {
    let mut paths: Vec<_> =
        fs::read_dir(common::data(folder)?).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named = |path: &std::path::PathBuf| (path.display().to_string(), fs::read(path).unwrap());
    let files = Files::new(paths.iter().map(named).collect());
    let items = (0..files.len()).flat_map(|file| scan(&files, file, &Limits::default())).collect();
    let catalogue = Catalogue::new(items);
    let suggested = catalogue.listing().suggested.unwrap();
    let plan = catalogue.plan(&suggested, &Options::default()).unwrap();
    let mut assembly = Assembly::new(
        plan.file_size,
        &plan.ras_from_file,
        plan.info.held_as,
        plan.fill,
        Limits::default(),
    )
    .unwrap();
    for (k, plane) in plan.planes.iter().enumerate() {
        let part = plane.parts.first().unwrap();
        let slice = dicom::frame(&files.at(&part.place).unwrap(), part.frame, &()).unwrap();
        assert!(assembly.put(k, &slice).unwrap());
    }
    let (volume, _) = assembly.finish().unwrap();
    Some(summary(&check(&volume, &plan.info.facts).unwrap()))
}

#[test]
fn ct_passes_and_mr_fails() {
    for (folder, expected) in [
        ("lidc-0001/dicom", "CT check: warn contrast"),
        ("cip/ct-64Dicom", "CT check: pass"),
        ("cip/simple_dicom", "CT check: pass"),
        ("dicom2nifti-generic/anatomical/001", "CT check: fail modality, hu; warn rescale"),
    ] {
        let Some(found) = checked(folder) else { continue };
        assert_eq!(found, expected, "{folder}");
    }
}
