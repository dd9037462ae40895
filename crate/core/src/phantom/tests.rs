use super::*;
use crate::Flow;

fn scan(params: PhantomParams) -> PhantomScan {
    Phantom::new(params).unwrap().render(&mut ()).unwrap()
}

fn hu(scan: &PhantomScan) -> &[i16] {
    match scan.volume.voxels() {
        Voxels::I16(hu) => hu,
        Voxels::F32(_) => unreachable!("the phantom is whole HU"),
    }
}

/// FNV-1a: any change of any voxel changes it.
fn fingerprint(scan: &PhantomScan) -> u64 {
    let voxels = hu(scan).iter().flat_map(|v| v.to_le_bytes());
    let step = |h: u64, byte: u8| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    voxels.chain(scan.truth.labels().iter().copied()).fold(0xcbf2_9ce4_8422_2325, step)
}

fn mean_hu(scan: &PhantomScan, structure: Structure) -> f64 {
    let inside = hu(scan).iter().zip(scan.truth.labels()).filter(|(_, l)| **l == structure as u8);
    let (sum, n) = inside.fold((0.0, 0.0), |(sum, n), (hu, _)| (sum + f64::from(*hu), n + 1.0));
    sum / n
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let params = PhantomParams::fitted([48, 48, 40]);
    let one = fingerprint(&scan(params.clone()));
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one, alone.install(|| fingerprint(&scan(params.clone()))));
    assert_ne!(one, fingerprint(&scan(PhantomParams { seed: 2, ..params })));
}

/// Written down, so that another platform (or a compiler that fuses `a * b + c`) is caught. A change
/// of the anatomy changes it: then it is right to write down the new one.
#[test]
fn every_platform_renders_these_bytes() {
    let rendered = scan(PhantomParams::fitted([40, 36, 30]));
    assert_eq!(fingerprint(&rendered), 0x15de_3bef_984b_f47d);
}

#[test]
fn structures_have_the_hu_of_their_kind() {
    let with = scan(PhantomParams::fitted([128, 128, 80]));
    let without = scan(PhantomParams { contrast: false, ..PhantomParams::fitted([128, 128, 80]) });
    let close = |scan: &PhantomScan, structure, lo: f64, hi: f64| {
        let mean = mean_hu(scan, structure);
        assert!((lo..hi).contains(&mean), "{structure:?} is {mean} HU");
    };
    for scan in [&with, &without] {
        close(scan, Structure::Bones, 220.0, 520.0);
        close(scan, Structure::LungLeft, -890.0, -730.0);
        close(scan, Structure::LungRight, -890.0, -730.0);
        close(scan, Structure::Airways, -1000.0, -850.0);
        close(scan, Structure::SpinalCanal, -10.0, 60.0);
        close(scan, Structure::CostalCartilage, 70.0, 130.0);
    }
    close(&with, Structure::Aorta, 270.0, 380.0);
    close(&with, Structure::Heart, 150.0, 320.0);
    close(&without, Structure::Aorta, 20.0, 60.0);
    close(&without, Structure::Heart, 25.0, 60.0);
}

#[test]
fn volumes_are_those_of_an_adult() {
    let scan = scan(PhantomParams::fitted([128, 128, 80]));
    let ml = |structure| scan.volume.grid().volume_ml(scan.truth.mask(structure).unwrap().count());
    let within = |structure, lo: f64, hi: f64| {
        let ml = ml(structure);
        assert!((lo..hi).contains(&ml), "{structure:?} is {ml} ml");
    };
    within(Structure::Bones, 900.0, 2200.0);
    within(Structure::LungLeft, 1400.0, 3200.0);
    within(Structure::LungRight, 1600.0, 3400.0);
    within(Structure::Heart, 350.0, 900.0);
    within(Structure::Aorta, 120.0, 400.0);
    within(Structure::Airways, 30.0, 200.0);
}

#[test]
fn masks_match_labels_and_do_not_overlap() {
    let scan = scan(PhantomParams::fitted([70, 66, 33]));
    let bones = scan.truth.mask(Structure::Bones).unwrap();
    let label = |x: usize, y: usize, z: usize| scan.truth.labels()[(z * 66 + y) * 70 + x];
    for (x, y, z) in [(0, 0, 0), (35, 20, 16), (35, 12, 16), (69, 65, 32)] {
        assert_eq!(bones.get(x, y, z), label(x, y, z) == Structure::Bones as u8);
    }
    let counted = scan.truth.labels().iter().filter(|l| **l == Structure::Bones as u8).count();
    assert_eq!(bones.count(), counted);
}

#[test]
fn any_size_works_and_the_middle_of_the_grid_is_the_middle_of_the_chest() {
    for size_voxel in [[1, 1, 1], [64, 1, 3], [1, 64, 2], [130, 90, 1], [3, 5, 200]] {
        let scan = scan(PhantomParams {
            size_voxel,
            spacing_mm: [3.0, 3.0, 5.0],
            ..PhantomParams::default()
        });
        let middle = size_voxel.map(|n| (n - 1) as f64 / 2.0);
        assert_eq!(scan.volume.grid().ras_of(middle), [0.0; 3]);
    }
}

#[test]
fn corners_are_padding_only_when_asked() {
    let params = PhantomParams::fitted([64, 64, 4]);
    assert_eq!(hu(&scan(params.clone()))[0], PADDING_HU);
    assert!(hu(&scan(PhantomParams { padding: false, ..params })).iter().all(|v| *v >= -1024));
}

#[test]
fn bad_parameters_and_stopping() {
    let bad = Phantom::new(PhantomParams { noise_hu: f64::NAN, ..PhantomParams::default() });
    assert_eq!(bad.unwrap_err().code(), "bad_parameter");
    let bad = Phantom::new(PhantomParams { size_voxel: [0, 1, 1], ..PhantomParams::default() });
    assert_eq!(bad.unwrap_err().code(), "bad_grid");
    let mut stop = |_: &'static str, _: f64| Flow::Stop;
    let stopped = Phantom::new(PhantomParams::fitted([16, 16, 16])).unwrap().render(&mut stop);
    assert_eq!(stopped.unwrap_err(), Error::Stopped);
}
