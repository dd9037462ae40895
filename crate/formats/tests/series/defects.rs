//! What can be wrong with a stack, and the number that must be named.

use hounsfield::facts::{PixelSpacing, Placement, StackAxis, Units};
use hounsfield_formats::{
    catalogue::Catalogue,
    plan::{Gaps, Options, Plan, Tilt, note_broken},
};

use crate::{
    draw::{CORONAL, Dice, Draw, FEET_FIRST, SAGITTAL, header},
    regular::plan,
};

const INTERPOLATE: Options = Options {
    gaps: Gaps::Interpolate,
    tilt: Tilt::Correct,
    spacing_mm: None,
    turn_over: false,
    labels: false,
};

fn note<'p>(plan: &'p Plan, code: &str) -> &'p str {
    let found = plan.info.notes.iter().find(|note| note.code == code);
    found.map_or_else(|| panic!("no {code}: {:?}", plan.info.notes), |note| &note.message)
}

/// Files and weights of each plane, as `0:1`.
fn parts(plan: &Plan) -> Vec<String> {
    let words = |plane: &hounsfield_formats::plan::Plane| {
        let parts = plane.parts.iter();
        parts.map(|p| format!("{}:{:.2}", p.place.file, p.weight)).collect::<Vec<_>>().join("+")
    };
    plan.planes.iter().map(words).collect()
}

/// Leaves out slices `gone` of `draw`, which keep their files' numbers.
fn without(draw: &Draw, gone: &[usize]) -> Vec<hounsfield_formats::item::Item> {
    draw.items(0).into_iter().filter(|item| !gone.contains(&item.place.file)).collect()
}

#[test]
fn missing_slices_leave_padding_or_are_made() {
    let draw = Draw::axial(8);
    let items = without(&draw, &[2, 5, 6]);
    let left = plan(items.clone(), &Options::default());
    assert_eq!(parts(&left), ["0:1.00", "1:1.00", "", "3:1.00", "4:1.00", "", "", "7:1.00"]);
    assert_eq!(
        note(&left, "missing_slices"),
        "3 of 8 slices are missing (1 between “001” and “003”, 2 between “004” and “007”); their planes are filled with -2048."
    );
    let stack = left.info.facts.stack.unwrap();
    assert_eq!((stack.planes, stack.found, stack.missing), (8, 5, 3));
    assert!((stack.step_mm - 2.5).abs() < 1e-9);
    assert_eq!((stack.min_step_mm, stack.max_step_mm), (2.5, 2.5));

    let made = plan(items.clone(), &INTERPOLATE);
    assert_eq!(
        parts(&made),
        [
            "0:1.00",
            "1:1.00",
            "1:0.50+3:0.50",
            "3:1.00",
            "4:1.00",
            "4:0.67+7:0.33",
            "4:0.33+7:0.67",
            "7:1.00"
        ]
    );
    assert_eq!(made.info.facts.stack.as_ref().unwrap().made, [2, 5, 6]);
    assert!(note(&made, "interpolated").starts_with("3 of 8 planes"));
    assert_eq!(made.ras_from_file, left.ras_from_file);
    let listing = Catalogue::new(items).listing();
    assert!(listing.series[0].asks.gaps && !listing.series[0].asks.tilt);
}

#[test]
fn made_planes_are_counted_in_the_volume_not_in_the_file() {
    // Feet first: k grows to the feet, z to the head.
    let draw = Draw::new(FEET_FIRST, 8, 2.5);
    let made = plan(without(&draw, &[1]), &INTERPOLATE);
    assert_eq!(made.info.facts.stack.unwrap().made, [6]);
    assert_eq!(made.planes[1].parts.len(), 2);
    // Along which axis that is depends on how the slices lie.
    for (orientation, axis) in
        [(FEET_FIRST, StackAxis::Z), (CORONAL, StackAxis::Y), (SAGITTAL, StackAxis::X)]
    {
        let plan = plan(Draw::new(orientation, 8, 2.5).items(0), &Options::default());
        assert_eq!(plan.info.facts.stack.unwrap().axis, axis);
    }
}

