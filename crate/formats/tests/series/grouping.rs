//! What belongs together, what does not, and what is suggested.

use hounsfield_codecs::Codec;
use hounsfield_formats::{
    catalogue::{Catalogue, Listing},
    dicom::header::Frame,
    item::{Item, Kind, Place},
    plan::Options,
};

use crate::draw::{CORONAL, Dice, Draw, SAGITTAL, header, item};

fn sizes(listing: &Listing) -> Vec<(&str, usize)> {
    listing.series.iter().map(|s| (s.title.as_str(), s.files)).collect()
}

/// A folder as hospitals make them.
fn folder() -> Vec<Item> {
    let thick = {
        let mut draw = Draw::new(crate::draw::AXIAL, 6, 5.0);
        (draw.header.series, draw.header.series_number) = ("1.2.4".into(), Some(3));
        draw.header.description = "thorax 5.0".into();
        draw
    };
    let scout = {
        let mut draw = Draw::new(CORONAL, 1, 1.0);
        draw.header.image_type = ["ORIGINAL", "PRIMARY", "LOCALIZER"].map(String::from).to_vec();
        (draw.header.series, draw.header.series_number) = ("1.2.5".into(), Some(1));
        draw.header.description = "scout".into();
        draw
    };
    let reformat = {
        let mut draw = Draw::new(SAGITTAL, 40, 1.0);
        draw.header.image_type = ["DERIVED", "SECONDARY", "REFORMATTED"].map(String::from).to_vec();
        (draw.header.series, draw.header.series_number) = ("1.2.6".into(), Some(4));
        draw.header.description = "sagittal".into();
        draw
    };
    let mr = {
        let mut draw = Draw::axial(60);
        draw.header.modality = "MR".into();
        (draw.header.series, draw.header.series_number) = ("1.2.7".into(), Some(5));
        draw.header.description = "t2".into();
        draw
    };
    let mut items = Draw::axial(12).items(0);
    for (n, draw) in (1..).zip([thick, scout, reformat, mr]) {
        items.extend(draw.items(100 * n));
    }
    for n in 0..7 {
        items.push(Item {
            place: Place { file: 900 + n, entry: None },
            name: format!("DOE^JOHN/x{n}"),
            bytes: 1,
            kind: Kind::Other { code: "not_a_scan".into(), reason: "a text".into() },
        });
    }
    let mut unusable = Draw::axial(1).items(950);
    header(&mut unusable[0]).unusable = "its pixels are colours".into();
    items.extend(unusable);
    items
}

#[test]
fn the_scan_stands_first_and_says_why() {
    let listing = Catalogue::new(folder()).listing();
    assert_eq!(
        sizes(&listing),
        [("thorax", 12), ("thorax 5.0", 6), ("sagittal", 40), ("t2", 60), ("scout", 1)]
    );
    assert_eq!(listing.suggested.as_deref(), Some("1"));
    assert_eq!(
        listing.reason,
        "The CT series with the most slices: 12 (4 × 3 × 12 voxels); 4 others were found."
    );
    let left: Vec<_> = listing.left_out.iter().map(|l| (l.code.as_str(), l.count)).collect();
    assert_eq!(left, [("not_a_scan", 7), ("unusable", 1)]);
    assert_eq!(listing.left_out[0].names, ["x0", "x1", "x2", "x3", "x4"]);
    assert_eq!(listing.left_out[1].reason, "its pixels are colours");
}

#[test]
fn words_of_the_image_type_are_whole() {
    let listed = |word: &str| {
        let mut draw = Draw::axial(5);
        draw.header.image_type.push(word.into());
        let mut fewer = Draw::axial(3);
        fewer.header.description = "fewer".into();
        fewer.header.series_number = Some(3);
        let listing = Catalogue::new([draw.items(0), fewer.items(100)].concat()).listing();
        listing.series.into_iter().next().unwrap().title
    };
    for word in ["COMPRESSED", "MPRAGE", "TIMP"] {
        assert_eq!(listed(word), "thorax", "{word}");
    }
    for word in
        ["MPR", "CSA MPR", "MIP", "REFORMATTED", "PROJECTION IMAGE", "CURVED_MPR", "LOCALIZER"]
    {
        assert_eq!(listed(word), "fewer", "{word}");
    }
}

