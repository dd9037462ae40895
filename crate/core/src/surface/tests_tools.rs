//! Smoothing, decimation, parts, holes and distances.

use proptest::prelude::*;

use super::{
    distance::squared_to_triangle,
    tests::{CAPPED, assert_sound, capped, unit},
    vector::dot,
    *,
};
use crate::{Flow, Voxels};

const RADIUS: f64 = 20.0;

fn from_middle(x: usize, y: usize, z: usize) -> f64 {
    let [x, y, z] = [x, y, z].map(|k| k as f64 - 24.3);
    (x * x + y * y + z * z).sqrt()
}

fn ball_mask() -> Mask {
    Mask::from_fn([50; 3], |x, y, z| from_middle(x, y, z) <= RADIUS).unwrap()
}

/// A ball whose HU fall off outwards: a smooth sphere.
fn ball() -> Surface {
    let grid = Grid::from_spacing([50; 3], [1.0; 3]).unwrap();
    let hu = (0..50usize.pow(3))
        .map(|at| (100.0 * (RADIUS - from_middle(at % 50, at / 50 % 50, at / 2500))) as f32);
    let volume = Volume::new(grid, Voxels::F32(hu.collect())).unwrap();
    of_level(&volume, 0.0, &CAPPED, &mut ()).unwrap()
}

fn sphere_mm3() -> f64 {
    4.0 / 3.0 * std::f64::consts::PI * RADIUS.powi(3)
}

#[test]
fn smoothing_takes_the_stairs_and_leaves_the_volume() {
    let mut surface = capped(&ball_mask());
    let stairs = surface.measures().unwrap();
    surface.smooth(20, &mut ()).unwrap();
    let smooth = surface.measures().unwrap();
    assert!((smooth.volume_mm3 / stairs.volume_mm3 - 1.0).abs() < 0.01, "{smooth:?}");
    let sphere = 4.0 * std::f64::consts::PI * RADIUS * RADIUS;
    assert!(stairs.area_mm2 > 1.05 * sphere && smooth.area_mm2 < 1.02 * sphere, "{smooth:?}");
    assert_sound(&surface);
    assert!(surface.smooth(1001, &mut ()).unwrap_err().to_string().contains("1001"));
}

#[test]
fn an_opening_stays_where_it_is() {
    let mask = Mask::from_fn([20, 20, 6], |x, y, _| (5..15).contains(&x) && (5..15).contains(&y));
    let mask = mask.unwrap();
    let plain = SurfaceParams::default();
    let mut surface = of_mask(&mask, &unit(&mask), &plain, &mut ()).unwrap();
    let open = |surface: &Surface| -> Vec<[u32; 3]> {
        let pinned = surface.open_vertices().unwrap();
        let all = surface.positions.iter().zip(pinned).filter(|(_, is)| *is);
        let mut places: Vec<_> = all.map(|(position, _)| position.map(f32::to_bits)).collect();
        places.sort_unstable();
        places
    };
    let before = open(&surface);
    surface.smooth(5, &mut ()).unwrap();
    assert_eq!(open(&surface), before);
    surface.decimate(Some(10), None, &mut ()).unwrap();
    assert_eq!(open(&surface), before);
    // Two openings, closed by a fan each.
    assert_eq!(surface.fill_holes(10).unwrap(), 0, "they are larger");
    assert_eq!(surface.fill_holes(1000).unwrap(), 2);
    assert!(surface.measures().unwrap().watertight);
    assert!(surface.measures().unwrap().volume_mm3 > 0.0);
}

#[test]
fn one_triangle_missing_is_put_back() {
    let mut surface = capped(&Mask::drawn("#"));
    let lost = surface.triangles.remove(3);
    assert_eq!(surface.fill_holes(3).unwrap(), 1);
    let back = surface.triangles[7];
    assert!([[0, 1, 2], [1, 2, 0], [2, 0, 1]].iter().any(|turn| turn.map(|k| back[k]) == lost));
}

#[test]
fn decimation_keeps_a_ball_closed_round_and_near() {
    let original = ball();
    let mut surface = ball();
    surface.decimate(Some(1000), None, &mut ()).unwrap();
    assert!(surface.triangles.len() <= 1000, "{}", surface.triangles.len());
    assert_sound(&surface);
    let found = surface.measures().unwrap();
    assert_eq!((found.components, found.euler), (1, 2));
    assert!((found.volume_mm3 / sphere_mm3() - 1.0).abs() < 0.01, "{found:?}");
    let apart_mm = surface.hausdorff_mm(&original, &mut ()).unwrap();
    assert!(apart_mm < 0.3, "{apart_mm}");
}

