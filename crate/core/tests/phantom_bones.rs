//! The whole recipe on the phantom, whose truth is known: its skeleton is found, its vessels are not.

#![allow(clippy::unwrap_used, reason = "a test may")]

use hounsfield::{
    Mask,
    bones::{self, BonesParams, Method},
    phantom::{Phantom, PhantomParams, PhantomScan, Structure},
};

fn overlap(a: &Mask, b: &Mask) -> usize {
    let mut both = a.try_clone().unwrap();
    both.intersect_with(b).unwrap();
    both.count()
}

fn dice(a: &Mask, b: &Mask) -> f64 {
    2.0 * overlap(a, b) as f64 / (a.count() + b.count()) as f64
}

fn phantom(params: PhantomParams) -> PhantomScan {
    Phantom::new(params).unwrap().render(&mut ()).unwrap()
}

/// The share of a structure's voxels that the mask holds.
fn leak(mask: &Mask, scan: &PhantomScan, structure: Structure) -> f64 {
    let organ = scan.truth.mask(structure).unwrap();
    overlap(mask, &organ) as f64 / organ.count() as f64
}

#[test]
fn the_skeleton_is_found_with_and_without_contrast() {
    for contrast in [true, false] {
        let scan = phantom(PhantomParams { contrast, ..PhantomParams::default() });
        let run = bones::run(&scan.volume, &BonesParams::default(), &mut ()).unwrap();
        let truth = scan.truth.mask(Structure::Bones).unwrap();
        let found = dice(&run.mask, &truth);
        assert!(found >= 0.95, "Dice {found:.4} with contrast: {contrast}");
        for structure in [Structure::Aorta, Structure::Heart] {
            let leak = leak(&run.mask, &scan, structure);
            assert!(leak <= 0.005, "{leak:.4} of {structure:?} with contrast: {contrast}");
        }
    }
}

#[test]
fn on_thick_slices_without_contrast_it_is_no_worse_than_a_plain_threshold() {
    let base = PhantomParams::default();
    let thick = PhantomParams {
        size_voxel: [base.size_voxel[0], base.size_voxel[1], 64],
        spacing_mm: [base.spacing_mm[0], base.spacing_mm[1], 5.0],
        contrast: false,
        ..base
    };
    let scan = phantom(thick);
    let truth = scan.truth.mask(Structure::Bones).unwrap();
    let plain = BonesParams {
        method: Method::Threshold,
        threshold_hu: Some(125),
        ..BonesParams::default()
    };
    let of = |params| dice(&bones::run(&scan.volume, &params, &mut ()).unwrap().mask, &truth);
    let (ours, plain) = (of(BonesParams::default()), of(plain));
    assert!(ours >= plain, "ours {ours:.4}, plain {plain:.4}");
}
