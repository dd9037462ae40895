//! What every surface must be, whatever it is of.

use proptest::prelude::*;
use rayon::ThreadPoolBuilder;

use super::{
    vector::{cross, length, minus},
    *,
};
use crate::{Neighbourhood, Voxels, components::Components};

pub(super) const CAPPED: SurfaceParams = SurfaceParams {
    level_hu: None,
    smooth_by_hu: false,
    cap_border: true,
    keep_largest: false,
    smoothing: 0,
    target_triangles: None,
    tolerance_mm: None,
    memory_bytes: None,
};

pub(super) fn unit(mask: &Mask) -> Grid {
    Grid::from_spacing(mask.size_voxel(), [1.0; 3]).unwrap()
}

pub(super) fn capped(mask: &Mask) -> Surface {
    of_mask(mask, &unit(mask), &CAPPED, &mut ()).unwrap()
}

/// No vertex twice, none unused, no triangle without area, and closed.
pub(super) fn assert_sound(surface: &Surface) {
    let found = surface.measures().unwrap();
    assert!(found.watertight, "{found:?}");
    let mut places: Vec<[u32; 3]> =
        surface.positions.iter().map(|position| position.map(f32::to_bits)).collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), surface.positions.len(), "vertices at one place");
    let mut used = vec![false; surface.positions.len()];
    for triangle in &surface.triangles {
        let [a, b, c] = surface.corners(*triangle);
        let area = length(cross(minus(b, a), minus(c, a)));
        assert!(area > 0.0, "{triangle:?} at {a:?} {b:?} {c:?}");
        triangle.iter().for_each(|vertex| used[*vertex as usize] = true);
    }
    assert!(used.iter().all(|used| *used), "a vertex of no triangle");
}

fn bits(size: [usize; 3], words: &[u64]) -> Mask {
    let [nx, ny, _] = size;
    Mask::from_fn(size, |x, y, z| {
        let at = (z * ny + y) * nx + x;
        words[at / 64 % words.len()] >> (at % 64) & 1 == 1
    })
    .unwrap()
}

