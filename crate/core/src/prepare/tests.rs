use proptest::prelude::*;

use super::*;
use crate::{grid::Affine, nifti};

/// Numbers that look like nothing, the same on every machine.
fn noise(count: usize, mut state: u64) -> impl Iterator<Item = u64> {
    (0..count).map(move |_| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        state >> 33
    })
}

fn scan(size: [usize; 3], spacing_mm: [f64; 3], voxels: Vec<i16>) -> Volume {
    Volume::new(Grid::from_spacing(size, spacing_mm).unwrap(), Voxels::I16(voxels)).unwrap()
}

fn noisy(size: [usize; 3], spacing_mm: [f64; 3], seed: u64) -> Volume {
    let hu = noise(size.iter().product(), seed).map(|n| (n % 4000) as i16 - 1024);
    scan(size, spacing_mm, hu.collect())
}

/// After one step.
fn after(volume: &Volume, masks: &[Mask], step: &Step) -> Result<Prepared<'static>, Error> {
    let template = Template::of_grid(volume.grid()).unwrap();
    let done = apply(step, Prepared::new(volume, masks, &template), &Limits::default(), &mut ())?;
    done.into_owned()
}

fn resampling(spacing_mm: [f64; 3], interpolation: Interpolation, as_f32: bool) -> Step {
    Step::Resample { spacing_mm, interpolation, as_f32, blend_padding: false }
}

fn floats(volume: &Volume) -> Vec<f32> {
    match volume.voxels() {
        Voxels::I16(voxels) => voxels.iter().map(|value| f32::from(*value)).collect(),
        Voxels::F32(voxels) => voxels.clone(),
    }
}

