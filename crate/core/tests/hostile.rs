//! Bad input: one clear sentence with the value that is wrong, at once, and never an abort.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;
#[allow(unreachable_pub, missing_docs, reason = "shared with the fuzzer's seeds")]
#[path = "../../../tests/hostile/mod.rs"]
mod hostile;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use hounsfield::{
    Error, Flow,
    nifti::{self, Limits, NiftiFile},
};

/// As a browser tab would have it.
fn limits(bytes: &[u8]) -> Limits {
    Limits { memory_bytes: 1_000_000_000, source_bytes: Some(bytes.len() as u64) }
}

fn read(bytes: &[u8]) -> Result<NiftiFile, Error> {
    nifti::read(bytes, &limits(bytes), &mut ())
}

#[test]
fn every_hostile_file_is_refused_by_name_and_value() {
    let mut complaints = Vec::new();
    for file in hostile::files::files() {
        let Err(error) = read(&file.bytes) else {
            complaints.push(format!("{} was read", file.name));
            continue;
        };
        let sentence = error.to_string();
        let one_sentence = !sentence.contains('\n') && sentence.len() < 300;
        if error.code() != file.code || !sentence.contains(file.says) || !one_sentence {
            complaints.push(format!("{}: {}: {sentence}", file.name, error.code()));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_prefix_of_a_good_file_is_refused() {
    for built in [hostile::build::Built::default(), hostile::build::Built::nifti2()] {
        let plain = built.bytes();
        let zipped = hostile::build::gz(&plain);
        for whole in [&plain, &zipped] {
            assert!(read(whole).is_ok());
            for keep in 0..whole.len() {
                assert!(read(&whole[..keep]).is_err(), "{keep} of {} bytes", whole.len());
            }
        }
    }
}

#[test]
fn every_changed_byte_gives_a_result_or_an_error() {
    for built in [
        hostile::build::Built::default(),
        hostile::build::Built::nifti2(),
        hostile::build::Built { big_endian: true, ..hostile::build::Built::default() },
    ] {
        let whole = built.bytes();
        for at in 0..whole.len() {
            for bits in [0x01, 0x80, 0xff] {
                let mut changed = whole.clone();
                changed[at] ^= bits;
                if let Ok(scan) = read(&changed) {
                    assert_eq!(scan.volume.grid().size_voxel(), scan.template.ras_size());
                }
            }
        }
    }
}

#[test]
fn too_large_is_said_with_the_number_before_anything_is_read() {
    let built =
        hostile::build::Built { dim: [3, 1000, 1000, 1000, 1, 1, 1, 1], ..Default::default() };
    let limits = Limits { memory_bytes: 1_000_000_000, source_bytes: None };
    let mut reports = 0;
    let error = nifti::read(built.header().as_slice(), &limits, &mut |_: &str, _: f64| {
        reports += 1;
        Flow::Continue
    })
    .unwrap_err();
    assert_eq!(
        error,
        Error::TooLarge {
            needed_bytes: 2_000_000_000,
            limit_bytes: 1_000_000_000,
            hint: "crop or resample the scan first",
        }
    );
    assert_eq!(reports, 0);
}

#[test]
fn reading_stops_when_asked_to() {
    let bytes = hostile::build::Built::default().bytes();
    let stopped = nifti::read(bytes.as_slice(), &limits(&bytes), &mut |_: &str, _: f64| Flow::Stop);
    assert_eq!(stopped.unwrap_err(), Error::Stopped);
}

#[test]
fn every_file_of_the_data_folder_gives_a_result_or_an_error() {
    let Some(root) = common::data("") else { return };
    let mut files = Vec::new();
    walk(&root, &mut files);
    let (mut read_files, mut refused) = (0, 0);
    for path in files {
        let bytes = fs::read(&path).unwrap();
        let start = Instant::now();
        match read(&bytes) {
            Ok(scan) => {
                assert_eq!(scan.volume.grid().size_voxel(), scan.template.ras_size());
                read_files += 1;
            }
            Err(error) => {
                assert!(error.to_string().len() > 20, "{}: {error}", path.display());
                refused += 1;
            }
        }
        assert!(start.elapsed().as_secs() < 60, "{} took too long", path.display());
    }
    assert!(read_files > 100 && refused > 50, "{read_files} read, {refused} refused");
}

#[test]
fn crash_files_of_another_reader_are_refused() {
    let Some(folder) = common::data("nifti-rs/fuzz_artifacts") else { return };
    let mut files = Vec::new();
    walk(&folder, &mut files);
    assert_eq!(files.len(), 5);
    for path in files {
        let error = read(&fs::read(&path).unwrap()).unwrap_err();
        assert!(error.to_string().contains("sizeof_hdr"), "{}: {error}", path.display());
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}
