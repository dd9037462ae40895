//! A real scan on 1 mm against what another program made of it.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use hounsfield::{
    Volume, Voxels,
    nifti::{self, Limits},
    prepare::{Interpolation, Prepared, Step, apply},
    volume::PADDING_BELOW_HU,
};

fn mean_and_sd(volume: &Volume) -> [f64; 2] {
    let values: Vec<f64> = match volume.voxels() {
        Voxels::I16(voxels) => voxels.iter().map(|value| f64::from(*value)).collect(),
        Voxels::F32(voxels) => voxels.iter().map(|value| f64::from(*value)).collect(),
    };
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    [mean, (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt()]
}

/// A number of a flat JSON object, without a JSON reader.
fn number(json: &str, name: &str) -> f64 {
    let rest = json.split(&format!("\"{name}\": ")).nth(1).unwrap();
    rest.split([',', '}']).next().unwrap().trim().parse().unwrap()
}

#[test]
fn a_real_scan_on_one_millimetre() {
    let (Some(scan), Some(expected)) = (
        common::data("lidc-0001/ct.nii.gz"),
        common::data("../expected/lidc-0001.resample-1mm.json"),
    ) else {
        return;
    };
    let json = std::fs::read_to_string(expected).unwrap();
    let file = std::fs::File::open(scan).unwrap();
    let opened = nifti::read(file, &Limits::default(), &mut ()).unwrap();
    let resampled = |as_f32, blend_padding| {
        let interpolation = Interpolation::Linear;
        let step = Step::Resample { spacing_mm: [1.0; 3], interpolation, as_f32, blend_padding };
        let start = Prepared::new(&opened.volume, &[], &opened.template);
        let done = apply(&step, start, &Limits::default(), &mut ()).unwrap();
        assert_eq!(done.template.file_size(), [360, 360, 332]);
        done.volume.into_owned()
    };
    let wanted = ["mean", "sd"].map(|name| number(&json, name));
    // Its numbers are of a program that takes padding for values, and keeps fractions.
    let blended = resampled(true, true);
    let found = mean_and_sd(&blended);
    eprintln!("blended: {found:?}, wanted {wanted:?}");
    assert!((found[0] - wanted[0]).abs() < 1e-3 && (found[1] - wanted[1]).abs() < 1e-3);

    // Ours keeps them apart and rounds: only voxels at the edge of padding differ by more.
    let apart = resampled(false, false);
    let found = mean_and_sd(&apart);
    eprintln!("apart: {found:?}");
    let (Voxels::F32(blended), Voxels::I16(apart)) = (blended.voxels(), apart.voxels()) else {
        panic!("kinds of voxels");
    };
    let (mut edge, mut off) = (0, 0);
    for (blended, apart) in blended.iter().zip(apart) {
        if (blended - f32::from(*apart)).abs() > 0.5 + 1e-3 {
            edge += 1;
            // A mixture, which no tissue is: below air, or padding that was lifted.
            off += usize::from(*apart >= PADDING_BELOW_HU && *blended > -900.0);
        }
    }
    eprintln!("{edge} of {} voxels differ, {off} of them above -900 HU", apart.len());
    assert!(edge < apart.len() / 50);
}
