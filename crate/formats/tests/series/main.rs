//! Series that are drawn, not scanned: each says what a scanner could write, and what must come of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod defects;
mod draw;
mod grouping;
mod real;
mod regular;
