//! Another spacing, and datasets, as a person asks for them.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod shell;

use std::{fs, io::Read};

use shell::Session;

/// A phantom and its bones: 32 × 32 × 20 voxels.
fn phantom() -> Session {
    let shell = Session::new();
    shell.run("phantom -o ct.nii.gz --truth truth --size 32,32,20").succeeds();
    shell
}

/// Voxels along i, j, k, the type, and millimetres between voxels.
fn header(shell: &Session, name: &str) -> ([u16; 3], u16, [f32; 3]) {
    let mut bytes = Vec::new();
    let file = fs::File::open(shell.path(name)).unwrap();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    let short = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let float = |at: usize| f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    ([42, 44, 46].map(short), short(70), [80, 84, 88].map(float))
}

#[test]
fn a_scan_and_its_mask_on_another_spacing() {
    let shell = phantom();
    let (size, _, mm) = header(&shell, "ct.nii.gz");
    shell
        .run("resample ct.nii.gz out.nii.gz --spacing 5,5,10 --mask truth/bones.nii.gz --mask-out mask.nii.gz")
        .succeeds()
        .prints("voxels of 5 × 5 × 10 mm, int16");
    let (found, kind, spacing) = header(&shell, "out.nii.gz");
    let expected: Vec<u16> = (0..3)
        .map(|a| {
            (f64::from(size[a]) * f64::from(mm[a]) / [5.0, 5.0, 10.0][a]).round_ties_even() as u16
        })
        .collect();
    assert_eq!((found.to_vec(), kind, spacing), (expected, 4, [5.0, 5.0, 10.0]));
    assert_eq!(header(&shell, "mask.nii.gz").0, found);
    shell.run("resample ct.nii.gz f.nii.gz --spacing 8 --floats --interpolation cubic").succeeds();
    assert_eq!(header(&shell, "f.nii.gz").1, 16);
    // The same again is the same.
    shell
        .run("resample ct.nii.gz g.nii.gz --spacing 8 --floats --interpolation cubic --threads 1")
        .succeeds();
    assert_eq!(
        fs::read(shell.path("f.nii.gz")).unwrap(),
        fs::read(shell.path("g.nii.gz")).unwrap()
    );
}

#[test]
fn spacings_that_cannot_be_are_refused_with_the_value() {
    let shell = phantom();
    for mm in ["0", "-1", "NaN", "1e9", "1e-9"] {
        let number: f64 = mm.parse().unwrap();
        shell
            .run(&format!("resample ct.nii.gz out.nii.gz --spacing {mm}"))
            .exits_with(2)
            .complains(&format!("the spacing is {number}"));
    }
    shell.run("resample ct.nii.gz out.nii.gz --spacing 0.002").exits_with(1).complains("MB");
    shell.run("resample ct.nii.gz out.nii.gz").exits_with(2).complains("--spacing");
    assert!(!shell.files().contains(&"out.nii.gz".into()));
}

#[test]
fn a_cohort_becomes_a_dataset_and_a_bad_case_is_left_out() {
    let shell = phantom();
    fs::write(shell.path("letter.txt"), "Dear colleague").unwrap();
    shell
        .run("prepare ct.nii.gz letter.txt ct.nii.gz -o data --mask truth/bones.nii.gz --mask truth/bones.nii.gz --mask truth/bones.nii.gz --label 1=bone --spacing 12 --crop=4 --normalise --slices png8 --case-id a --case-id b --case-id c-1")
        .exits_with(1)
        .prints("2 of 3 cases")
        .complains("letter.txt");
    let manifest = fs::read_to_string(shell.path("data/manifest.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let slices = json["cases"][0]["slices"].as_array().unwrap();
    assert_eq!(json["cases"].as_array().unwrap().len(), 2);
    assert_eq!(json["labels"][0]["name"], "bone");
    assert_eq!(json["options"]["window"]["centreHu"], -300.0);
    assert_eq!(json["steps"].as_array().unwrap().len(), 3);
    assert!(!manifest.contains("ct.nii.gz"));
    for slice in slices {
        for file in ["image", "mask"] {
            assert!(shell.path("data").join(slice[file].as_str().unwrap()).exists());
        }
    }
    let map = fs::read_to_string(shell.path("data-map.csv")).unwrap();
    assert!(map.contains("a,ct.nii.gz,prepared") && map.contains("b,letter.txt,left out"), "{map}");

    // The recipe from the manifest gives the same bytes.
    fs::write(shell.path("steps.json"), json["steps"].to_string()).unwrap();
    shell
        .run("prepare ct.nii.gz -o again --mask truth/bones.nii.gz --label 1=bone --steps steps.json --slices png8 --case-id a")
        .succeeds();
    let image = slices[0]["image"].as_str().unwrap();
    let bytes = |folder: &str| fs::read(shell.path(folder).join(image)).unwrap();
    assert_eq!(bytes("data"), bytes("again"));
}

#[test]
fn volumes_when_no_slices_are_asked_for() {
    let shell = phantom();
    shell.run("prepare ct.nii.gz -o data --mask truth/bones.nii.gz --spacing 8 --z-score --axes LPS --map key.csv").succeeds();
    let (_, kind, _) = header(&shell, "data/images/case001.nii.gz");
    assert_eq!(kind, 16);
    assert!(shell.path("data/masks/case001.nii.gz").exists() && shell.path("key.csv").exists());
    shell.run("info data/images/case001.nii.gz").prints("LPS");
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_written() {
    let shell = phantom();
    fs::write(shell.path("steps.json"), r#"[{"op":"resample"}]"#).unwrap();
    for (line, words) in [
        ("prepare ct.nii.gz -o data --steps steps.json", "spacingMm"),
        ("prepare ct.nii.gz ct.nii.gz -o data --mask truth/bones.nii.gz", "2 scans, but 1 --mask"),
        ("prepare ct.nii.gz -o data --map data/key.csv", "keep it apart"),
        ("prepare ct.nii.gz -o truth", "not empty"),
        ("prepare ct.nii.gz -o data --steps steps.json --z-score", "cannot be used with"),
    ] {
        shell.run(line).exits_with(2).complains(words);
    }
    assert!(!shell.path("data").exists());
    shell.run("prepare ct.nii.gz -o data --crop").exits_with(1).complains("empty");
}