#[test]
fn a_tolerance_is_kept_to() {
    let original = ball();
    let mut left = Vec::new();
    for tolerance_mm in [0.05, 0.2, 0.8] {
        let mut surface = ball();
        surface.decimate(None, Some(tolerance_mm), &mut ()).unwrap();
        assert_sound(&surface);
        let apart_mm = surface.hausdorff_mm(&original, &mut ()).unwrap();
        assert!(apart_mm <= tolerance_mm, "{apart_mm} {tolerance_mm}");
        left.push(surface.triangles.len());
    }
    assert!(
        left[0] < original.triangles.len() && left[0] > left[1] && left[1] > left[2],
        "{left:?}"
    );
    let mut surface = ball();
    for wrong in [0.0, -1.0, f64::NAN] {
        assert!(surface.decimate(None, Some(wrong), &mut ()).is_err());
    }
    let mut stop = |_: &'static str, _: f64| Flow::Stop;
    assert_eq!(surface.decimate(Some(10), None, &mut stop), Err(Error::Stopped));
    assert_eq!(surface, original);
}

#[test]
fn a_tolerance_is_kept_to_where_things_are_thin_and_bent() {
    // Sheets a voxel or two thin, on which every collapse leans on the ones before.
    let wave = |x: usize, y: usize, z: usize| {
        let [x, y, z] = [x, y, z].map(|k| k as f64 / 3.0);
        (x.sin() * y.cos() + y.sin() * z.cos() + z.sin() * x.cos()).abs() < 0.35
    };
    let mask = Mask::from_fn([40; 3], wave).unwrap();
    let mut original = capped(&mask);
    original.smooth(5, &mut ()).unwrap();
    let mut left = vec![original.triangles.len()];
    for tolerance_mm in [0.1, 0.3, 0.6] {
        let found = original.simplified(None, Some(tolerance_mm), &mut ()).unwrap();
        let apart_mm = found.deviation_mm.unwrap();
        assert!(apart_mm <= tolerance_mm, "{apart_mm} {tolerance_mm}");
        left.push(found.triangles.len());
    }
    assert!(left.windows(2).all(|pair| 10 * pair[1] < 9 * pair[0]), "{left:?}");
}

#[test]
fn a_flat_box_needs_few_triangles() {
    let mask = Mask::from_fn([30; 3], |x, y, z| [x, y, z].iter().all(|k| (5..25).contains(k)));
    let mut surface = capped(&mask.unwrap());
    let before = surface.measures().unwrap();
    surface.decimate(None, Some(1e-3), &mut ()).unwrap();
    let after = surface.measures().unwrap();
    assert!(after.triangles < 150, "{after:?}");
    assert!((after.volume_mm3 / before.volume_mm3 - 1.0).abs() < 1e-3, "{after:?}");
}

#[test]
fn thin_things_do_not_vanish_within_a_tolerance() {
    // A plate one voxel thin with spikes on it, all of them longer than the tolerance.
    let mask = Mask::from_fn([24; 3], |x, y, z| {
        let plate = z == 5 && (3..21).contains(&x) && (3..21).contains(&y);
        plate
            || (x % 5 == 0
                && y % 5 == 0
                && (5..12).contains(&z)
                && x > 3
                && y > 3
                && x < 21
                && y < 21)
    });
    let mut surface = capped(&mask.unwrap());
    let original = surface.try_clone().unwrap();
    surface.decimate(None, Some(0.4), &mut ()).unwrap();
    assert!(2 * surface.triangles.len() < original.triangles.len(), "{}", surface.triangles.len());
    let apart_mm = surface.hausdorff_mm(&original, &mut ()).unwrap();
    assert!(apart_mm <= 0.4, "{apart_mm}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn decimation_keeps_every_topology(seed: u64) {
        let mut state = seed;
        let mask = Mask::from_fn([7; 3], |_, _, _| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            state >> 63 == 0
        }).unwrap();
        prop_assume!(!mask.is_empty());
        let mut surface = capped(&mask);
        let before = surface.measures().unwrap();
        surface.decimate(Some(8), None, &mut ()).unwrap();
        let after = surface.measures().unwrap();
        prop_assert!(after.watertight, "{:?}", after);
        prop_assert_eq!((after.euler, after.components), (before.euler, before.components));
        prop_assert!(after.triangles < before.triangles || before.triangles <= 8 * before.components);
    }

    #[test]
    fn the_nearest_point_of_a_triangle_is_no_farther_than_any(
        corners in prop::array::uniform3(prop::array::uniform3(-5.0f64..5.0)),
        point in prop::array::uniform3(-9.0f64..9.0),
    ) {
        let found = squared_to_triangle(point, corners);
        let mut least = f64::INFINITY;
        for i in 0..=60 {
            for j in 0..=60 - i {
                let (u, v) = (f64::from(i) / 60.0, f64::from(j) / 60.0);
                let at = [0, 1, 2].map(|k| {
                    corners[0][k] + u * (corners[1][k] - corners[0][k]) + v * (corners[2][k] - corners[0][k])
                });
                let way = minus(point, at);
                least = least.min(dot(way, way));
            }
        }
        prop_assert!(found <= least + 1e-9, "{} {}", found, least);
        prop_assert!(least.sqrt() - found.sqrt() < 0.5, "{} {}", found, least);
    }
}

