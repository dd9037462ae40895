//! Other formats than NIfTI, as a person meets them: folders, archives, series to pick from.

#![allow(clippy::unwrap_used, reason = "a test may")]

#[allow(dead_code, unreachable_pub, reason = "shared with other tests")]
#[path = "../../../tests/hostile/dicom.rs"]
mod dicom;
mod shell;
#[allow(dead_code, unreachable_pub, reason = "shared with other tests")]
#[path = "../../../tests/hostile/zip.rs"]
mod zip;

use std::{fs, io::Read, path::Path};

use dicom::{Built, Pixels, number, text};
use shell::Session;
use zip::Entry;

const SIZE: [u16; 3] = [48, 40, 12];

/// A series of slices, as files with names that say nothing. Air, with a bright rod in soft tissue.
fn series(uid: &str, slices: u16) -> Vec<(String, Built)> {
    let [columns, rows, _] = SIZE;
    let slice = |k: u16| {
        let mut stored = Vec::new();
        for y in 0..rows {
            for x in 0..columns {
                let off = |a: u16, b: u16| f64::from(a) - f64::from(b) / 2.0;
                let r = off(x, columns).hypot(off(y, rows));
                let hu = if r < 5.0 {
                    700
                } else if r < 17.0 {
                    40 + (x * 7 + y * 5 + k) % 9
                } else {
                    0
                };
                let value = if r < 17.0 { hu as i16 + 1024 } else { 24 };
                stored.extend(value.to_le_bytes());
            }
        }
        Built { pixels: Pixels::Native(stored, 2), ..Built::default() }
            .put((0x0008, 0x0018), text(b"UI", &format!("{uid}.{k}")))
            .put((0x0008, 0x0020), text(b"DA", "20200102"))
            .put((0x0020, 0x000E), text(b"UI", uid))
            .put((0x0020, 0x0013), text(b"IS", &(k + 1).to_string()))
            .put(
                (0x0020, 0x0032),
                text(b"DS", &format!("-10.5\\-20\\{}", 30.0 + 2.5 * f64::from(k))),
            )
            .put((0x0028, 0x0010), number(rows))
            .put((0x0028, 0x0011), number(columns))
    };
    (0..slices).map(|k| (format!("{:02x}", k * 37 % 251), slice(k))).collect()
}

fn save(shell: &Session, folder: &str, files: &[(String, Built)]) {
    fs::create_dir_all(shell.path(folder)).unwrap();
    for (name, built) in files {
        fs::write(shell.path(folder).join(name), built.bytes()).unwrap();
    }
}

/// Header and 16-bit voxels of a `.nii.gz`.
fn nifti(shell: &Session, name: &str) -> (Vec<u8>, Vec<i16>) {
    let mut bytes = Vec::new();
    let file = fs::File::open(shell.path(name)).unwrap();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    let voxels = bytes.split_off(352);
    (bytes, voxels.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect())
}

