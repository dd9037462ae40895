//! Regular series: every voxel where the scanner says it is.

use hounsfield::facts::{Placement, Units};
use hounsfield_formats::{
    catalogue::Catalogue,
    item::Item,
    plan::{Options, Plan, Tilt},
};

use crate::draw::{
    AXIAL, CORONAL, DECUBITUS, Dice, Draw, FEET_FIRST, OBLIQUE, PRONE, SAGITTAL, header,
};

pub(crate) fn plan(items: Vec<Item>, options: &Options) -> Plan {
    let catalogue = Catalogue::new(items);
    let listing = catalogue.listing();
    assert_eq!(listing.series.len(), 1, "{listing:#?}");
    catalogue.plan("1", options).unwrap()
}

fn ras_of(plan: &Plan, voxel: [f64; 3]) -> [f64; 3] {
    plan.ras_from_file.map(|[a, b, c, d]| a * voxel[0] + b * voxel[1] + c * voxel[2] + d)
}

/// Voxel (i, j) of plane k must lie at Image Position + i·dx·row + j·dy·column of its slice
/// (PS3.3 C.7.6.2.1.1), in RAS.
fn assert_places(draw: &Draw, plan: &Plan, tolerance: f64) {
    let o = &draw.orientation;
    for (k, plane) in plan.planes.iter().enumerate() {
        let [part] = &plane.parts[..] else { panic!("plane {k}: {plane:?}") };
        let position = draw.position(part.place.file);
        for (i, j) in [(0.0, 0.0), (3.0, 0.0), (0.0, 2.0), (511.0, 511.0)] {
            let lps = [0, 1, 2]
                .map(|r| position[r] + i * draw.spacing[0] * o[r] + j * draw.spacing[1] * o[r + 3]);
            let ras = [-lps[0], -lps[1], lps[2]];
            let found = ras_of(plan, [i + plane.shift_px[0], j + plane.shift_px[1], k as f64]);
            for r in 0..3 {
                assert!((found[r] - ras[r]).abs() < tolerance, "{k} {i} {j}: {found:?} {ras:?}");
            }
        }
    }
}

#[test]
fn every_way_to_lie_is_right_in_ras() {
    let ways = [
        (AXIAL, "LPS"),
        (PRONE, "RAS"),
        (FEET_FIRST, "RPI"),
        (DECUBITUS, "PRS"),
        (SAGITTAL, "PIR"),
        (CORONAL, "LIP"),
        (OBLIQUE, "IRP"),
    ];
    for (orientation, letters) in ways {
        let draw = Draw::new(orientation, 5, 2.5);
        let plan = plan(draw.items(0), &Options::default());
        assert_places(&draw, &plan, 1e-9);
        assert_eq!(plan.file_size, [4, 3, 5]);
        if orientation != OBLIQUE {
            assert_eq!(plan.info.file_axes, letters);
        }
        let notes = &plan.info.notes;
        assert!(notes.is_empty(), "{letters}: {notes:?}");
        let stack = plan.info.facts.stack.unwrap();
        assert_eq!((stack.planes, stack.found, stack.missing, stack.duplicates), (5, 5, 0, 0));
        assert!((stack.step_mm - 2.5).abs() < 1e-9 && stack.step_from_positions);
        // Not the thickness.
        assert_eq!(stack.thickness_mm, Some(3.0));
        assert_eq!(plan.info.facts.placement, Placement::Stated);
        assert_eq!(plan.info.facts.units, Units::Hu);
    }
}

#[test]
fn a_series_in_words() {
    let catalogue = Catalogue::new(Draw::axial(5).items(0));
    let listing = catalogue.listing();
    let series = &listing.series[0];
    assert_eq!((series.id.as_str(), series.title.as_str(), series.files), ("1", "thorax", 5));
    assert_eq!((series.format.as_str(), series.modality.as_str()), ("DICOM", "CT"));
    assert_eq!(series.size_voxel, [4, 3, 5]);
    assert_eq!(series.volume_bytes, 4 * 3 * 5 * 2);
    // x is the distance of columns.
    for (found, expected) in series.spacing_mm.iter().zip([0.7, 0.8, 2.5]) {
        assert!((found - expected).abs() < 1e-9);
    }
    assert_eq!(listing.suggested.as_deref(), Some("1"));
    assert_eq!(listing.reason, "The only one that can be opened: CT, 4 × 3 × 5 voxels.");
    let plan = catalogue.plan("1", &Options::default()).unwrap();
    assert_eq!(plan.info.stored_type, "uint16 (12 bits)");
    assert_eq!((plan.fill, plan.sequential, plan.needs_codecs), (-2048, false, false));
    let error = catalogue.plan("2", &Options::default()).unwrap_err();
    assert_eq!(error.code(), "bad_parameter");
}

