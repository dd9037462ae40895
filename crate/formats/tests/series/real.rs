//! Real series beside this checkout, against SimpleITK 2.5 (`ImageSeriesReader` over
//! `GetGDCMSeriesFileNames`): origin, spacing and direction, LPS. Skips where there are none.

use std::path::{Path, PathBuf};

use hounsfield::Slice;
use hounsfield_formats::{
    bytes::Bytes,
    catalogue::Catalogue,
    dicom::{self, pixels::DicomReader},
    item::{Item, Kind, Place},
    plan::{Options, Plan},
    reader::PlaneReader,
};

fn data(folder: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let root = std::env::var_os("HOUNSFIELD_DATA").map_or_else(|| beside.into(), PathBuf::from);
    let path = root.join(folder);
    if !path.is_dir() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}

fn items(folder: &Path, items: &mut Vec<Item>, files: &mut Vec<Vec<u8>>) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            self::items(&path, items, files);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let kind = dicom::kind(&bytes).unwrap_or_else(|| Kind::Other {
            code: "not_a_scan".into(),
            reason: "no DICOM".into(),
        });
        let name = path.strip_prefix(folder).unwrap().display().to_string();
        let place = Place { file: items.len(), entry: None };
        items.push(Item { place, name, bytes: bytes.len() as u64, kind });
        files.push(bytes);
    }
}

fn open(folder: &str) -> Option<(Catalogue, Vec<Vec<u8>>)> {
    let (mut found, mut files) = (Vec::new(), Vec::new());
    items(&data(folder)?, &mut found, &mut files);
    Some((Catalogue::new(found), files))
}

fn catalogue(folder: &str) -> Option<Catalogue> {
    Some(open(folder)?.0)
}

/// Size, spacing, origin, direction (rows of the matrix) as SimpleITK prints them.
type Itk = ([usize; 3], [f64; 3], [f64; 3], [f64; 9]);

const UPRIGHT: [f64; 9] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
const SAGITTAL: [f64; 9] = [0.0, 0.0, -1.0, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0];

fn assert_itk(plan: &Plan, (size, spacing, origin, direction): &Itk) {
    assert_eq!(plan.file_size, *size);
    for r in 0..3 {
        let sign = if r < 2 { -1.0 } else { 1.0 };
        for c in 0..4 {
            let lps = if c < 3 { direction[3 * r + c] * spacing[c] } else { origin[r] };
            let found = plan.ras_from_file[r][c];
            // One voxel's step may be off by less than 10⁻⁴ mm over the whole scan.
            let tolerance = if c < 3 { 1e-4 / size[c] as f64 } else { 1e-4 };
            assert!((found - sign * lps).abs() < tolerance, "{r} {c}: {found} {}", sign * lps);
        }
    }
}

#[test]
fn regular_series_agree_with_simpleitk() {
    let generic = |folder| (folder, ([256, 256, 4], [1.0; 3], GENERIC, SAGITTAL));
    const GENERIC: [f64; 3] = [-100.794158, -161.074673, 130.051254];
    let cases: [(&str, Itk); 12] = [
        (
            "lidc-0001/dicom",
            ([512, 512, 133], [0.703125, 0.703125, 2.5], [-166.0, -171.699997, -340.0], UPRIGHT),
        ),
        (
            "cip/simple_dicom",
            ([512, 512, 2], [0.703125, 0.703125, 0.625], [-176.9, -158.8, -286.75], UPRIGHT),
        ),
        (
            "cip/ct-64Dicom",
            (
                [64, 64, 79],
                [4.171872, 4.171872, 3.98733718],
                [-128.414, -264.414, -360.256],
                UPRIGHT,
            ),
        ),
        (
            "totalseg-dicom",
            (
                [512, 512, 20],
                [0.9765625, 0.9765625, 2.0],
                [-249.511719, -437.511719, -804.5],
                UPRIGHT,
            ),
        ),
        (
            "dicom2nifti-generic/anatomical/002_non_isotropic",
            (
                [64, 28, 4],
                [6.39995861, 4.0, 0.500000011],
                [-83.4296621, -132.134919, -143.925343],
                [
                    0.999218687,
                    -0.0355269657,
                    -0.0173162086,
                    0.035457368,
                    0.999361896,
                    -0.00430989522,
                    0.0174582765,
                    0.00369254066,
                    0.999840774,
                ],
            ),
        ),
        (
            "pydicom-testfiles/dicomdirtests/98892001/CT5N",
            ([16, 16, 5], [0.488281, 0.488281, 2.5], [-72.199997, -143.0, -1.2375], UPRIGHT),
        ),
        generic("dicom2nifti-generic/anatomical/001"),
        generic("dicom2nifti-generic/anatomical/001_implicit"),
        generic("dicom2nifti-generic/compressed/001"),
        generic("dicom2nifti-generic/compressed_j2k/001"),
        generic("dicom2nifti-generic/compressed_jpegls/001"),
        generic("dicom2nifti-generic/compressed_rle/001"),
    ];
    for (folder, itk) in cases {
        let Some(catalogue) = catalogue(folder) else { return };
        assert_eq!(catalogue.listing().series.len(), 1, "{folder}");
        let plan = catalogue.plan("1", &Options::default()).unwrap();
        assert_itk(&plan, &itk);
    }
}