#[test]
fn from_a_dicom_folder_to_its_bones() {
    let shell = Session::new();
    save(&shell, "study/series", &series("1.2.3.3", SIZE[2]));
    fs::write(shell.path("study/README.txt"), "Dear colleague, please find attached").unwrap();

    shell
        .run("info study")
        .succeeds()
        .prints("study: DICOM, int16 voxels, axes LPS")
        .prints("size      48 × 40 × 12 voxels")
        .prints("spacing   0.7000 × 0.8000 × 2.5000 mm")
        .prints("check     pass  Tilt")
        .prints("left out  1 × ");
    let quick = shell.run("info study --header-only --json").succeeds().json();
    assert_eq!(quick["series"], "1");
    assert_eq!(quick["check"], serde_json::Value::Null);
    assert_eq!(quick["listing"]["series"][0]["files"], 12);
    let info = shell.run("info study --json").succeeds().json();
    let check = info["check"].as_array().unwrap();
    let ids: Vec<&str> = check.iter().map(|item| item["id"].as_str().unwrap()).collect();
    let each = [
        "modality",
        "hu",
        "padding",
        "spacing",
        "missing",
        "tilt",
        "orientation",
        "rescale",
        "contrast",
    ];
    assert_eq!(ids, each);
    for item in check {
        // A verdict, the number behind it, and a sentence.
        assert!(matches!(item["status"].as_str().unwrap(), "pass" | "warn" | "fail"), "{item}");
        let [value, message] = ["value", "message"].map(|key| item[key].as_str().unwrap());
        assert!(!value.is_empty() && message.ends_with('.'), "{item}");
    }
    let value = |id: usize| check[id]["value"].as_str().unwrap();
    assert_eq!([value(3), value(4), value(5)], ["2.50 mm", "12 of 12 slices", "0.0°"]);

    shell.run("bones study -o mask.nii.gz --method threshold --threshold 300").succeeds();
    shell.run("info mask.nii.gz").succeeds().prints("48 × 40 × 12");
    shell.run("bones study -o mask.dcm --method threshold --threshold 300").succeeds();
    let seg = fs::read(shell.path("mask.dcm")).unwrap();
    assert_eq!(&seg[128..132], b"DICM");
    shell.run("bones study -o mask.seg.nrrd --method threshold --threshold 300").succeeds();
    shell.run("convert mask.seg.nrrd seg.nii.gz").succeeds();
    shell.run("convert mask.nii.gz mask2.nii.gz").succeeds();
    assert!(nifti(&shell, "seg.nii.gz").1 == nifti(&shell, "mask2.nii.gz").1);
    shell.run("info mask.dcm").exits_with(1).complains("mask.dcm: ");
    shell
        .run("bones mask.nii.gz -o again.dcm")
        .exits_with(2)
        .complains("refers to the DICOM series");
}

#[test]
fn convert_keeps_voxels_and_places() {
    let shell = Session::new();
    let mut files = series("1.2.3.3", SIZE[2]);
    save(&shell, "study", &files);
    shell.run("convert study scan.nii.gz").succeeds().prints("48 × 40 × 12 voxels, axes LPS");
    let (header, voxels) = nifti(&shell, "scan.nii.gz");
    let float = |at: usize| f32::from_le_bytes(header[at..at + 4].try_into().unwrap());
    // LPS in the file, RAS in NIfTI: the first two axes point the other way.
    assert_eq!([float(280), float(292)], [-0.7, 10.5]);
    assert_eq!([float(300), float(308)], [-0.8, 20.0]);
    assert_eq!([float(320), float(324)], [2.5, 30.0]);
    let stored = |built: &Built| match &built.pixels {
        Pixels::Native(bytes, _) => bytes.clone(),
        _ => Vec::new(),
    };
    let expected: Vec<i16> = files
        .iter()
        .flat_map(|(_, built)| stored(built))
        .collect::<Vec<u8>>()
        .chunks_exact(2)
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]) - 1024)
        .collect();
    assert!(voxels == expected);

    // The same in an archive, in the other order, through a pipe, and file by file.
    files.reverse();
    let entries: Vec<Entry> =
        files.iter().map(|(name, built)| Entry::deflated(name, &built.bytes())).collect();
    let zip = zip::archive(&entries);
    fs::write(shell.path("study.zip"), &zip).unwrap();
    shell.run("convert study.zip zipped.nii.gz").succeeds();
    shell.pipe(&zip, "convert - piped.nii.gz").succeeds();
    let names: Vec<String> = files.iter().map(|(name, _)| format!("study/{name}")).collect();
    shell.run(&format!("convert {} listed.nii.gz", names.join(" "))).succeeds();
    let whole = fs::read(shell.path("scan.nii.gz")).unwrap();
    for name in ["zipped.nii.gz", "piped.nii.gz", "listed.nii.gz"] {
        assert!(fs::read(shell.path(name)).unwrap() == whole, "{name}");
    }
    let piped = shell.run("convert study - --quiet").succeeds();
    assert!(piped.output.stdout == whole);
    shell.run("convert study scan.png").exits_with(2).complains("must end in .nii.gz");
}

#[test]
fn a_series_is_picked() {
    let shell = Session::new();
    save(&shell, "study/a", &series("1.2.3.3", 12));
    save(&shell, "study/b", &series("1.2.3.4", 5));
    let info = shell.run("info study").succeeds();
    let info =
        info.prints("series    ").prints("* 1  DICOM CT, 48 × 40 × 12").prints("  2  DICOM CT");
    assert!(!info.out().contains("left out"));
    shell.run("info study --series 2").succeeds().prints("48 × 40 × 5 voxels");
    shell.run("info study --series 3").exits_with(2).complains("series is 3");
}

