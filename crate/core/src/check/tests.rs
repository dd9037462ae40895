use super::*;
use crate::{
    Grid, Voxels,
    facts::{PixelSpacing, Placement, Rescale, Stack, Units},
    phantom::{Phantom, PhantomParams},
};

/// A body without noise: air, lung, fat, muscle and bone in these shares of 1000 voxels.
const BODY: [(i16, usize); 5] = [(-1000, 400), (-850, 150), (-100, 150), (50, 250), (600, 50)];

fn volume_of(values: &[(i16, usize)]) -> Volume {
    let voxels: Vec<i16> =
        values.iter().flat_map(|(value, count)| std::iter::repeat_n(*value, *count)).collect();
    let grid = Grid::from_spacing([10, voxels.len() / 10, 1], [1.0; 3]).unwrap();
    Volume::new(grid, Voxels::I16(voxels)).unwrap()
}

fn shifted(by: i16) -> Volume {
    volume_of(&BODY.map(|(value, count)| (value + by, count)))
}

fn item(volume: &Volume, facts: &Facts, id: &str) -> CheckItem {
    check(volume, facts).unwrap().into_iter().find(|item| item.id == id).unwrap()
}

fn hu(volume: &Volume) -> CheckItem {
    item(volume, &Facts::default(), "hu")
}

fn with_stack(stack: Stack) -> Facts {
    Facts { placement: Placement::Stated, stack: Some(stack), ..Facts::default() }
}

/// Ten even slices, 2 mm apart.
fn even() -> Stack {
    Stack {
        planes: 10,
        found: 10,
        step_mm: 2.0,
        min_step_mm: 2.0,
        max_step_mm: 2.0,
        step_from_positions: true,
        ..Stack::default()
    }
}

