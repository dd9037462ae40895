//! The NIfTI reader on files that other programs wrote. What must come out was checked with nibabel.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod common;

use std::{fs::File, path::Path};

use hounsfield::{
    Error, Mask, Voxels,
    nifti::{self, HeldAs, Limits, NiftiFile},
};

fn read(path: &Path) -> Result<NiftiFile, Error> {
    nifti::read(File::open(path).unwrap(), &Limits::default(), &mut ())
}

fn read_pair(header: &Path, image: &Path) -> NiftiFile {
    let (header, image) = (File::open(header).unwrap(), File::open(image).unwrap());
    nifti::read_pair(header, image, &Limits::default(), &mut ()).unwrap()
}

/// A file or, for `.hdr`, the pair.
fn read_any(path: &Path) -> NiftiFile {
    let name = path.to_str().unwrap();
    if name.contains(".hdr") {
        read_pair(path, Path::new(&name.replace(".hdr", ".img")))
    } else {
        read(path).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

fn values(scan: &NiftiFile) -> Vec<f64> {
    match scan.volume.voxels() {
        Voxels::I16(v) => v.iter().map(|value| f64::from(*value)).collect(),
        Voxels::F32(v) => v.iter().map(|value| f64::from(*value)).collect(),
    }
}

#[test]
fn all_48_axis_orders_give_one_volume() {
    let Some(folder) = common::data("niivue-space") else { return };
    let reference = read(&folder.join("RAS.nii.gz")).unwrap();
    let mut files = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let scan = read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with(&scan.info.file_axes), "{name}: {}", scan.info.file_axes);
        assert_eq!(scan.volume.voxels(), reference.volume.voxels(), "{name}");
        for (a, b) in scan.info.ras_from_voxel.iter().zip(&reference.info.ras_from_voxel) {
            assert!((a - b).abs() < 1e-4, "{name}");
        }
        files += 1;
    }
    assert_eq!(files, 48);
}

type Expected = (&'static str, &'static str, [usize; 3], HeldAs, usize, f64, [[f64; 4]; 3]);