#[test]
fn broken_slices_belong_to_their_series() {
    let draw = Draw::axial(12);
    let mut items = draw.items(0);
    for k in [4, 10, 11] {
        header(&mut items[k]).unusable = "its pixels end early".into();
    }
    // One in the middle leaves its plane empty; the volume ends before those at the end.
    let left = plan(items.clone(), &Options::default());
    let stack = left.info.facts.stack.clone().unwrap();
    assert_eq!((stack.planes, stack.found, stack.missing, stack.broken), (10, 9, 0, 3));
    assert_eq!(
        note(&left, "broken_slices"),
        "3 of 12 slices are broken and were left out: “004” (its pixels end early), “010” (its pixels end early), “011” (its pixels end early)."
    );
    assert!(!left.info.notes.iter().any(|note| note.code == "missing_slices"));
    assert!(left.planes[4].parts.is_empty());
    // Beside a broken one a missing one is missing.
    let mut gone = items.clone();
    gone.retain(|item| item.place.file != 5);
    let gone = plan(gone, &Options::default());
    assert_eq!(
        note(&gone, "missing_slices"),
        "1 of 10 slices are missing (1 between “003” and “006”); their planes are filled with -2048."
    );
    let stack = gone.info.facts.stack.unwrap();
    assert_eq!((stack.missing, stack.broken), (1, 3));
    assert_eq!(plan(items.clone(), &INTERPOLATE).info.facts.stack.unwrap().made, [4]);

    // A broken copy of a slice that is there is no loss.
    let mut copied = draw.items(0);
    let mut copy = copied[3].clone();
    copy.place.file = 99;
    header(&mut copy).unusable = "its pixels end early".into();
    copied.push(copy);
    assert_eq!(plan(copied, &Options::default()).info.facts.stack.unwrap().broken, 0);

    // Another series', another size's and a picture's are no business of this one.
    header(&mut items[4]).series = "9".into();
    header(&mut items[10]).shape.as_mut().unwrap().rows = 4;
    header(&mut items[11]).sop_class = "1.2.840.10008.5.1.4.1.1.7".into();
    assert_eq!(plan(items.clone(), &Options::default()).info.facts.stack.unwrap().broken, 0);
    let listing = Catalogue::new(items).listing();
    assert_eq!((listing.left_out[0].code.as_str(), listing.left_out[0].count), ("unusable", 3));
    assert_eq!(listing.left_out[0].names, ["004", "010", "011"]);
}

#[test]
fn a_broken_slice_belongs_to_the_phase_that_lacks_it() {
    let mut items = Draw::axial(6).items(0);
    let mut second = Draw::axial(6);
    second.header.acquisition_number = Some(2);
    items.extend(second.items(100));
    header(&mut items[8]).unusable = "its pixels end early".into();
    let catalogue = Catalogue::new(items);
    let broken: Vec<usize> = catalogue
        .listing()
        .series
        .iter()
        .map(|s| catalogue.plan(&s.id, &Options::default()).unwrap())
        .map(|plan| plan.info.facts.stack.unwrap().broken)
        .collect();
    assert_eq!(broken, [0, 1]);
}

#[test]
fn where_the_distance_of_pixels_comes_from_is_known() {
    let draw = Draw::axial(4);
    let from = |items: &[hounsfield_formats::item::Item], options: &Options| {
        plan(items.to_vec(), options).info.facts.pixel_spacing
    };
    let mut items = draw.items(0);
    assert_eq!(from(&items, &Options::default()), PixelSpacing::Stated);
    let given = Options { spacing_mm: Some([0.5, 0.6, 2.0]), ..Options::default() };
    assert_eq!(from(&items, &given), PixelSpacing::Given);
    for item in &mut items {
        header(item).frames[0].spacing_at_detector = true;
    }
    assert_eq!(from(&items, &Options::default()), PixelSpacing::Detector);
    for item in &mut items {
        header(item).frames[0].spacing_mm = None;
    }
    assert_eq!(from(&items, &Options::default()), PixelSpacing::Assumed);
}