#[test]
fn a_body_in_hu_passes_in_a_fixed_order() {
    let facts = Facts { placement: Placement::Stated, ..Facts::default() };
    let items = check(&shifted(0), &facts).unwrap();
    let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    let expected = [
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
    assert_eq!(ids, expected);
    assert!(items.iter().all(|item| item.status == Status::Pass), "{items:?}");
    assert_eq!(items[1].value, "air −1000 HU, soft tissue 50 HU");
    assert_eq!(summary(&items), "CT check: pass");
}

#[test]
fn values_off_by_an_intercept_are_named() {
    let stored = hu(&shifted(1024));
    assert_eq!(stored.status, Status::Fail);
    assert!(stored.message.contains("too high by 1024"), "{stored:?}");
    let twice = hu(&shifted(-1024));
    assert_eq!(twice.status, Status::Fail);
    assert!(twice.message.contains("too low by 1024"), "{twice:?}");
}

/// A chest with noise, everything off by some HU but what lies outside of the scanner's circle, which
/// has one value.
fn padded_chest(phantom: &Volume, by: i16, padding: Option<i16>) -> Volume {
    let [nx, ny, _] = phantom.grid().size_voxel();
    let hu = phantom.hu().unwrap();
    let voxels = hu.iter().enumerate().map(|(n, hu)| {
        let [x, y] =
            [(n % nx, nx), (n / nx % ny, ny)].map(|(at, size)| 2 * at as i64 - size as i64);
        let outside = x * x + y * y > (nx * nx) as i64;
        padding.filter(|_| outside).unwrap_or(hu.saturating_add(by))
    });
    Volume::new(phantom.grid().clone(), Voxels::I16(voxels.collect())).unwrap()
}

#[test]
fn no_padding_hides_that_a_scan_is_off_by_an_intercept() {
    for contrast in [false, true] {
        let params = PhantomParams { contrast, ..PhantomParams::fitted([160, 160, 48]) };
        let phantom = Phantom::new(params).unwrap().render(&mut ()).unwrap().volume;
        let paddings = [-3024, -2048, -2000, -1024, -1000, -976, -500, -100, 0, 24];
        for padding in paddings.map(Some).into_iter().chain([None]) {
            for by in [-1024, 1000, 1024] {
                let item = hu(&padded_chest(&phantom, by, padding));
                let expected = if by < 0 { "too low by 1024" } else { "too high by 1024" };
                assert_eq!(item.status, Status::Fail, "{by}, {padding:?}: {item:?}");
                assert!(item.message.contains(expected), "{by}, {padding:?}: {item:?}");
            }
            let item = hu(&padded_chest(&phantom, 0, padding));
            assert_eq!(item.status, Status::Pass, "{padding:?}: {item:?}");
        }
    }
}

#[test]
fn what_is_no_ct_fails() {
    let of = |values: &[(i16, usize)]| {
        let item = hu(&volume_of(values));
        (item.status, item.message)
    };
    let (status, message) = of(&[(0, 500), (60, 300), (255, 200)]);
    assert!(status == Status::Fail && message.contains("8-bit"), "{message}");
    let (status, message) = of(&[(-3, 500), (2, 300), (7, 200)]);
    assert!(status == Status::Fail && message.contains("within 10 units"), "{message}");
    let (status, message) = of(&[(0, 500), (300, 300), (700, 200)]);
    assert!(status == Status::Fail && message.contains("below 0"), "{message}");
    let (status, message) = of(&[(-1000, 400), (50, 300), (9000, 300)]);
    assert!(status == Status::Fail && message.contains("above 3500"), "{message}");
    let (status, message) = of(&[(-1000, 400), (50, 50), (700, 550)]);
    assert!(status == Status::Fail && message.contains("8 %"), "{message}");
    assert_eq!(of(&[(-2048, 1000)]).0, Status::Fail);
}

#[test]
fn crops_of_a_body_pass_with_the_reason() {
    let lung = hu(&volume_of(&[(-850, 400), (-100, 200), (50, 400)]));
    assert!(lung.status == Status::Pass && lung.value.starts_with("lung −850"), "{lung:?}");
    let belly = hu(&volume_of(&[(-100, 300), (50, 700)]));
    assert!(belly.status == Status::Pass && belly.message.contains("fat"), "{belly:?}");
    let muscle = hu(&volume_of(&[(-40, 200), (50, 750), (200, 50)]));
    assert_eq!(muscle.status, Status::Warn, "{muscle:?}");
}

#[test]
fn a_window_is_named() {
    let item =
        hu(&volume_of(&[(-160, 400), (-150, 10), (-100, 90), (50, 400), (230, 10), (240, 90)]));
    assert!(item.status == Status::Warn && item.message.contains("−160 and 240"), "{item:?}");
}

#[test]
fn fractions_and_nan_are_counted_like_whole_numbers() {
    let voxels: Vec<f32> = BODY
        .iter()
        .flat_map(|(value, count)| std::iter::repeat_n(f32::from(*value) + 0.3, *count))
        .chain(std::iter::repeat_n(f32::NAN, 1000))
        .collect();
    let grid = Grid::from_spacing([10, 200, 1], [1.0; 3]).unwrap();
    let volume = Volume::new(grid, Voxels::F32(voxels)).unwrap();
    assert_eq!(hu(&volume).status, Status::Pass);
    assert_eq!(item(&volume, &Facts::default(), "padding").value, "50.0 % below −1024 HU");
}

#[test]
fn the_phantom_is_a_ct_and_its_contrast_is_seen() {
    for contrast in [false, true] {
        let params = PhantomParams { contrast, ..PhantomParams::fitted([256, 256, 96]) };
        let phantom = Phantom::new(params).unwrap().render(&mut ()).unwrap();
        let facts = Facts::default();
        let hu = item(&phantom.volume, &facts, "hu");
        assert_eq!(hu.status, Status::Pass, "{hu:?}");
        let found = item(&phantom.volume, &facts, "contrast");
        let expected = if contrast { Status::Warn } else { Status::Pass };
        assert_eq!(found.status, expected, "{found:?}");
    }
}

#[test]
fn what_the_header_says_is_judged() {
    let volume = shifted(0);
    let of = |facts: Facts, id: &str| item(&volume, &facts, id).status;
    let modality = |word: &str| Facts { modality: word.into(), ..Facts::default() };
    assert_eq!(of(modality("CT"), "modality"), Status::Pass);
    assert_eq!(of(modality("MR"), "modality"), Status::Fail);
    assert_eq!(of(Facts::default(), "orientation"), Status::Warn);
    let units = |units| Facts { units, ..Facts::default() };
    assert_eq!(of(units(Units::Stored), "rescale"), Status::Warn);
    assert_eq!(of(units(Units::Other), "rescale"), Status::Fail);
    assert_eq!(of(units(Units::Grey), "hu"), Status::Fail);
    let rescale = Some(Rescale {
        slope: [1.0, 1.5],
        intercept: [-1024.0, -1000.0],
        differs: true,
        missing: 0,
    });
    let differs = item(&volume, &Facts { rescale, ..units(Units::Hu) }, "rescale");
    assert_eq!(differs.status, Status::Warn);
    assert_eq!(differs.value, "slope 1 to 1.5, intercept −1024 to −1000");
    let rescale = rescale.map(|rescale| Rescale { missing: 2, ..rescale });
    let lacking = item(&volume, &Facts { rescale, ..units(Units::Hu) }, "rescale");
    assert_eq!(lacking.status, Status::Fail);
    assert!(lacking.value.ends_with("; 2 slices have none"), "{lacking:?}");
    let padded = |hu| Facts { padding_hu: Some(hu), ..Facts::default() };
    assert_eq!(of(padded(-2000.0), "padding"), Status::Pass);
    assert_eq!(of(padded(-1000.0), "padding"), Status::Warn);
    let last = Facts { lossy: true, cone_beam: true, ..Facts::default() };
    let items = check(&volume, &last).unwrap();
    let ids: Vec<&str> = items.iter().skip(9).map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["lossy", "coneBeam"]);
}

