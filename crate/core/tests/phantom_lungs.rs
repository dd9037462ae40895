//! Lungs of the phantom, whose truth is known, as it is and as it can come: prone, upside down, cut,
//! noisy, with one lung, with gas beside it; and scans without lungs.

#![allow(clippy::unwrap_used, reason = "a test may")]

use hounsfield::{
    Error, Grid, Mask, Volume, Voxels,
    lungs::{self, Airways, LungsParams, LungsRun, Method},
    phantom::{Phantom, PhantomParams, PhantomScan, Structure},
};

const SIZE: [usize; 3] = [128, 128, 107];

fn overlap(a: &Mask, b: &Mask) -> usize {
    let mut both = a.try_clone().unwrap();
    both.intersect_with(b).unwrap();
    both.count()
}

fn dice(a: &Mask, b: &Mask) -> f64 {
    2.0 * overlap(a, b) as f64 / (a.count() + b.count()).max(1) as f64
}

fn phantom(params: PhantomParams) -> PhantomScan {
    Phantom::new(params).unwrap().render(&mut ()).unwrap()
}

fn chest() -> PhantomScan {
    phantom(PhantomParams::fitted(SIZE))
}

fn run(volume: &Volume) -> LungsRun {
    lungs::run(volume, &LungsParams::default(), &mut ()).unwrap()
}

fn truths(scan: &PhantomScan) -> [Mask; 2] {
    [Structure::LungLeft, Structure::LungRight].map(|lung| scan.truth.mask(lung).unwrap())
}

fn has(run: &LungsRun, code: &str) -> bool {
    run.report.flags.iter().any(|flag| flag.code == code)
}

/// The scan with other values: `new(x, y, z, old)`.
fn changed(volume: &Volume, mut new: impl FnMut(usize, usize, usize, i16) -> i16) -> Volume {
    let [nx, ny, _] = volume.grid().size_voxel();
    let hu = volume.hu().unwrap();
    let hu = hu.iter().enumerate().map(|(i, hu)| new(i % nx, i / nx % ny, i / (nx * ny), *hu));
    Volume::new(volume.grid().clone(), Voxels::I16(hu.collect())).unwrap()
}

/// Both lungs by their truth, which may have been turned in the same way.
fn assert_lungs(run: &LungsRun, [left, right]: &[Mask; 2], least: f64, what: &str) {
    let (a, b) = (dice(&run.left, left), dice(&run.right, right));
    assert!(a >= least && b >= least, "{what}: left {a:.4}, right {b:.4}, {:?}", run.report);
    let wrong = overlap(&run.left, right) + overlap(&run.right, left);
    assert!(wrong * 1000 <= left.count() + right.count(), "{what}: {wrong} on the wrong side");
    assert_eq!(overlap(&run.left, &run.right), 0, "{what}");
}

#[test]
fn both_lungs_and_the_airways_are_found() {
    for noise_hu in [0.0, 14.0, 60.0] {
        let scan = phantom(PhantomParams { noise_hu, ..PhantomParams::fitted(SIZE) });
        let run = run(&scan.volume);
        assert_lungs(&run, &truths(&scan), 0.96, &format!("noise {noise_hu}"));
        let airways = run.airways.as_ref().unwrap();
        let truth = scan.truth.mask(Structure::Airways).unwrap();
        assert!(overlap(airways, &truth) * 2 > truth.count(), "noise {noise_hu}: {:?}", run.report);
        assert_eq!(overlap(airways, &run.left) + overlap(airways, &run.right), 0);
        assert!(!has(&run, "no_trachea") && run.report.found);
    }
}