/// One voxel of a resampled scan as the definition has it, in double precision.
fn slow(volume: &Volume, step: [f64; 3], new: [usize; 3], how: Interpolation) -> f64 {
    let size = volume.grid().size_voxel();
    let hu = volume.hu().unwrap();
    let kernel = |d: f64| match how {
        Interpolation::Linear => (1.0 - d.abs()).max(0.0),
        // Keys's kernel with a = −1/2.
        Interpolation::Cubic if d.abs() < 1.0 => 1.5 * d.abs().powi(3) - 2.5 * d * d + 1.0,
        Interpolation::Cubic if d.abs() < 2.0 => {
            -0.5 * d.abs().powi(3) + 2.5 * d * d - 4.0 * d.abs() + 2.0
        }
        _ => 0.0,
    };
    let at: [f64; 3] = std::array::from_fn(|a| {
        let at = new[a] as f64 * step[a] + (step[a] - 1.0) / 2.0;
        at.clamp(0.0, (size[a] - 1) as f64)
    });
    let clamped = |i: isize, a: usize| i.clamp(0, size[a] as isize - 1) as usize;
    let value = |v: [isize; 3]| {
        let [x, y, z] = [0, 1, 2].map(|a| clamped(v[a], a));
        f64::from(hu[(z * size[1] + y) * size[0] + x])
    };
    if how == Interpolation::Nearest {
        return value(at.map(|at| (at + 0.5).floor() as isize));
    }
    let mut sum = 0.0;
    let below = at.map(|at| at.floor() as isize);
    for dz in -1..=2 {
        for dy in -1..=2 {
            for dx in -1..=2 {
                let v = [below[0] + dx, below[1] + dy, below[2] + dz];
                let weight: f64 = (0..3).map(|a| kernel(at[a] - v[a] as f64)).product();
                sum += weight * value(v);
            }
        }
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn resampling_is_what_the_definition_says(
        size in [1usize..9, 1usize..9, 1usize..9],
        old_mm in [0.3f64..4.0, 0.3f64..4.0, 0.3f64..4.0],
        new_mm in [0.4f64..4.0, 0.4f64..4.0, 0.4f64..4.0],
        how in 0usize..3,
        seed: u64,
    ) {
        let how = [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic][how];
        let volume = noisy(size, old_mm, seed);
        let step = [0, 1, 2].map(|a| new_mm[a] / resample::meant(volume.grid().spacing_mm()[a]));
        // The definition without the rule for padding: cubes overshoot as they will.
        let blended = |as_f32| Step::Resample {
            spacing_mm: new_mm, interpolation: how, as_f32, blend_padding: true,
        };
        let real = after(&volume, &[], &blended(true)).unwrap();
        let whole = after(&volume, &[], &blended(false)).unwrap();
        let [nx, ny, nz] = real.volume.grid().size_voxel();
        let (reals, wholes) = (floats(&real.volume), floats(&whole.volume));
        prop_assert_eq!(whole.volume.grid().size_voxel(), [nx, ny, nz]);
        for (n, (found, rounded)) in reals.iter().zip(&wholes).enumerate() {
            let expected = slow(&volume, step, [n % nx, n / nx % ny, n / nx / ny], how);
            prop_assert!((f64::from(*found) - expected).abs() < 5e-3, "{found} {expected}");
            prop_assert!((rounded - found).abs() <= 0.5);
        }
    }
}

#[test]
fn numbers_of_another_program() {
    // scipy 1.16: affine_transform(order=1, mode="nearest", matrix=step, offset=(step − 1)/2).
    let volume = scan([3, 2, 2], [1.0, 2.0, 3.0], (0..12).map(|n| n * n * 10).collect());
    let done =
        after(&volume, &[], &resampling([0.7, 3.0, 2.5], Interpolation::Linear, true)).unwrap();
    assert_eq!(done.volume.grid().size_voxel(), GOLDEN_SIZE);
    for (found, expected) in floats(&done.volume).iter().zip(GOLDEN) {
        assert!((found - expected).abs() < 1e-3, "{found} {expected}");
    }
}
const GOLDEN_SIZE: [usize; 3] = [4, 1, 2];
const GOLDEN: [f32; 8] = [22.5, 36.25, 58.75, 90.25, 360.0, 423.25, 508.75, 603.25];

#[test]
fn both_grids_share_their_outer_corner_also_when_they_are_sheared() {
    let affine: Affine = [[0.9, 0.1, 0.3, 5.0], [-0.2, 1.1, 0.0, -7.0], [0.0, 0.2, 2.4, 11.0]];
    let grid = Grid::new([12, 10, 8], affine).unwrap();
    let volume = Volume::new(grid.clone(), Voxels::I16(vec![0; 960])).unwrap();
    let done = after(&volume, &[], &resampling([2.0, 0.5, 1.0], Interpolation::Linear, false));
    let done = done.unwrap();
    let new = done.volume.grid();
    let corner = |grid: &Grid| grid.ras_of([-0.5; 3]);
    for (a, b) in corner(&grid).into_iter().zip(corner(new)) {
        assert!((a - b).abs() < 1e-9);
    }
    for (found, mm) in new.spacing_mm().into_iter().zip([2.0, 0.5, 1.0]) {
        assert!((found - mm).abs() < 1e-9);
    }
    // Steps go along the old axes.
    for a in 0..3 {
        let along = |grid: &Grid| grid.ras_from_voxel().map(|row| row[a] / grid.spacing_mm()[a]);
        for (a, b) in along(&grid).into_iter().zip(along(new)) {
            assert!((a - b).abs() < 1e-9);
        }
    }
}

#[test]
fn noise_of_a_header_does_not_decide_which_way_halves_go() {
    // A third of a turn about z, in 32 bits as files hold it: 7 · 2.5 / 5 is three and a half.
    let [c, s] = [2.5 * 0.5_f32, 2.5 * 0.866_025_4_f32].map(f64::from);
    for wrong in [-2e-7, 0.0, 2e-7] {
        let affine = [[c + wrong, -s, 0.0, 0.0], [s, c, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]];
        let volume =
            Volume::new(Grid::new([7, 1, 1], affine).unwrap(), Voxels::I16(vec![0; 7])).unwrap();
        let step = resampling([5.0, 2.5, 1.0], Interpolation::Nearest, false);
        let done = after(&volume, &[], &step).unwrap();
        assert_eq!(done.volume.grid().size_voxel(), [4, 1, 1], "{wrong}");
    }
}

#[test]
fn padding_does_not_bleed() {
    let volume = scan([4, 1, 1], [1.0; 3], vec![-2048, -2048, 40, 60]);
    let resampled = |interpolation, blend_padding| {
        let step = Step::Resample {
            spacing_mm: [0.5, 1.0, 1.0],
            interpolation,
            as_f32: false,
            blend_padding,
        };
        floats(&after(&volume, &[], &step).unwrap().volume)
    };
    let apart = [-2048.0, -2048.0, -2048.0, -2048.0, 40.0, 45.0, 55.0, 60.0];
    assert_eq!(resampled(Interpolation::Linear, false), apart);
    let blended = [-2048.0, -2048.0, -2048.0, -1526.0, -482.0, 45.0, 55.0, 60.0];
    assert_eq!(resampled(Interpolation::Linear, true), blended);
    // Four neighbours: the two voxels next to the edge take the nearest value, too.
    let cubic = [-2048.0, -2048.0, -2048.0, -2048.0, 40.0, 40.0, 60.0, 60.0];
    let found = resampled(Interpolation::Cubic, false);
    assert_eq!(found[..6], cubic[..6]);
}

#[test]
fn a_cube_does_not_make_padding_of_a_dark_edge() {
    let volume = scan([4, 1, 1], [1.0; 3], vec![-1020, -1020, 3000, 3000]);
    let done =
        after(&volume, &[], &resampling([0.25, 1.0, 1.0], Interpolation::Cubic, false)).unwrap();
    let lowest = floats(&done.volume).into_iter().fold(f32::INFINITY, f32::min);
    assert_eq!(lowest, -1024.0);
}

#[test]
fn what_is_no_number_stays_where_it_was() {
    let grid = Grid::from_spacing([3, 1, 1], [1.0; 3]).unwrap();
    let volume = Volume::new(grid, Voxels::F32(vec![f32::NAN, 2.0, 4.0])).unwrap();
    let done = after(&volume, &[], &resampling([0.5, 1.0, 1.0], Interpolation::Linear, false));
    let found = floats(&done.unwrap().volume);
    assert!(found[..2].iter().all(|value| value.is_nan()));
    assert_eq!(found[2..], [2.0, 2.5, 3.5, 4.0]);
}

#[test]
fn one_thread_gives_what_many_give() {
    let volume = noisy([33, 29, 41], [0.8, 0.8, 2.5], 7);
    let mask = threshold(&volume, 1000);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let step = resampling([1.0; 3], Interpolation::Cubic, true);
            let done = after(&volume, std::slice::from_ref(&mask), &step).unwrap();
            let scored = after(&done.volume, &[], &Step::ZScore).unwrap();
            (done.volume.into_owned(), done.masks, scored.volume.into_owned())
        })
    };
    assert!(with(1) == with(5));
}