/// File, its axes, size in closest-RAS order, how it is held, voxels without a number, sum of the
/// others, affine.
#[rustfmt::skip]
const EXPECTED: [Expected; 17] = [
    ("dicom2nifti-generic/anatomical/001_ground_truth.nii.gz", "PIL", [4, 256, 256], HeldAs::I16, 0, 33296710.0, [[1.0, 0.0, 0.0, 100.7942], [0.0, 1.0, 0.0, -93.9253], [0.0, 0.0, 1.0, -124.9487]]),
    ("nibabel/anatomical.nii", "LAS", [33, 41, 25], HeldAs::I16, 0, 284166082.0, [[2.0, 0.0, 0.0, -32.0], [0.0, 2.0, 0.0, -40.0], [0.0, 0.0, 2.0, -16.0]]),
    ("nibabel/example_nifti2.nii.gz", "LAS", [32, 20, 12], HeldAs::I16, 0, 3461748.0, [[2.0, 0.0, 0.0, 55.8551], [0.0, 1.9737, -0.3555, -35.7229], [0.0, 0.3232, 2.1711, -7.2488]]),
    ("nibabel/functional.nii", "LAS", [17, 21, 3], HeldAs::F32, 0, 3883746.5529174805, [[4.0, 0.0, 0.0, -32.0], [0.0, 4.0, 0.0, -40.0], [0.0, 0.0, 8.0, 0.0]]),
    ("nibabel/resampled_anat_moved.nii", "LAS", [17, 21, 3], HeldAs::F32, 153, 7749957.09866333, [[4.0, 0.0, 0.0, -32.0], [0.0, 4.0, 0.0, -40.0], [0.0, 0.0, 8.0, 0.0]]),
    ("nibabel/standard.nii.gz", "RAS", [4, 5, 7], HeldAs::I16, 0, 7650.0, [[1.0, 0.0, 0.0, 0.0], [0.0, 3.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]]),
    ("nifti-reader-js/5D_small.nii", "PSR", [3, 1, 2], HeldAs::F32, 0, 2.6514780297875404, [[1.0, 0.0, -0.0016, -87.8935], [0.0002, 0.9917, 0.1282, 147.3985], [0.0016, -0.1282, 0.9917, -120.6173]]),
    ("nifti-reader-js/air.hdr.gz", "AIR", [64, 79, 67], HeldAs::F32, 0, 11398461.247137904, [[2.3852, 0.0, 0.0, -75.7625], [0.0, 2.3898, 0.0, -110.7625], [0.0, 0.0, 2.3665, -71.7625]]),
    ("nifti-reader-js/avg152T1_LR_nifti2.nii.gz", "LAS", [91, 109, 91], HeldAs::I16, 0, 74825382.0, [[2.0, 0.0, 0.0, -90.0], [0.0, 2.0, 0.0, -126.0], [0.0, 0.0, 2.0, -72.0]]),
    ("nifti-reader-js/with_extension.nii.gz", "LPI", [161, 191, 151], HeldAs::I16, 0, 1472871.0, [[1.0, 0.0, 0.0, -80.0], [0.0, 1.0, 0.0, -110.0], [0.0, 0.0, 1.0, -65.0]]),
    ("nifti-rs/f32.nii.gz", "RAS", [11, 11, 11], HeldAs::F32, 0, 166.00000071525574, [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]),
    ("nifti-rs/minimal.hdr", "LAS", [64, 64, 10], HeldAs::I16, 0, 1290240.0, [[3.0, 0.0, 0.0, -94.5], [0.0, 3.0, 0.0, -94.5], [0.0, 0.0, 3.0, -13.5]]),
    ("nifti-rs/zstat1.nii.gz", "LAS", [64, 64, 21], HeldAs::F32, 0, 11648.372022011292, [[4.0, 0.0, 0.0, -252.0], [0.0, 4.0, 0.0, 0.0], [0.0, 0.0, 6.0, 0.0]]),
    ("niivue-ct/CT_AVM.nii.gz", "RAS", [256, 242, 154], HeldAs::F32, 0, 49383836.594276905, [[0.7199, 0.0, 0.0, -73.3977], [0.0, 0.7209, 0.0, -69.6942], [0.0, 0.0, 1.0, -64.11]]),
    ("niivue-ct/CT_pitch.nii.gz", "RAS", [175, 248, 58], HeldAs::I16, 0, 95678796.0, [[0.8125, 0.0, 0.0, -69.0208], [0.0, 0.779, 0.6808, -134.3856], [0.0, -0.2308, 2.2983, -13.5688]]),
    ("niivue-ct/shear.nii.gz", "RAS", [306, 422, 54], HeldAs::F32, 0, -5577896244.481461, [[0.4824, 0.0, 0.0, -94.3794], [0.0, 0.4575, 0.0, -117.106], [0.0, 0.1531, 2.3708, -102.2036]]),
    ("totalseg-aorta/ct_cropped.nii.gz", "LPS", [120, 126, 164], HeldAs::I16, 0, -497705824.0, [[1.5, 0.0, 0.0, -106.8418], [0.0, 1.5, 0.0, 68.1582], [0.0, 0.0, 1.5, 540.2]]),
];

#[test]
fn geometry_and_values_are_those_that_nibabel_finds() {
    let Some(folder) = common::data("") else { return };
    for (name, axes, size, held_as, nans, sum, affine) in EXPECTED {
        let scan = read_any(&folder.join(name));
        assert_eq!(scan.info.file_axes, axes, "{name}");
        assert_eq!(scan.info.size_voxel, size, "{name}");
        assert_eq!(scan.info.held_as, held_as, "{name}");
        let values = values(&scan);
        let finite = values.iter().filter(|value| value.is_finite());
        assert_eq!(values.len() - finite.clone().count(), nans, "{name}");
        let found: f64 = finite.clone().sum();
        let scale: f64 = finite.map(|value| value.abs()).sum();
        assert!((found - sum).abs() <= 1e-6 * scale.max(1.0), "{name}: {found}");
        for (a, b) in scan.info.ras_from_voxel.iter().zip(affine.as_flattened()) {
            assert!((a - b).abs() < 1e-3, "{name}: {:?}", scan.info.ras_from_voxel);
        }
    }
}