#[test]
fn gaps_and_tilt_are_the_readers_choice() {
    let shell = Session::new();
    let mut files = series("1.2.3.3", SIZE[2]);
    files.remove(5);
    save(&shell, "gap", &files);
    shell.run("info gap").succeeds().prints("note      ").prints("Missing slices: ");
    shell.run("convert gap left.nii.gz").succeeds();
    shell.run("convert gap filled.nii.gz --gaps interpolate").succeeds().prints("note      ");
    let plane = usize::from(SIZE[0]) * usize::from(SIZE[1]);
    let ((_, left), (_, filled)) = (nifti(&shell, "left.nii.gz"), nifti(&shell, "filled.nii.gz"));
    let about = |name: &str| String::from_utf8_lossy(&nifti(&shell, name).0[148..228]).into_owned();
    let (described, made) = (about("left.nii.gz"), about("filled.nii.gz"));
    assert!(described.starts_with("Hounsfield; CT check: fail"), "{described}");
    assert!(made.contains("; 1 made up"), "{made}");
    assert!(left[5 * plane..6 * plane].iter().all(|hu| *hu == left[5 * plane]));
    assert_eq!(filled[5 * plane + plane / 2 + 24], 700);

    // Each slice 0.5 mm further back: 11.3 degrees.
    let tilted: Vec<(String, Built)> = series("1.2.3.3", SIZE[2])
        .into_iter()
        .enumerate()
        .map(|(k, (name, built))| {
            let position = format!("-10.5\\{}\\{}", -20.0 + 0.5 * k as f64, 30.0 + 2.5 * k as f64);
            (name, built.put((0x0020, 0x0032), text(b"DS", &position)))
        })
        .collect();
    save(&shell, "tilted", &tilted);
    shell.run("convert tilted upright.nii.gz").succeeds().prints("11.3");
    shell.run("convert tilted sheared.nii.gz --tilt keep").succeeds();
    let (header, voxels) = nifti(&shell, "sheared.nii.gz");
    assert_eq!(f32::from_le_bytes(header[304..308].try_into().unwrap()), -0.5);
    assert_eq!(voxels.len(), plane * 12);
    shell.run("info tilted --tilt refuse").exits_with(1).complains("11.3");
}

#[test]
fn a_scan_that_is_no_ct_says_so_beside_every_result() {
    let shell = Session::new();
    let mr: Vec<(String, Built)> = series("1.2.3.3", SIZE[2])
        .into_iter()
        .map(|(name, built)| (name, built.put((0x0008, 0x0060), text(b"CS", "MR"))))
        .collect();
    save(&shell, "mr", &mr);
    shell.run("info mr").succeeds().prints("check     FAIL  Modality");
    shell.run("convert mr mr.nii.gz").succeeds().prints("CHECK FAILED: Modality");
    let line = "bones mr -o mask.nii.gz --method threshold --threshold 300";
    shell.run(line).succeeds().prints("CHECK FAILED: Modality");
    let (header, _) = nifti(&shell, "mask.nii.gz");
    let descrip = String::from_utf8_lossy(&header[148..228]).into_owned();
    assert!(descrip.contains("check"), "{descrip}");
    let report = shell.run(&format!("{line} --json")).succeeds().json();
    assert_eq!(report["check"][0]["status"], "fail");
    // Where the result is data, the words go beside it.
    let csv = shell.run("curve mr --csv").exits_with(0).complains("CHECK FAILED: Modality");
    let csv = csv.out();
    assert!(csv.starts_with("thresholdHu,"));
    assert!(csv.lines().skip(1).all(|row| row.contains(",CT check: fail modality")), "{csv}");
}

