//! Files of random size, order, type and scale, written by a writer of the tests' own.

#![allow(clippy::unwrap_used, reason = "a test may")]

#[allow(unreachable_pub, missing_docs, dead_code, reason = "shared with the fuzzer's seeds")]
#[path = "../../../tests/hostile/mod.rs"]
mod hostile;

use hostile::build::{Built, gz};
use hounsfield::{
    Mask, Voxels,
    nifti::{self, HeldAs, Limits, NiftiFile, Template},
};
use proptest::prelude::*;

fn read(bytes: &[u8]) -> NiftiFile {
    let limits = Limits { source_bytes: Some(bytes.len() as u64), ..Limits::default() };
    nifti::read(bytes, &limits, &mut ()).unwrap()
}

fn values(scan: &NiftiFile) -> Vec<f64> {
    match scan.volume.voxels() {
        Voxels::I16(v) => v.iter().map(|value| f64::from(*value)).collect(),
        Voxels::F32(v) => v.iter().map(|value| f64::from(*value)).collect(),
    }
}

/// Reads slowly: a few bytes at a time, as a network does.
struct Drops<'a>(&'a [u8]);

impl std::io::Read for Drops<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = out.len().min(self.0.len()).min(7);
        out[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

/// An affine with 1.5, 2, 3 mm along R, A, S whose file axes are permuted and flipped, tilted a
/// little.
fn affine(order: usize, flips: usize, tilt: f64) -> [[f64; 4]; 3] {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let mut affine = [[0.0, 0.0, 0.0, -11.0], [0.0, 0.0, 0.0, 7.0], [0.0, 0.0, 0.0, 5.5]];
    for (f, r) in orders[order].into_iter().enumerate() {
        let sign = if flips >> f & 1 == 1 { -1.0 } else { 1.0 };
        affine[r][f] = sign * [1.5, 2.0, 3.0][r];
        affine[(r + 1) % 3][f] = tilt;
    }
    affine
}

proptest! {
    #[test]
    fn what_was_written_is_read(
        size in [1usize..9, 1usize..9, 1usize..9],
        (order, flips, tilt) in (0usize..6, 0usize..8, -0.4f64..0.4),
        datatype in prop::sample::select(vec![2i16, 256, 512, 4, 768, 8, 1280, 1024, 16, 64]),
        (version, big_endian, single, zipped) in (0u8..3, any::<bool>(), any::<bool>(), any::<bool>()),
        (slope, inter) in prop::sample::select(vec![(0.0, 5.0), (1.0, 0.0), (2.0, -100.0), (0.5, 0.25), (-1.0, 3.0)]),
        volumes in 1i64..3,
        extension in prop::collection::vec(any::<u8>(), 0..40),
        seed in any::<u32>(),
    ) {
        let single = single && version > 0;
        let [ni, nj, nk] = size;
        let mut built = Built {
            version,
            sizeof_hdr: if version == 2 { 540 } else { 348 },
            big_endian,
            single,
            datatype,
            dim: [4, ni as i64, nj as i64, nk as i64, volumes, 1, 1, 1],
            scl_slope: slope,
            scl_inter: inter,
            srow: affine(order, flips, tilt),
            extension: if single { extension } else { Vec::new() },
            ..Built::default()
        };
        // Whole numbers that every type holds; fractions where the type has them.
        let fraction = if matches!(datatype, 16 | 64) && seed % 2 == 0 { 0.5 } else { 0.0 };
        let count = ni * nj * nk;
        let stored: Vec<f64> =
            (0..count * volumes as usize).map(|n| (n * 31 + seed as usize % 97) as f64 % 120.0 + fraction).collect();
        built.store(&stored);

        let image = if zipped { gz(&built.voxels) } else { built.voxels.clone() };
        let whole = if zipped { gz(&built.bytes()) } else { built.bytes() };
        let scan = if single {
            nifti::read(Drops(&whole), &Limits::default(), &mut ()).unwrap()
        } else {
            nifti::read_pair(Drops(&built.header()), Drops(&image), &Limits::default(), &mut ()).unwrap()
        };

        // Analyze has no intercept, and a slope of 0 is none.
        let inter = if version == 0 { 0.0 } else { inter };
        let scaled = |value: f64| if slope == 0.0 { value } else { value * slope + inter };
        let found = values(&scan);
        let [nx, ny, _] = scan.info.size_voxel;
        prop_assert_eq!(scan.info.volumes, volumes as u64);
        for (n, value) in stored.iter().take(count).enumerate() {
            // Where the file's voxel lies in the patient …
            let [i, j, k] = [n % ni, n / ni % nj, n / (ni * nj)];
            let steps = scan.template.axes().steps(scan.info.size_voxel);
            let at = steps.origin + i as isize * steps.step[0] + j as isize * steps.step[1] + k as isize * steps.step[2];
            let at = at as usize;
            prop_assert_eq!(found[at], scaled(*value));
            // … is where the volume has it.
            if version > 0 {
                let voxel = [at % nx, at / nx % ny, at / (nx * ny)].map(|n| n as f64);
                let [i, j, k] = [i, j, k].map(|n| n as f64);
                for (row, mm) in built.srow.iter().zip(scan.volume.grid().ras_of(voxel)) {
                    let expected = row[0] * i + row[1] * j + row[2] * k + row[3];
                    prop_assert!((expected - mm).abs() < 1e-4, "{} {}", expected, mm);
                }
            }
        }
        let whole_numbers = found.iter().all(|value| value.fract() == 0.0);
        let by_type = slope.fract() == 0.0 && inter.fract() == 0.0 || slope == 0.0;
        let held_as = if whole_numbers && by_type { HeldAs::I16 } else { HeldAs::F32 };
        prop_assert_eq!(scan.info.held_as, held_as);

        // A mask goes out in the file's order, and comes back.
        let mask = Mask::from_fn(scan.info.size_voxel, |x, y, z| (x + 2 * y + z + seed as usize) % 3 < 1).unwrap();
        let again = read(&nifti::write_mask(&mask, &scan.template).unwrap());
        prop_assert_eq!(&again.info.file_axes, &scan.info.file_axes);
        for (a, b) in again.info.ras_from_voxel.iter().zip(&scan.info.ras_from_voxel) {
            prop_assert!((a - b).abs() < 1e-5);
        }
        let hu = again.volume.hu().unwrap();
        let found = Mask::from_fn(scan.info.size_voxel, |x, y, z| hu[(z * ny + y) * nx + x] == 1).unwrap();
        prop_assert!(found == mask);
        prop_assert_eq!(again.info.format, if version == 2 { "NIfTI-2" } else { "NIfTI-1" });
    }
}

#[test]
fn the_first_value_that_does_not_fit_widens_what_was_read() {
    // Half a million whole numbers, then one fraction: far behind the first chunk.
    let mut built = Built { datatype: 16, dim: [3, 100, 100, 50, 1, 1, 1, 1], ..Built::default() };
    let mut stored: Vec<f64> = (0..500_000).map(|n| f64::from(n % 3000) - 1024.0).collect();
    built.store(&stored);
    assert_eq!(read(&built.bytes()).info.held_as, HeldAs::I16);
    stored[400_000] = 0.25;
    built.store(&stored);
    let scan = read(&built.bytes());
    assert_eq!(scan.info.held_as, HeldAs::F32);
    let sum: f64 = values(&scan).iter().sum();
    assert_eq!(sum, stored.iter().sum::<f64>());

    // It takes six bytes a voxel for a moment; without that room the number is said.
    let limits = Limits { memory_bytes: 2_500_000, source_bytes: None };
    let error = nifti::read(built.bytes().as_slice(), &limits, &mut ()).unwrap_err();
    assert!(error.to_string().contains("needs 3 MB"), "{error}");
}

#[test]
fn not_a_number_stays_and_is_said() {
    let mut built = Built { datatype: 16, ..Built::default() };
    let mut stored = vec![7.0; 60];
    (stored[3], stored[4]) = (f64::NAN, f64::INFINITY);
    built.store(&stored);
    let scan = read(&built.bytes());
    assert_eq!(values(&scan).iter().filter(|value| value.is_nan()).count(), 1);
    let note = scan.info.notes.iter().find(|note| note.code == "not_a_number").unwrap();
    assert!(note.message.starts_with("2 voxels"), "{}", note.message);
}

#[test]
fn sform_goes_before_qform_and_qform_before_pixdim() {
    let both = Built { qform_code: 1, qoffset: [1.0, 2.0, 3.0], ..Built::default() };
    let code = |built: &Built| read(&built.bytes()).info.notes[0].code.clone();
    assert_eq!(code(&both), "sform");
    let qform = Built { sform_code: 0, ..both };
    assert_eq!(code(&qform), "qform");
    assert_eq!(code(&Built { qform_code: 0, ..qform }), "orientation_unknown");
}

#[test]
fn a_half_turn_about_y_is_the_quaternion_0_1_0() {
    // b c d = 0 1 0 turns x and z round: i runs to the Left, k to Inferior.
    let built = Built {
        sform_code: 0,
        qform_code: 1,
        quatern: [0.0, 1.0, 0.0],
        qoffset: [9.0, 8.0, 7.0],
        ..Built::default()
    };
    let scan = read(&built.bytes());
    assert_eq!(scan.info.file_axes, "LAI");
    // With qfac −1 the third axis turns round.
    let mirrored = Built { pixdim: [-1.0, 0.7, 0.7, 2.5, 0.0, 0.0, 0.0, 0.0], ..built };
    assert_eq!(read(&mirrored.bytes()).info.file_axes, "LAS");
}

#[test]
fn pixdim_of_zero_is_a_millimetre_and_said() {
    let built = Built {
        sform_code: 0,
        pixdim: [0.0, 0.7, -0.7, 0.0, 0.0, 0.0, 0.0, 0.0],
        ..Built::default()
    };
    let scan = read(&built.bytes());
    for (found, expected) in scan.info.spacing_mm.iter().zip([0.7, 0.7, 1.0]) {
        assert!((found - expected).abs() < 1e-6);
    }
    assert_eq!(scan.info.notes.iter().filter(|note| note.code == "pixdim").count(), 2);
    // The mask's header is mended, so that other readers open it.
    let again = read(
        &nifti::write_mask(&Mask::empty(scan.info.size_voxel).unwrap(), &scan.template).unwrap(),
    );
    assert_eq!(again.info.spacing_mm, scan.info.spacing_mm);
    assert!(again.info.notes.iter().all(|note| note.code != "pixdim"));
}

#[test]
fn a_mask_tells_nothing_about_the_person() {
    let mut bytes = Built { extension: b"Name of a person".to_vec(), ..Built::default() }.bytes();
    bytes[14..30].copy_from_slice(b"Name of a person");
    bytes[148..164].copy_from_slice(b"Name of a person");
    bytes[228..244].copy_from_slice(b"Name of a person");
    let scan = read(&bytes);
    let mask = Mask::empty(scan.info.size_voxel).unwrap();
    let file = nifti::write_mask(&mask, &scan.template).unwrap();
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(file.as_slice()), &mut plain)
        .unwrap();
    assert!(!plain.windows(4).any(|word| word == b"Name"));
    assert!(plain.windows(15).any(|word| word == b"Hounsfield mask"));
    assert_eq!(plain.len(), 352 + 60);
}