/// The Euler characteristic of what is inside, with voxels joined as the cells join them: through
/// faces and across edges, but not through corners alone.
fn euler_of_voxels(mask: &Mask) -> i64 {
    // The outside is joined through faces only: a cubical complex of outside voxels' centres. By
    // Alexander duality its complement's boundary has twice the characteristic of the inside.
    let [nx, ny, nz] = mask.size_voxel();
    let out = |x: usize, y: usize, z: usize| {
        // One layer around.
        x == 0 || y == 0 || z == 0 || !mask.get(x - 1, y - 1, z - 1)
    };
    let [mx, my, mz] = [nx + 2, ny + 2, nz + 2];
    let mut euler = 0;
    for (z, y, x) in
        (0..mz).flat_map(|z| (0..my).flat_map(move |y| (0..mx).map(move |x| (z, y, x))))
    {
        // Cells of the complex that begin here: a point, edges, squares and the cube, each there if
        // all of its points are.
        for axes in 0..8usize {
            let reach = [axes & 1, axes >> 1 & 1, axes >> 2 & 1];
            if x + reach[0] >= mx || y + reach[1] >= my || z + reach[2] >= mz {
                continue;
            }
            let all = (0..8usize)
                .filter(|corner| corner & !axes == 0)
                .all(|corner| out(x + (corner & 1), y + (corner >> 1 & 1), z + (corner >> 2 & 1)));
            if all {
                euler += 1 - 2 * (axes.count_ones() as i64 % 2);
            }
            // Two voxels that touch in a corner only are apart: the ring of six around them has no
            // hole, so a disc is put in.
            let lone = |corner: usize| {
                (0..8usize).all(|k| {
                    let is_out = out(x + (k & 1), y + (k >> 1 & 1), z + (k >> 2 & 1));
                    is_out != (k == corner || k == 7 - corner)
                })
            };
            if axes == 7 && (0..4).any(lone) {
                euler += 1;
            }
        }
    }
    euler
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn closed_sound_and_of_the_right_topology(words in prop::collection::vec(any::<u64>(), 4), density in 0u8..3) {
        // A half, a quarter and three quarters of all voxels.
        let words: Vec<u64> = words.iter().map(|word| match density {
            0 => *word,
            1 => word & word.rotate_left(17),
            _ => word | word.rotate_left(29),
        }).collect();
        let mask = bits([6, 6, 6], &words);
        prop_assume!(!mask.is_empty());
        let surface = capped(&mask);
        assert_sound(&surface);
        // The boundary of a solid has twice the characteristic of the solid on either side of it;
        // the outside is everything else of a ball, whose own boundary (a sphere) is not drawn.
        let found = surface.measures().unwrap();
        prop_assert_eq!(found.euler, 2 * euler_of_voxels(&mask) - 2);
        prop_assert!(found.volume_mm3 > 0.0);
    }

    #[test]
    fn open_only_at_the_border(words in prop::collection::vec(any::<u64>(), 4)) {
        let mask = bits([6, 6, 6], &words);
        let Ok(surface) = of_mask(&mask, &unit(&mask), &SurfaceParams::default(), &mut ()) else {
            return Ok(());
        };
        let found = surface.measures().unwrap();
        prop_assert_eq!(found.tangled_edges, 0);
        edges::Edges::of(&surface).unwrap().for_each(|a, b, up, down| {
            let [a, b] = [a, b].map(|vertex| surface.positions[vertex as usize]);
            let on_border = (0..3).any(|axis| a[axis] == b[axis] && (a[axis] == 0.0 || a[axis] == 5.0));
            assert!(up + down == 2 || on_border, "{a:?} {b:?}");
        });
    }

    #[test]
    fn words_are_passed_by_without_losing_a_cell(
        nx in 1usize..200, seed: u64, dense: bool,
    ) {
        // Long rows with runs, against the area that counting faces gives.
        let mut state = seed;
        let mask = Mask::from_fn([nx, 3, 3], |_, _, _| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let dice = state >> 58;
            if dense { dice > 2 } else { dice < 2 }
        }).unwrap();
        prop_assume!(!mask.is_empty());
        let surface = capped(&mask);
        assert_sound(&surface);
        let faces: usize = (0..nx).flat_map(|x| (0..3).flat_map(move |y| (0..3).map(move |z| (x, y, z))))
            .filter(|(x, y, z)| mask.get(*x, *y, *z))
            .map(|(x, y, z)| {
                let near = [(x.wrapping_sub(1), y, z), (x + 1, y, z), (x, y.wrapping_sub(1), z),
                    (x, y + 1, z), (x, y, z.wrapping_sub(1)), (x, y, z + 1)];
                near.iter().filter(|(x, y, z)| !mask.get(*x, *y, *z)).count()
            })
            .sum();
        prop_assert_eq!(surface.positions.len(), faces, "a vertex for each face between in and out");
    }

    #[test]
    fn levels_through_noise_are_closed_and_sound(hu in prop::collection::vec(any::<i16>(), 5 * 5 * 5)) {
        let grid = Grid::from_spacing([5; 3], [1.0; 3]).unwrap();
        let volume = Volume::new(grid, Voxels::I16(hu)).unwrap();
        if let Ok(surface) = of_level(&volume, 100.0, &CAPPED, &mut ()) {
            assert_sound(&surface);
            prop_assert!(surface.measures().unwrap().volume_mm3 > 0.0);
        }
    }

    #[test]
    fn levels_on_voxel_values_leave_no_triangle_without_area(
        hu in prop::collection::vec(298i16..303, 4 * 4 * 4), far in 0.0f64..4000.0,
    ) {
        let grid = Grid::new([4, 4, 4], [
            [-0.7, 0.0, 0.0, far], [0.0, 0.7, 0.3, -far], [0.0, 0.0, 0.9, 5.0],
        ]).unwrap();
        let volume = Volume::new(grid, Voxels::I16(hu)).unwrap();
        if let Ok(surface) = of_level(&volume, 300.0, &CAPPED, &mut ()) {
            assert_sound(&surface);
            let found = surface.measures().unwrap();
            prop_assert!(found.volume_mm3 > 0.0, "left-handed and sheared, but facing outwards");
        }
    }
}