#[test]
fn prone_and_upside_down_are_the_same_lungs() {
    let scan = chest();
    let [nx, ny, nz] = SIZE;
    let hu = scan.volume.hu().unwrap();
    let turned = |flip_y: bool, flip_z: bool| {
        let at = |x: usize, y: usize, z: usize| {
            let y = if flip_y { ny - 1 - y } else { y };
            let z = if flip_z { nz - 1 - z } else { z };
            (x, y, z)
        };
        let volume = changed(&scan.volume, |x, y, z, _| {
            let (x, y, z) = at(x, y, z);
            hu[(z * ny + y) * nx + x]
        });
        let masks = truths(&scan).map(|mask| {
            Mask::from_fn(SIZE, |x, y, z| {
                let (x, y, z) = at(x, y, z);
                mask.get(x, y, z)
            })
            .unwrap()
        });
        (volume, masks)
    };
    for (flip_y, flip_z) in [(true, false), (false, true), (true, true)] {
        let (volume, masks) = turned(flip_y, flip_z);
        let run = run(&volume);
        assert_lungs(&run, &masks, 0.96, &format!("{flip_y} {flip_z}"));
        assert_eq!(has(&run, "upside_down"), flip_z);
    }
}

#[test]
fn one_lung_full_of_tissue_leaves_the_other_and_is_said() {
    let scan = chest();
    let [left, right] = truths(&scan);
    let filled = changed(&scan.volume, |x, y, z, hu| if right.get(x, y, z) { 40 } else { hu });
    let run = run(&filled);
    assert!(dice(&run.left, &left) >= 0.96, "{:?}", run.report);
    assert!(run.right.count() * 50 < right.count(), "{:?}", run.report);
    assert!(has(&run, "small_lung"));
}

#[test]
fn lungs_that_touch_are_told_apart() {
    let scan = chest();
    let truth = truths(&scan);
    // A bridge of lung in front of the heart, two voxels thick.
    let [nx, _, nz] = SIZE;
    let both = |x: usize, y: usize, z: usize| truth[0].get(x, y, z) || truth[1].get(x, y, z);
    let z = 6 * nz / 10;
    let front = (0..SIZE[1])
        .rev()
        .find(|y| (0..nx / 2).any(|x| both(x, *y, z)) && (nx / 2..nx).any(|x| both(x, *y, z)));
    let y = front.unwrap() - 3;
    let last = (0..nx / 2).rev().find(|x| both(*x, y, z)).unwrap();
    let first = (nx / 2..nx).find(|x| both(*x, y, z)).unwrap();
    let bridged = changed(&scan.volume, |x, at, slice, hu| {
        let near = slice.abs_diff(z) <= 3 && (at == y || at + 1 == y);
        if near && (last..=first).contains(&x) { -850 } else { hu }
    });
    let run = run(&bridged);
    assert_lungs(&run, &truth, 0.96, "bridged");
    assert!(run.report.notes.iter().any(|note| note.code == "split"), "{:?}", run.report.notes);
}

#[test]
fn gas_below_the_diaphragm_is_no_lung() {
    let scan = chest();
    let [left, _] = truths(&scan);
    // A stomach's gas of 36 mm, its top one thin wall of partial volume below the left lung.
    let floor = (0..SIZE[2])
        .find(|z| left.slice(*z).iter().map(|word| word.count_ones()).sum::<u32>() > 400);
    let z = floor.unwrap();
    let (mut sum, mut n) = ([0, 0], 0);
    for y in 0..SIZE[1] {
        for x in (0..SIZE[0]).filter(|x| left.get(*x, y, z)) {
            sum = [sum[0] + x, sum[1] + y];
            n += 1;
        }
    }
    let [cx, cy] = sum.map(|sum| (sum / n) as f64);
    let cz = z as f64 - 5.0;
    let gas = |x: usize, y: usize, z: usize| {
        let [dx, dy, dz] = [x as f64 - cx, y as f64 - cy, z as f64 - cz];
        dx * dx + dy * dy + dz * dz <= 36.0 && !left.get(x, y, z)
    };
    let scan = changed(&scan.volume, |x, y, z, hu| if gas(x, y, z) { -1000 } else { hu });
    let found = run(&scan);
    let stomach = Mask::from_fn(SIZE, gas).unwrap();
    let taken = overlap(&found.left, &stomach) + overlap(&found.right, &stomach);
    assert!(taken * 10 <= stomach.count(), "{taken} of {}", stomach.count());
    assert!(dice(&found.left, &left) >= 0.95, "{:?}", found.report);
}