#[test]
fn a_mask_says_how_the_check_of_its_scan_came_out() {
    let scan = read(&Built::default().bytes());
    let mask = Mask::empty(scan.info.size_voxel).unwrap();
    let descrip = |about: &str| {
        let file =
            nifti::write_described_mask_to(Vec::new(), &mask, &scan.template, about, &mut ());
        let mut plain = Vec::new();
        std::io::Read::read_to_end(
            &mut flate2::read::GzDecoder::new(file.unwrap().as_slice()),
            &mut plain,
        )
        .unwrap();
        let text = plain[148..228].split(|byte| *byte == 0).next().unwrap().to_vec();
        assert_eq!(plain[227], 0);
        String::from_utf8(text).unwrap()
    };
    assert_eq!(descrip(""), "Hounsfield mask");
    assert_eq!(descrip("CT check: fail hu"), "Hounsfield mask; CT check: fail hu");
    assert_eq!(descrip(&"x".repeat(99)).len(), 79);
}

proptest! {
    #[test]
    fn labels_go_out_and_come_back_where_they_were(
        (order, flips) in (0usize..6, 0usize..8),
        size in [1usize..70, 1usize..4, 1usize..4],
    ) {
        let ras_from_file = affine(order, flips, 0.0);
        let template = Template::of_file_grid(size, &ras_from_file).unwrap();
        let ras_size = template.axes().grid(size, &ras_from_file).unwrap().size_voxel();
        let mask = |n: usize| Mask::from_fn(ras_size, |x, y, z| (x + 2 * y + 3 * z) % 5 < n).unwrap();
        let [wide, narrow] = [mask(3), mask(1)];
        // The last one wins.
        let labels = [(7, &wide), (2, &narrow)];
        let file =
            nifti::write_described_labels_to(Vec::new(), &labels, &template, "x", &mut ()).unwrap();
        let scan = read(&file);
        let [nx, ny, _] = ras_size;
        let expected: Vec<f64> = (0..ras_size.iter().product())
            .map(|n: usize| match (n % nx + 2 * (n / nx % ny) + 3 * (n / nx / ny)) % 5 {
                0 => 2.0,
                1 | 2 => 7.0,
                _ => 0.0,
            })
            .collect();
        prop_assert_eq!(values(&scan), expected);
        let bytes = nifti::labels_in_file_order(&labels, &template, 0, size[2]).unwrap();
        prop_assert_eq!(bytes.len(), size.iter().product::<usize>());
        let one = nifti::mask_in_file_order(&narrow, &template, 0, size[2]).unwrap();
        prop_assert!(one.iter().zip(&bytes).all(|(one, all)| (*one == 1) == (*all == 2)));
    }
}