fn threshold(volume: &Volume, lowest: i16) -> Mask {
    let [nx, ny, _] = volume.grid().size_voxel();
    let hu = volume.hu().unwrap();
    Mask::from_fn(volume.grid().size_voxel(), |x, y, z| hu[(z * ny + y) * nx + x] >= lowest)
        .unwrap()
}

/// The vote as the definition has it: exact shares of boxes in double precision.
fn slow_vote(masks: &[Mask], size: [usize; 3], step: [f64; 3], new: [usize; 3]) -> Vec<f64> {
    let share = |a: usize, i: usize| {
        let (from, to) = if step[a] >= 1.0 {
            (new[a] as f64 * step[a], (new[a] + 1) as f64 * step[a])
        } else {
            let centre = (new[a] as f64 + 0.5) * step[a];
            (centre - 0.5, centre + 0.5)
        };
        let (from, to) = (from.max(0.0), to.min(size[a] as f64));
        ((to.min(i as f64 + 1.0) - from.max(i as f64)).max(0.0)) / (to - from)
    };
    let mut votes = vec![0.0; masks.len() + 1];
    for z in 0..size[2] {
        for y in 0..size[1] {
            for x in 0..size[0] {
                let label = masks.iter().position(|mask| mask.get(x, y, z)).map_or(0, |m| m + 1);
                votes[label] += share(0, x) * share(1, y) * share(2, z);
            }
        }
    }
    votes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_label_is_kept_where_it_has_the_most(
        size in [1usize..70, 1usize..6, 1usize..6],
        new_mm in [0.4f64..4.0, 0.4f64..4.0, 0.4f64..4.0],
        seed: u64,
    ) {
        let kinds: Vec<u64> = noise(size.iter().product(), seed).map(|n| n % 3).collect();
        let mask = |kind: u64| Mask::from_fn(size, |x, y, z| {
            kinds[(z * size[1] + y) * size[0] + x] == kind
        }).unwrap();
        let masks = [mask(1), mask(2)];
        let volume = scan(size, [1.0; 3], vec![0; size.iter().product()]);
        let step = resampling(new_mm, Interpolation::Linear, false);
        let done = after(&volume, &masks, &step).unwrap();
        let [nx, ny, nz] = done.volume.grid().size_voxel();
        for n in 0..nx * ny * nz {
            let new = [n % nx, n / nx % ny, n / nx / ny];
            let votes = slow_vote(&masks, size, new_mm, new);
            let label = done.masks.iter().position(|mask| mask.get(new[0], new[1], new[2]));
            let label = label.map_or(0, |m| m + 1);
            let most = votes.iter().fold(0.0, |a: f64, b| a.max(*b));
            // Shares are counted in 65536ths.
            prop_assert!(votes[label] > most - 1e-3, "{votes:?} {label}");
            if let Some(lower) = votes[..label].iter().find(|v| (**v - votes[label]).abs() < 1e-12) {
                prop_assert!(false, "{lower} is the lower of equal shares: {votes:?} {label}");
            }
        }
    }
}

