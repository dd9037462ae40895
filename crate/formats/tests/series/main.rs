//! Series that are drawn, not scanned: each says what a scanner could write, and what must come of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod defects;
mod draw;
mod grouping;
mod real;
mod regular;
mod tilt;

#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with other tests")]
#[path = "../../../../tests/hostile/dicom.rs"]
mod hostile;