#[test]
fn components_are_those_of_18_neighbours() {
    let mask = Mask::drawn("#..\n.#.\n...\n\n...\n...\n..#");
    let surface = capped(&mask);
    assert_eq!(Components::of(&mask, Neighbourhood::Edges18).unwrap().count(), 2);
    assert_eq!(surface.measures().unwrap().components, 2);
}

#[test]
fn a_ball_has_the_volume_of_its_voxels_and_one_of_hu_that_of_the_ball() {
    let (n, radius) = (64, 25.0);
    let distance = |x: usize, y: usize, z: usize| {
        let [x, y, z] = [x, y, z].map(|k| k as f64 - 31.6);
        (x * x + y * y + z * z).sqrt()
    };
    let mask = Mask::from_fn([n; 3], |x, y, z| distance(x, y, z) <= radius).unwrap();
    let found = capped(&mask).measures().unwrap();
    let voxels = mask.count() as f64;
    assert!((found.volume_mm3 / voxels - 1.0).abs() < 0.01, "{} {voxels}", found.volume_mm3);
    assert_eq!((found.components, found.euler), (1, 2));

    let hu = (0..n * n * n)
        .map(|at| (1000.0 * (radius - distance(at % n, at / n % n, at / n / n))) as f32);
    let volume = Volume::new(unit(&mask), Voxels::F32(hu.collect())).unwrap();
    let level = of_level(&volume, 0.0, &SurfaceParams::default(), &mut ()).unwrap();
    let found = level.measures().unwrap();
    let ball = 4.0 / 3.0 * std::f64::consts::PI * radius.powi(3);
    assert!((found.volume_mm3 / ball - 1.0).abs() < 0.002, "{} {ball}", found.volume_mm3);
    let sphere = 4.0 * std::f64::consts::PI * radius.powi(2);
    assert!((found.area_mm2 / sphere - 1.0).abs() < 0.002, "{} {sphere}", found.area_mm2);
    // The mask's stairs go where the scan shows the boundary, also where inside is darker.
    let by_hu = of_mask_with_hu(&mask, &volume, &SurfaceParams::default(), &mut ()).unwrap();
    let area = by_hu.measures().unwrap().area_mm2;
    assert!((area / sphere - 1.0).abs() < 0.01, "{area} {sphere}");
    let Voxels::F32(values) = volume.voxels() else { return };
    let dark = values.iter().map(|value| -value).collect();
    let dark = Volume::new(unit(&mask), Voxels::F32(dark)).unwrap();
    let inverse = of_mask_with_hu(&mask, &dark, &SurfaceParams::default(), &mut ()).unwrap();
    assert_eq!(inverse.positions, by_hu.positions);
}

#[test]
fn one_thread_gives_what_many_give() {
    let mut state = 7u64;
    let mask = Mask::from_fn([150, 40, 150], |_, _, _| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        state >> 61 == 0
    })
    .unwrap();
    let with = |threads| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| capped(&mask))
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn left_handed_sheared_and_tilted_grids_face_outwards() {
    let mask = Mask::drawn("....\n.##.\n.#..\n....\n\n....\n.##.\n.#..\n....");
    for affine in [
        [[-1.0, 0.0, 0.0, 9.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]],
        [[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]],
        [[1.0, 0.0, 0.4, 0.0], [0.0, 1.0, 0.7, -3.0], [0.0, 0.0, 2.0, 0.0]],
    ] {
        let grid = Grid::new(mask.size_voxel(), affine).unwrap();
        let surface = of_mask(&mask, &grid, &CAPPED, &mut ()).unwrap();
        assert_sound(&surface);
        let found = surface.measures().unwrap();
        let upright = capped(&mask).measures().unwrap();
        let expected = upright.volume_mm3 * grid.voxel_volume_mm3();
        assert!((found.volume_mm3 / expected - 1.0).abs() < 1e-6, "{found:?}");
    }
}

