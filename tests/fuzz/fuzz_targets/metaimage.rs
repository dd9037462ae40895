//! MetaImage: attached, or a header with its voxels in `a.raw`; the last byte says where that
//! begins, in 16ths.

#![no_main]

#[path = "../src/whole.rs"]
mod whole;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((split, bytes)) = input.split_last() else { return };
    let split = bytes.len() - usize::from(*split % 16) * bytes.len() / 16;
    let (header, voxels) = bytes.split_at(split);
    let mut files = vec![("a.mhd".to_owned(), header.to_vec())];
    if !voxels.is_empty() {
        files.push(("a.raw".to_owned(), voxels.to_vec()));
    }
    whole::open_all(files);
});
