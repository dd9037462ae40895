//! The CT check on real scans: which are in Hounsfield units, and which are not.

#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap")]

mod common;

use std::fs::File;

use hounsfield::{
    check::{CheckItem, Status, check},
    nifti::{self, Limits},
};

/// What the check says of a NIfTI file; nothing when the file is not here.
fn items(path: &str) -> Option<Vec<CheckItem>> {
    let file = File::open(common::data(path)?).unwrap();
    let scan = nifti::read(file, &Limits::default(), &mut ()).unwrap();
    Some(check(&scan.volume, &scan.info.facts).unwrap())
}

fn of<'a>(items: &'a [CheckItem], id: &str) -> &'a CheckItem {
    items.iter().find(|item| item.id == id).unwrap()
}

#[test]
fn scans_in_hu_pass() {
    for path in [
        "lidc-0001/ct.nii.gz",
        "totalseg-aorta/ct_cropped.nii.gz",
        "totalseg-pulmonary/ct_cropped.nii.gz",
        "niivue-ct/shear.nii.gz",
    ] {
        let Some(items) = items(path) else { continue };
        assert_eq!(of(&items, "hu").status, Status::Pass, "{path}: {items:?}");
        // All four were made with contrast, and nothing else about them is odd but one shear.
        assert_eq!(of(&items, "contrast").status, Status::Warn, "{path}: {items:?}");
        let odd = items.iter().filter(|item| item.status != Status::Pass).count();
        assert_eq!(odd, 1 + usize::from(path.contains("shear")), "{path}: {items:?}");
    }
}

#[test]
fn windows_pictures_labels_and_mr_fail() {
    for path in [
        "niivue-ct/CT_AVM.nii.gz",
        "niivue-ct/CT_pitch.nii.gz",
        "nibabel/anatomical.nii",
        "nibabel/functional.nii",
        "nibabel/example_nifti2.nii.gz",
        "nifti-rs/avg152T1_LR_nifti.nii.gz",
        "nifti-rs/zstat1.nii.gz",
        "dcmqa-12bit/Ref/2.nii",
        "dcmqa-12bit/Ref/3.nii",
        "dcmqa-12bit/Ref/4.nii",
        "dicom2nifti-generic/anatomical/001_ground_truth.nii.gz",
        "lidc-0001/mask.nii.gz",
        "niivue-space/RAS.nii.gz",
    ] {
        let Some(items) = items(path) else { continue };
        assert_eq!(of(&items, "hu").status, Status::Fail, "{path}: {items:?}");
    }
}

#[test]
fn the_padding_of_lidc_0001_is_counted() {
    let Some(items) = items("lidc-0001/ct.nii.gz") else { return };
    assert_eq!(of(&items, "padding").value, "21.3 % below −1024 HU");
    assert!(of(&items, "hu").value.starts_with("air −100"), "{items:?}");
}