#[test]
fn volumes_of_one_description_have_titles_that_differ() {
    let mut items = Draw::axial(12).items(0);
    let mut scout = Draw::axial(2);
    scout.header.image_type.push("LOCALIZER".into());
    items.extend(scout.items(100));
    items.extend(Draw::new(SAGITTAL, 4, 2.0).items(200));
    let mut thick = Draw::axial(6);
    thick.header.series_number = Some(3);
    items.extend(thick.items(300));
    let mut again = Draw::axial(6);
    again.header.series_number = Some(4);
    items.extend(again.items(400));
    let listing = Catalogue::new(items).listing();
    assert_eq!(
        sizes(&listing),
        [
            ("thorax (axial, 12 slices)", 12),
            ("thorax (axial, 6 slices, series 3)", 6),
            ("thorax (axial, 6 slices, series 4)", 6),
            ("thorax (sagittal)", 4),
            ("thorax (scout)", 2)
        ]
    );
}

#[test]
fn the_order_of_items_changes_nothing() {
    let mut dice = Dice(3);
    let expected = Catalogue::new(folder()).listing();
    for _ in 0..20 {
        let mut items = folder();
        dice.shuffle(&mut items);
        assert_eq!(Catalogue::new(items).listing(), expected);
    }
}

#[test]
fn what_cannot_be_one_volume_is_several() {
    // All under one Series Instance UID.
    let axial = Draw::axial(5);
    let coronal = Draw::new(CORONAL, 4, 2.0);
    let mut coarse = Draw::axial(3);
    coarse.spacing = [0.9, 0.9];
    let mut small = Draw::axial(2);
    small.header.shape.as_mut().unwrap().rows = 5;
    let mut elsewhere = Draw::axial(6);
    elsewhere.header.frame_of_reference = "9.9".into();
    let mut items = Vec::new();
    for (n, draw) in (0..).zip([&axial, &coronal, &coarse, &small, &elsewhere]) {
        items.extend(draw.items(100 * n));
    }
    let listing = Catalogue::new(items).listing();
    let mut files: Vec<usize> = listing.series.iter().map(|s| s.files).collect();
    files.sort_unstable();
    assert_eq!(files, [2, 3, 4, 5, 6]);
    assert!(listing.left_out.is_empty(), "{:?}", listing.left_out);
}

#[test]
fn rounding_of_axes_and_spacing_splits_nothing() {
    let mut dice = Dice(5);
    let mut items = Draw::axial(50).items(0);
    for item in &mut items {
        let frame = &mut header(item).frames[0];
        frame.orientation_lps =
            frame.orientation_lps.map(|o| o.map(|x| x + 2e-6 * (dice.next() - 0.5)));
        frame.spacing_mm = frame.spacing_mm.map(|s| s.map(|x| x + 2e-6 * (dice.next() - 0.5)));
    }
    let listing = Catalogue::new(items).listing();
    assert_eq!(sizes(&listing), [("thorax", 50)]);
    assert!(listing.series[0].notes.is_empty(), "{:?}", listing.series[0].notes);
}

#[test]
fn a_frame_of_reference_for_each_slice_splits_nothing() {
    let mut items = Draw::axial(9).items(0);
    for (n, item) in items.iter_mut().enumerate() {
        header(item).frame_of_reference = format!("5.{n}");
    }
    let listing = Catalogue::new(items).listing();
    assert_eq!(sizes(&listing), [("thorax", 9)]);
    assert_eq!(listing.series[0].notes[0].code, "frames_of_reference");
}

