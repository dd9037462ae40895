//! Any bytes: a scan or an error, in bounded time and memory; and what is a scan can be written
//! on its own grid and read again.

#![no_main]

use hounsfield::{
    Mask,
    nifti::{self, Limits},
};
use libfuzzer_sys::fuzz_target;

/// A few megabytes are enough to go wrong in.
const MEMORY_BYTES: u64 = 4_000_000;

fuzz_target!(|input: &[u8]| {
    let Some((mode, bytes)) = input.split_last() else { return };
    let info = nifti::inspect(bytes);
    let limits = Limits { memory_bytes: MEMORY_BYTES, source_bytes: None };
    let scan = if mode & 1 == 0 {
        nifti::read(bytes, &limits, &mut ())
    } else {
        let header_bytes =
            if bytes.first() == Some(&0x5c) || bytes.get(3) == Some(&0x5c) { 348 } else { 540 };
        let (header, image) = bytes.split_at(bytes.len().min(header_bytes));
        nifti::read_pair(header, image, &limits, &mut ())
    };
    let Ok(scan) = scan else { return };
    // A pair's header may have a single file's magic word; inspected alone it is judged as one.
    assert!(info.is_ok() || mode & 1 == 1, "readable, but not to be inspected");

    let size = scan.volume.grid().size_voxel();
    let mask = Mask::from_fn(size, |x, y, z| (x + 3 * y + 5 * z) % 7 < 2).unwrap();
    let Ok(file) = nifti::write_mask(&mask, &scan.template) else {
        panic!("readable, but no mask can be written");
    };
    let again = nifti::read(file.as_slice(), &Limits::default(), &mut ()).unwrap();
    assert_eq!(again.volume.grid().size_voxel(), size);
    assert_eq!(again.info.file_axes, scan.info.file_axes);
    let hu = again.volume.hu().unwrap();
    let [nx, ny, _] = size;
    let read_back = Mask::from_fn(size, |x, y, z| hu[(z * ny + y) * nx + x] == 1).unwrap();
    assert!(read_back == mask, "the mask moved");
    for (a, b) in again.info.ras_from_voxel.iter().zip(&scan.info.ras_from_voxel) {
        assert!((a - b).abs() <= 1e-4 * (1.0 + b.abs()), "the grid moved: {a} {b}");
    }
});