#[test]
fn gas_that_opens_into_a_lung_is_cut_off() {
    let scan = chest();
    let [left, _] = truths(&scan);
    // As above, but lower, and joined to the lung by a neck of gas, two voxels wide.
    let floor = (0..SIZE[2])
        .find(|z| left.slice(*z).iter().map(|word| word.count_ones()).sum::<u32>() > 400);
    let z = floor.unwrap();
    let slice = (0..SIZE[1]).flat_map(|y| (0..SIZE[0]).map(move |x| [x, y]));
    let seen: Vec<[usize; 2]> = slice.filter(|[x, y]| left.get(*x, *y, z)).collect();
    let middle = [0, 1].map(|axis| seen.iter().map(|at| at[axis]).sum::<usize>() / seen.len());
    // Where the lung ends just here, nearest to its middle.
    let ends = seen.iter().filter(|[x, y]| !left.get(*x, *y, z - 1) && !left.get(*x, *y, z - 4));
    let far = |[x, y]: &&[usize; 2]| x.abs_diff(middle[0]).pow(2) + y.abs_diff(middle[1]).pow(2);
    let [cx, cy] = *ends.min_by_key(far).unwrap();
    let stomach = Mask::from_fn(SIZE, |x, y, at| {
        let [dx, dy, dz] = [x.abs_diff(cx), y.abs_diff(cy), at.abs_diff(z - 9)];
        dx * dx + dy * dy + dz * dz <= 36 && !left.get(x, y, at)
    });
    let stomach = stomach.unwrap();
    let neck = |x: usize, y: usize, at: usize| {
        (cx..cx + 2).contains(&x) && (cy..cy + 2).contains(&y) && (z - 9..z + 3).contains(&at)
    };
    let scan =
        changed(
            &scan.volume,
            |x, y, at, hu| {
                if stomach.get(x, y, at) || neck(x, y, at) { -1000 } else { hu }
            },
        );
    let found = run(&scan);
    let taken = overlap(&found.left, &stomach) + overlap(&found.right, &stomach);
    assert!(taken * 10 <= stomach.count(), "{taken} of {}", stomach.count());
    assert!(found.report.notes.iter().any(|note| note.code == "gas_removed"));
    assert!(dice(&found.left, &left) >= 0.95, "{:?}", found.report);
}

#[test]
fn vessels_at_the_edge_and_nodules_inside_belong_to_the_lung() {
    let scan = chest();
    let [left, _] = truths(&scan);
    let [y, z] = [SIZE[1] / 2, SIZE[2] / 2];
    // A notch from the lung's lateral edge, a voxel wide, and a ball inside, three voxels in radius.
    let edge = (0..SIZE[0]).find(|x| left.get(*x, y, z)).unwrap();
    let notch = Mask::from_fn(SIZE, |x, at_y, at_z| {
        at_y == y && at_z == z && (edge..edge + 4).contains(&x)
    });
    let notch = notch.unwrap();
    let ball = Mask::from_fn(SIZE, |x, at_y, at_z| {
        let [dx, dy, dz] = [x.abs_diff(edge + 10), at_y.abs_diff(y), at_z.abs_diff(z + 8)];
        dx * dx + dy * dy + dz * dz <= 9
    });
    let ball = ball.unwrap();
    assert_eq!(overlap(&ball, &left), ball.count(), "the ball lies in the lung");
    let scan = changed(
        &scan.volume,
        |x, y, z, hu| {
            if notch.get(x, y, z) || ball.get(x, y, z) { 40 } else { hu }
        },
    );
    let of = |params: LungsParams| {
        let run = lungs::run(&scan, &params, &mut ()).unwrap();
        [overlap(&run.left, &notch), overlap(&run.left, &ball)]
    };
    let usual = LungsParams::default();
    let [closed, filled] = of(usual.clone());
    // The corner at the edge is rounded.
    assert!(closed + 1 >= notch.count() && filled == ball.count(), "{closed} {filled}");
    let [open, filled] = of(LungsParams { close_mm: 0.0, ..usual.clone() });
    assert!(open <= 1 && filled == ball.count(), "nothing closed: {open} {filled}");
    let [_, hollow] = of(LungsParams { fill: false, ..usual });
    assert!(hollow < ball.count(), "nothing filled: {hollow}");
}

