//! Real NRRD files that lie beside the checkout on some machines, against the numbers that
//! SimpleITK 2.5.7 gives for them.

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

#[test]
fn chest_volumes_agree_with_simpleitk() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let root =
        std::env::var_os("HOUNSFIELD_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let expected = [
        ("crop_ct_2slices.nrrd", [443, 349, 2], -135895069.0, -11654481186.946),
        ("crop_ct_interactiveLobeSegmentation.nrrd", [443, 349, 96], 129845118.0, 5595416354.724),
        ("crop_ct_partialLungLabelMap.nrrd", [443, 349, 96], 169282179.0, 9115308433.099),
        ("ct-64.nrrd", [64, 64, 79], -150669474.0, 50250749632.845),
        ("lm-64.nrrd", [64, 64, 79], 5177785.0, -1558635998.495),
        ("wholeLung-64.nrrd", [64, 64, 79], 65624.0, -20491273.011),
    ];
    for (name, size, sum, weighted) in expected {
        let path = root.join("cip").join(name);
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