#[test]
fn every_second_slice_missing_somewhere_keeps_all_in_place() {
    let draw = Draw::axial(12);
    let left = plan(without(&draw, &[1, 3, 5, 7]), &Options::default());
    assert!(note(&left, "missing_slices").starts_with("4 of 12 slices are missing"));
    assert!(!left.info.notes.iter().any(|note| note.code == "uneven_slices"));
    for (k, plane) in left.planes.iter().enumerate() {
        assert!(plane.parts.iter().all(|part| part.place.file == k));
    }
    assert!((left.ras_from_file[2][2] - 2.5).abs() < 1e-9);
    assert_eq!(
        plan(without(&draw, &[1, 3, 5, 7]), &INTERPOLATE).info.facts.stack.unwrap().made,
        [1, 3, 5, 7]
    );
}

#[test]
fn uneven_steps_are_not_called_missing() {
    let mut draw = Draw::axial(12);
    let mut at = 0.0;
    for (k, place) in draw.at.iter_mut().enumerate() {
        place[0] = at;
        at += if k < 6 { 2.5 } else { 3.1 };
    }
    let left = plan(draw.items(0), &Options::default());
    let stack = left.info.facts.stack.as_ref().unwrap();
    assert_eq!((stack.planes, stack.missing), (12, 0));
    assert!(stack.off_mm > 1.0 && stack.off_mm < 2.0, "{}", stack.off_mm);
    note(&left, "uneven_slices");
    assert!(!left.info.notes.iter().any(|note| note.code == "missing_slices"));
    assert!(left.planes.iter().all(|plane| plane.parts.len() == 1));
    assert_eq!(plan(draw.items(0), &INTERPOLATE).info.facts.stack.unwrap().off_mm, 0.0);
}

#[test]
fn a_stray_slice_far_aside_is_no_part_of_the_volume() {
    for at in [[237.0, 80.0, 0.0], [-237.0, 0.0, 80.0]] {
        let mut draw = Draw::axial(13);
        draw.at[12] = at;
        let catalogue = Catalogue::new(draw.items(0));
        let plan = catalogue.plan("1", &Options::default()).unwrap();
        assert_eq!(plan.planes.len(), 12);
        assert!(note(&plan, "stray_slice").starts_with("“012” lies 80.0 mm to the side"));
        let titles: Vec<String> = catalogue.listing().series.into_iter().map(|s| s.title).collect();
        assert_eq!(titles, ["thorax", "thorax (stray slice)"]);
    }
    // Far along, but on the line: slices are missing. A tilted stack's line leans.
    let mut draw = Draw::axial(13);
    draw.at[12] = [37.0, 0.0, 0.0];
    draw.at.iter_mut().for_each(|[d, _, v]| *v = 0.3 * *d);
    assert_eq!(Catalogue::new(draw.items(0)).listing().series.len(), 1);
}

#[test]
fn uneven_slices_are_named_with_their_steps() {
    let mut draw = Draw::axial(5);
    for (at, d) in draw.at.iter_mut().zip([0.0, 2.0, 4.0, 6.5, 8.5]) {
        at[0] = d;
    }
    let left = plan(draw.items(0), &Options::default());
    assert_eq!(
        note(&left, "uneven_slices"),
        "Slices are unevenly spaced: 2.000 to 2.500 mm, 2.000 mm in the middle, farthest off between “002” and “003”; they are put on even planes 2.125 mm apart, up to 0.25 mm from where they lie."
    );
    let stack = left.info.facts.stack.clone().unwrap();
    assert_eq!((stack.planes, stack.missing), (5, 0));
    assert_eq!((stack.min_step_mm, stack.max_step_mm, stack.step_mm), (2.0, 2.5, 2.125));

    // 8.5 mm hold four steps of about 2 mm.
    let made = plan(draw.items(0), &INTERPOLATE);
    assert_eq!(
        parts(&made),
        ["0:1.00", "1:0.94+2:0.06", "2:0.90+3:0.10", "2:0.05+3:0.95", "4:1.00"]
    );
    assert_eq!(made.info.facts.stack.unwrap().made, [1, 2, 3]);
}

#[test]
fn steps_of_five_and_ten_keep_their_places() {
    // A head of old: 5 mm through the base, 10 mm above.
    let mut draw = Draw::axial(9);
    for (at, d) in draw.at.iter_mut().zip([0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 35.0, 45.0, 55.0]) {
        at[0] = d;
    }
    let left = plan(draw.items(0), &Options::default());
    assert_eq!(left.planes.len(), 12);
    assert!(note(&left, "missing_slices").starts_with("3 of 12 slices are missing"));
}

