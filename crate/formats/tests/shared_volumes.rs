//! Real NRRD files and pictures that lie beside the checkout on some machines, against the numbers
//! that SimpleITK 2.5.7 and Pillow (`convert("L")`) give for them.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::path::PathBuf;

use hounsfield::Voxels;
use hounsfield_formats::plan::Options;

mod common;

/// The sum of all values, and of all values times (R + 2 A + 3 S) mm: any voxel that lies or reads
/// differently changes it.
fn sums(voxels: &Voxels, grid: &hounsfield::Grid) -> [f64; 2] {
    let [nx, ny, _] = grid.size_voxel();
    let values: Vec<f64> = match voxels {
        Voxels::I16(values) => values.iter().map(|value| f64::from(*value)).collect(),
        Voxels::F32(values) => values.iter().map(|value| f64::from(*value)).collect(),
    };
    let mut sums = [0.0; 2];
    for (n, value) in values.into_iter().enumerate() {
        let [r, a, s] = grid.ras_of([n % nx, n / nx % ny, n / nx / ny].map(|n| n as f64));
        sums[0] += value;
        sums[1] += value * (r + 2.0 * a + 3.0 * s);
    }
    sums
}

fn root() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    std::env::var_os("HOUNSFIELD_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from)
}

#[test]
fn chest_volumes_agree_with_simpleitk() {
    let expected = [
        ("crop_ct_2slices.nrrd", [443, 349, 2], -135895069.0, -11654481186.946),
        ("crop_ct_interactiveLobeSegmentation.nrrd", [443, 349, 96], 129845118.0, 5595416354.724),
        ("crop_ct_partialLungLabelMap.nrrd", [443, 349, 96], 169282179.0, 9115308433.099),
        ("ct-64.nrrd", [64, 64, 79], -150669474.0, 50250749632.845),
        ("lm-64.nrrd", [64, 64, 79], 5177785.0, -1558635998.495),
        ("wholeLung-64.nrrd", [64, 64, 79], 65624.0, -20491273.011),
    ];
    for (name, size, sum, weighted) in expected {
        let path = root().join("cip").join(name);
        let Ok(bytes) = std::fs::read(&path) else {
            eprintln!("skipped: {} is not here", path.display());
            continue;
        };
        let (plan, volume) =
            common::open(&common::files(&[(name, &bytes)]), &Options::default()).unwrap();
        assert_eq!((plan.file_size, volume.grid().size_voxel()), (size, size));
        let found = sums(volume.voxels(), volume.grid());
        assert_eq!(found[0], sum, "{name}");
        assert!((found[1] / weighted - 1.0).abs() < 1e-9, "{name}: {} {weighted}", found[1]);
    }
}

#[test]
fn stacks_of_pictures_agree_with_pillow() {
    // Of the hearts' 43 numbers 13 have no picture; their slices are 0.
    let expected = [
        ("brain-tumor-2d/images", "rgba8", 24, 272097064.0, -209106930593.0),
        ("brain-tumor-2d/masks", "rgba8", 24, 27246240.0, -19952332965.0),
        ("heart2d/lidc-0001/images", "uint8", 43, 269091376.0, -198047925160.0),
        ("heart2d/lidc-0001/masks", "uint8", 43, 52507560.0, -36138816240.0),
    ];
    for (folder, stored_type, count, sum, weighted) in expected {
        let path = root().join(folder);
        let Ok(entries) = std::fs::read_dir(&path) else {
            eprintln!("skipped: {} is not here", path.display());
            continue;
        };
        let given = entries.map(|entry| {
            let path = entry.unwrap().path();
            (path.display().to_string(), std::fs::read(path).unwrap())
        });
        let files = hounsfield_formats::files::Files::new(given.collect());
        let (plan, volume) = common::open(&files, &Options::default()).unwrap();
        assert_eq!(
            (plan.file_size, plan.info.stored_type.as_ref()),
            ([512, 512, count], stored_type)
        );
        assert_eq!(sums(volume.voxels(), volume.grid()), [sum, weighted], "{folder}");
    }
}
