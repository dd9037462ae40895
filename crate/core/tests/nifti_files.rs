//! The NIfTI reader on files that other programs wrote.

mod common;

use std::{fs::File, path::Path};

use hounsfield::{
    Error, Voxels,
    nifti::{self, Limits, NiftiFile},
};

fn read(path: &Path) -> Result<NiftiFile, Error> {
    nifti::read(File::open(path).unwrap(), &Limits::default(), &mut ())
}

#[test]
fn all_48_axis_orders_give_one_volume() {
    let Some(folder) = common::data("niivue-space") else {
        return;
    };
    let reference = read(&folder.join("RAS.nii.gz")).unwrap();
    let mut files = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let scan = read(&path).unwrap();
        assert!(path.file_name().unwrap().to_str().unwrap().starts_with(&scan.info.file_axes));
        assert_eq!(scan.volume.voxels(), reference.volume.voxels(), "{}", path.display());
        for (a, b) in scan.info.ras_from_voxel.iter().zip(&reference.info.ras_from_voxel) {
            assert!((a - b).abs() < 1e-4, "{}", path.display());
        }
        files += 1;
    }
    assert_eq!(files, 48);
}
