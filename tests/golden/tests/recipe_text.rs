//! Steps as text: what is written comes back, and what cannot be meant is refused by its name.

use hounsfield::{Neighbourhood, recipe::Step};

#[test]
fn steps_come_back_as_they_were_written() {
    for step in [
        Step::Threshold { min_hu: -200, max_hu: None },
        Step::Threshold { min_hu: 150, max_hu: Some(1300) },
        Step::Largest { neighbourhood: Neighbourhood::Faces6 },
        Step::DropSmall { min_ml: 0.5, neighbourhood: Neighbourhood::Corners26 },
        Step::Dilate { radius_mm: 1.5 },
        Step::Erode { radius_mm: 2.0 },
        Step::Open { radius_mm: 0.5 },
        Step::Close { radius_mm: 3.0 },
        Step::Fill { axial: true },
    ] {
        let text = serde_json::to_string(&step).unwrap();
        assert_eq!(serde_json::from_str::<Step>(&text).unwrap(), step, "{text}");
    }
}

#[test]
fn what_is_left_out_has_its_default() {
    let read = |text| serde_json::from_str::<Step>(text).unwrap();
    let neighbourhood = Neighbourhood::Corners26;
    assert_eq!(read(r#"{"op":"largest"}"#), Step::Largest { neighbourhood });
    assert_eq!(read(r#"{"op":"fill"}"#), Step::Fill { axial: false });
    assert_eq!(
        read(r#"{"minMl":2,"op":"dropSmall"}"#),
        Step::DropSmall { min_ml: 2.0, neighbourhood }
    );
}

#[test]
fn what_cannot_be_meant_is_refused_by_name() {
    for (text, name) in [
        (r#"{"op":"threshold"}"#, "minHu"),
        (r#"{"op":"close"}"#, "radiusMm"),
        (r#"{"op":"dropSmall"}"#, "minMl"),
        (r#"{"op":"fill","radiusMm":1}"#, "radiusMm"),
        (r#"{"op":"threshold","minHu":1,"axial":true}"#, "axial"),
        (r#"{"op":"threshold","minHu":1,"minimum":2}"#, "minimum"),
        (r#"{"op":"thresh","minHu":1}"#, "thresh"),
        (r#"{"minHu":1}"#, "op"),
    ] {
        let error = serde_json::from_str::<Step>(text).unwrap_err().to_string();
        assert!(error.contains(name), "{text}: {error}");
    }
}