/// Two phases at the same places; `mark` makes them differ.
fn phases(mark: impl Fn(&mut Item, usize)) -> Listing {
    let mut items = Draw::axial(10).items(0);
    let mut second = Draw::axial(10).items(100);
    items.iter_mut().for_each(|item| mark(item, 0));
    second.iter_mut().for_each(|item| mark(item, 1));
    items.extend(second);
    Catalogue::new(items).listing()
}

#[test]
fn phases_are_volumes_of_their_own() {
    let by_acquisition = phases(|item, n| header(item).acquisition_number = Some(3 + n as i32));
    assert_eq!(
        sizes(&by_acquisition),
        [("thorax (acquisition 3)", 10), ("thorax (acquisition 4)", 10)]
    );
    let by_moment = phases(|item, n| header(item).frames[0].moment = Some(n as u32));
    assert_eq!(sizes(&by_moment), [("thorax (moment 0)", 10), ("thorax (moment 1)", 10)]);
    let by_type = phases(|item, n| header(item).image_type.push(["A", "B"][n].into()));
    assert_eq!(by_type.series[1].title, "thorax (type ORIGINAL/PRIMARY/AXIAL/B)");
    let by_order = phases(|item, n| {
        let number = &mut header(item).instance_number;
        *number = number.map(|k| k + 100 * n as i32);
    });
    assert_eq!(sizes(&by_order), [("thorax (repeat 1)", 10), ("thorax (repeat 2)", 10)]);
    assert_eq!(
        by_order.series[0].notes[0].message,
        "The series holds 2 volumes at the same places; this is repeat 1, and only the order of instance numbers tells them apart."
    );
}

#[test]
fn a_slice_missing_in_one_phase_is_not_taken_from_another() {
    let numbered = |phase: usize| {
        let mut items = Draw::axial(20).items(100 * phase);
        for item in &mut items {
            let number = &mut header(item).instance_number;
            *number = number.map(|k| k + 100 * phase as i32);
        }
        items
    };
    for gone in [0, 7, 19] {
        let mut items: Vec<Item> = (0..3).flat_map(numbered).collect();
        items.remove(20 + gone);
        let catalogue = Catalogue::new(items);
        let listing = catalogue.listing();
        let found: Vec<usize> = listing.series.iter().map(|s| s.files).collect();
        assert_eq!(found, [20, 20, 19], "{:?}", sizes(&listing));
        for (id, phase) in [("1", 0), ("2", 2), ("3", 1)] {
            let plan = catalogue.plan(id, &Options::default()).unwrap();
            let mut files = plan.planes.iter().flat_map(|p| &p.parts).map(|p| p.place.file);
            assert!(files.all(|file| file / 100 == phase));
        }
    }
    // Phase by phase at each place.
    let mut items: Vec<Item> = (0..3).flat_map(numbered).collect();
    for item in &mut items {
        let (phase, k) = (item.place.file / 100, item.place.file % 100);
        header(item).instance_number = Some((3 * k + phase) as i32);
    }
    let catalogue = Catalogue::new(items);
    for (id, phase) in [("1", 0), ("2", 1), ("3", 2)] {
        let plan = catalogue.plan(id, &Options::default()).unwrap();
        assert!(plan.planes.iter().all(|p| p.parts[0].place.file / 100 == phase));
    }
}

#[test]
fn ranges_that_overlap_are_one_volume() {
    let lower = Draw::axial(20).items(0);
    let mut draw = Draw::axial(20);
    draw.at.iter_mut().for_each(|at| at[0] += 18.0 * 2.5);
    draw.header.acquisition_number = Some(2);
    let mut items = draw.items(100);
    items.extend(lower);
    let catalogue = Catalogue::new(items);
    let listing = catalogue.listing();
    assert_eq!(sizes(&listing), [("thorax", 38)]);
    assert_eq!((listing.left_out[0].code.as_str(), listing.left_out[0].count), ("duplicate", 2));
    // The earlier acquisition's are kept.
    assert_eq!(listing.left_out[0].names, ["000", "001"]);
    let plan = catalogue.plan("1", &Options::default()).unwrap();
    assert_eq!(plan.planes.len(), 38);
}

