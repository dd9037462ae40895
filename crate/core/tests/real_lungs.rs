//! The published recipe on a real scan against another program's count, ours on scans without lungs.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use hounsfield::{
    Volume,
    lungs::{self, LungsParams, Method},
    nifti::{self, Limits},
};

fn open(path: &str) -> Option<Volume> {
    let file = std::fs::File::open(common::data(path)?).unwrap();
    Some(nifti::read(file, &Limits::default(), &mut ()).unwrap().volume)
}

#[test]
fn the_published_recipe_has_the_other_program_s_voxels() {
    let (Some(scan), Some(expected)) = (open("lidc-0001/ct.nii.gz"), common::data("../expected"))
    else {
        return;
    };
    let json = std::fs::read_to_string(expected.join("lidc-0001.lungs.json")).unwrap();
    let voxels = json.split("\"voxels\": ").nth(1).unwrap().split(',').next().unwrap();
    let params = LungsParams { method: Method::Classical, ..LungsParams::default() };
    let run = lungs::run(&scan, &params, &mut ()).unwrap();
    assert_eq!((run.left.count() + run.right.count()).to_string(), voxels);
}

#[test]
fn an_mr_scan_has_no_lungs() {
    let Some(scan) = open("nibabel/anatomical.nii") else { return };
    let run = lungs::run(&scan, &LungsParams::default(), &mut ()).unwrap();
    assert!(!run.report.found && run.left.is_empty() && run.right.is_empty());
    assert!(run.report.summary.starts_with("No lung found"), "{}", run.report.summary);
}