#[test]
fn table_and_blanket_are_left_out() {
    let scan = chest();
    // Below the patient a foam core between two shells; over the patient a blanket of air pockets.
    let hu = scan.volume.hu().unwrap();
    let [nx, ny, _] = SIZE;
    let body = |x: usize, y: usize, z: usize| hu[(z * ny + y) * nx + x] > -300;
    let mid = SIZE[2] / 2;
    let back = (0..ny).find(|y| (40..88).any(|x| body(x, *y, mid))).unwrap();
    let table = changed(&scan.volume, |x, y, _, hu| match () {
        () if !(14..114).contains(&x) || y + 1 >= back => hu,
        () if y + 2 == back || y + 9 == back => 100,
        () if y + 9 > back => -930,
        () => hu,
    });
    let run = run(&table);
    assert_lungs(&run, &truths(&scan), 0.96, "on a table");
}

#[test]
fn a_field_of_view_that_cuts_the_lungs_keeps_what_is_seen() {
    let scan = chest();
    let truth = truths(&scan);
    let inside = |x: usize, y: usize| {
        let [dx, dy] = [x as f64 - 63.5, y as f64 - 63.5];
        dx * dx + dy * dy < 36.0 * 36.0
    };
    for padding in [-2048, -1024] {
        let cut = changed(&scan.volume, |x, y, _, hu| if inside(x, y) { hu } else { padding });
        let seen = truth
            .each_ref()
            .map(|mask| Mask::from_fn(SIZE, |x, y, z| inside(x, y) && mask.get(x, y, z)).unwrap());
        let run = run(&cut);
        assert_lungs(&run, &seen, 0.95, &format!("padded with {padding}"));
        assert!(has(&run, "cut_aside"));
    }
    assert!(!has(&run(&scan.volume), "cut_aside"));
}

#[test]
fn the_lowest_and_the_highest_slice_may_cut_the_lungs() {
    let params = PhantomParams { size_voxel: [128, 128, 30], ..PhantomParams::fitted(SIZE) };
    let scan = phantom(params);
    let run = run(&scan.volume);
    assert!(has(&run, "cut_at_top") && has(&run, "cut_at_bottom"), "{:?}", run.report);
    assert!(dice(&run.left, &truths(&scan)[0]) > 0.95);
}

#[test]
fn airways_are_taken_out_labelled_or_left_in() {
    let scan = chest();
    let of = |airways| {
        let params = LungsParams { airways, ..LungsParams::default() };
        lungs::run(&scan.volume, &params, &mut ()).unwrap()
    };
    let [out, label, left_in] = [Airways::Out, Airways::Label, Airways::In].map(of);
    assert_eq!((&out.left, &out.right), (&label.left, &label.right));
    assert!(out.airways.is_none() && left_in.airways.is_none());
    let airways = label.airways.unwrap();
    let taken_in = overlap(&left_in.left, &airways) + overlap(&left_in.right, &airways);
    assert_eq!(taken_in, airways.count());
    assert_eq!(overlap(&left_in.left, &left_in.right), 0);
}

