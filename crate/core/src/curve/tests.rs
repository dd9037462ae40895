//! The curve against the slow obvious way: threshold, label, count, 351 times.

use proptest::prelude::*;

use super::*;
use crate::{components::Components, threshold::threshold};

fn slow(hu: &[i16], grid: &Grid, neighbourhood: Neighbourhood, sizes: Sizes) -> Curve {
    let mut curve = Curve {
        first_hu: FIRST_HU,
        neighbourhood,
        components: Vec::new(),
        voxels: Vec::new(),
        largest_voxels: Vec::new(),
        large_components: Vec::new(),
    };
    for min_hu in FIRST_HU..=LAST_HU {
        let mask = threshold(hu, grid, min_hu, MAX_HU, &mut ()).unwrap();
        let parts = Components::of(&mask, neighbourhood).unwrap();
        curve.components.push(parts.count() as u32);
        curve.voxels.push(mask.count() as u64);
        let largest = parts.sizes().iter().max().copied().unwrap_or(0);
        curve.largest_voxels.push(largest as u64);
        let large = parts.sizes().iter().filter(|n| **n as u64 >= sizes.large_voxels);
        curve.large_components.push(large.count() as u32);
    }
    curve
}

/// Noise with plateaus: values from a few steps, some above 1300, some below 150.
fn noise(voxels: usize, seed: u64, steps: i32, base: i32) -> Vec<i16> {
    let mut state = seed;
    (0..voxels)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (base + (state >> 40) as i32 % steps * (450 / steps)) as i16
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn equals_one_labelling_a_threshold(
        nx in 1usize..40, ny in 1usize..9, nz in 1usize..24,
        seed: u64, steps in prop::sample::select(vec![2, 5, 30, 450]),
        base in prop::sample::select(vec![100, 149, 300, 1000]),
        large_voxels in 1u64..40,
        threads in 1usize..4,
    ) {
        let grid = Grid::from_spacing([nx, ny, nz], [1.0; 3]).unwrap();
        let hu = noise(nx * ny * nz, seed, steps, base);
        let sizes = Sizes { large_voxels };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for neighbourhood in [Neighbourhood::Faces6, Neighbourhood::Edges18, Neighbourhood::Corners26] {
            let fast = pool.install(|| component_curve(&hu, &grid, neighbourhood, Some(sizes), &mut ())).unwrap();
            prop_assert_eq!(&fast, &slow(&hu, &grid, neighbourhood, sizes));
            let counts = pool.install(|| component_curve(&hu, &grid, neighbourhood, None, &mut ())).unwrap();
            prop_assert_eq!(counts.components, fast.components);
        }
    }
}

#[test]
fn nothing_in_range_gives_zeros() {
    let grid = Grid::from_spacing([3, 3, 3], [1.0; 3]).unwrap();
    let sizes = Some(Sizes { large_voxels: 1 });
    let curve =
        component_curve(&[-1000; 27], &grid, Neighbourhood::Corners26, sizes, &mut ()).unwrap();
    assert!(curve.components.iter().all(|n| *n == 0));
    assert!(curve.largest_voxels.iter().all(|n| *n == 0));
}

#[test]
fn a_neighbourhood_in_the_plane_is_refused() {
    let grid = Grid::from_spacing([1, 1, 1], [1.0; 3]).unwrap();
    let error = component_curve(&[0], &grid, Neighbourhood::Plane4, None, &mut ()).unwrap_err();
    assert_eq!(error.code(), "bad_parameter");
}

#[test]
fn sizes_are_given_up_when_nearly_everything_is_bright() {
    let side = 170;
    let grid = Grid::from_spacing([side; 3], [1.0; 3]).unwrap();
    let hu = vec![200; grid.voxel_count()];
    assert!(hu.len() > FREE_LIST_VOXELS);
    let sizes = Some(Sizes { large_voxels: 1 });
    let curve = component_curve(&hu, &grid, Neighbourhood::Corners26, sizes, &mut ()).unwrap();
    assert!(curve.largest_voxels.is_empty());
    assert_eq!(curve.components[50], 1);
    assert!(choose(&curve).reason.contains("not sized"));
}

#[test]
fn sizes_are_given_up_or_not_whatever_the_number_of_threads() {
    // All that is bright lies in one slab of eight.
    let size = [200, 200, 200];
    let grid = Grid::from_spacing(size, [1.0; 3]).unwrap();
    let mut hu = vec![0; grid.voxel_count()];
    hu[..200 * 200 * 25].fill(300);
    let sizes = Some(Sizes { large_voxels: 1 });
    let counted = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| component_curve(&hu, &grid, Neighbourhood::Corners26, sizes, &mut ()))
    };
    let one = counted(1).unwrap();
    assert_eq!(one.largest_voxels[0], 200 * 200 * 25);
    assert_eq!(one, counted(8).unwrap());
}
