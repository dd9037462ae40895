//! `hounsfield measure` as a person meets it.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod shell;

use std::fs;

use shell::Session;

/// A phantom with its true masks.
fn phantom() -> Session {
    let shell = Session::new();
    shell.run("phantom -o ct.nii.gz --truth truth --size 64,64,48").succeeds();
    shell
}

#[test]
fn labels_are_rows_and_the_last_row_is_all_of_them() {
    let shell = phantom();
    let line = "measure ct.nii.gz --mask truth/bones.nii.gz -m truth/heart.nii.gz";
    shell
        .run(line)
        .succeeds()
        .prints("label")
        .prints("bones ")
        .prints("heart ")
        .prints("all ")
        .prints("not a medical device");
    let found = shell.run(&format!("{line} --json")).succeeds().json();
    let rows = found["rows"].as_array().unwrap();
    let names: Vec<_> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["bones", "heart", "all"]);
    let sum: u64 = rows[..2].iter().map(|row| row["voxels"].as_u64().unwrap()).sum();
    assert_eq!(rows[2]["voxels"], sum);
    for key in ["paddingVoxels", "volumeMl", "surfaceMm2", "boxVoxel", "centroidRasMm", "meanHu"] {
        assert!(!rows[0][key].is_null(), "{key}");
    }
    assert!(found["check"].is_array() && found["lungs"].is_null());
    assert_eq!(found["name"], "ct.nii.gz");

    let csv = shell.run(&format!("{line} --csv --label 1=first")).succeeds().out();
    let lines: Vec<_> = csv.split("\r\n").collect();
    assert_eq!(lines.len(), 5, "{csv}");
    assert!(lines[0].starts_with("name,voxels,") && lines[0].ends_with(",scan,ctCheck"));
    assert!(lines[1].starts_with("first,") && lines[1].contains(",ct.nii.gz,"), "{csv}");
}

#[test]
fn lungs_come_with_gas_tissue_and_thirds() {
    let shell = phantom();
    let line = "measure ct.nii.gz --mask truth/lung_left.nii.gz --lungs";
    shell.run(line).succeeds().prints("left lung").prints("right basal").prints("in living pigs");
    let lungs = shell.run(&format!("{line} --json")).succeeds().json()["lungs"].clone();
    assert_eq!(lungs["rows"].as_array().unwrap().len(), 9);
    let both = &lungs["rows"][0];
    let number = |key: &str| both[key].as_f64().unwrap();
    let whole = number("gasMl") + number("tissueG");
    assert!((whole - number("volumeMl")).abs() < 1e-6 * whole, "{both}");
    assert!(lungs["norms"].as_array().unwrap().iter().any(|norm| norm["quantity"] == "volumeMl"));
    let csv = shell.run(&format!("{line} --csv")).succeeds().out();
    assert!(csv.contains("laa950Percent") && csv.contains("\r\nright apical,"), "{csv}");
}

#[test]
fn one_thread_gives_the_same_text_as_many() {
    let shell = phantom();
    let line = "measure ct.nii.gz --mask truth/lung_left.nii.gz --lungs --json --threads";
    let one = shell.run(&format!("{line} 1")).succeeds().out();
    assert_eq!(one, shell.run(&format!("{line} 3")).succeeds().out());
}

#[test]
fn masks_that_cannot_be_measured_are_refused_by_name() {
    let shell = phantom();
    shell.run("measure ct.nii.gz").exits_with(2).complains("--mask");
    shell.run("measure ct.nii.gz -m ct.nii.gz").exits_with(1).complains("this is a scan");
    shell.run("phantom -o small.nii.gz --truth small --size 32,32,24").succeeds();
    let other = shell.run("measure ct.nii.gz -m small/bones.nii.gz").exits_with(1);
    other.complains("small/bones.nii.gz: the file of labels has [32, 32, 24] voxels");
    shell
        .run("measure ct.nii.gz -m truth/bones.nii.gz --label heart")
        .exits_with(2)
        .complains("4=heart");
    fs::write(shell.path("text.nii"), b"no mask at all").unwrap();
    shell.run("measure ct.nii.gz -m text.nii").exits_with(1).complains("text.nii: ");
}