#[test]
fn duplicates_are_counted_and_named() {
    let draw = Draw::axial(6);
    let mut items = draw.items(0);
    // The third slice was sent again as another instance; the first file was copied.
    let mut again = items[2].clone();
    again.place.file = 77;
    again.name = "again".into();
    header(&mut again).sop_instance = "1.9.77".into();
    header(&mut again).instance_number = Some(99);
    let mut copy = items[0].clone();
    (copy.place.file, copy.name) = (78, "zcopy".into());
    items.extend([again, copy]);
    let catalogue = Catalogue::new(items);
    let listing = catalogue.listing();
    assert_eq!(listing.series.len(), 1);
    let plan = catalogue.plan("1", &Options::default()).unwrap();
    assert_eq!(parts(&plan), ["0:1.00", "1:1.00", "2:1.00", "3:1.00", "4:1.00", "5:1.00"]);
    assert_eq!(
        note(&plan, "duplicate_slices"),
        "2 slices lie where another one lies and were left out: “again”, “zcopy”."
    );
    assert_eq!(plan.info.facts.stack.unwrap().duplicates, 2);
    let left = &listing.left_out[0];
    assert_eq!((left.code.as_str(), left.count), ("duplicate", 2));
    assert_eq!(left.names, ["again", "zcopy"]);
}

#[test]
fn a_tilted_gantry_with_a_missing_slice() {
    let mut draw = Draw::axial(6);
    let slope = 15f64.to_radians().tan();
    draw.at.iter_mut().for_each(|[d, _, v]| *v = slope * *d);
    let upright = plan(without(&draw, &[3]), &Options::default());
    // 12.5 mm · tan 15° = 3.35 mm = 4.19 rows of 0.8 mm.
    assert_eq!(upright.file_size, [4, 3 + 5, 6]);
    assert_eq!(
        note(&upright, "tilt"),
        "Slices are stacked at 15.0° from their normal (a tilted gantry): they are shifted upright, and the grid is larger by 0 columns and 5 rows of padding."
    );
    let shifts: Vec<f64> = upright.planes.iter().map(|p| p.shift_px[1]).collect();
    for (k, shift) in shifts.iter().enumerate() {
        let expected = if k == 3 { 0.0 } else { slope * 2.5 * k as f64 / 0.8 };
        assert!((shift - expected).abs() < 1e-9, "{k}: {shift} {expected}");
    }
    assert!(upright.planes[3].parts.is_empty());
    // Interpolated planes lie between their neighbours, in-plane, too.
    let made = plan(without(&draw, &[3]), &INTERPOLATE);
    assert!((made.planes[3].shift_px[1] - slope * 7.5 / 0.8).abs() < 1e-9);
    let kept = plan(without(&draw, &[3]), &Options { tilt: Tilt::Keep, ..Options::default() });
    assert_eq!(kept.file_size, [4, 3, 6]);
    assert!(!kept.info.facts.stack.unwrap().tilt_corrected);
    assert!(Catalogue::new(draw.items(0)).listing().series[0].asks.tilt);
}

#[test]
fn a_slice_off_the_line_is_named_and_tilts_nothing() {
    let mut draw = Draw::axial(20);
    draw.at[19][1] = 12.5;
    let plan = plan(draw.items(0), &Options::default());
    let stack = plan.info.facts.stack.as_ref().unwrap();
    assert_eq!((stack.tilt_deg, stack.stray_mm), (0.0, 12.5));
    assert_eq!(
        note(&plan, "slices_off_line"),
        "Slices do not lie on one line: “019” lies 12.50 mm to the side of the others, and is not moved."
    );
}

#[test]
fn a_stated_tilt_that_positions_do_not_show() {
    let mut draw = Draw::axial(5);
    draw.header.stated_tilt_deg = Some(12.0);
    let plan = plan(draw.items(0), &Options::default());
    assert!(note(&plan, "tilt_stated").contains("12°"));
    assert_eq!(plan.file_size, [4, 3, 5]);
    assert_eq!(plan.info.facts.stack.unwrap().stray_mm, 0.0);
}