#[test]
fn overlapping_masks_stay_overlapping_and_ties_go_down() {
    let lung = Mask::drawn("########\n########");
    let nodule = Mask::drawn("..####..\n..####..");
    let volume = scan([8, 2, 1], [1.0; 3], vec![0; 16]);
    let halved = resampling([2.0, 2.0, 1.0], Interpolation::Linear, false);
    let done = after(&volume, &[lung, nodule], &halved).unwrap();
    assert_eq!(*done.masks[0], Mask::drawn("####"));
    assert_eq!(*done.masks[1], Mask::drawn(".##."));

    let [a, b] = [Mask::drawn("##......\n##......"), Mask::drawn("..#.##..\n..#.##..")];
    let thirds = resampling([4.0, 2.0, 1.0], Interpolation::Linear, false);
    let done = after(&volume, &[a, b], &thirds).unwrap();
    // Of four columns: two are a's, one b's, one nobody's. Then two b's and two nobody's: a tie.
    assert_eq!([&*done.masks[0], &*done.masks[1]], [&Mask::drawn("#."), &Mask::drawn("..")]);
}

#[test]
fn values_are_clipped_centred_and_scored() {
    let volume = scan([5, 1, 1], [1.0; 3], vec![-2048, -1000, -300, 400, 3000]);
    let normalise = Step::Normalise { min_hu: -1000.0, max_hu: 400.0 };
    let done = after(&volume, &[], &normalise).unwrap();
    assert_eq!(floats(&done.volume), [0.0, 0.0, 0.5, 1.0, 1.0]);
    assert_eq!(done.values, Values { slope: 1400.0, intercept: -1000.0 });

    let template = Template::of_grid(volume.grid()).unwrap();
    let steps = [normalise, Step::ZeroCentre { mean: Mean::Given(0.25) }];
    let start = || Prepared::new(&volume, &[], &template);
    let both = run(&steps, start(), &Limits::default(), &mut ()).unwrap();
    assert_eq!(floats(&both.volume), [-0.25, -0.25, 0.25, 0.75, 0.75]);
    assert_eq!(both.values, Values { slope: 1400.0, intercept: -650.0 });

    let measured = after(&volume, &[], &Step::ZeroCentre { mean: Mean::Measured }).unwrap();
    assert_eq!(floats(&measured.volume), [-2573.0, -1525.0, -825.0, -125.0, 2475.0]);

    let scored = after(&scan([4, 1, 1], [1.0; 3], vec![-2048, 10, 20, 30]), &[], &Step::ZScore);
    let found = floats(&scored.unwrap().volume);
    let sd = (200.0f32 / 3.0).sqrt();
    assert_eq!(found, [-10.0 / sd, -10.0 / sd, 0.0, 10.0 / sd]);
    // No spread: nothing to divide by.
    assert_eq!(
        floats(&after(&scan([2, 1, 1], [1.0; 3], vec![7; 2]), &[], &Step::ZScore).unwrap().volume),
        [0.0; 2]
    );
}

