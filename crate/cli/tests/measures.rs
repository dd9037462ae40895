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
fn lungs_in_files_of_their_own() {
    let shell = phantom();
    let line = "measure ct.nii.gz --left-lung truth/lung_left.nii.gz --right-lung truth/lung_right.nii.gz --json";
    let found = shell.run(line).succeeds().json();
    let voxels = |rows: &serde_json::Value| -> Vec<(String, u64)> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| (row["name"].as_str().unwrap().to_owned(), row["voxels"].as_u64().unwrap()))
            .collect()
    };
    let rows = voxels(&found["rows"]);
    let names: Vec<_> = rows.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["left lung", "right lung", "all"]);
    let lungs = voxels(&found["lungs"]["rows"]);
    assert_eq!(lungs[1..3], rows[..2]);
    assert_ne!(rows[0].1, rows[1].1, "the test could not tell them apart");
    // By the files' names, the first of which holds one lung only.
    let line = "measure ct.nii.gz -m truth/lung_right.nii.gz --lungs --json";
    let alone = shell.run(line).succeeds().json();
    let alone = voxels(&alone["lungs"]["rows"]);
    assert_eq!((alone[1].1, alone[2].1), (0, rows[1].1), "named lung_right, though its label is 1");
    shell
        .run("measure ct.nii.gz --lungs --left-lung truth/lung_left.nii.gz")
        .exits_with(2)
        .complains("--left-lung");
}

#[test]
fn segments_go_by_their_names() {
    let shell = phantom();
    shell.run("lungs ct.nii.gz -o lungs.seg.nrrd").succeeds();
    let line = "measure ct.nii.gz --mask lungs.seg.nrrd --lungs --json";
    let before = shell.run(line).succeeds().json();
    // The segments change their names, so the lungs change sides.
    let bytes = fs::read(shell.path("lungs.seg.nrrd")).unwrap();
    let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap();
    let header = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let swapped = header
        .replace("Name:=Left lung", "Name:=…")
        .replace("Name:=Right lung", "Name:=Left lung")
        .replace("Name:=…", "Name:=Right lung");
    assert_ne!(swapped, header);
    fs::write(shell.path("lungs.seg.nrrd"), [swapped.as_bytes(), &bytes[end..]].concat()).unwrap();
    let after = shell.run(line).succeeds().json();
    let voxels =
        |found: &serde_json::Value, row: usize| found["lungs"]["rows"][row]["voxels"].clone();
    assert_ne!(voxels(&before, 1), voxels(&before, 2));
    assert_eq!(voxels(&after, 1), voxels(&before, 2));
    assert_eq!(voxels(&after, 2), voxels(&before, 1));
    let names = |found: &serde_json::Value| -> Vec<serde_json::Value> {
        found["rows"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect()
    };
    // Label 3 keeps the file's own name.
    assert_eq!(names(&after)[..2], ["right lung", "left lung"]);
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
