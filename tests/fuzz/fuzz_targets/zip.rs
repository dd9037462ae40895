//! An archive: its table, its entries, and whatever is in them.

#![no_main]

#[path = "../src/whole.rs"]
mod whole;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| whole::open_all(vec![("a.zip".to_owned(), input.to_vec())]));