#[test]
fn one_object_of_many_frames() {
    let draw = Draw::axial(6);
    let mut single = draw.items(0);
    let frames: Vec<Frame> = single.iter_mut().map(|item| header(item).frames[0]).collect();
    let mut many = header(&mut single[0]).clone();
    // Frames in any order.
    many.frames = [3, 0, 5, 1, 4, 2].map(|k| frames[k]).to_vec();
    many.codec = Some(Codec::Jpeg2000);
    let catalogue = Catalogue::new(vec![item(4, "enhanced", many.clone())]);
    let plan = catalogue.plan("1", &Options::default()).unwrap();
    let order: Vec<u32> = plan.planes.iter().map(|p| p.parts[0].frame).collect();
    assert_eq!(order, [1, 3, 5, 0, 4, 2]);
    assert!(plan.planes.iter().all(|p| p.parts[0].place.file == 4) && plan.needs_codecs);
    assert_eq!(catalogue.listing().series[0].files, 1);

    // Only the first frame says where it lies.
    many.frames[1..].iter_mut().for_each(|frame| frame.position_lps = None);
    let listing = Catalogue::new(vec![item(4, "old", many)]).listing();
    assert_eq!(listing.series.len(), 1);
    assert_eq!(listing.series[0].size_voxel, [4, 3, 6]);
}

#[test]
fn a_gap_of_a_kilometre_makes_no_planes() {
    let mut draw = Draw::axial(10);
    draw.at[7..].iter_mut().for_each(|at| at[0] += 900_000.0);
    let listing = Catalogue::new(draw.items(0)).listing();
    assert_eq!(sizes(&listing), [("thorax (stack 1 of 2)", 7), ("thorax (stack 2 of 2)", 3)]);
    assert_eq!(listing.series[0].notes[0].code, "series_cut");
    // Beyond belief: as if it said nothing.
    let mut items = Draw::axial(10).items(0);
    for (item, bad) in items.iter_mut().zip([1e9, f64::INFINITY, f64::NAN, -1e300]) {
        header(item).frames[0].position_lps = Some([0.0, 0.0, bad]);
    }
    let listing = Catalogue::new(items).listing();
    let files: Vec<usize> = listing.series.iter().map(|s| s.files).collect();
    assert_eq!(files, [6, 4]);
}

#[test]
fn noise_is_grouped_in_bounded_memory() {
    // Every number a lie of its own.
    let mut dice = Dice(13);
    let mut items = Draw::axial(3000).items(0);
    for item in &mut items {
        let frame = &mut header(item).frames[0];
        let wild = |x: f64| match (x * 8.0) as u32 {
            0 => f64::NAN,
            1 => 0.0,
            2 => 1e300,
            _ => (x - 0.5) * 1e4,
        };
        frame.position_lps = Some([wild(dice.next()), wild(dice.next()), wild(dice.next())]);
        if dice.next() < 0.2 {
            frame.orientation_lps = Some([0; 6].map(|_: i32| wild(dice.next())));
        }
        if dice.next() < 0.2 {
            frame.spacing_mm = Some([wild(dice.next()), wild(dice.next())]);
        }
        frame.slope = Some(wild(dice.next()));
    }
    let catalogue = Catalogue::new(items);
    let listing = catalogue.listing();
    let mut planes = 0;
    for series in &listing.series {
        for options in [
            Options::default(),
            Options { gaps: hounsfield_formats::plan::Gaps::Interpolate, ..Options::default() },
        ] {
            if let Ok(plan) = catalogue.plan(&series.id, &options) {
                planes += plan.planes.len();
                for plane in &plan.planes {
                    let weights: f64 = plane.parts.iter().map(|p| p.weight).sum();
                    assert!(plane.parts.is_empty() || (weights - 1.0).abs() < 1e-9);
                    assert!(plane.shift_px.iter().all(|px| px.is_finite()));
                }
            }
        }
    }
    assert!(planes < 2 * 13 * 3000, "{planes}");
}

