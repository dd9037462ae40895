//! Steps of preparing data as text: what is written comes back, what is left out has its default, and
//! what cannot be meant is refused by its name.

#![allow(clippy::unwrap_used, reason = "a test may")]

use hounsfield::prepare::{Interpolation, Mean, Step};

fn read(text: &str) -> Step {
    serde_json::from_str(text).unwrap()
}

#[test]
fn steps_come_back_as_they_were_written() {
    for step in [
        Step::Resample {
            spacing_mm: [1.0, 1.5, 2.0],
            interpolation: Interpolation::Cubic,
            as_f32: true,
            blend_padding: true,
        },
        Step::Normalise { min_hu: -900.5, max_hu: 100.0 },
        Step::ZeroCentre { mean: Mean::Given(0.5) },
        Step::ZeroCentre { mean: Mean::Measured },
        Step::ZScore,
        Step::Crop { margin_mm: 4.0 },
        Step::Pad { size_voxel: [5, 6, 7], value: None },
        Step::Pad { size_voxel: [5, 6, 7], value: Some(-1000.0) },
        Step::Reorient { axes: "LPS".into() },
    ] {
        let text = serde_json::to_string(&step).unwrap();
        assert_eq!(read(&text), step, "{text}");
    }
}

#[test]
fn what_is_left_out_has_its_default() {
    let linear = Step::Resample {
        spacing_mm: [1.0, 2.0, 3.0],
        interpolation: Interpolation::Linear,
        as_f32: false,
        blend_padding: false,
    };
    assert_eq!(read(r#"{"op":"resample","spacingMm":[1,2,3]}"#), linear);
    let normalise = Step::Normalise { min_hu: -1000.0, max_hu: 400.0 };
    assert_eq!(read(r#"{"op":"normalise"}"#), normalise);
    let quarter = Step::ZeroCentre { mean: Mean::Given(0.25) };
    assert_eq!(read(r#"{"op":"zeroCentre"}"#), quarter);
    assert_eq!(
        read(r#"{"mean":1,"op":"zeroCentre"}"#),
        Step::ZeroCentre { mean: Mean::Given(1.0) }
    );
    assert_eq!(read(r#"{"op":"crop"}"#), Step::Crop { margin_mm: 0.0 });
}

#[test]
fn what_cannot_be_meant_is_refused_by_name() {
    for (text, name) in [
        (r#"{"op":"resample"}"#, "spacingMm"),
        (r#"{"op":"resample","spacingMm":[1,1,1],"interpolation":"spline"}"#, "spline"),
        (r#"{"op":"resample","spacingMm":[1,1,1],"minHu":1}"#, "minHu"),
        (r#"{"op":"zeroCentre","mean":"median"}"#, "median"),
        (r#"{"op":"zScore","marginMm":1}"#, "marginMm"),
        (r#"{"op":"pad"}"#, "sizeVoxel"),
        (r#"{"op":"pad","sizeVoxel":[1,2,-3]}"#, "-3"),
        (r#"{"op":"reorient"}"#, "axes"),
        (r#"{"op":"normalize"}"#, "normalize"),
        (r#"{"minHu":1}"#, "op"),
    ] {
        let error = serde_json::from_str::<Step>(text).unwrap_err().to_string();
        assert!(error.contains(name), "{text}: {error}");
    }
}