#[test]
fn the_published_recipe_finds_lungs_with_their_airways() {
    let scan = chest();
    let params = LungsParams { method: Method::Classical, ..LungsParams::default() };
    let run = lungs::run(&scan.volume, &params, &mut ()).unwrap();
    let [left, right] = truths(&scan);
    assert!(dice(&run.left, &left) > 0.9 && dice(&run.right, &right) > 0.9, "{:?}", run.report);
    assert_eq!((run.report.border_hu, run.airways), (-320, None));
}

#[test]
fn scans_without_lungs_are_empty_and_say_so() {
    let grid = |size, mm| Grid::from_spacing(size, mm).unwrap();
    let constant = |grid: Grid, hu: i16| {
        let n = grid.voxel_count();
        Volume::new(grid, Voxels::I16(vec![hu; n])).unwrap()
    };
    let cube = || grid([40, 40, 40], [2.0; 3]);
    let tube = grid([100, 100, 12], [0.3, 0.3, 10.0]);
    let huge = grid([20, 20, 20], [1000.0; 3]);
    let tiny = grid([60, 60, 60], [0.001; 3]);
    let speckled = |grid: Grid| {
        changed(&constant(grid, 0), |x, y, z, _| {
            // A body with crumbs of air.
            if (x * 7 + y * 13 + z * 5) % 11 == 0 { -800 } else { 30 }
        })
    };
    for volume in [
        constant(cube(), -1000),
        constant(cube(), -2048),
        constant(cube(), i16::MIN),
        constant(cube(), 40),
        constant(cube(), i16::MAX),
        constant(grid([1, 1, 1], [1.0; 3]), -800),
        constant(grid([3, 50, 50], [1.0; 3]), -800),
        constant(grid([64, 64, 1], [1.0; 3]), 40),
        constant(tube.clone(), 40),
        speckled(cube()),
        speckled(tube),
        speckled(huge),
        speckled(tiny),
        speckled(grid([3, 50, 50], [1.0; 3])),
    ] {
        for method in [Method::Anatomy, Method::Classical] {
            let params = LungsParams { method, ..LungsParams::default() };
            let run = lungs::run(&volume, &params, &mut ()).unwrap();
            if method == Method::Anatomy {
                assert!(!run.report.found, "{:?} {:?}", volume.grid(), run.report);
                assert!(run.left.is_empty() && run.right.is_empty());
                assert!(run.airways.is_none_or(|airways| airways.is_empty()));
                assert!(run.report.summary.starts_with("No lung found"));
            }
        }
    }
}

#[test]
fn parameters_out_of_range_are_refused_with_their_value() {
    let scan = phantom(PhantomParams::fitted([16, 16, 16]));
    for (params, name) in [
        (LungsParams { border_hu: Some(-2000), ..LungsParams::default() }, "-2000"),
        (LungsParams { border_hu: Some(0), ..LungsParams::default() }, "0"),
        (LungsParams { close_mm: f64::NAN, ..LungsParams::default() }, "NaN"),
        (LungsParams { close_mm: -1.0, ..LungsParams::default() }, "-1"),
    ] {
        let error = lungs::run(&scan.volume, &params, &mut ()).unwrap_err();
        assert!(matches!(error, Error::BadParameter { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn it_stops_when_told_to() {
    let scan = chest();
    for after in [0, 3, 12, 25] {
        let mut left = after;
        let mut stop = |_: &'static str, _: f64| {
            left -= 1;
            if left < 0 { hounsfield::Flow::Stop } else { hounsfield::Flow::Continue }
        };
        let stopped = lungs::run(&scan.volume, &LungsParams::default(), &mut stop);
        assert_eq!(stopped.unwrap_err(), Error::Stopped, "after {after}");
    }
}

#[test]
fn one_thread_gives_what_many_give() {
    let scan = chest();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let found = run(&scan.volume);
            (found.left, found.right, found.airways, found.report)
        })
    };
    assert_eq!(with(1), with(5));
}