#[test]
fn what_cannot_be_drawn_is_refused_with_the_reason() {
    let empty = Mask::empty([4, 4, 4]).unwrap();
    let plain = SurfaceParams::default();
    let error = of_mask(&empty, &unit(&empty), &plain, &mut ()).unwrap_err();
    assert!(error.to_string().contains("empty"), "{error}");
    let mut full = empty.clone();
    full.invert();
    let error = of_mask(&full, &unit(&full), &plain, &mut ()).unwrap_err();
    assert!(error.to_string().contains("capBorder"), "{error}");
    // With caps it is a box with its edges cut.
    let found = capped(&full).measures().unwrap();
    assert!(found.watertight && found.euler == 2 && (found.volume_mm3 - 64.0).abs() < 8.0);
    // Volumes of one and two slices.
    for slices in [1, 2] {
        let flat = Mask::from_fn([4, 4, slices], |x, y, _| x == 1 && y < 3).unwrap();
        assert_sound(&capped(&flat));
        assert_eq!(of_mask(&flat, &unit(&flat), &plain, &mut ()).is_ok(), slices == 2);
    }
    assert_eq!(capped(&Mask::drawn("#")).triangles.len(), 8);
    let grid = Grid::from_spacing([4, 4, 3], [1.0; 3]).unwrap();
    assert_eq!(of_mask(&full, &grid, &plain, &mut ()).unwrap_err().code(), "size_mismatch");
    let volume = Volume::new(unit(&full), Voxels::F32(vec![f32::NAN; 64])).unwrap();
    assert!(of_level(&volume, 0.0, &plain, &mut ()).unwrap_err().to_string().contains("empty"));
    assert!(of_level(&volume, f64::NAN, &plain, &mut ()).is_err());
    assert!(of(&volume, None, &plain, &mut ()).unwrap_err().to_string().contains("levelHu"));
    let away =
        Grid::new([4; 3], [[1.0, 0.0, 0.0, 1e8], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);
    assert_eq!(of_mask(&full, &away.unwrap(), &CAPPED, &mut ()).unwrap_err().code(), "bad_grid");
}

#[test]
fn too_many_triangles_are_refused_with_their_number() {
    // Every voxel's neighbours are on the other side.
    let mask = Mask::from_fn([256, 256, 208], |x, y, z| (x + y + z) % 2 == 0).unwrap();
    let grid = unit(&mask);
    let volume = Volume::new(grid.clone(), Voxels::I16(vec![0; grid.voxel_count()])).unwrap();
    let plain = SurfaceParams::default();
    let told = estimate(&volume, Some(&mask), &plain, &mut ()).unwrap();
    assert!(told.triangles > MOST_TRIANGLES, "{told:?}");
    let error = of_mask(&mask, &grid, &plain, &mut ()).unwrap_err().to_string();
    assert!(error.contains(&told.triangles.to_string()), "{error}");
}

#[test]
fn no_number_in_a_scan_moves_a_vertex_off_its_edge() {
    let mut hu = vec![0.0f32; 5 * 5 * 5];
    hu[62] = f32::INFINITY;
    hu[63] = f32::NAN;
    hu[57] = 1e30;
    let grid = Grid::from_spacing([5; 3], [1.0; 3]).unwrap();
    let volume = Volume::new(grid, Voxels::F32(hu)).unwrap();
    let surface = of_level(&volume, 100.0, &SurfaceParams::default(), &mut ()).unwrap();
    assert_sound(&surface);
}
