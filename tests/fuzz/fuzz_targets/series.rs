//! One DICOM file, or two slices of a series, from bytes to a volume: the last byte says where the
//! first begins, in 16ths.

#![no_main]

#[path = "../src/whole.rs"]
mod whole;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((split, bytes)) = input.split_last() else { return };
    let split = usize::from(*split % 16) * bytes.len() / 16;
    let (second, first) = bytes.split_at(split);
    let mut files = vec![("a".to_owned(), first.to_vec())];
    if !second.is_empty() {
        files.push(("b".to_owned(), second.to_vec()));
    }
    whole::open_all(files);
});
