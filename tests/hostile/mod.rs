//! Files made for tests, good and bad: shared by `crate/core/tests` and the fuzzer's seeds.

pub mod build;
pub mod files;