#[test]
fn any_rotation_spacing_and_order_of_files() {
    let mut dice = Dice(7);
    for _ in 0..200 {
        let slices = 2 + (dice.next() * 20.0) as usize;
        let orientation = dice.orientation();
        let mut draw = Draw::new(orientation, slices, 0.3 + 6.0 * dice.next());
        draw.origin = [0, 1, 2].map(|_| 1000.0 * (dice.next() - 0.5));
        draw.spacing = [0.2 + dice.next(), 0.2 + dice.next()];
        let mut items = draw.items(0);
        let in_order = plan(items.clone(), &Options::default());
        assert_places(&draw, &in_order, 1e-9);
        dice.shuffle(&mut items);
        assert_eq!(plan(items, &Options::default()), in_order);
    }
}

#[test]
fn any_tilt_kept_is_exact_and_corrected_is_in_place() {
    let mut dice = Dice(11);
    for _ in 0..100 {
        let slices = 3 + (dice.next() * 20.0) as usize;
        let mut draw = Draw::new(dice.orientation(), slices, 0.5 + 5.0 * dice.next());
        draw.spacing = [0.2 + dice.next(), 0.2 + dice.next()];
        let (u, v) = (dice.next() - 0.5, 0.05 + dice.next() / 2.0);
        draw.at.iter_mut().for_each(|[d, x, y]| (*x, *y) = (u * *d, v * *d));
        let kept = plan(draw.items(0), &Options { tilt: Tilt::Keep, ..Options::default() });
        assert_places(&draw, &kept, 1e-9);
        assert_eq!(kept.file_size, [4, 3, slices]);
        let upright = plan(draw.items(0), &Options::default());
        assert_places(&draw, &upright, 1e-9);
        // Nothing is cut: the last pixel of every slice still is inside.
        for plane in &upright.planes {
            for (axis, size) in [(0, 4.0), (1, 3.0)] {
                let shift = plane.shift_px[axis];
                assert!(shift > -1e-9 && shift + size < upright.file_size[axis] as f64 + 1e-5);
            }
        }
        let [a, b, c] = [0, 1, 2].map(|f| upright.ras_from_file.map(|row| row[f]));
        let dot = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        assert!(dot(a, c).abs() < 1e-9 && dot(b, c).abs() < 1e-9, "not upright");
        let stack = upright.info.facts.stack.unwrap();
        let degrees = u.hypot(v).atan().to_degrees();
        assert!((stack.tilt_deg - degrees).abs() < 1e-6 && stack.tilt_corrected);
        let error = Catalogue::new(draw.items(0))
            .plan("1", &Options { tilt: Tilt::Refuse, ..Options::default() })
            .unwrap_err();
        assert!(error.to_string().contains(&format!("{degrees:.1}°")), "{error}");
    }
}

#[test]
fn rounded_positions_are_no_defect() {
    // A hundredth of a millimetre, as some scanners write them.
    let mut draw = Draw::new(OBLIQUE, 40, 0.625);
    draw.spacing = [0.48828125; 2];
    let mut items = draw.items(0);
    for item in &mut items {
        let frame = &mut header(item).frames[0];
        frame.position_lps = frame.position_lps.map(|p| p.map(|x| (x * 100.0).round() / 100.0));
    }
    let plan = plan(items, &Options::default());
    assert!(plan.info.notes.is_empty(), "{:?}", plan.info.notes);
    assert!((plan.info.facts.stack.unwrap().step_mm - 0.625).abs() < 1e-3);
}

#[test]
fn one_slice_is_a_volume() {
    let plan = plan(Draw::axial(1).items(0), &Options::default());
    assert_eq!(plan.file_size, [4, 3, 1]);
    let stack = plan.info.facts.stack.unwrap();
    assert_eq!((stack.step_mm, stack.step_from_positions), (3.0, false));
    assert_eq!(plan.info.notes[0].code, "step_assumed");
    assert!(plan.info.notes[0].message.contains("3 mm"));
}