#[test]
fn slices_are_judged_by_their_places() {
    let volume = shifted(0);
    let of = |stack: Stack, id: &str| item(&volume, &with_stack(stack), id);
    assert_eq!(of(even(), "spacing").status, Status::Pass);
    assert_eq!(of(Stack { max_step_mm: 2.3, ..even() }, "spacing").status, Status::Warn);
    let far = of(Stack { max_step_mm: 2.6, ..even() }, "spacing");
    assert_eq!((far.status, far.value.as_str()), (Status::Fail, "2.00 to 2.60 mm, grid 2.00 mm"));
    let assumed = Stack { step_from_positions: false, ..even() };
    assert_eq!(of(assumed, "spacing").status, Status::Warn);
    let thick = of(Stack { thickness_mm: Some(3.0), ..even() }, "spacing");
    assert!(thick.status == Status::Pass && thick.message.contains("overlap"), "{thick:?}");
    let thin = of(Stack { thickness_mm: Some(1.0), ..even() }, "spacing");
    assert!(thin.status == Status::Warn && thin.message.contains("1.00 mm between"), "{thin:?}");
    let coarse = Stack { step_mm: 7.0, min_step_mm: 7.0, max_step_mm: 7.0, ..even() };
    assert_eq!(of(coarse, "spacing").status, Status::Warn);

    assert_eq!(of(even(), "missing").status, Status::Pass);
    let gap = Stack { missing: 2, found: 8, ..even() };
    let lost = of(gap.clone(), "missing");
    assert_eq!((lost.status, lost.value.as_str()), (Status::Fail, "8 of 10 slices, 2 missing"));
    let made = of(Stack { made: vec![3, 4], ..gap }, "missing");
    assert_eq!(made.status, Status::Warn);
    assert_eq!(of(Stack { broken: 1, ..even() }, "missing").status, Status::Fail);
    assert_eq!(of(Stack { duplicates: 1, ..even() }, "missing").status, Status::Warn);

    let some = of(Stack { elsewhere: 3, between: 3, ..even() }, "missing");
    assert_eq!(
        (some.status, some.value.as_str()),
        (Status::Warn, "10 of 10 slices, 3 listed apart")
    );
    // As many that lie beyond the ends are another part of the body; between, they are half a scan.
    assert_eq!(of(Stack { elsewhere: 10, ..even() }, "missing").status, Status::Warn);
    assert_eq!(of(Stack { elsewhere: 10, between: 9, ..even() }, "missing").status, Status::Fail);

    assert_eq!(of(even(), "tilt").status, Status::Pass);
    let tilted = of(Stack { tilt_deg: 12.5, tilt_corrected: true, ..even() }, "tilt");
    assert_eq!((tilted.status, tilted.value.as_str()), (Status::Warn, "12.5°"));
}

#[test]
fn a_distance_of_pixels_that_no_file_states_is_no_pass() {
    let volume = shifted(0);
    let of = |pixel_spacing, stack| {
        let facts = Facts { pixel_spacing, stack, ..with_stack(even()) };
        item(&volume, &facts, "spacing")
    };
    for stack in [Some(even()), None] {
        let status = |from| of(from, stack.clone()).status;
        assert_eq!(status(PixelSpacing::Stated), Status::Pass);
        assert_eq!(status(PixelSpacing::Detector), Status::Warn);
        assert_eq!(status(PixelSpacing::Given), Status::Warn);
        let assumed = of(PixelSpacing::Assumed, stack);
        assert_eq!(assumed.status, Status::Fail);
        assert_eq!(assumed.value, "1.00 × 1.00 × 1.00 mm, assumed");
    }
    // Uneven slices are worse than a spacing that was given.
    let uneven = of(PixelSpacing::Given, Some(Stack { max_step_mm: 2.6, ..even() }));
    assert!(uneven.status == Status::Fail && uneven.message.contains("uneven"), "{uneven:?}");
}