#[test]
fn the_distance_of_two_cubes_is_that_of_their_faces() {
    let cube = |low: usize, size: [usize; 3]| {
        let mask =
            Mask::from_fn(size, |x, y, z| [x, y, z].iter().all(|k| (low..low + 5).contains(k)));
        capped(&mask.unwrap())
    };
    let (a, mut b) = (cube(2, [10; 3]), cube(2, [10; 3]));
    assert!(a.hausdorff_mm(&b, &mut ()).unwrap() < 1e-12);
    for position in &mut b.positions {
        position[0] += 30.0;
    }
    assert!((a.hausdorff_mm(&b, &mut ()).unwrap() - 30.0).abs() < 1e-5);
    assert_eq!(a.hausdorff_mm(&b, &mut ()).unwrap(), b.hausdorff_mm(&a, &mut ()).unwrap());
}

#[test]
fn the_largest_part_stays() {
    let mask = Mask::drawn("##...\n##...\n....#");
    let mut surface = capped(&mask);
    let both = surface.measures().unwrap();
    surface.keep_largest().unwrap();
    assert_sound(&surface);
    let one = surface.measures().unwrap();
    assert_eq!((both.components, one.components), (2, 1));
    assert!(one.volume_mm3 > 0.5 * both.volume_mm3);
}

#[test]
fn normals_look_outwards() {
    let surface = ball();
    for (position, normal) in surface.positions.iter().zip(surface.normals().unwrap()) {
        let out = position.map(|mm| (f64::from(mm) - 24.3) / RADIUS);
        let cosine = dot(out, normal.map(f64::from));
        assert!(cosine > 0.95, "{cosine}");
    }
}