#[test]
fn the_same_mask_is_the_same_bytes() {
    let scan = read(&Built::default().bytes());
    let mask = Mask::from_fn(scan.info.size_voxel, |x, _, z| x == z).unwrap();
    let once = nifti::write_mask(&mask, &scan.template).unwrap();
    assert_eq!(once, nifti::write_mask(&mask, &scan.template).unwrap());
    // No time, no name: bytes 3 to 8 of a gzip header.
    assert_eq!(once[3..8], [0; 5]);
}

#[test]
fn a_volume_without_a_file_goes_out_and_comes_back() {
    let affine = [[0.7, 0.0, 0.0, -20.0], [0.0, 0.7, 0.1, -30.0], [0.0, -0.1, 2.0, 4.0]];
    let grid = hounsfield::Grid::new([5, 4, 3], affine).unwrap();
    let voxels: Vec<i16> = (0..60).map(|n| n * 50 - 1024).collect();
    let file = nifti::write_volume_i16(&voxels, &Template::of_grid(&grid).unwrap()).unwrap();
    let scan = read(&file);
    assert_eq!(*scan.volume.voxels(), Voxels::I16(voxels));
    for (a, b) in scan.info.ras_from_voxel.iter().zip(affine.as_flattened()) {
        assert!((a - b).abs() < 1e-6);
    }
    assert_eq!(scan.info.file_axes, "RAS");
}