#[test]
fn axes_that_differ_a_little_a_kilometre_away_keep_the_order() {
    // Far to the side, a tenth of a degree turns the order of slices round.
    let mut draw = Draw::axial(40);
    draw.at.iter_mut().enumerate().for_each(|(k, at)| at[1] = [0.0, 9e5][k % 2]);
    let mut items = draw.items(0);
    for (k, item) in items.iter_mut().enumerate() {
        let (sin, cos) = (0.1 * (k % 3) as f64).to_radians().sin_cos();
        header(item).frames[0].orientation_lps = Some([cos, 0.0, sin, 0.0, 1.0, 0.0]);
    }
    let catalogue = Catalogue::new(items);
    for series in catalogue.listing().series {
        let Ok(plan) = catalogue.plan(&series.id, &Options::default()) else { continue };
        assert!(plan.planes.len() < 11 * 40, "{}", plan.planes.len());
    }
}

#[test]
fn more_planes_than_a_grid_can_hold_are_refused_in_a_sentence() {
    let listing = Catalogue::new(Draw::axial(70_000).items(0)).listing();
    assert!(listing.series.is_empty());
    let left = &listing.left_out[0];
    assert_eq!((left.code.as_str(), left.count), ("bad_grid", 70_000));
    assert!(left.reason.contains("70000"), "{}", left.reason);
}

#[test]
fn a_list_has_an_end() {
    let mut dice = Dice(19);
    let mut items = Draw::axial(2100).items(0);
    for item in &mut items {
        header(item).series = format!("7.{}", dice.next());
    }
    let listing = Catalogue::new(items).listing();
    assert_eq!(listing.series.len(), 2000);
    let left = &listing.left_out[0];
    assert_eq!((left.code.as_str(), left.count), ("too_many", 100));
}

#[test]
fn slices_that_turn_little_by_little_are_not_one_volume() {
    let mut items = Draw::axial(100).items(0);
    for (k, item) in items.iter_mut().enumerate() {
        let (sin, cos) = (0.05 * k as f64).to_radians().sin_cos();
        header(item).frames[0].orientation_lps = Some([1.0, 0.0, 0.0, 0.0, cos, sin]);
    }
    // 5° in steps of a twentieth.
    let listing = Catalogue::new(items).listing();
    assert!(listing.series.len() > 10, "{}", listing.series.len());
    let notes = listing.series.iter().flat_map(|series| &series.notes);
    assert!(notes.map(|note| &note.code).any(|code| code == "orientation_differs"));
}

/// Slices 0, 2, 4, … of a stack and 1, 3, 5, … of it, which `mark` makes differ.
fn every_second(mark: impl Fn(&mut hounsfield_formats::dicom::header::Header)) -> Vec<Item> {
    let mut items = Draw::axial(12).items(0);
    for item in items.iter_mut().filter(|item| item.place.file % 2 == 1) {
        mark(header(item));
    }
    items
}

fn message(listing: &Listing, series: usize, code: &str) -> String {
    let note = listing.series[series].notes.iter().find(|note| note.code == code);
    note.map(|note| note.message.clone()).unwrap_or_default()
}