/// Where the brightest voxel lies, and the mask's only one.
fn landmarks(prepared: &Prepared<'_>) -> [[f64; 3]; 2] {
    let grid = prepared.volume.grid();
    let [nx, ny, _] = grid.size_voxel();
    let values = floats(&prepared.volume);
    let at = (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap();
    let ras = |n: usize| grid.ras_of([n % nx, n / nx % ny, n / nx / ny].map(|i| i as f64));
    let mask = &prepared.masks[0];
    let inside = (0..values.len()).find(|n| mask.get(n % nx, n / nx % ny, n / nx / ny)).unwrap();
    assert_eq!(mask.count(), 1);
    [ras(at), ras(inside)]
}

#[test]
fn cropped_padded_and_turned_every_voxel_stays_where_it_was() {
    let affine: Affine = [[0.9, 0.1, 0.3, 5.0], [-0.2, 1.1, 0.0, -7.0], [0.0, 0.2, 2.4, 11.0]];
    let size = [70, 9, 8];
    let mut voxels = vec![-1000; 70 * 9 * 8];
    voxels[(3 * 9 + 4) * 70 + 66] = 1234;
    let volume = Volume::new(Grid::new(size, affine).unwrap(), Voxels::I16(voxels)).unwrap();
    let mask = Mask::from_fn(size, |x, y, z| [x, y, z] == [65, 5, 2]).unwrap();
    let template = Template::of_grid(volume.grid()).unwrap();
    let masks = [mask];
    let start = || Prepared::new(&volume, &masks, &template);
    let expected = landmarks(&start());
    assert_eq!(expected[0], volume.grid().ras_of([66.0, 4.0, 3.0]));
    let steps = [
        Step::Crop { margin_mm: 2.5 },
        Step::Pad { size_voxel: [140, 8, 9], value: None },
        Step::Reorient { axes: "SAL".into() },
        Step::Crop { margin_mm: 1e9 },
        Step::Crop { margin_mm: 4.0 },
    ];
    let mut done = start();
    for step in &steps {
        done = apply(step, done, &Limits::default(), &mut ()).unwrap();
        for (a, b) in landmarks(&done).iter().flatten().zip(expected.iter().flatten()) {
            assert!((a - b).abs() < 1e-9, "{step:?}");
        }
        // The file as another program reads it.
        let file =
            nifti::write_described_volume_to(Vec::new(), &done.volume, &done.template, "", &mut ())
                .unwrap();
        let read = nifti::read(file.as_slice(), &Limits::default(), &mut ()).unwrap();
        assert_eq!(read.volume.hu().unwrap(), done.volume.hu().unwrap());
        assert_eq!(read.info.file_axes, done.template.axes().letters());
        let apart = read
            .volume
            .grid()
            .ras_of([1.0; 3])
            .into_iter()
            .zip(done.volume.grid().ras_of([1.0; 3]));
        assert!(apart.into_iter().all(|(a, b)| (a - b).abs() < 1e-4));
    }
    assert_eq!(done.template.axes().letters(), "SAL");
    let padded = run(&steps[..2], start(), &Limits::default(), &mut ()).unwrap();
    assert_eq!(padded.volume.grid().size_voxel(), [140, 8, 9]);
    assert_eq!(floats(&padded.volume)[0], -1024.0);
}

#[test]
fn padding_of_scaled_scans_is_their_lowest_value() {
    let volume = scan([2, 1, 1], [1.0; 3], vec![-300, 400]);
    let template = Template::of_grid(volume.grid()).unwrap();
    let steps = [
        Step::Normalise { min_hu: -1000.0, max_hu: 400.0 },
        Step::ZeroCentre { mean: Mean::Given(0.5) },
        Step::Pad { size_voxel: [4, 1, 1], value: None },
    ];
    let done =
        run(&steps, Prepared::new(&volume, &[], &template), &Limits::default(), &mut ()).unwrap();
    assert_eq!(floats(&done.volume), [0.0, 0.0, 0.5, 0.0]);
}

#[test]
fn slices_are_upright() {
    // x to the Right, y Anterior, z Superior; each voxel's value says where it is.
    let size = [2, 3, 4];
    let voxels = (0..24).map(|n| (n % 2 * 100 + n / 2 % 3 * 10 + n / 6) as i16).collect();
    let volume = scan(size, [1.0, 2.0, 3.0], voxels);
    let values = |plane: Plane, index| match plane.values(&volume, index).unwrap() {
        crate::Slice::I16(values) => values,
        crate::Slice::F32(_) => Vec::new(),
    };
    assert_eq!(values(Plane::Axial, 1), [121, 21, 111, 11, 101, 1]);
    assert_eq!(values(Plane::Coronal, 2), [123, 23, 122, 22, 121, 21, 120, 20]);
    assert_eq!(values(Plane::Sagittal, 0), [23, 13, 3, 22, 12, 2, 21, 11, 1, 20, 10, 0]);
    assert!(Plane::Sagittal.values(&volume, 2).is_err());
    assert_eq!(Plane::Sagittal.size(size), [3, 4, 2]);
    assert_eq!(Plane::Coronal.spacing_mm(volume.grid()), [1.0, 3.0, 2.0]);
    for plane in [Plane::Axial, Plane::Coronal, Plane::Sagittal] {
        let affine = plane.ras_from_pixel(volume.grid());
        let pixel = affine.map(|[a, b, c, d]| a + 2.0 * b + c + d);
        let at = plane.values(&volume, 1).unwrap();
        let crate::Slice::I16(values) = at else { continue };
        let value = values[2 * plane.size(size)[0] + 1];
        assert_eq!(pixel.map(|mm| mm as i16), [value / 100, value / 10 % 10 * 2, value % 10 * 3]);
    }
    let inside = Mask::from_fn(size, |x, y, z| [x, y, z] == [0, 2, 1]).unwrap();
    let all = Mask::from_fn(size, |_, _, _| true).unwrap();
    let labels = Plane::Axial.labels(size, &[(3, &all), (7, &inside)], 1).unwrap();
    assert_eq!(labels, [3, 7, 3, 3, 3, 3]);
}

#[test]
fn what_cannot_be_meant_is_refused_with_the_value() {
    let volume = scan([3, 4, 1], [1.0; 3], vec![0; 12]);
    let refused = |step: &Step| after(&volume, &[], step).unwrap_err().to_string();
    for mm in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9, 1e-9] {
        let error = refused(&resampling([1.0, mm, 1.0], Interpolation::Linear, false));
        assert!(error.contains(&mm.to_string()), "{error}");
    }
    let template = Template::of_grid(volume.grid()).unwrap();
    let little = Limits { memory_bytes: 1_000_000, ..Limits::default() };
    let fine = resampling([0.01; 3], Interpolation::Linear, false);
    let error = apply(&fine, Prepared::new(&volume, &[], &template), &little, &mut ()).unwrap_err();
    assert!(matches!(error, Error::TooLarge { needed_bytes: 24_000_000, .. }), "{error}");
    let pad = Step::Pad { size_voxel: [usize::MAX; 3], value: None };
    let error = apply(&pad, Prepared::new(&volume, &[], &template), &little, &mut ()).unwrap_err();
    assert_eq!(error.code(), "too_large");

    assert!(refused(&Step::Crop { margin_mm: 0.0 }).contains("empty"));
    assert!(refused(&Step::Crop { margin_mm: -2.0 }).contains("-2"));
    assert!(refused(&Step::Normalise { min_hu: 400.0, max_hu: -1000.0 }).contains("-1000"));
    assert!(refused(&Step::ZeroCentre { mean: Mean::Given(f64::NAN) }).contains("NaN"));
    assert!(refused(&Step::Pad { size_voxel: [9; 3], value: Some(0.5) }).contains("0.5"));
    assert!(refused(&Step::Reorient { axes: "LPX".into() }).contains("LPX"));
    let padding = scan([2, 1, 1], [1.0; 3], vec![-2048; 2]);
    let error = after(&padding, &[], &Step::ZScore).unwrap_err().to_string();
    assert!(error.contains("padding"), "{error}");
    let normalise = Step::Normalise { min_hu: -1000.0, max_hu: 400.0 };
    assert_eq!(floats(&after(&padding, &[], &normalise).unwrap().volume), [0.0; 2]);
}

#[test]
fn the_smallest_scans_can_be_resampled() {
    for size in [[1, 1, 1], [3, 3, 3], [3, 40, 1]] {
        let volume = noisy(size, [0.3, 0.3, 10.0], 1);
        let mask = Mask::from_fn(size, |_, _, _| true).unwrap();
        for how in [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic] {
            for mm in [0.5, 100.0] {
                let masks = std::slice::from_ref(&mask);
                let done = after(&volume, masks, &resampling([mm; 3], how, false)).unwrap();
                assert_eq!(done.masks[0].count(), done.volume.grid().voxel_count());
            }
        }
    }
}
