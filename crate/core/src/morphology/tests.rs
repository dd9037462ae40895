//! Morphology against a version that looks at every voxel of every ball.

use proptest::prelude::*;

use super::*;
use crate::Grid;

fn slow(mask: &Mask, ball: &Ball, shrink: bool, beyond: Beyond) -> Mask {
    let [nx, ny, nz] = mask.size_voxel();
    let inside = |x: isize, y: isize, z: isize| {
        let in_grid = (0..nx as isize).contains(&x)
            && (0..ny as isize).contains(&y)
            && (0..nz as isize).contains(&z);
        if in_grid {
            mask.get(x as usize, y as usize, z as usize)
        } else {
            shrink && beyond == Beyond::Inside
        }
    };
    Mask::from_fn(mask.size_voxel(), |x, y, z| {
        let mut covered = ball.rows().iter().flat_map(|row| {
            let reach = row.reach as isize;
            (-reach..=reach).map(move |dx| (dx, row.dy, row.dz))
        });
        let mut test = |(dx, dy, dz)| inside(x as isize + dx, y as isize + dy, z as isize + dz);
        if shrink { covered.all(&mut test) } else { covered.any(&mut test) }
    })
    .unwrap()
}

fn noise(size: [usize; 3], seed: u64, share: u32) -> Mask {
    let mut state = seed;
    Mask::from_fn(size, |_, _, _| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as u32 % 1000 < share
    })
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn equals_the_slow_version(
        nx in 1usize..150, ny in 1usize..9, nz in 1usize..9,
        radius_mm in 0.0f64..4.5, z_mm in 0.6f64..3.0, seed: u64, share in 1u32..999,
    ) {
        let grid = Grid::from_spacing([nx, ny, nz], [0.9, 1.0, z_mm]).unwrap();
        let mask = noise([nx, ny, nz], seed, share);
        for ball in [Ball::new(radius_mm, &grid).unwrap(), Ball::axial(radius_mm, &grid).unwrap(), Ball::faces()] {
            prop_assert_eq!(dilate(&mask, &ball, &mut ()).unwrap(), slow(&mask, &ball, false, Beyond::Outside));
            for beyond in [Beyond::Outside, Beyond::Inside] {
                prop_assert_eq!(erode(&mask, &ball, beyond, &mut ()).unwrap(), slow(&mask, &ball, true, beyond));
            }
            let closed = close(&mask, &ball, &mut ()).unwrap();
            let mut lost = mask.clone();
            lost.subtract(&closed).unwrap();
            prop_assert!(lost.is_empty(), "closing lost voxels");
        }
    }
}

#[test]
fn a_hole_is_filled_and_a_bay_is_not() {
    let solid = |x: usize, y: usize, z: usize| {
        let hole = (x, y, z) == (2, 2, 2);
        let bay = y == 1 && z == 1 && x >= 3;
        !hole && !bay
    };
    let mask = Mask::from_fn([5, 5, 5], solid).unwrap();
    let filled = fill_holes(&mask, &mut ()).unwrap();
    assert_eq!(filled.count(), mask.count() + 1);
    assert!(filled.get(2, 2, 2) && !filled.get(3, 1, 1));
}

#[test]
fn holes_meet_the_outside_through_faces_only() {
    let mask = Mask::drawn(
        "
        .##.
        #..#
        .##.
    ",
    );
    let filled = fill_holes_axial(&mask, usize::MAX, &mut ()).unwrap();
    assert_eq!(filled, Mask::drawn(".##.\n####\n.##."));
}

#[test]
fn a_full_and_an_empty_mask_stay_as_they_are() {
    let empty = Mask::empty([70, 3, 3]).unwrap();
    let mut full = empty.clone();
    full.invert();
    for mask in [&empty, &full] {
        assert_eq!(&fill_holes(mask, &mut ()).unwrap(), mask);
        assert_eq!(&close(mask, &Ball::faces(), &mut ()).unwrap(), mask);
        assert_eq!(&open(mask, &Ball::faces(), &mut ()).unwrap(), mask);
    }
}