#[test]
fn every_type_holds_the_same_27_numbers() {
    let Some(folder) = common::data("nifti-rs/27") else { return };
    let expected: Vec<f64> = (0..27).map(f64::from).collect();
    for kind in [
        "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32",
        "float64",
    ] {
        let scan = read(&folder.join(format!("{kind}.nii"))).unwrap();
        assert_eq!(scan.info.stored_type, kind);
        assert_eq!(scan.info.held_as, HeldAs::I16, "{kind}");
        let mut sorted = values(&scan);
        sorted.sort_by(f64::total_cmp);
        assert_eq!(sorted, expected, "{kind}");
    }
}

#[test]
fn byte_order_and_version_make_no_difference() {
    let Some(folder) = common::data("nifti-reader-js") else { return };
    let big = read(&folder.join("big.nii.gz")).unwrap();
    let little = read(&folder.join("little.nii.gz")).unwrap();
    assert_eq!(big.volume, little.volume);
    let [air, air2] = ["air", "air2"].map(|name| {
        read_pair(&folder.join(format!("{name}.hdr.gz")), &folder.join(format!("{name}.img.gz")))
    });
    assert_eq!(air.volume.voxels(), air2.volume.voxels());
    assert_eq!((&*air.info.format, &*air2.info.format), ("NIfTI-1", "NIfTI-2"));
}

#[test]
fn a_pair_gives_what_the_single_file_gives() {
    let Some(folder) = common::data("nifti-rs") else { return };
    let single = read(&folder.join("minimal.nii")).unwrap();
    for (header, image) in [
        ("minimal.hdr", "minimal.img"),
        ("minimal.hdr.gz", "minimal.img.gz"),
        ("minimal.hdr", "minimal.img.gz"),
    ] {
        let pair = read_pair(&folder.join(header), &folder.join(image));
        assert_eq!(pair.volume, single.volume, "{header} {image}");
    }
}

#[test]
fn notes_say_what_was_assumed() {
    let Some(folder) = common::data("") else { return };
    let codes = |name: &str| -> Vec<String> {
        read_any(&folder.join(name)).info.notes.iter().map(|note| note.code.to_string()).collect()
    };
    assert_eq!(codes("nifti-rs/minimal.nii"), ["orientation_unknown"]);
    assert_eq!(codes("nifti-rs/zstat1.nii.gz"), ["qform"]);
    assert_eq!(codes("nibabel/example4d.nii.gz"), ["first_volume", "sform"]);
    assert_eq!(codes("nibabel/resampled_anat_moved.nii"), ["sform", "not_a_number"]);
}

#[test]
fn masks_come_back_where_they_were_on_every_scan() {
    let Some(folder) = common::data("niivue-space") else { return };
    for entry in folder.read_dir().unwrap() {
        let scan = read(&entry.unwrap().path()).unwrap();
        let size = scan.info.size_voxel;
        let mask = Mask::from_fn(size, |x, y, z| x < 20 && y > 30 && (z + x) % 3 == 0).unwrap();
        let file = nifti::write_mask(&mask, &scan.template).unwrap();
        let again = nifti::read(file.as_slice(), &Limits::default(), &mut ()).unwrap();
        assert_eq!(again.info.file_axes, scan.info.file_axes);
        assert_eq!(again.info.ras_from_voxel, scan.info.ras_from_voxel);
        let hu = again.volume.hu().unwrap();
        let [nx, ny, _] = size;
        let found = Mask::from_fn(size, |x, y, z| hu[(z * ny + y) * nx + x] == 1).unwrap();
        assert!(found == mask, "{}", scan.info.file_axes);
    }
}
