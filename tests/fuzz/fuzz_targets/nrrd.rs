//! NRRD: attached, or a header with its voxels beside it.

#![no_main]

#[path = "../src/whole.rs"]
mod whole;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| whole::open_header("a.nhdr", input));