#[test]
fn the_tools_give_the_same_bytes_with_any_number_of_threads() {
    let params =
        SurfaceParams { smoothing: 5, target_triangles: Some(500), keep_largest: true, ..CAPPED };
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mask = ball_mask();
        pool.install(|| of_mask(&mask, &unit(&mask), &params, &mut ()).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn a_simplified_surface_says_how_far_it_is_and_the_old_one_stays() {
    let original = ball();
    let coarse = original.simplified(Some(1000), None, &mut ()).unwrap();
    assert_eq!(original, ball());
    let apart_mm = coarse.hausdorff_mm(&original, &mut ()).unwrap();
    assert_eq!(coarse.deviation_mm, Some(apart_mm));
    let coarser = coarse.simplified(Some(300), None, &mut ()).unwrap();
    let first_mm = coarser.hausdorff_mm(&original, &mut ()).unwrap();
    assert!(coarser.deviation_mm.unwrap() >= first_mm, "{first_mm} {:?}", coarser.deviation_mm);
    let same = original.simplified(Some(1_000_000), None, &mut ()).unwrap();
    assert_eq!(same.deviation_mm, Some(0.0));
    assert_eq!(original.simplified(None, None, &mut ()).unwrap_err().code(), "bad_parameter");
    let params = SurfaceParams { target_triangles: Some(8), ..CAPPED };
    let mask = ball_mask();
    let made = of_mask(&mask, &unit(&mask), &params, &mut ()).unwrap();
    assert!(made.deviation_mm.unwrap() > 1.0, "{:?}", made.deviation_mm);
}

#[test]
fn the_farthest_sample_is_found_though_the_others_are_not_measured_out() {
    let (original, mut coarse) = (ball(), ball());
    coarse.decimate(Some(200), None, &mut ()).unwrap();
    // Every sample against every triangle.
    let slow = |from: &Surface, to: &Surface| -> f64 {
        let middles = from.triangles.iter().map(|triangle| {
            let [a, b, c] = from.corners(*triangle);
            [0, 1, 2].map(|k| (a[k] + b[k] + c[k]) / 3.0)
        });
        let vertices = from.positions.iter().map(|position| position.map(f64::from));
        let squares = vertices.chain(middles).step_by(7).map(|point| {
            let distances = to
                .triangles
                .iter()
                .map(|triangle| squared_to_triangle(point, to.corners(*triangle)));
            distances.fold(f64::INFINITY, f64::min)
        });
        squares.fold(0.0, f64::max).sqrt()
    };
    let found = coarse.hausdorff_mm(&original, &mut ()).unwrap();
    let least = slow(&coarse, &original).max(slow(&original, &coarse));
    assert!(found >= least && found < 1.3 * least, "{found} {least}");
    let mut stop = |_: &'static str, _: f64| Flow::Stop;
    assert_eq!(coarse.hausdorff_mm(&original, &mut stop), Err(Error::Stopped));
}

#[test]
fn what_is_said_of_a_surface() {
    let mut closed = capped(&Mask::drawn("##.\n.#.\n..#"));
    closed.name = "bone".into();
    let info = closed.info().unwrap();
    assert!(info.is_closed && info.notes.is_empty() && info.parts == 1, "{info:?}");
    assert_eq!(info.volume_ml, Some(closed.measures().unwrap().volume_mm3 / 1000.0));
    closed.triangles.iter_mut().for_each(|triangle| triangle.swap(0, 1));
    assert!(closed.info().unwrap().notes[0].contains("inwards"));
    closed.triangles.pop();
    let open = closed.info().unwrap();
    assert!(!open.is_closed && open.volume_ml.is_none() && open.notes[0].contains("3 edges"));
    closed.triangles.push(closed.triangles[0]);
    assert!(closed.info().unwrap().notes[1].contains("print"));
    closed.positions[0][0] = 1e5;
    assert!(closed.info().unwrap().notes.last().unwrap().contains("100 m across"));
}

#[test]
fn only_arrays_that_fit_become_a_surface() {
    let made = |positions: &[[f32; 3]], triangles: &[[u32; 3]]| {
        Surface::from_parts("a".into(), [0; 3], positions.to_vec(), triangles.to_vec())
    };
    let corners = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
    assert!(made(&corners, &[[0, 1, 2]]).is_ok());
    assert_eq!(made(&corners, &[[0, 1, 3]]).unwrap_err().code(), "damaged");
    assert_eq!(made(&[[0.0, f32::NAN, 0.0]; 3], &[[0, 1, 2]]).unwrap_err().code(), "damaged");
    // Vertices at one place, and one that nobody uses.
    let places = [[9.0; 3], corners[0], corners[1], [-0.0, 0.0, 0.0], corners[2]];
    let mut twice = made(&places, &[[1, 2, 4], [3, 4, 2]]).unwrap();
    twice.weld().unwrap();
    assert_eq!((twice.positions(), twice.triangles()), (&corners[..], &[[0, 1, 2], [0, 2, 1]][..]));
}

#[test]
fn what_takes_too_much_is_refused_before_it_is_made() {
    let mask = ball_mask();
    let bytes = |params: &SurfaceParams| {
        let made = of_mask(&mask, &unit(&mask), params, &mut ()).unwrap_err();
        let Error::TooLarge { needed_bytes, limit_bytes: 1000, .. } = made else {
            panic!("{made}")
        };
        needed_bytes
    };
    let plain = SurfaceParams { memory_bytes: Some(1000), ..CAPPED };
    let smooth = SurfaceParams { smoothing: 3, ..plain.clone() };
    let coarse = SurfaceParams { target_triangles: Some(9), ..smooth.clone() };
    let own = capped(&mask);
    assert_eq!(bytes(&plain), 12 * (own.positions.len() + own.triangles.len()) as u64);
    assert!(bytes(&plain) < bytes(&smooth) && bytes(&smooth) < bytes(&coarse));
    let enough = SurfaceParams { memory_bytes: Some(bytes(&coarse)), ..coarse };
    assert!(of_mask(&mask, &unit(&mask), &enough, &mut ()).is_ok());
}