#[test]
fn nobody_is_named() {
    let shell = Session::new();
    let mut files = series("1.2.3.3", SIZE[2]);
    // One cut off, so that complaints are made, too.
    let cut = files[3].1.bytes();
    files.remove(3);
    save(&shell, "study", &files);
    fs::write(shell.path("study/zz"), &cut[..cut.len() - 900]).unwrap();
    let threshold = "--method threshold --threshold 300";
    for line in [
        "info study",
        "info study --json",
        "info study --header-only --json",
        "convert study scan.nii.gz",
        "bones study --json",
        &format!("bones study -o mask.nii.gz {threshold}"),
        &format!("bones study -o mask.seg.nrrd {threshold}"),
        "curve study --csv",
        "measure study -m mask.nii.gz",
        "measure study -m mask.nii.gz --csv",
        "measure study -m mask.nii.gz --json",
        "surface study --level 300 -o bone.stl",
        "surface study --level 300 -o bone.obj",
        "surface study --level 300 -o bone.ply",
        "surface study --level 300 -o bone.glb",
        "surface study --level 300 -o bone.3mf --json",
        "resample study small.nii.gz --spacing 3",
        "prepare study -o volumes --spacing 3",
        "prepare study -o slices --slices tiff16 --mask mask.nii.gz --palette",
        "prepare study -o pictures --slices png8",
        "info study/zz",
        "info study --tilt refuse --gaps interpolate",
    ] {
        let done = shell.run(line);
        names_nobody(line, &[&done.output.stdout[..], &done.output.stderr].concat());
        if line != "info study/zz" {
            done.exits_with(0);
        }
    }
    shell.run("info study").succeeds().prints("zz");
    let count = every_file(&shell.path("."), &mut |path, bytes| {
        if !path.components().any(|part| part.as_os_str() == "study") {
            names_nobody(&path.display().to_string(), bytes);
        }
    });
    assert!(count > 40, "{count}");
    // A DICOM SEG belongs to the person's study; nobody else asks for it.
    shell.run(&format!("bones study -o mask.dcm {threshold}")).succeeds();
    let seg = fs::read(shell.path("mask.dcm")).unwrap();
    assert!(seg.windows(6).any(|window| window == b"Secret"));
}

/// Neither name, number nor dates.
fn names_nobody(what: &str, bytes: &[u8]) {
    let mut inflated = Vec::new();
    let bytes = match flate2::read::GzDecoder::new(bytes).read_to_end(&mut inflated) {
        Ok(_) => &inflated,
        Err(_) => bytes,
    };
    for secret in ["secret", "20200102"] {
        let found =
            bytes.windows(secret.len()).position(|w| w.eq_ignore_ascii_case(secret.as_bytes()));
        assert_eq!(found, None, "{secret} in {what}");
    }
}

fn every_file(folder: &Path, take: &mut dyn FnMut(&Path, &[u8])) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            if path.is_dir() {
                return every_file(&path, take);
            }
            take(&path, &fs::read(&path).unwrap());
            1
        })
        .sum()
}

#[test]
fn a_header_finds_its_voxels() {
    let shell = Session::new();
    let header = "NRRD0004\ntype: short\ndimension: 3\nsizes: 4 3 2\nendian: little\nencoding: raw\nspace: left-posterior-superior\nspace directions: (0.7,0,0) (0,0.8,0) (0,0,2.5)\nspace origin: (-10,-20,30)\n";
    let voxels: Vec<u8> = (0..24_i16).flat_map(i16::to_le_bytes).collect();
    fs::create_dir(shell.path("data")).unwrap();
    fs::write(shell.path("scan.nhdr"), format!("{header}data file: data/scan.raw\n\n")).unwrap();
    shell.run("info scan.nhdr").exits_with(1).complains("scan.raw");
    fs::write(shell.path("data/scan.raw"), &voxels).unwrap();
    shell.run("info scan.nhdr").succeeds().prints("size      4 × 3 × 2 voxels");
    shell.run("convert scan.nhdr scan.nii.gz").succeeds();
    assert_eq!(nifti(&shell, "scan.nii.gz").1, (0..24).collect::<Vec<i16>>());
    // What lies outside of the header's folder is not touched.
    fs::create_dir(shell.path("inner")).unwrap();
    fs::write(shell.path("inner/climb.nhdr"), format!("{header}data file: ../data/scan.raw\n\n"))
        .unwrap();
    shell.run("info inner/climb.nhdr").exits_with(1);
}