#[test]
fn nothing_known_is_assumed_aloud() {
    let draw = Draw::axial(4);
    let mut items = draw.items(0);
    for item in &mut items {
        let frame = &mut header(item).frames[0];
        (frame.position_lps, frame.orientation_lps, frame.spacing_mm) = (None, None, None);
    }
    let plan1 = plan(items.clone(), &Options::default());
    // By instance number, which runs against the files' names here.
    assert_eq!(parts(&plan1), ["3:1.00", "2:1.00", "1:1.00", "0:1.00"]);
    assert_eq!(plan1.info.facts.placement, Placement::Assumed);
    for code in ["orientation_assumed", "position_assumed", "spacing_assumed", "step_assumed"] {
        note(&plan1, code);
    }
    let stack = plan1.info.facts.stack.as_ref().unwrap();
    assert_eq!((stack.step_mm, stack.step_from_positions), (3.0, false));
    assert!(Catalogue::new(items.clone()).listing().series[0].asks.spacing);

    let given = Options { spacing_mm: Some([0.5, 0.6, 2.0]), ..Options::default() };
    let plan2 = plan(items.clone(), &given);
    assert_eq!(plan2.info.spacing_mm, [0.5, 0.6, 2.0]);
    note(&plan2, "spacing_given");
    let bad = Options { spacing_mm: Some([0.5, f64::NAN, 2.0]), ..Options::default() };
    assert_eq!(Catalogue::new(items).plan("1", &bad).unwrap_err().code(), "bad_parameter");
}

#[test]
fn an_orientation_without_positions_keeps_left_and_right() {
    let draw = Draw::new(CORONAL, 4, 2.0);
    let mut items = draw.items(0);
    for item in &mut items {
        header(item).frames[0].position_lps = None;
        header(item).spacing_between_mm = Some(-4.5);
    }
    let plan = plan(items, &Options::default());
    assert_eq!(plan.info.file_axes, "LIP");
    assert_eq!(plan.info.facts.placement, Placement::Assumed);
    assert!(note(&plan, "step_assumed").contains("4.5 mm, is the file's Spacing Between Slices"));
}

#[test]
fn units_that_are_not_hounsfield() {
    let mut items = Draw::axial(4).items(0);
    header(&mut items[2]).frames[0].slope = None;
    let alone = plan(items.clone(), &Options::default());
    assert_eq!(alone.info.facts.units, Units::Hu);
    assert!(note(&alone, "no_slope").starts_with("1 of 4 slices"));
    header(&mut items[2]).frames[0].intercept = None;
    let lacking = plan(items.clone(), &Options::default());
    assert!(note(&lacking, "rescale_missing").starts_with("1 of 4 slices"));
    assert_eq!(lacking.info.facts.rescale.unwrap().missing, 1);
    let mut none = items.clone();
    for item in &mut none {
        let frame = &mut header(item).frames[0];
        (frame.slope, frame.intercept) = (None, None);
    }
    let stored = plan(none, &Options::default());
    assert_eq!(stored.info.facts.units, Units::Stored);
    assert!(note(&stored, "no_rescale").starts_with("No slice"));
    header(&mut items[2]).frames[0].intercept = Some(-1024.0);
    header(&mut items[2]).frames[0].slope = Some(1.5);
    let differs = plan(items, &Options::default());
    assert!(note(&differs, "rescale_differs").contains("slope 1 to 1.5"));
    assert_eq!(differs.info.volume_bytes, 4 * 3 * 4 * 4);
}

#[test]
fn broken_slices_are_named_after_decoding() {
    let mut info = plan(Draw::axial(4).items(0), &Options::default()).info;
    note_broken(&mut info, &[]);
    assert!(info.notes.is_empty());
    note_broken(&mut info, &[("DOE^JOHN/a.dcm".into(), "it ends early".into())]);
    assert_eq!(
        info.notes[0].message,
        "1 of 4 slices is broken and was left out: “a.dcm” (it ends early)."
    );
    let seven: Vec<_> = (0..7).map(|k| (format!("{k}"), "x".into())).collect();
    note_broken(&mut info, &seven);
    assert!(info.notes[1].message.ends_with("“4” (x), and 2 more."));
    assert_eq!(info.facts.stack.unwrap().broken, 8);
}

