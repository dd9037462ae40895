//! Measures of real lungs against numbers made by another program.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use std::{fs, path::Path};

use hounsfield::{
    Mask, Volume,
    labels::{About, split},
    measure::lungs::{LungRow, measure_lungs},
    nifti::{self, Limits},
};

fn open(path: &Path) -> Volume {
    let file = fs::File::open(path).unwrap();
    nifti::read(file, &Limits::default(), &mut ()).unwrap().volume
}

/// The number of a flat JSON object, without a JSON reader.
fn number(json: &str, name: &str) -> f64 {
    let rest = json.split(&format!("\"{name}\": ")).nth(1).unwrap();
    rest.split([',', '}']).next().unwrap().parse().unwrap()
}

#[test]
fn lungs_of_a_real_scan_agree_with_numpy() {
    let (Some(folder), Some(expected)) = (common::data("lidc-0001"), common::data("../expected"))
    else {
        return;
    };
    let json = fs::read_to_string(expected.join("lidc-0001.lung-stats.json")).unwrap();
    let scan = open(&folder.join("ct.nii.gz"));
    let about = About { placed: true, ..About::default() };
    let labels = split(&open(&folder.join("ref_lungs.nii.gz")), scan.grid(), &about).unwrap();
    let mut lungs = Mask::empty(scan.grid().size_voxel()).unwrap();
    for label in &labels.found {
        lungs.union_with(&label.mask).unwrap();
    }
    let none = Mask::empty(scan.grid().size_voxel()).unwrap();
    let found = measure_lungs(&scan, &lungs, &none, &mut ()).unwrap();
    let LungRow { row, gas_ml, tissue_g, laa950_percent, .. } = &found.rows[0];
    for (name, found) in [
        ("voxels", Some(row.voxels as f64)),
        ("ml", Some(row.volume_ml)),
        ("mean", row.mean_hu),
        ("sd", row.sd_hu),
        ("median", row.median_hu),
        ("p5", row.p5_hu),
        ("p15", row.p15_hu),
        ("p95", row.p95_hu),
        ("laa950_percent", *laa950_percent),
        ("tissue_g", *tissue_g),
        ("air_ml", *gas_ml),
    ] {
        let (found, expected) = (found.unwrap(), number(&json, name));
        assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{name}: {found}, {expected}");
    }
    assert_eq!(row.padding_voxels, 0);
}