#[test]
fn slices_far_from_their_place_and_broken_ones_fail() {
    let volume = shifted(0);
    let of = |stack: Stack, id: &str| item(&volume, &with_stack(stack), id);
    // Steps that hardly differ add up.
    let far = of(Stack { max_step_mm: 2.1, off_mm: 6.0, ..even() }, "spacing");
    assert!(far.status == Status::Fail && far.message.contains("6.00 mm"), "{far:?}");
    assert_eq!(of(Stack { stray_mm: 0.3, ..even() }, "spacing").status, Status::Warn);
    let stray = of(Stack { stray_mm: 12.5, ..even() }, "spacing");
    assert!(stray.status == Status::Fail && stray.message.contains("12.50 mm"), "{stray:?}");
    let broken = of(Stack { broken: 2, ..even() }, "missing");
    assert_eq!((broken.status, broken.value.as_str()), (Status::Fail, "10 of 10 slices, 2 broken"));
    assert!(broken.message.starts_with("2 slices are broken"), "{broken:?}");
    // A broken slice between others that was interpolated on request.
    let made = of(Stack { broken: 1, missing: 1, made: vec![3, 4], ..even() }, "missing");
    assert_eq!(made.status, Status::Warn, "{made:?}");
    let lost = of(Stack { broken: 2, made: vec![3], ..even() }, "missing");
    assert_eq!(lost.status, Status::Fail, "{lost:?}");
}

#[test]
fn values_beyond_the_histogram_are_not_taken_for_its_end() {
    let of = |values: &[(f32, usize)]| {
        let voxels: Vec<f32> =
            values.iter().flat_map(|(value, n)| std::iter::repeat_n(*value, *n)).collect();
        let grid = Grid::from_spacing([10, voxels.len() / 10, 1], [1.0; 3]).unwrap();
        hu(&Volume::new(grid, Voxels::F32(voxels)).unwrap())
    };
    let high = of(&[(24.0, 500), (61024.0, 500)]);
    assert_eq!((high.status, high.value.as_str()), (Status::Fail, "24 to 32767 or more"));
    let beyond = of(&[(40000.0, 500), (61024.0, 500)]);
    assert!(
        beyond.status == Status::Fail && beyond.message.contains("32767 or more"),
        "{beyond:?}"
    );
}

#[test]
fn a_sheared_grid_is_tilted_whatever_the_file_says() {
    let affine = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0]];
    let grid = Grid::new([10, 10, 10], affine).unwrap();
    let volume = Volume::new(grid, Voxels::I16(vec![0; 1000])).unwrap();
    let tilt = item(&volume, &Facts::default(), "tilt");
    assert_eq!((tilt.status, tilt.value.as_str()), (Status::Warn, "45.0°"));
}

#[test]
fn the_summary_fits_and_keeps_the_fails() {
    let of = |fails: &[&str], warns: &[&str]| {
        let all = |ids: &[&str], status| -> Vec<CheckItem> {
            ids.iter().map(|id| CheckItem::new(id, "", status, "", "")).collect()
        };
        let text = summary(&[all(fails, Status::Fail), all(warns, Status::Warn)].concat());
        assert!(text.is_ascii() && text.len() <= SUMMARY_BYTES, "{text}");
        text
    };
    assert_eq!(of(&["hu", "missing"], &["spacing"]), "CT check: fail hu, missing; warn spacing");
    let many = ["orientation", "spacing", "missing", "modality", "padding"];
    assert_eq!(of(&["hu"], &many), "CT check: fail hu; warn 5");
    assert_eq!(of(&[many, many].concat(), &many), "CT check: fail 10; warn 5");
}

#[test]
fn parts_of_several_scans_have_one_line() {
    let (pass, fail) = ("CT check: pass", "CT check: fail hu");
    assert_eq!(summary_of_parts(&[]), "");
    assert_eq!(summary_of_parts(&["", ""]), "");
    assert_eq!(summary_of_parts(&[fail, fail]), fail);
    assert_eq!(summary_of_parts(&[pass, ""]), "CT check: not the same for 2 parts, 1 checked");
    assert_eq!(summary_of_parts(&["", fail, pass]), "CT check: fail for 1 of 3 parts, 2 checked");
    for text in [pass, fail, &summary_of_parts(&[pass, fail])] {
        assert!(is_summary(text), "{text}");
    }
    let long = format!("CT check: {}", "x".repeat(53));
    for text in ["", "CT check", "CT check: a\nb", "CT check: \u{e9}", &long] {
        assert!(!is_summary(text), "{text}");
    }
}