#[test]
fn sizes_that_do_not_match_are_refused() {
    let scan = read(&Built::default().bytes());
    let error = nifti::write_mask(&Mask::empty([3, 4, 6]).unwrap(), &scan.template).unwrap_err();
    assert_eq!(error.code(), "size_mismatch");
    assert_eq!(nifti::write_volume_i16(&[0; 59], &scan.template).unwrap_err().code(), "bad_grid");
}

#[test]
fn inspecting_reads_the_header_alone() {
    let built = Built { datatype: 16, ..Built::default() };
    let info = nifti::inspect(built.header().as_slice()).unwrap();
    assert_eq!((info.size_voxel, info.held_as, info.volume_bytes), ([3, 4, 5], HeldAs::F32, 240));
    assert!(nifti::inspect(Built::analyze().header().as_slice()).unwrap().image_apart);
}

/// Found by the fuzzer: each axis is as near to two others, and a spacing of 0 was mended twice.
#[test]
fn a_quaternion_between_all_axes_turns_scan_and_mask_alike() {
    let built = Built {
        sform_code: 0,
        qform_code: 42,
        quatern: [-1e57; 3],
        pixdim: [1.0, 0.7, 0.7, 0.0, 0.0, 0.0, 0.0, 0.0],
        ..Built::nifti2()
    };
    let scan = read(&built.bytes());
    let mask = Mask::from_fn(scan.info.size_voxel, |x, y, z| x + y > z).unwrap();
    let again = read(&nifti::write_mask(&mask, &scan.template).unwrap());
    assert_eq!(again.info.size_voxel, scan.info.size_voxel);
    assert_eq!(again.info.ras_from_voxel, scan.info.ras_from_voxel);
}
