//! Small drawn scans, one per thing the anatomy recipe must get right.

use super::{Bones, BonesParams, segment};
use crate::{Grid, Mask};

/// A trunk of soft tissue, 120 × 90 mm, with whatever `draw` puts in it and noise of ±20 HU.
///
/// `draw(x_mm, y_mm, z_mm)` gives HU, or nothing for soft tissue; the middle is (70, 50).
fn scan(
    spacing_mm: [f64; 3],
    height_mm: f64,
    draw: impl Fn(f64, f64, f64) -> Option<i16>,
) -> (Grid, Vec<i16>) {
    let extent_mm = [140.0, 100.0, height_mm];
    let size: [usize; 3] =
        std::array::from_fn(|axis| (extent_mm[axis] / spacing_mm[axis]) as usize);
    let grid = Grid::from_spacing(size, spacing_mm).unwrap();
    let mut state = 7_u64;
    let mut hu = Vec::with_capacity(grid.voxel_count());
    for z in 0..size[2] {
        for y in 0..size[1] {
            for x in 0..size[0] {
                let at = [x, y, z].map(|i| i as f64 + 0.5);
                let [x, y, z] = std::array::from_fn(|axis| at[axis] * spacing_mm[axis]);
                let inside = ((x - 70.0) / 60.0).powi(2) + ((y - 50.0) / 45.0).powi(2) <= 1.0;
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                let noise = ((state >> 33) % 41) as i16 - 20;
                hu.push(if inside { draw(x, y, z).unwrap_or(45) + noise } else { -1000 });
            }
        }
    }
    (grid, hu)
}

fn from([x, y]: [f64; 2], (px, py): (f64, f64)) -> f64 {
    (x - px).hypot(y - py)
}

const VESSEL: (f64, f64) = (45.0, 50.0);
const BONE: (f64, f64) = (95.0, 50.0);

/// A vessel of 20 mm beside a bone of 24 mm with smooth marrow, both from end to end.
fn vessel_and_bone(contrast_hu: i16) -> impl Fn(f64, f64, f64) -> Option<i16> {
    move |x, y, _| match (from([x, y], VESSEL), from([x, y], BONE)) {
        (vessel, _) if vessel <= 10.0 => Some(contrast_hu),
        (_, bone) if bone <= 9.0 => Some(210),
        (_, bone) if bone <= 12.0 => Some(900),
        _ => None,
    }
}

fn run(grid: &Grid, hu: &[i16]) -> Bones {
    segment(hu, grid, 150, &BonesParams::default(), &mut ()).unwrap()
}

/// The share of the voxels within `radius_mm` of an axis that are in the mask.
fn share_within(mask: &Mask, grid: &Grid, axis: (f64, f64), radius_mm: f64) -> f64 {
    let [nx, ny, nz] = grid.size_voxel();
    let [x_mm, y_mm, _] = grid.spacing_mm();
    let (mut all, mut inside) = (0, 0);
    for (z, y, x) in
        (0..nz).flat_map(|z| (0..ny).flat_map(move |y| (0..nx).map(move |x| (z, y, x))))
    {
        if from([(x as f64 + 0.5) * x_mm, (y as f64 + 0.5) * y_mm], axis) <= radius_mm {
            all += 1;
            inside += usize::from(mask.get(x, y, z));
        }
    }
    f64::from(inside as u32) / f64::from(all)
}

#[test]
fn a_vessel_with_contrast_goes_and_the_bone_beside_it_stays_filled() {
    for spacing_mm in [[1.0, 1.0, 1.0], [0.7, 0.7, 2.5], [1.0, 1.0, 5.0], [2.0, 2.0, 2.0]] {
        let (grid, hu) = scan(spacing_mm, 60.0, vessel_and_bone(330));
        let bones = run(&grid, &hu);
        let vessel = share_within(&bones.mask, &grid, VESSEL, 12.0);
        let bone = share_within(&bones.mask, &grid, BONE, 11.0);
        assert!(vessel == 0.0, "{vessel} of the vessel at {spacing_mm:?}");
        assert!(bone > 0.98, "{bone} of the bone at {spacing_mm:?}");
        assert!(bones.contrast.starts_with("contrast found"), "{}", bones.contrast);
        let dropped = bones.parts.iter().find(|part| !part.kept).unwrap();
        assert_eq!(dropped.kind, "contrast");
        assert!(
            (dropped.mean_hu - 330.0).abs() < 10.0 && dropped.why.contains("without a bright rim")
        );
    }
}

#[test]
fn without_contrast_everything_bright_is_bone() {
    let (grid, hu) = scan([1.0, 1.0, 2.0], 60.0, vessel_and_bone(45));
    let bones = run(&grid, &hu);
    assert!(share_within(&bones.mask, &grid, BONE, 11.0) > 0.98);
    assert!(bones.contrast.starts_with("no contrast found"), "{}", bones.contrast);
    assert_eq!(bones.parts.iter().filter(|part| part.kept).count(), 1);
}