#[test]
fn a_folder_of_everything_is_a_list() {
    for folder in ["pydicom-testfiles", "cornerstone-ts", "nibabel-nicom", "dicomparser"] {
        let Some(catalogue) = catalogue(folder) else { return };
        let listing = catalogue.listing();
        assert_eq!(listing.suggested.as_deref(), Some("1"), "{folder}");
        for series in &listing.series {
            let plan = catalogue.plan(&series.id, &Options::default()).unwrap();
            assert_eq!(plan.info.size_voxel, series.size_voxel, "{folder} {}", series.title);
            assert!(plan.planes.iter().all(|plane| plane.parts.len() == 1), "{}", series.title);
        }
    }
    let Some(catalogue) = catalogue("pydicom-testfiles") else { return };
    let titles: Vec<String> = catalogue.listing().series.into_iter().map(|s| s.title).collect();
    // SimpleITK makes one volume of its four slices, 68 mm apart.
    assert_eq!(titles[..2], ["SmartScore - Gated 0.5 sec", "Routine Brain (stack 2 of 2)"]);
}

#[test]
fn voxels_are_where_simpleitk_has_them() {
    type Voxel = ([usize; 3], f32);
    let cases: [(&str, &[Voxel]); 4] = [
        (
            "lidc-0001/dicom",
            &[
                ([256, 256, 0], -12.0),
                ([100, 300, 66], -848.0),
                ([300, 200, 132], 23.0),
                ([511, 0, 10], -2048.0),
            ],
        ),
        ("cip/ct-64Dicom", &[([32, 32, 0], 104.0), ([10, 40, 39], -929.0), ([40, 20, 78], -78.0)]),
        (
            "dicom2nifti-generic/anatomical/001",
            &[
                ([128, 128, 0], 252.0),
                ([100, 90, 1], 47.0),
                ([140, 160, 2], 111.0),
                ([77, 99, 3], 226.0),
            ],
        ),
        // Slope and intercept differ from slice to slice.
        (
            "dicom2nifti-generic/anatomical/002_non_isotropic",
            &[
                ([32, 14, 0], 33.966_377),
                ([20, 10, 1], 33.471_383),
                ([40, 20, 2], 42.574_064),
                ([10, 5, 3], 95.980_11),
            ],
        ),
    ];
    for (folder, voxels) in cases {
        let Some((catalogue, files)) = open(folder) else { return };
        let plan = catalogue.plan("1", &Options::default()).unwrap();
        let bytes = |place: &Place| Ok(Box::new(&files[place.file]) as Box<dyn Bytes + '_>);
        let mut reader = DicomReader::new(&plan, bytes, &());
        for ([i, j, k], expected) in voxels {
            let at = j * plan.file_size[0] + i;
            let found = match reader.plane(*k).unwrap().unwrap() {
                Slice::I16(values) => f32::from(values[at]),
                Slice::F32(values) => values[at],
            };
            assert!((found - expected).abs() < 1e-4, "{folder} {i} {j} {k}: {found} {expected}");
        }
    }
}
