//! Components against a flood fill that visits one voxel at a time.

use proptest::prelude::*;

use super::*;

/// The slow obvious way: every voxel, every neighbour, a stack.
fn flood_fill_sizes(mask: &Mask, neighbourhood: Neighbourhood) -> Vec<usize> {
    let [nx, ny, nz] = mask.size_voxel();
    let mut left = mask.clone();
    let mut sizes = Vec::new();
    for seed in (0..nx * ny * nz).map(|i| [i % nx, i / nx % ny, i / nx / ny]) {
        if !left.get(seed[0], seed[1], seed[2]) {
            continue;
        }
        left.set(seed[0], seed[1], seed[2], false);
        let (mut stack, mut size) = (vec![seed], 0);
        while let Some([x, y, z]) = stack.pop() {
            size += 1;
            for (dz, dy, dx) in (-1..=1).flat_map(|dz| {
                (-1..=1).flat_map(move |dy| (-1..=1).map(move |dx: isize| (dz, dy, dx)))
            }) {
                let touches =
                    neighbourhood.reach(dy, dz).is_some_and(|reach| dx.unsigned_abs() <= reach);
                let (x, y, z) = (
                    x.wrapping_add_signed(dx),
                    y.wrapping_add_signed(dy),
                    z.wrapping_add_signed(dz),
                );
                if touches && left.get(x, y, z) {
                    left.set(x, y, z, false);
                    stack.push([x, y, z]);
                }
            }
        }
        sizes.push(size);
    }
    sizes
}

fn noise(size: [usize; 3], seed: u64, share: u32) -> Mask {
    let mut state = seed;
    Mask::from_fn(size, |_, _, _| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as u32 % 100 < share
    })
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn equal_a_flood_fill(
        nx in 1usize..140, ny in 1usize..7, nz in 1usize..40, share in 1u32..90, seed: u64,
    ) {
        let mask = noise([nx, ny, nz], seed, share);
        for neighbourhood in [
            Neighbourhood::Faces6, Neighbourhood::Edges18, Neighbourhood::Corners26,
            Neighbourhood::Plane4, Neighbourhood::Plane8,
        ] {
            let components = Components::of(&mask, neighbourhood).unwrap();
            prop_assert_eq!(components.sizes(), flood_fill_sizes(&mask, neighbourhood));
            prop_assert_eq!(components.select(|_| true).unwrap(), mask.clone());
        }
    }
}

#[test]
fn the_complement_is_labelled_without_being_made() {
    let mask = noise([70, 9, 33], 7, 60);
    let mut inverse = mask.clone();
    inverse.invert();
    assert_eq!(
        Components::of_complement(&mask, Neighbourhood::Faces6, &mut ()).unwrap().sizes(),
        Components::of(&inverse, Neighbourhood::Faces6).unwrap().sizes()
    );
}

#[test]
fn boxes_centroids_and_lookups() {
    let mask = Mask::drawn(
        "
        ##...
        .#...

        .....
        ...##
    ",
    );
    let components = Components::of(&mask, Neighbourhood::Faces6).unwrap();
    let table = components.table().unwrap();
    assert_eq!(table[0].seed_voxel, [0, 0, 0]);
    assert_eq!((table[0].min_voxel, table[0].max_voxel), ([0, 0, 0], [1, 1, 0]));
    assert_eq!(table[1].centroid_voxel, [3.5, 1.0, 1.0]);
    assert_eq!(components.at([4, 1, 1]), Some(1));
    assert_eq!(components.at([2, 1, 1]), None);
    assert_eq!(components.at([4, 1, 9]), None);
    assert_eq!(components.largest(), Some(0));
}

#[test]
fn an_empty_mask_has_none() {
    let components = Components::of(&Mask::empty([5, 5, 5]).unwrap(), Neighbourhood::Corners26);
    assert_eq!(components.unwrap().largest(), None);
}

#[test]
fn stops_between_slabs() {
    let mask = noise([8, 8, 300], 1, 50);
    let mut calls = 0;
    let mut progress = |_: &'static str, _: f64| {
        calls += 1;
        if calls == 2 { crate::Flow::Stop } else { crate::Flow::Continue }
    };
    let result = Components::of_with(&mask, Neighbourhood::Corners26, &mut progress);
    assert_eq!(result.unwrap_err(), Error::Stopped);
}