#[test]
fn positions_without_axes_order_slices_all_the_same() {
    let draw = Draw::axial(4);
    let mut items = draw.items(0);
    for (item, bad) in items.iter_mut().zip([Some([0.0; 6]), None, None, None]) {
        header(item).frames[0].orientation_lps = bad;
    }
    let axial = plan(items.clone(), &Options::default());
    assert_eq!(parts(&axial), ["0:1.00", "1:1.00", "2:1.00", "3:1.00"]);
    assert_eq!(axial.info.facts.placement, Placement::Assumed);
    assert!(axial.info.facts.stack.as_ref().unwrap().step_from_positions);
    note(&axial, "orientation_assumed");
    // All at one height: sagittal, perhaps. Nothing to go by.
    for (item, x) in items.iter_mut().zip([3.0, 1.0, 2.0, 0.0]) {
        header(item).frames[0].position_lps = Some([x, 0.0, 0.0]);
    }
    let flat = plan(items, &Options::default());
    assert_eq!(parts(&flat), ["3:1.00", "2:1.00", "1:1.00", "0:1.00"]);
    note(&flat, "position_assumed");
}

#[test]
fn a_lean_of_rounding_is_followed_without_a_word() {
    let mut draw = Draw::axial(50);
    let slope = 0.05f64.to_radians().tan();
    draw.at.iter_mut().for_each(|[d, u, _]| *u = slope * *d);
    let plan = plan(draw.items(0), &Options { tilt: Tilt::Refuse, ..Options::default() });
    assert!(plan.info.notes.is_empty(), "{:?}", plan.info.notes);
    assert_eq!(plan.file_size, [4, 3, 50]);
    // x of the last slice, in RAS.
    let x = plan.ras_from_file[0][3] + 49.0 * plan.ras_from_file[0][2];
    assert!((x + draw.position(49)[0]).abs() < 1e-9);
}

#[test]
fn any_mixture_of_missing_doubled_and_shuffled() {
    let mut dice = Dice(17);
    for round in 0..200 {
        let slices = 12 + (dice.next() * 40.0) as usize;
        let draw = Draw::new(dice.orientation(), slices, 0.5 + 4.0 * dice.next());
        // First and last stay; about every eighth goes, every tenth comes twice.
        let gone: Vec<usize> = (1..slices - 1).filter(|_| dice.next() < 0.12).collect();
        let mut items = without(&draw, &gone);
        let found = items.len();
        let mut twice = Vec::new();
        for item in &items {
            if dice.next() < 0.1 && 3 * twice.len() < found {
                let mut again = item.clone();
                again.place.file += 1000;
                header(&mut again).sop_instance += ".1";
                header(&mut again).instance_number = Some(5000);
                twice.push(again);
            }
        }
        let doubled = twice.len();
        items.extend(twice);
        dice.shuffle(&mut items);
        for options in [Options::default(), INTERPOLATE] {
            let plan = plan(items.clone(), &options);
            let stack = plan.info.facts.stack.as_ref().unwrap();
            assert_eq!(
                (stack.planes, stack.found, stack.missing, stack.duplicates),
                (slices, found, gone.len(), doubled),
                "round {round}"
            );
            for (k, plane) in plan.planes.iter().enumerate() {
                let place = plan.ras_from_file.map(|row| row[3] + k as f64 * row[2]);
                let [x, y, z] = draw.position(k);
                for (found, expected) in place.iter().zip([-x, -y, z]) {
                    assert!((found - expected).abs() < 1e-9);
                }
                match &plane.parts[..] {
                    [] => assert!(gone.contains(&k) && options.gaps == Gaps::Leave),
                    [one] => assert!(one.place.file == k && !gone.contains(&k)),
                    [a, b] => {
                        assert!(gone.contains(&k) && options.gaps == Gaps::Interpolate);
                        let at = a.weight * a.place.file as f64 + b.weight * b.place.file as f64;
                        assert!((at - k as f64).abs() < 1e-9);
                    }
                    more => panic!("{more:?}"),
                }
            }
        }
    }
}
