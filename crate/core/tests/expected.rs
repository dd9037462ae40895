//! Curve and surface of a real scan against numbers made by other programs.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use hounsfield::{
    Neighbourhood,
    curve::{Rule, choose, component_curve},
    nifti::{self, Limits},
    surface::{SurfaceParams, of_level},
};

/// The numbers of a flat JSON list, without a JSON reader: `"counts": [1, 2, 3]`.
fn counts(json: &str) -> Vec<u32> {
    let list = json.split("\"counts\": [").nth(1).unwrap().split(']').next().unwrap();
    list.split(',').map(|number| number.trim().parse().unwrap()).collect()
}

#[test]
fn the_curve_of_a_real_scan_is_exact_at_all_351_thresholds() {
    let (Some(scan), Some(expected)) =
        (common::data("lidc-0001/ct.nii.gz"), common::data("../expected"))
    else {
        return;
    };
    let file = std::fs::File::open(scan).unwrap();
    let opened = nifti::read(file, &Limits::default(), &mut ()).unwrap();
    let hu = opened.volume.hu().unwrap();
    for (neighbourhood, name) in
        [(Neighbourhood::Corners26, "sweep26"), (Neighbourhood::Faces6, "sweep6")]
    {
        let json = std::fs::read_to_string(expected.join(format!("lidc-0001.{name}.json")));
        let curve =
            component_curve(&hu, opened.volume.grid(), neighbourhood, None, &mut ()).unwrap();
        assert_eq!(curve.components, counts(&json.unwrap()), "{name}");
        if neighbourhood == Neighbourhood::Corners26 {
            let choice = choose(&curve);
            let classical = choice.others.iter().find(|other| other.rule == Rule::Classical14);
            assert_eq!(classical.unwrap().threshold_hu, Some(262), "as the other program chose");
        }
    }
}

/// One number of a flat JSON object: `"area_mm2": 12.5`.
fn number(json: &str, name: &str) -> f64 {
    let rest = json.split(&format!("\"{name}\": ")).nth(1).unwrap();
    rest.split([',', '}']).next().unwrap().trim().parse().unwrap()
}

#[test]
fn the_surface_of_a_real_scan_has_the_area_and_volume_of_another_programs() {
    let (Some(scan), Some(expected)) =
        (common::data("lidc-0001/ct.nii.gz"), common::data("../expected"))
    else {
        return;
    };
    let file = std::fs::File::open(scan).unwrap();
    let opened = nifti::read(file, &Limits::default(), &mut ()).unwrap();
    let volume = opened.volume;
    let mut found = of_level(&volume, 300.0, &SurfaceParams::default(), &mut ()).unwrap();
    // The scan cuts bones, so volumes can be compared from one point only: the file's first voxel.
    found.apex_ras_mm = opened.template.axes().ras_from_file(volume.grid()).map(|row| row[3]);
    let found = found.measures().unwrap();
    let json = std::fs::read_to_string(expected.join("lidc-0001.surface300.json")).unwrap();
    for (name, found) in [("area_mm2", found.area_mm2), ("volume_mm3", found.volume_mm3)] {
        let expected = number(&json, name);
        assert!((found / expected - 1.0).abs() < 0.005, "{name}: {found}, not {expected}");
    }
    assert_eq!(found.tangled_edges, 0);
    let capped = SurfaceParams { cap_border: true, ..SurfaceParams::default() };
    let closed = of_level(&volume, 300.0, &capped, &mut ()).unwrap().measures().unwrap();
    assert!(closed.watertight, "{closed:?}");
}