#[test]
fn what_lies_in_one_even_stack_is_one_whatever_its_type_and_number() {
    let typed = every_second(|h| h.image_type = vec!["DERIVED".into(), "MPR".into()]);
    let listing = Catalogue::new(typed).listing();
    assert_eq!(sizes(&listing), [("thorax", 12)]);
    assert!(message(&listing, 0, "series_joined").contains("differ in Image Type"));
    let listing = Catalogue::new(every_second(|h| h.series_number = Some(7))).listing();
    assert_eq!(sizes(&listing), [("thorax", 12)]);
    assert!(message(&listing, 0, "series_joined").contains("differ in Series Number"));

    // Where they do not, each says that the other is there.
    let mut apart = Draw::axial(6).items(0);
    let mut other = Draw::axial(6);
    other.origin[2] += 1.0;
    other.header.series_number = Some(7);
    apart.extend(other.items(100));
    let catalogue = Catalogue::new(apart);
    let listing = catalogue.listing();
    assert_eq!(listing.series.len(), 2);
    for (n, series) in listing.series.iter().enumerate() {
        assert_eq!(
            message(&listing, n, "series_split"),
            "6 more slices of this series are listed by themselves: another series number."
        );
        let plan = catalogue.plan(&series.id, &Options::default()).unwrap();
        let stack = plan.info.facts.stack.unwrap();
        assert_eq!((stack.elsewhere, stack.between), (6, 5));
    }
    // Of equals the lower number first.
    assert_eq!(listing.series[0].title, "thorax (series 2)");
}

#[test]
fn half_a_scan_in_another_frame_of_reference_is_told() {
    let catalogue = Catalogue::new(every_second(|h| h.frame_of_reference = "9.9".into()));
    let listing = catalogue.listing();
    assert_eq!(sizes(&listing), [("thorax (part 1 of 2)", 6), ("thorax (part 2 of 2)", 6)]);
    for (n, series) in listing.series.iter().enumerate() {
        assert_eq!(
            message(&listing, n, "series_split"),
            "6 more slices of this series are listed by themselves: another frame of reference."
        );
        let plan = catalogue.plan(&series.id, &Options::default()).unwrap();
        let stack = plan.info.facts.stack.unwrap();
        assert_eq!((stack.elsewhere, stack.between), (6, 5));
    }
}

#[test]
fn one_slice_taken_out_is_told_and_a_scout_is_no_loss() {
    let mut items = Draw::axial(12).items(0);
    header(&mut items[5]).frames[0].spacing_mm = Some([0.707, 0.808]);
    let catalogue = Catalogue::new(items);
    let listing = catalogue.listing();
    assert_eq!(
        message(&listing, 0, "series_split"),
        "1 more slice of this series is listed by itself: another pixel spacing (0.7070 × 0.8080 mm)."
    );
    let stack = |catalogue: &Catalogue| {
        catalogue.plan("1", &Options::default()).unwrap().info.facts.stack.unwrap()
    };
    assert_eq!((stack(&catalogue).elsewhere, stack(&catalogue).between), (1, 1));

    let mut items = Draw::axial(12).items(0);
    let mut scout = Draw::new(CORONAL, 2, 1.0);
    scout.header.image_type = vec!["LOCALIZER".into()];
    items.extend(scout.items(100));
    let catalogue = Catalogue::new(items);
    assert_eq!(
        message(&catalogue.listing(), 0, "series_split"),
        "2 more slices of this series are listed by themselves: a scout."
    );
    assert_eq!(stack(&catalogue).elsewhere, 0);
}

#[test]
fn acquisitions_between_each_other_are_volumes_of_their_own() {
    let first = Draw::new(crate::draw::AXIAL, 8, 5.0);
    let second = |offset: f64| {
        let mut draw = Draw::new(crate::draw::AXIAL, 8, 5.0);
        draw.origin[2] += offset;
        draw.header.acquisition_number = Some(2);
        draw.items(100)
    };
    let mut items = first.items(0);
    items.extend(second(1.7));
    let listing = Catalogue::new(items).listing();
    assert_eq!(sizes(&listing), [("thorax (acquisition 1)", 8), ("thorax (acquisition 2)", 8)]);
    assert!(message(&listing, 0, "series_split").contains("2 volumes between each other"));
    assert!(message(&listing, 0, "missing_slices").is_empty());
    // Two that make one even stack are one, and so are those that follow each other.
    for offset in [2.5, 40.0, 38.0] {
        let mut items = first.items(0);
        items.extend(second(offset));
        let listing = Catalogue::new(items).listing();
        assert_eq!(sizes(&listing), [("thorax", 16)], "{offset}");
    }
}
