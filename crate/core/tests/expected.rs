//! The curve on a real scan against counts made by another program, one labelling a threshold.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use hounsfield::{
    Neighbourhood,
    curve::{Rule, choose, component_curve},
    nifti::{self, Limits},
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