#[test]
fn noise_changes_little() {
    let (grid, mut hu) = scan([1.0, 1.0, 2.0], 60.0, vessel_and_bone(330));
    let mut state = 99_u64;
    for hu in &mut hu {
        // The sum of four uniform values: nearly Gaussian, a standard deviation of 46 HU.
        for _ in 0..4 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            *hu += ((state >> 33) % 81) as i16 - 40;
        }
    }
    let bones = run(&grid, &hu);
    assert_eq!(bones.notes.first().map(|note| &*note.code), Some("noisy"));
    assert!(share_within(&bones.mask, &grid, VESSEL, 12.0) < 0.01);
    assert!(share_within(&bones.mask, &grid, BONE, 11.0) > 0.95);
}

#[test]
fn an_artery_with_a_calcified_wall_is_no_bone() {
    // A quarter of the wall is calcified, 3 mm thick: much of what surrounds the blood is bright.
    let draw = |x: f64, y: f64| match (from([x, y], VESSEL), from([x, y], BONE)) {
        (vessel, _) if vessel <= 10.0 => Some(200),
        (vessel, _) if vessel <= 13.0 && x < VESSEL.0 && y < VESSEL.1 => Some(700),
        (_, bone) if bone <= 9.0 => Some(210),
        (_, bone) if bone <= 12.0 => Some(900),
        _ => None,
    };
    let (grid, hu) = scan([1.0, 1.0, 2.0], 60.0, |x, y, _| draw(x, y));
    let bones = run(&grid, &hu);
    let vessel = share_within(&bones.mask, &grid, VESSEL, 9.0);
    assert!(vessel < 0.02, "{vessel}: {}", bones.contrast);
    assert!(share_within(&bones.mask, &grid, BONE, 11.0) > 0.98);
}

#[test]
fn undiluted_contrast_goes_and_metal_in_bone_stays() {
    const VEIN: (f64, f64) = (70.0, 75.0);
    let draw = vessel_and_bone(330);
    let (grid, hu) =
        scan([1.0, 1.0, 1.0], 60.0, |x, y, z| match (from([x, y], VEIN), from([x, y], BONE)) {
            (vein, _) if vein <= 4.0 => Some(2600),
            (_, screw) if screw <= 3.0 && (20.0..40.0).contains(&z) => Some(3000),
            _ => draw(x, y, z),
        });
    let bones = run(&grid, &hu);
    assert_eq!(share_within(&bones.mask, &grid, VEIN, 6.0), 0.0);
    assert!(share_within(&bones.mask, &grid, BONE, 11.0) > 0.98);
    assert!(bones.parts.iter().any(|part| !part.kept && part.kind == "denseContrast"));
}

#[test]
fn the_canal_stays_empty_and_closed_marrow_does_not() {
    const MIDDLE: (f64, f64) = (70.0, 45.0);
    let (grid, hu) = scan([1.0, 1.0, 1.0], 60.0, |x, y, z| {
        let radius = from([x, y], MIDDLE);
        // An arch that closes around the canal in the middle third only.
        let closed = (20.0..40.0).contains(&z) || (x - MIDDLE.0).abs() > 6.0 || y > MIDDLE.1;
        match radius {
            _ if from([x, y], BONE) <= 6.0 => Some(30),
            _ if from([x, y], BONE) <= 9.0 => Some(800),
            _ if radius <= 8.0 => Some(30),
            _ if radius <= 12.0 && closed => Some(800),
            _ => None,
        }
    });
    let bones = run(&grid, &hu);
    assert!(share_within(&bones.mask, &grid, MIDDLE, 7.0) < 0.02);
    assert!(share_within(&bones.mask, &grid, BONE, 8.0) > 0.98);
}

#[test]
fn a_threshold_given_by_a_person_is_used() {
    let (grid, hu) = scan([2.0, 2.0, 2.0], 40.0, vessel_and_bone(45));
    let params = BonesParams { threshold_hu: Some(400), fill: false, ..Default::default() };
    let bones = segment(&hu, &grid, 400, &params, &mut ()).unwrap();
    assert_eq!(bones.threshold_hu, 400);
    assert!(share_within(&bones.mask, &grid, BONE, 7.0) == 0.0, "marrow lies below 400 HU");
}

#[test]
fn strange_scans_give_a_result() {
    for (size, value) in
        [([1, 1, 1], 0), ([3, 2, 1], 3071), ([70, 5, 2], -2048), ([9, 9, 9], i16::MIN)]
    {
        let grid = Grid::from_spacing(size, [1.0, 1.0, 1.0]).unwrap();
        let hu = vec![value; grid.voxel_count()];
        let bones = run(&grid, &hu);
        assert_eq!(bones.mask.size_voxel(), size);
    }
}
