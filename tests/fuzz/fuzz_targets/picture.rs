//! One picture, or the same twice as a stack: the last byte decides.

#![no_main]

#[path = "../src/whole.rs"]
mod whole;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((mode, bytes)) = input.split_last() else { return };
    let count = 1 + usize::from(mode & 1);
    whole::open_all((1..=count).map(|n| (format!("slice{n}"), bytes.to_vec())).collect());
});
